"""Proves that two rules of a table can never both be hit, from one column whose tests share no value.

Only plain tests against constants are looked at; what is not proved is tested for every row, so a missed proof costs time, never truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tierwise.core.plan import Compare, Constant, InSet, Node, Rule, Within

__all__ = ["Interval", "are_disjoint", "region_of"]


@dataclass(frozen=True, slots=True)
class Interval:
    """Values between two bounds; ``None`` is open to that side."""

    low: Any = None
    high: Any = None
    low_inclusive: bool = False
    high_inclusive: bool = False

    def is_before(self, other: Interval) -> bool:
        """Say whether all of this lies below all of the other."""
        if self.high is None or other.low is None:
            return False
        return bool(self.high < other.low) or (self.high == other.low and not (self.high_inclusive and other.low_inclusive))


Region = frozenset[Any] | Interval


def are_disjoint(left: Rule, right: Rule) -> bool:
    """Say whether some column's tests of two rules share no value."""
    return any(_share_nothing(a, b) for a, b in zip(left.tests, right.tests, strict=True) if a is not None and b is not None)


def _share_nothing(left: Node, right: Node) -> bool:
    first, second = region_of(left), region_of(right)
    if first is None or second is None or first[0] != second[0]:
        return False
    a, b = first[1], second[1]
    if isinstance(a, frozenset) and isinstance(b, frozenset):
        return not a & b
    if isinstance(a, Interval) and isinstance(b, Interval):
        return a.is_before(b) or b.is_before(a)
    points, interval = (a, b) if isinstance(a, frozenset) else (b, a)
    assert isinstance(points, frozenset) and isinstance(interval, Interval)
    return all(_is_outside(point, interval) for point in points)


def _is_outside(point: Any, interval: Interval) -> bool:
    if point is None:
        return True  # no interval holds none
    here = Interval(point, point, True, True)
    return here.is_before(interval) or interval.is_before(here)


def region_of(test: Node) -> tuple[Node, Region] | None:
    """Return what a test looks at and the values that meet it, or ``None`` when it is no plain test."""
    if isinstance(test, InSet):
        return (test.value, frozenset(test.values)) if _are_plain(test.values) else None
    if isinstance(test, Within):
        return _within(test)
    if isinstance(test, Compare) and isinstance(test.right, Constant):
        return _compare(test, test.right.value)
    return None


def _within(test: Within) -> tuple[Node, Region] | None:
    bounds = [bound for bound in (test.low, test.high) if bound is not None]
    if not all(isinstance(bound, Constant) and bound.value is not None and _are_plain([bound.value]) for bound in bounds):
        return None
    low, high = (bound.value if isinstance(bound, Constant) else None for bound in (test.low, test.high))
    return test.value, Interval(low, high, test.low_inclusive, test.high_inclusive)


def _compare(test: Compare, value: Any) -> tuple[Node, Region] | None:
    if not _are_plain([value]) or (value is None and test.op != "="):
        return None
    match test.op:
        case "=":
            return test.left, frozenset([value])
        case "<" | "<=":
            return test.left, Interval(high=value, high_inclusive=test.op == "<=")
        case ">" | ">=":
            return test.left, Interval(low=value, low_inclusive=test.op == ">=")
        case _:
            return None


def _are_plain(values: Sequence[Any]) -> bool:
    """Say whether values are equal exactly when Python says so, and ordered with their like."""
    return all(value is None or isinstance(value, str | bool | Decimal | date) for value in values)
