"""Decides whether "every P" is missed, given the date of the last time (see ``plan.Overdue``)."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from tierwise.core.meaning.exact import add, compare
from tierwise.core.values import SECONDS_PER_DAY, Duration

__all__ = ["overdue", "whole_periods_between"]

_DAY = Duration(seconds=SECONDS_PER_DAY)
_WEEK = Duration(seconds=7 * SECONDS_PER_DAY)
_CALENDAR_MONTHS = (1, 3, 6, 12)


def overdue(last: date | None, every: Duration | None, as_of: date, reading: str | None) -> bool | None:
    """Say whether the next time is overdue.

    Args:
        last: The last time; none when there was never one, and then it is overdue.
        every: The interval; none when none is asked for, and then nothing is overdue.
        as_of: The date of the run.
        reading: ``rolling``, ``calendar``, or ``None`` while that is not settled.

    Returns:
        Yes, no, or ``None`` when it depends on the reading (or on where an interval without a calendar, such as 14 days, begins).
    """
    if every is None:
        return False
    if last is None:
        return True
    if isinstance(last, datetime) and not isinstance(as_of, datetime):
        last = last.date()
    late = _after(as_of, last, every)
    if reading == "rolling":
        return late
    if reading == "calendar":
        between = whole_periods_between(last, as_of, every)
        if between is not None:
            return between >= 1
    if not late:
        return False
    return True if _after(as_of, last, every.times(2), "<=") else None


def whole_periods_between(last: date, as_of: date, every: Duration) -> int | None:
    """Count the whole calendar periods between those of two dates; ``None`` when the interval is no calendar period."""
    if every == _DAY:
        return as_of.toordinal() - last.toordinal() - 1
    if every == _WEEK:
        return _week(as_of) - _week(last) - 1
    if every.months in _CALENDAR_MONTHS and not every.seconds:
        return _month(as_of) // every.months - _month(last) // every.months - 1
    return None


def _after(as_of: date, last: date, every: Duration, op: str = "<") -> bool:
    due: Any = add(last, every)
    return compare(op, due, as_of)


def _week(day: date) -> int:
    return (day.toordinal() - 1) // 7  # day 1 of year 1 was a Monday, so these are ISO weeks


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
