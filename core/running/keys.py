"""Numbers the atom in which a fact's value lies, so that values that no test tells apart count as one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from typing import Any

from tierwise.core.checking.regions import borders_of
from tierwise.core.plan import FactRef
from tierwise.core.running.usage import Usage, children
from tierwise.core.types import BooleanType, DateTimeType, DateType, EnumType, NumberType

__all__ = ["key_of"]


def key_of(name: str, usage: Usage) -> Callable[[Any], Any]:
    """Return the function from a value of a fact to its key."""
    tests = usage.tests[name]
    column = next((ref for test in tests for ref in children(test) if isinstance(ref, FactRef)), None)
    if name in usage.exact or column is None or isinstance(column.type, BooleanType | EnumType):
        return _itself
    borders = {border for test in tests for border in borders_of(test) if border is not None}
    if isinstance(column.type, NumberType | DateType | DateTimeType):
        return _on_line(sorted(borders))
    return _among(frozenset(borders))


def _itself(value: Any) -> Any:
    return value


def _on_line(borders: list[Any]) -> Callable[[Any], Any]:
    """A border has an odd number, an interval between two borders an even one."""

    def key(value: Any) -> Any:
        if value is None:
            return None
        place = bisect_left(borders, value)
        return 2 * place + (place < len(borders) and borders[place] == value)

    return key


def _among(known: frozenset[Any]) -> Callable[[Any], Any]:
    """A text that is compared with nothing is as good as any other such text."""
    return lambda value: value if value is None or value in known else ...
