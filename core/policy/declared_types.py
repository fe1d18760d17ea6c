"""Turns the type keys of a declaration (``type``, ``scale``, ``values`` …) into a ``Type``, or into what is wrong with them.

A type may be named by a word of the language or by a name that the policy declares under ``types``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from pydantic import Field

from tierwise.core.finding import Finding
from tierwise.core.language import read_literal, suggest
from tierwise.core.language.messages import listed
from tierwise.core.policy.document import Document
from tierwise.core.policy.texts import Flag, Part, Text, Whole, Words
from tierwise.core.source import Path, Span
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from tierwise.core.values import Duration, Value

__all__ = [
    "Adjustable",
    "Bounds",
    "FieldDeclaration",
    "NamedTypes",
    "TypeKeys",
    "check_bounds",
    "names_of_types",
    "read_bounds",
    "read_type",
    "type_name_problem",
]


class Adjustable(Part):
    """What an author writes under ``adjustable``."""

    min: str | None = Field(None, description="the least value that an overlay may give, inclusive")
    max: str | None = Field(None, description="the greatest value that an overlay may give, inclusive")

    def __str__(self) -> str:
        if self.min is None or self.max is None:
            return f"at least `{self.min}`" if self.max is None else f"at most `{self.max}`"
        return f"between `{self.min}` and `{self.max}`"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The typed bounds, both inclusive; ``None`` for none."""

    least: Value
    most: Value

    def hold(self, value: Value) -> bool:
        """Say whether a value lies within them."""
        return (self.least is None or _is_ordered(self.least, value)) and (self.most is None or _is_ordered(value, self.most))


def read_bounds(adjustable: Adjustable, type_: Type, span: Span) -> tuple[Bounds, list[Finding]]:
    """Read the bounds as values of the parameter's type."""
    least, in_least = read_literal(adjustable.min, type_, span)
    most, in_most = read_literal(adjustable.max, type_, span)
    return Bounds(least, most), [*in_least, *in_most]


def check_bounds(name: str, adjustable: Adjustable, type_: Type, value: Value, span: Span) -> list[Finding]:
    """Find what is wrong with the bounds of a parameter whose own value is ``value``."""

    def wrong(message: str, help: str = "") -> list[Finding]:
        return [Finding.error("adjustable-bounds", message, span, help)]

    if not isinstance(type_, NumberType | DateType | DateTimeType | DurationType):
        return wrong(f"`adjustable` has no meaning for type `{type_}`, whose values have no order", "remove it, or use `local: true`")
    if adjustable.min is None and adjustable.max is None:
        return wrong("`adjustable` demands `min`, `max` or both")
    bounds, findings = read_bounds(adjustable, type_, span)
    if findings:
        return findings
    if bounds.least is not None and bounds.most is not None and not _is_ordered(bounds.least, bounds.most):
        return wrong("the bounds leave no value", "give `min` the smaller one, in the same unit")
    if value is not None and not bounds.hold(value):
        return wrong(f"the value of `{name}` lies outside of its own bounds", "widen them, or correct the value")
    return []


def _is_ordered(first: Value, second: Value) -> bool:
    """Say whether one value is at most another; months and days have no order between them."""
    match first, second:
        case Duration(), Duration():
            return (first.months == 0) == (second.months == 0) and (first.months, first.seconds) <= (second.months, second.seconds)
        case Decimal(), Decimal():
            return first <= second
        case date(), date():
            return first <= second
        case _:
            return False


MAX_SCALE = 12
_SIMPLE: dict[str, Type] = {
    "boolean": BooleanType(),
    "date": DateType(),
    "date and time": DateTimeType(),
    "duration": DurationType(),
    "text": TextType(),
}
_LEAVES = ("number", "integer", *_SIMPLE, "enum", "set", "record")
_WRAPPERS: dict[str, type[ListType | SetType | MapType]] = {"list of ": ListType, "set of ": SetType, "map of ": MapType}
_KEYS_OF = {
    "number": {"scale", "unit", "min", "max"},
    "integer": {"unit", "min", "max"},
    "enum": {"values", "aliases", "others"},
    "set": {"values", "aliases", "others"},
    "record": {"fields"},
}
_ALL_KEYS = ("scale", "unit", "min", "max", "values", "aliases", "others", "fields")


class TypeKeys(Part):
    """The keys that declare a type, and the type that they declare."""

    type_: str | None = Field(
        None, alias="type", description="number, integer, boolean, date, date and time, duration, text, enum, set, list of …, map of …"
    )
    scale: Whole | None = Field(None, description="digits after the point of a number", le=MAX_SCALE)
    unit: str = Field("", description="what a number counts")
    min: str | None = Field(None, description="the least value that may occur, inclusive")
    max: str | None = Field(None, description="the greatest value that may occur, inclusive")
    values: Words | None = Field(
        None, description="the words of an enum or a set, in order; for a grade the best first; a label may be given in place of its word"
    )
    aliases: dict[str, str] = Field(default_factory=dict, description="other spelling to word")
    others: str | None = Field(None, description="the one of the values that any other text is read as, where the list is open")
    fields: dict[str, FieldDeclaration] = Field(default_factory=dict, description="the fields of a record")
    nullable: Flag = Field(False, description="it may be none, a value like any other")


class FieldDeclaration(TypeKeys):
    """One field of a record."""

    type_: str = Field(alias="type", description="a fact's type")
    label: Text | None = Field(None, description="what people call it")


TypeKeys.model_rebuild()


NamedTypes = Mapping[str, Type | None]
"""The types that a policy declares under ``types``, by name; ``None`` for one that has an error, which is reported there."""


def type_name_problem(name: str) -> str:
    """Return why a declared type cannot have a name, to be read after it; empty when it can."""
    if name in _LEAVES:
        return "is a type already"
    if _unwrap(name)[0] or name != " ".join(name.split()):
        return "reads as something else where a type stands"
    return ""


def names_of_types(value: Any) -> Iterator[str]:
    """Yield the leaf of every ``type`` in what a document holds, such as ``grade`` of ``type: list of grade``."""
    if isinstance(value, dict):
        written = value.get("type")
        if isinstance(written, str):
            yield _unwrap(" ".join(written.split()))[1]
        for inner in value.values():
            yield from names_of_types(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from names_of_types(inner)


def read_type(keys: TypeKeys, path: Path, document: Document, named: NamedTypes) -> tuple[Type | None, list[Finding]]:
    """Read a type.

    Args:
        keys: The declaration.
        path: Where it stands.
        document: Where its parts stand.
        named: The types that it may name.

    Returns:
        The type and no finding, or ``None`` and why there is none.
    """
    reader = _TypeReader(keys, path, document, named)
    result = reader.read()
    return (None if reader.findings else result), reader.findings


@dataclass
class _TypeReader:
    keys: TypeKeys
    path: Path
    document: Document
    named: NamedTypes
    findings: list[Finding] = field(default_factory=list)

    def read(self) -> Type | None:
        wrappers, leaf = _unwrap(" ".join((self.keys.type_ or "").split()))
        if leaf not in _LEAVES and leaf not in self.named:
            leaves = (*self.named, *_LEAVES)
            names = (*leaves, *("list of " + name for name in leaves), *("set of " + name for name in leaves))
            hint = suggest(" ".join((self.keys.type_ or "").split()), names)
            types = "`number`, `integer`, `boolean`, `date`, `date and time`, `duration`, `text`, `enum`, `set`, `list of …`, `map of …`"
            self._report("unknown-type", f"there is no type `{self.keys.type_}`", "type", hint or f"the types are {types}")
            return None
        for key in _ALL_KEYS:
            if key in self.keys.model_fields_set and key not in _KEYS_OF.get(leaf, ()):
                self._report("key-not-for-type", f"`{key}` has no meaning for type `{self.keys.type_}`", key, key_itself=True)
        result = self._leaf(leaf)
        if result is not None:
            for wrapper in reversed(wrappers):
                result = _WRAPPERS[wrapper](result)
        return result

    def _leaf(self, leaf: str) -> Type | None:
        if leaf in self.named:
            return self.named[leaf]
        if leaf in ("number", "integer"):
            return self._number(leaf)
        if leaf in ("enum", "set"):
            words = self._words(leaf)
            return None if words is None else SetType(words) if leaf == "set" else words
        if leaf == "record":
            return self._record()
        return _SIMPLE[leaf]

    def _number(self, leaf: str) -> NumberType | None:
        scale = 0 if leaf == "integer" else self.keys.scale
        if scale is None:
            self._report(
                "scale-missing", "a number demands `scale`, its digits after the point", "type", "add `scale: 2`, or write `type: integer`"
            )
            return None
        plain = NumberType(scale, self.keys.unit)
        low, high = self._border("min", plain), self._border("max", plain)
        if low is not None and high is not None and low > high:
            self._report("min-above-max", f"`min` {self.keys.min} is above `max` {self.keys.max}", "min")
        return NumberType(scale, self.keys.unit, low, high)

    def _border(self, key: str, type: NumberType) -> Decimal | None:
        if key not in self.keys.model_fields_set:
            return None
        value, findings = read_literal(getattr(self.keys, key), type, self._span(key))
        self.findings += findings
        return value if isinstance(value, Decimal) else None

    def _words(self, leaf: str) -> EnumType | None:
        if not self.keys.values:
            self._report("values-missing", f"`{leaf}` demands `values`, its words in order", "type", "add `values: [A, B, C]`")
            return None
        words = tuple(self.keys.values)
        spellings = {word: word for word in words}
        for spelling, word in self.keys.aliases.items():
            if word not in words:
                hint = suggest(word, words) or f"the values are {listed(words)}"
                self._report(
                    "unknown-value", f"alias `{spelling}` stands for `{word}`, which is not among the values", "aliases", hint, spelling
                )
            if spelling in words:
                self._report("duplicate-value", f"alias `{spelling}` is one of the values itself", "aliases", "", spelling, key_itself=True)
            spellings.setdefault(spelling, word)
        self._add_labels(spellings)
        others = self.keys.others
        if others is not None and others not in words:
            hint = suggest(others, words) or f"the values are {listed(words)}"
            self._report("unknown-value", f"`others` is `{others}`, which is not among the values", "others", hint)
        return EnumType(words, tuple((spelling, word) for spelling, word in spellings.items() if spelling not in words), others)

    def _add_labels(self, spellings: dict[str, str]) -> None:
        """Let every label of a word be read as that word; a label that another word is called, too, could be read as either."""
        for word, label in (self.keys.values or {}).items():
            for language, text in label.named().items():
                taken = spellings.setdefault(text.strip(), word)
                if taken != word:
                    message = f"`{word}` is labelled `{text.strip()}`, which is {_also(taken, text.strip(), self.keys.aliases)}"
                    help = f"give `{word}` a label of its own: data may be given by label, and could mean either"
                    self._report("ambiguous-label", message, "values", help, word, language)
                    break

    def _record(self) -> RecordType | None:
        if not self.keys.fields:
            self._report("fields-missing", "a record demands `fields`, each with a type", "type", "add `fields: {name: {type: text}}`")
            return None
        types = []
        for name, declared in self.keys.fields.items():
            reader = _TypeReader(declared, (*self.path, "fields", name), self.document, self.named)
            result = reader.read()
            self.findings += reader.findings
            if result is not None:
                types.append((name, result))
        return RecordType(tuple(types), tuple(name for name, declared in self.keys.fields.items() if declared.nullable))

    def _span(self, *keys: str, key_itself: bool = False) -> Span:
        path = (*self.path, *keys)
        return self.document.key_span(path) if key_itself else self.document.span(path)

    def _report(self, code: str, message: str, key: str, help: str = "", *more: Any, key_itself: bool = False) -> None:
        self.findings.append(Finding.error(code, message, self._span(key, *more, key_itself=key_itself), help))


def _also(word: str, spelling: str, aliases: Mapping[str, str]) -> str:
    """Say what else goes by a spelling."""
    if spelling == word:
        return "another word of the list"
    return f"another spelling of `{word}`" if spelling in aliases else f"also the label of `{word}`"


def _unwrap(text: str) -> tuple[list[str], str]:
    """Split ``list of set of text`` into its wrappers, outermost first, and its leaf."""
    wrappers: list[str] = []
    while len(wrappers) < 4:
        wrapper = next((prefix for prefix in _WRAPPERS if text.startswith(prefix)), None)
        if wrapper is None:
            break
        wrappers.append(wrapper)
        text = text.removeprefix(wrapper)
    return wrappers, text
