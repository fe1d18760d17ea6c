"""The types of the policy language: every fact, parameter and decision has exactly one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

__all__ = [
    "SEPARATORS",
    "BooleanType",
    "DateTimeType",
    "DateType",
    "DurationType",
    "EnumType",
    "ListType",
    "MapType",
    "NumberType",
    "RecordType",
    "SetType",
    "TextType",
    "Type",
]

SEPARATORS = frozenset(",;、，；")
"""What divides the words of a list that is given as one text."""


@dataclass(frozen=True, slots=True)
class NumberType:
    """An exact decimal with ``scale`` digits after the point. An integer is a number of scale 0.

    Attributes:
        scale: Digits after the point; ``None`` for a literal or an exact quotient whose scale is not fixed yet.
        unit: What it counts, such as ``元`` or ``days``; empty when it has none.
        low: The least value that may occur, inclusive; ``None`` when open.
        high: The greatest value that may occur, inclusive; ``None`` when open.
    """

    scale: int | None = None
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None

    def __str__(self) -> str:
        return "integer" if self.scale == 0 else "number"


@dataclass(frozen=True, slots=True)
class BooleanType:
    """True or false."""

    def __str__(self) -> str:
        return "boolean"


@dataclass(frozen=True, slots=True)
class DateType:
    """A calendar date, years 1 to 9999."""

    def __str__(self) -> str:
        return "date"


@dataclass(frozen=True, slots=True)
class DateTimeType:
    """A date and a time of day without a zone, exact to the microsecond."""

    def __str__(self) -> str:
        return "date and time"


@dataclass(frozen=True, slots=True)
class DurationType:
    """A span of time: whole months (calendar) or whole seconds (exact), see ``values.Duration``."""

    def __str__(self) -> str:
        return "duration"


@dataclass(frozen=True, slots=True)
class TextType:
    """Text without a closed list of values; compared by code point."""

    def __str__(self) -> str:
        return "text"


@dataclass(frozen=True, slots=True)
class EnumType:
    """One of a closed list of words, in order; for a grade the best comes first.

    Attributes:
        values: The canonical words.
        aliases: What else a word is called, ``(spelling, canonical)``: its labels in every language and the other spellings that the author admits; input only.
        others: The word that stands for every text that is none of them, where the source's list is open; input only.
    """

    values: tuple[str, ...]
    aliases: tuple[tuple[str, str], ...] = ()
    others: str | None = None

    def word(self, spelling: str) -> str | None:
        """Return the word that a word, a label or another spelling stands for, ``None`` when it stands for none; `others` is not looked at."""
        return spelling if spelling in self.values else dict(self.aliases).get(spelling)

    def undivided(self) -> tuple[EnumType, tuple[tuple[str, str], ...]]:
        """Return what has to be put in place of which spelling before a text is divided into words, the longest first, and the list that reads it.

        A label such as ``modest, hesitates`` holds a separator, but is one word.
        """
        odd = [spelling for spelling in (*self.values, *dict(self.aliases)) if not SEPARATORS.isdisjoint(spelling)]
        marks = tuple((spelling, f"\ue000{at}\ue000") for at, spelling in enumerate(sorted(odd, key=len, reverse=True)))
        read = tuple((mark, word) for spelling, mark in marks if (word := self.word(spelling)) is not None)
        return (replace(self, aliases=(*self.aliases, *read)) if marks else self), marks

    @classmethod
    def of(cls, words: Iterable[str], labels: Mapping[str, Mapping[str, str]] | None = None) -> EnumType:
        """Return the type of words in their order, repeats dropped, each of which may be given by its labels (word to language to text), too."""
        values = tuple(dict.fromkeys(map(str, words)))
        called: dict[str, str] = {}
        for word in values:
            for text in (labels or {}).get(word, {}).values():
                called.setdefault(text.strip(), word)
        return cls(values, tuple((spelling, word) for spelling, word in called.items() if spelling not in values))

    def __str__(self) -> str:
        return "enum"


@dataclass(frozen=True, slots=True)
class ListType:
    """A list in its own order."""

    item: Type

    def __str__(self) -> str:
        return f"list of {self.item}"


@dataclass(frozen=True, slots=True)
class SetType:
    """A list without repeats whose order means nothing."""

    item: Type

    def __str__(self) -> str:
        return f"set of {self.item}"


@dataclass(frozen=True, slots=True)
class RecordType:
    """Named fields, each with a type. A field without a value is *none* where it is among ``nullable``, else missing."""

    fields: tuple[tuple[str, Type], ...]
    nullable: tuple[str, ...] = ()

    def field(self, name: str) -> Type | None:
        """Return the type of a field, or ``None`` when there is no such field."""
        return dict(self.fields).get(name)

    def __str__(self) -> str:
        return "record"


@dataclass(frozen=True, slots=True)
class MapType:
    """Any text key to a value of one type."""

    value: Type

    def __str__(self) -> str:
        return f"map of {self.value}"


Type = NumberType | BooleanType | DateType | DateTimeType | DurationType | TextType | EnumType | ListType | SetType | RecordType | MapType
