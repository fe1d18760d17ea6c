"""Puts the values of an ordered type on a line of exact positions, so that borders, neighbours and middles can be computed.

A number of scale 2 stands on a whole position for each cent, a date on its day, a date and time on its second. Positions are fractions:
a border such as ``0.705`` may fall between two whole positions of a column of scale 2, and then no value stands on it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Any

from tierwise.core.types import DateTimeType, DateType, DurationType, NumberType, Type
from tierwise.core.values import SECONDS_PER_DAY, Duration, Value

__all__ = ["Line", "line_of"]

EPOCH = datetime(1, 1, 1)
LAST_SECOND = int((datetime(9999, 12, 31, 23, 59, 59) - EPOCH).total_seconds())


@dataclass(frozen=True, slots=True)
class Line:
    """An ordered domain.

    Attributes:
        position: A value to its place on the line.
        value: The value at a place that is one of the line's.
        step: Distance that looks natural beyond the last border, such as one yuan, not one fen.
        discrete: Values stand on whole positions only.
        doubling: Beyond the last border the next natural value is twice as far, as with money; else one step on, as with dates.
        low: The least position, inclusive; ``None`` when open.
        high: The greatest position, inclusive; ``None`` when open.
    """

    position: Callable[[Any], Fraction]
    value: Callable[[Fraction], Value]
    step: int
    discrete: bool
    doubling: bool
    low: Fraction | None = None
    high: Fraction | None = None

    def holds(self, place: Fraction) -> bool:
        """Say whether a value stands on ``place``."""
        if self.discrete and place.denominator != 1:
            return False
        return (self.low is None or place >= self.low) and (self.high is None or place <= self.high)

    def between(self, low: Fraction | None, high: Fraction | None) -> Fraction | None:
        """Return a natural place strictly between two borders (``None``: to the line's end), or ``None`` when no value stands there."""
        first, last = self._first(low), self._last(high)
        if first is not None and last is not None:
            if first > last or (first == last and not self.discrete and (first == low or last == high)):
                return None
            if low is not None and high is not None:
                return self._round_middle(first, last)
        beyond = Fraction(0)
        if low is not None:
            beyond = low + self._reach(low)
        elif high is not None:
            beyond = high - self._reach(high)
        place = Fraction(floor(beyond)) if self.discrete else beyond
        if (first is None or place > first or (place == first and low is not None)) and (last is None or place <= last):
            return place
        return self._round_middle(first, last) if first is not None and last is not None else first if first is not None else last

    def _reach(self, border: Fraction) -> Fraction:
        """Return how far beyond the last border a natural value stands."""
        return max(abs(border), Fraction(self.step)) if self.doubling else Fraction(self.step)

    def _first(self, low: Fraction | None) -> Fraction | None:
        """Return the least place above a border (on a dense line the border itself), not before the line's beginning."""
        if low is None:
            return self.low if self.low is None or not self.discrete else Fraction(ceil(self.low))
        place = Fraction(floor(low) + 1) if self.discrete else low
        return place if self.low is None else max(place, Fraction(ceil(self.low)) if self.discrete else self.low)

    def _last(self, high: Fraction | None) -> Fraction | None:
        if high is None:
            return self.high if self.high is None or not self.discrete else Fraction(floor(self.high))
        place = Fraction(ceil(high) - 1) if self.discrete else high
        return place if self.high is None else min(place, Fraction(floor(self.high)) if self.discrete else self.high)

    def _round_middle(self, first: Fraction, last: Fraction) -> Fraction:
        """Return the roundest place near the middle: 400000 between 300000 and 500000, not 399999.99."""
        if not self.discrete:
            return (first + last) / 2
        low, high = int(first), int(last)
        size = 10 ** len(str(abs(low + high) // 2))
        while size > 1:
            place = (low + high + size) // (2 * size) * size
            if low < place < high:
                return Fraction(place)
            size //= 10
        return Fraction((low + high) // 2)


def line_of(of: Type, months: bool = False) -> Line | None:
    """Return the line of an ordered of, or ``None`` for a type without order. ``months``: durations of whole months, else of seconds."""
    if isinstance(of, NumberType):
        return _numbers(of)
    if isinstance(of, DateType):
        last = Fraction(date.max.toordinal())
        return Line(lambda v: Fraction(v.toordinal()), lambda p: date.fromordinal(int(p)), 365, True, False, Fraction(1), last)
    if isinstance(of, DateTimeType):
        return Line(_seconds, lambda p: EPOCH + timedelta(seconds=int(p)), SECONDS_PER_DAY, True, False, Fraction(0), Fraction(LAST_SECOND))
    if isinstance(of, DurationType) and months:
        return Line(lambda v: Fraction(v.months), lambda p: Duration(months=int(p)), 1, True, True)
    if isinstance(of, DurationType):
        return Line(lambda v: Fraction(v.seconds), lambda p: Duration(seconds=int(p)), SECONDS_PER_DAY, True, True)
    return None


def _numbers(of: NumberType) -> Line:
    scale = of.scale or 0
    unit = 10**scale
    return Line(
        position=lambda v: Fraction(v) * unit,
        value=lambda p: _decimal(p, scale),
        step=unit,
        discrete=of.scale is not None,
        doubling=True,
        low=None if of.low is None else Fraction(of.low) * unit,
        high=None if of.high is None else Fraction(of.high) * unit,
    )


def _decimal(place: Fraction, scale: int) -> Decimal:
    """Return ``place / 10**scale`` exactly; places are sums and halves of decimals, so the division always ends."""
    digits = 0
    while place.denominator != 1:
        place, digits = place * 10, digits + 1
    return Decimal(f"{int(place)}E-{scale + digits}")


def _seconds(value: datetime) -> Fraction:
    return Fraction(int((value - EPOCH).total_seconds()))
