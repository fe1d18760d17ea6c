"""The syntax tree of an expression or a cell: what was written and where, as stretches of the text, before names and types are known."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from tierwise.core.source import Span, Written
from tierwise.core.values import Duration

__all__ = [
    "Between",
    "CallOf",
    "Choice",
    "Comparison",
    "In",
    "Index",
    "Interval",
    "ItemMark",
    "Known",
    "ListOf",
    "Member",
    "Name",
    "Negation",
    "Nothing",
    "Number",
    "Operation",
    "Opposite",
    "Place",
    "Quantifier",
    "Test",
    "Tests",
    "Text",
    "Time",
    "Tree",
    "Truth",
    "depth_of",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Place:
    """``text[start:end]`` of an expression or a cell."""

    snippet: Written
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where it stands in the file."""
        return self.snippet.span(self.start, self.end)

    @property
    def text(self) -> str:
        """What was written there."""
        return self.snippet.text[self.start : self.end]

    def to(self, other: Place) -> Place:
        """Return the place from the start of this one to the end of another."""
        return Place(self.snippet, self.start, other.end)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as written; ``value`` has its unit multiplied in."""

    at: Place
    value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Text:
    """A quoted text."""

    at: Place
    value: str


@dataclass(frozen=True, slots=True)
class Time:
    """A literal date, date and time, or duration."""

    at: Place
    value: date | datetime | Duration


@dataclass(frozen=True, slots=True)
class Truth:
    """``true`` or ``false``."""

    at: Place
    value: bool


@dataclass(frozen=True, slots=True)
class Nothing:
    """``null``."""

    at: Place


@dataclass(frozen=True, slots=True)
class ItemMark:
    """``?``: the value of the column that a cell tests."""

    at: Place


@dataclass(frozen=True, slots=True)
class Name:
    """A name or a bare word; ``quoted`` when it stood in backquotes and can only be a name."""

    at: Place
    text: str
    quoted: bool = False


@dataclass(frozen=True, slots=True)
class Opposite:
    """``-x``."""

    at: Place
    of: Tree


@dataclass(frozen=True, slots=True)
class Negation:
    """``not(x)``."""

    at: Place
    of: Tree


@dataclass(frozen=True, slots=True)
class Known:
    """``known to be x``."""

    at: Place
    of: Tree


@dataclass(frozen=True, slots=True)
class Operation:
    """``+ - * /``, a comparison, ``and`` or ``or``; ``+ * and or`` may have any number of parts."""

    at: Place
    operator: str
    parts: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Between:
    """``x between low and high``, both inclusive."""

    at: Place
    of: Tree
    low: Tree
    high: Tree


@dataclass(frozen=True, slots=True)
class In:
    """``x in (tests)``."""

    at: Place
    of: Tree
    tests: Tests


@dataclass(frozen=True, slots=True)
class Choice:
    """``if … then … else …``."""

    at: Place
    condition: Tree
    yes: Tree
    no: Tree


@dataclass(frozen=True, slots=True)
class Quantifier:
    """``some x in list satisfies …`` and ``every x in list satisfies …``."""

    at: Place
    word: str
    variable: Name
    of: Tree
    test: Tree


@dataclass(frozen=True, slots=True)
class ListOf:
    """``[a, b]``."""

    at: Place
    items: tuple[Tree, ...]


@dataclass(frozen=True, slots=True)
class Member:
    """``x.name``: a field, a key of a map, a part of a date, or the field of every item of a list."""

    at: Place
    of: Tree
    name: Name


@dataclass(frozen=True, slots=True)
class Index:
    """``list[condition]`` or ``map["key"]``."""

    at: Place
    of: Tree
    inner: Tree


@dataclass(frozen=True, slots=True)
class CallOf:
    """``function(arguments)``."""

    at: Place
    name: Name
    arguments: tuple[Tree, ...]


Tree = (
    Number
    | Text
    | Time
    | Truth
    | Nothing
    | ItemMark
    | Name
    | Opposite
    | Negation
    | Known
    | Operation
    | Between
    | In
    | Choice
    | Quantifier
    | ListOf
    | Member
    | Index
    | CallOf
)


@dataclass(frozen=True, slots=True)
class Comparison:
    """``>= x`` in a cell."""

    at: Place
    operator: str
    of: Tree


@dataclass(frozen=True, slots=True)
class Interval:
    """``[low..high)`` in a cell."""

    at: Place
    low: Tree
    high: Tree
    low_inclusive: bool
    high_inclusive: bool


@dataclass(frozen=True, slots=True)
class Tests:
    """``a, b`` in a cell: one of them is met; ``negated`` when it stood in ``not(…)``."""

    at: Place
    tests: tuple[Test, ...]
    negated: bool = False


Test = Comparison | Interval | Tests | Tree


def walk(tree: Any) -> Iterator[Any]:
    """Yield a tree and every tree below it, without recursion."""
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(_parts(node))


def depth_of(tree: Any) -> int:
    """Return how many levels a tree has, without recursion."""
    deepest, waiting = 0, [(tree, 1)]
    while waiting:
        node, depth = waiting.pop()
        deepest = max(deepest, depth)
        waiting.extend((part, depth + 1) for part in _parts(node))
    return deepest


def _parts(node: Any) -> Iterator[Any]:
    for name in _names_in(node.__class__):
        value = getattr(node, name)
        yield from (part for part in (value if isinstance(value, tuple) else (value,)) if hasattr(part, "at"))


@cache
def _names_in(kind: type[Any]) -> list[str]:
    return [field.name for field in fields(kind) if field.name != "at"]
