"""Decides whether "every P" is missed, given the date of the last time (see ``plan.Overdue``)."""

from __future__ import annotations

from datetime import date, datetime

from tierwise.core.meaning.exact import add, compare
from tierwise.core.values import SECONDS_PER_DAY, Duration, Value

__all__ = ["CADENCES", "overdue"]

CADENCES = ("rolling", "calendar")

_WEEK = 7 * SECONDS_PER_DAY
_YEAR = 12


def overdue(last: Value, every: Value, as_of: Value, reading: Value) -> bool | None:
    """Say whether the next time is overdue.

    Args:
        last: The last time; none when there was never one, and then it is overdue.
        every: The interval; none when none is asked for, and then nothing is overdue.
        as_of: The date of the run.
        reading: ``rolling`` or ``calendar``.

    Returns:
        Yes or no; ``None`` where it depends on when the calendar periods begin (of 2 weeks: in this week or in the next).
    """
    if not isinstance(every, Duration):
        return False
    if not isinstance(last, date) or not isinstance(as_of, date):
        return True
    if isinstance(last, datetime) and not isinstance(as_of, datetime):
        last = last.date()
    if reading == "rolling" or max(every.months, every.seconds) <= 0:
        return compare("<", add(last, every), as_of)
    length, passed = _in_calendar_units(last, as_of, every)
    if passed >= 2 * length:
        return True
    return False if passed <= length else None


def _in_calendar_units(last: date, as_of: date, every: Duration) -> tuple[int, int]:
    """Return how many calendar units an interval has, and how many there are from that of ``last`` to that of ``as_of``.

    A part of a year (a month, 2 months, a quarter …) counted from January, a year, and a week from Monday are units themselves, so that the
    interval is one of them. Of any other length nobody knows when the calendar's periods begin: it has several years, months, weeks or seconds.
    """
    if every.months:
        unit = every.months if _YEAR % every.months == 0 else _YEAR if every.months % _YEAR == 0 else 1
        return every.months // unit, _month(as_of) // unit - _month(last) // unit
    if every.seconds % _WEEK == 0:
        return every.seconds // _WEEK, _week(as_of) - _week(last)
    return every.seconds, (as_of.toordinal() - last.toordinal()) * SECONDS_PER_DAY


def _week(day: date) -> int:
    return (day.toordinal() - 1) // 7  # day 1 of year 1 was a Monday, so these are ISO weeks


def _month(day: date) -> int:
    return day.year * 12 + day.month - 1
