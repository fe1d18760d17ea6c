"""What an expression may use: names, functions as plugins give them, limits; and the phrases by which its text is cut into words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tierwise.core.limits import Limits
from tierwise.core.plan import Node
from tierwise.core.plan.nodes import Undefined
from tierwise.core.types import EnumType, ListType, MapType, RecordType, SetType, Type

__all__ = ["KEYWORDS", "Function", "Phrases", "Scope", "spellings", "words_of_type"]


@dataclass(frozen=True, slots=True)
class Function:
    """A function of the policy language.

    Attributes:
        name: As authors write it; may hold spaces.
        signature: For docs and messages, such as ``most per quarter(dates: list of date) -> integer``.
        about: One sentence for the reference page.
        type_of: Argument types to the result type, or to a message (lower case, no full stop) that says what is wrong.
        python: Its meaning, over values (``core/values.py``); an argument may be none. It never raises: it returns none where it is undefined.
        sql: Dialect name to a template such as ``lower({0})``; without one for a dialect the reference engine computes it.
        rises: For each argument ``+`` when a greater one never makes the result less, ``-`` when it never makes it greater, the last for
            all that follow; empty where neither is known. Searches for the nearest change use it, decisions do not.
        undefined: Where it gives none though no argument is none: ``never``; ``empty``: of a single list that is empty; ``zero``: where its
            last argument, or the total of its map, is 0; ``several``: where several arguments do not fit together; ``perhaps``: in other cases, or nobody has said. A decision that may be none is told to its author.
    """

    name: str
    signature: str
    about: str
    type_of: Callable[[tuple[Type, ...]], Type | str]
    python: Callable[..., Any]
    sql: Mapping[str, str] = field(default_factory=dict)
    rises: str = ""
    undefined: Undefined = "perhaps"


KEYWORDS = frozenset({"if", "then", "else", "and", "or", "not", "between", "in", "some", "every", "satisfies", "true", "false", "null"})
_SAID = KEYWORDS | {"-"}
_SIGNS = frozenset(',，、"“”`()（）[]［］')


class Phrases:
    """A set of phrases, found by the longest one that starts at a position."""

    def __init__(self, phrases: Iterable[str]) -> None:
        self._by_start: dict[str, list[str]] = {}
        for phrase in sorted({p for p in phrases if p}, key=lambda p: (-len(p), p)):
            self._by_start.setdefault(phrase[0], []).append(phrase)

    def longest(self, text: str, start: int, glue: str = "") -> str:
        """Return the longest phrase at ``start`` that is not cut out of a longer word, or an empty text.

        Args:
            text: Where to look.
            start: The offset.
            glue: Signs that, right after the phrase, make it part of something longer.
        """
        for phrase in self._by_start.get(text[start : start + 1], ()):
            end = start + len(phrase)
            if text.startswith(phrase, start) and not _goes_on(phrase, text[end : end + 1], glue):
                return phrase
        return ""


def _goes_on(phrase: str, following: str, glue: str) -> bool:
    last = phrase[-1]
    return bool(following) and ((_in_word(last) and _in_word(following)) or following in glue)


def _in_word(sign: str) -> bool:
    return sign.isalnum() or sign == "_"


@dataclass(frozen=True)
class Scope:
    """Everything an expression may use.

    Attributes:
        names: Name to the node that stands for it: a fact, a decision, a reading, or a constant.
        functions: Function name to function.
        limits: Bounds on what an author may write.
        item: The type of the item that the expression looks at (its fields are then names), when it stands in a list form.
    """

    names: Mapping[str, Node]
    functions: Mapping[str, Function]
    limits: Limits = field(default_factory=Limits)
    item: Type | None = None

    @cached_property
    def phrases(self) -> Phrases:
        """Every name that may start an operand: names in scope, and fields of records."""
        return Phrases([*self.names, *self.field_types])

    @cached_property
    def function_phrases(self) -> Phrases:
        """Every function name."""
        return Phrases([*self.functions, "undetermined"])

    @cached_property
    def field_types(self) -> Mapping[str, tuple[Type, ...]]:
        """Field name to the types it has in the records that any name can reach."""
        found: dict[str, tuple[Type, ...]] = {}
        types = [node.type for node in self.names.values()]
        for record in _records([*types, *([self.item] if self.item else [])]):
            for name, type_ in record.fields:
                found[name] = (*found.get(name, ()), type_)
        return found

    @cached_property
    def words(self) -> Mapping[str, tuple[str, ...]]:
        """Name or field to the spellings of the words that its values may be."""
        found: dict[str, tuple[str, ...]] = {}
        of_names = [(name, node.type) for name, node in self.names.items()]
        of_fields = [(name, type_) for name, types in self.field_types.items() for type_ in types]
        for name, type_ in [*of_names, *of_fields]:
            words = words_of_type(type_)
            if words is not None:
                found[name] = (*found.get(name, ()), *spellings(words))
        return found


def _records(types: Iterable[Type]) -> Iterator[RecordType]:
    waiting = list(types)
    while waiting:
        type_ = waiting.pop()
        if isinstance(type_, RecordType):
            yield type_
            waiting.extend(inner for _, inner in type_.fields)
        elif isinstance(type_, ListType | SetType):
            waiting.append(type_.item)
        elif isinstance(type_, MapType):
            waiting.append(type_.value)


def words_of_type(type_: Type | None) -> EnumType | None:
    """Return the enum whose words may stand where a value of this type (or one of its items) does."""
    if isinstance(type_, ListType | SetType):
        return words_of_type(type_.item)
    if isinstance(type_, MapType):
        return words_of_type(type_.value)
    return type_ if isinstance(type_, EnumType) else None


def spellings(enum: EnumType) -> tuple[str, ...]:
    """Return every word of an enum and what else it is called, but for what a cell or expression already means something else by."""
    return (*enum.values, *(alias for alias, _ in enum.aliases if alias not in _SAID and _SIGNS.isdisjoint(alias)))
