"""Proves that two rules of a table can never both be hit, from one column whose tests share no value.

Only plain tests against constants are looked at; what is not proved is tested for every row, so a missed proof costs time, never truth.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tierwise.core.plan import Comparison, Node, Rule, comparison_of, conjuncts_of, disjuncts_of, spelled_out
from tierwise.core.values import Value

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
    said = spelled_out(test)
    listed = _of_one(disjuncts_of(said))
    if listed and all(one.op == "=" for one in listed):
        return listed[0].about, frozenset(one.constant.value for one in listed)
    sides = _of_one(conjuncts_of(said))
    lows, highs = ([one for one in sides if one.op in ops] for ops in ((">", ">="), ("<", "<=")))
    if not sides or len(lows) > 1 or len(highs) > 1 or len(lows) + len(highs) < len(sides):
        return None
    if any(one.constant.value is None for one in sides):
        return None
    (low, low_in), (high, high_in) = (_end(side) for side in (lows, highs))
    return sides[0].about, Interval(low, high, low_in, high_in)


def _of_one(tests: Sequence[Node]) -> list[Comparison]:
    """Return comparisons of one thing with plain values; none when some test is anything else."""
    found = [comparison for comparison in map(comparison_of, tests) if comparison is not None and _is_plain(comparison.constant.value)]
    return found if len(found) == len(tests) and all(one.about == found[0].about for one in found) else []


def _end(sides: Sequence[Comparison]) -> tuple[Value, bool]:
    return (sides[0].constant.value, "=" in sides[0].op) if sides else (None, False)


def _is_plain(value: Value) -> bool:
    """Say whether a value is equal to another exactly when Python says so, and ordered with its like."""
    return value is None or isinstance(value, str | bool | Decimal | date)
