"""The values that facts and outcomes hold at run time, and their JSON form.

A value is one of: ``Decimal`` (every number and integer), ``bool``, ``date``, ``datetime``, ``Duration``, ``str`` (text and
enum), ``tuple`` (list; also a set, in declared order without repeats), ``Mapping`` (record and map) or ``None`` (*none*: a nullable
fact that is known to have no value). A fact that is *missing* is simply absent: it has no value at all. A ``Fraction`` is an exact quotient
on its way into a comparison or a rounding; no fact and no outcome holds one.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeAlias

__all__ = ["LARGEST_EXACT", "SECONDS_PER_DAY", "Duration", "Value", "add_duration", "hashable", "to_json"]

SECONDS_PER_DAY = 86_400
LARGEST_EXACT = 2**53
"""From here on a float has no digits left for single steps."""


@dataclass(frozen=True, slots=True, order=False)
class Duration:
    """Whole months (calendar length) or whole seconds (exact length); never both.

    ``Duration(months=3)`` is FEEL's ``duration("P3M")``, ``Duration(seconds=86400)`` is ``duration("P1D")``.
    """

    months: int = 0
    seconds: int = 0

    @classmethod
    def of_days(cls, days: int) -> Duration:
        """Return the duration of whole days."""
        return cls(seconds=days * SECONDS_PER_DAY)

    def times(self, factor: int) -> Duration:
        """Return the duration repeated ``factor`` times."""
        return Duration(self.months * factor, self.seconds * factor)

    def __str__(self) -> str:
        """Return the ISO form; a negative one has its sign in front, as XML Schema and FEEL write it."""
        sign = "-" if self.months < 0 or self.seconds < 0 else ""
        if self.months:
            return f"{sign}P{abs(self.months)}M"
        days, rest = divmod(abs(self.seconds), SECONDS_PER_DAY)
        return f"{sign}P{days}D" if not rest else f"{sign}PT{abs(self.seconds)}S"


Value: TypeAlias = "Decimal | Fraction | bool | date | datetime | Duration | str | tuple[Value, ...] | Mapping[str, Value] | None"
"""A value of a fact or an outcome, as the head of this module lists them."""


def add_duration(start: date, duration: Duration, sign: int = 1) -> date:
    """Add a duration to a date or a date and time; a month that is too short gives its last day.

    A date is the midnight with which it begins: with hours added or taken away it is the day in which that moment lies.

    Raises:
        OverflowError: The result is outside the years 1 to 9999.
    """
    if duration.months:
        month = start.month - 1 + sign * duration.months
        year = start.year + month // 12
        month = month % 12 + 1
        if not 1 <= year <= 9999:
            raise OverflowError("date out of range")
        day = start.day
        while True:
            try:
                return start.replace(year=year, month=month, day=day)
            except ValueError:
                day -= 1
    if isinstance(start, datetime):
        return start + timedelta(seconds=sign * duration.seconds)
    return start + timedelta(days=sign * duration.seconds // SECONDS_PER_DAY)


def hashable(value: Any) -> Hashable:
    """Return what equal values have in common and a dictionary can hold; records and maps themselves cannot be hashed."""
    try:
        hash(value)
    except TypeError:
        if isinstance(value, Mapping):
            return frozenset((key, hashable(item)) for key, item in value.items())
        return tuple(hashable(item) for item in value) if isinstance(value, tuple) else repr(value)
    found: Hashable = value
    return found


def to_json(value: Any) -> Any:
    """Return a value in its JSON form.

    Whole numbers become ``int``; other numbers become ``float`` when the float prints the same digits, else a text. Dates are ISO
    texts. A duration of whole days is its number of days; months are ``"3m"``; other lengths are ISO texts.
    """
    if isinstance(value, Decimal):
        return _number_to_json(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Duration):
        if value.months:
            return f"{value.months}m"
        days, rest = divmod(value.seconds, SECONDS_PER_DAY)
        return days if not rest else str(value)
    if isinstance(value, Mapping):
        return {key: to_json(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [to_json(item) for item in value]
    return value


def _number_to_json(number: Decimal) -> int | float | str:
    if number == number.to_integral_value():
        return int(number)
    as_float = float(number)
    return as_float if Decimal(repr(as_float)) == number else format(number, "f").rstrip("0")
