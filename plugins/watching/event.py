"""Events: what happened to whom and when, told once by their id; and the times by which they are ordered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tierwise.core.values import SECONDS_PER_DAY, Duration, add_duration

__all__ = ["FOREVER", "Event", "end_of_period", "first_second", "last_second", "moment_of", "period_of", "time_after"]

FOREVER = 2**62
_MONTHS = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
_LAST_DAY = date.max.toordinal()


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened.

    Attributes:
        id: What tells it apart from every other event; an id that comes again is the same event.
        kind: A kind that the policy declares.
        at: A date, or a date and time; an event that is known to the day may have happened at any time of it.
        fields: Field name to value (``core/values.py``); a missing one is absent.
        under: Reading to the words under which it happened at all: an action that hangs on a reading may have made it.
        step: 0 for an event from outside, one more than the causing event for one that an action made.
    """

    id: str
    kind: str
    subject: str
    at: date
    fields: Mapping[str, Any] = field(default_factory=dict)
    under: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    step: int = 0

    @property
    def order(self) -> tuple[int, int, str]:
        """What events are sorted by: their own time, then cause before effect, then id."""
        return first_second(self.at), self.step, self.id


def first_second(at: date) -> int:
    """Return the first second of a day, or the second of a time, counted from the year 1."""
    seconds = at.toordinal() * SECONDS_PER_DAY
    return seconds + at.hour * 3600 + at.minute * 60 + at.second if isinstance(at, datetime) else seconds


def last_second(at: date) -> int:
    """Return the last second of a day, or the second of a time."""
    return first_second(at) if isinstance(at, datetime) else first_second(at) + SECONDS_PER_DAY - 1


def time_after(at: date, length: Duration) -> int:
    """Return the last second that is within a duration after a day or time; what lies beyond the calendar is for ever."""
    try:
        if length.seconds % SECONDS_PER_DAY and not isinstance(at, datetime):
            at = datetime(at.year, at.month, at.day)
        return last_second(add_duration(at, length))
    except OverflowError:
        return FOREVER


def moment_of(second: int, like: date) -> date:
    """Return the day, or the time, of a second: as exact as ``like`` is."""
    day, seconds = divmod(second, SECONDS_PER_DAY)
    found = date.fromordinal(min(day, _LAST_DAY))
    if not isinstance(like, datetime):
        return found
    return datetime(found.year, found.month, found.day) + timedelta(seconds=seconds)


def period_of(at: date, calendar: str) -> str:
    """Return the calendar period that holds a day, as text such as ``2024-04-01``: its first day."""
    return _period_start(at, calendar).isoformat()


def end_of_period(at: date, calendar: str) -> int:
    """Return the last second of the calendar period that holds a day."""
    start = _period_start(at, calendar)
    if calendar in _MONTHS:
        return time_after(start, Duration(months=_MONTHS[calendar])) - SECONDS_PER_DAY
    return first_second(start) + (7 if calendar == "week" else 1) * SECONDS_PER_DAY - 1


def _period_start(at: date, calendar: str) -> date:
    if calendar in _MONTHS:
        months = _MONTHS[calendar]
        return date(at.year, (at.month - 1) // months * months + 1, 1)
    ordinal = at.toordinal()
    return date.fromordinal(ordinal - (ordinal - 1) % 7 if calendar == "week" else ordinal)
