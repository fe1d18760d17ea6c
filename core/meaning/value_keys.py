"""Tells values of a fact apart only where a test does: the values to try for a missing one, and a key for a given one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable
from typing import Any

from tierwise.core.meaning.regions import atoms_of
from tierwise.core.plan import Fact, borders_of
from tierwise.core.plan.usage import Usage
from tierwise.core.types import BooleanType, DateTimeType, DateType, EnumType, NumberType
from tierwise.core.values import Value

__all__ = ["key_of", "values_to_try"]


def values_to_try(fact: Fact, usage: Usage) -> tuple[Value, ...]:
    """Return one value of every atom of a fact's domain; of the words that no test mentions only the first."""
    values = tuple(atom.value for atom in atoms_of(fact.type, usage.tests[fact.name], fact.nullable))
    if not isinstance(fact.type, EnumType) or fact.name in usage.loose:
        return values
    mentioned = _borders(fact.name, usage)
    other = next((value for value in values if value not in mentioned and value is not None), None)
    return tuple(value for value in values if value is None or value in mentioned or value == other)


def key_of(fact: Fact, usage: Usage) -> Callable[[Value], Hashable]:
    """Return the function from a value of a fact to its key: equal keys, equal outcomes."""
    if fact.name in usage.exact or fact.name in usage.loose or isinstance(fact.type, BooleanType):
        return _itself
    borders = _borders(fact.name, usage)
    if isinstance(fact.type, NumberType | DateType | DateTimeType):
        return _on_line(borders)
    return _among(borders)


def _borders(name: str, usage: Usage) -> frozenset[Value]:
    return frozenset(border for test in usage.tests[name] for border in borders_of(test) if border is not None)


def _itself(value: Value) -> Hashable:
    return value  # a list of records cannot be hashed; ``Memory`` knows


def _on_line(known: frozenset[Value]) -> Callable[[Value], Hashable]:
    """A border has an odd number, an interval between two borders an even one."""
    borders: list[Any] = list(known)  # all numbers, or all dates
    borders.sort()

    def key(value: Value) -> Hashable:
        if value is None:
            return None
        place = bisect_left(borders, value)
        return 2 * place + (place < len(borders) and borders[place] == value)

    return key


def _among(known: frozenset[Value]) -> Callable[[Value], Hashable]:
    """A word that is compared with nothing is as good as any other such word."""
    return lambda value: value if value is None or value in known else ...
