"""The first and last day on which rows of a window count, given the date of the run."""

from __future__ import annotations

from datetime import date, timedelta

from tierwise.core.finding import Finding
from tierwise.core.language import read_literal
from tierwise.core.source import Span
from tierwise.core.types import DateType, DurationType, Type
from tierwise.core.values import Duration, add_duration
from tierwise.plugins.binding.binding_file import Period, Window

__all__ = ["period_start", "window_days"]

PERIODS: dict[str, Period] = {"year": "year", "half-year": "half-year", "quarter": "quarter", "month": "month"}
MONTHS: dict[Period, int] = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}


def window_days(window: Window, as_of: date, span: Span) -> tuple[date | None, date, list[Finding]]:
    """Return the first day (``None``: any) and the last day, both inclusive, and what is wrong with the window.

    ``last: 12 months`` starts on the day after as_of minus 12 months. Nothing after as_of ever counts.
    """
    findings: list[Finding] = []

    def read(text: str, type: Type) -> object:
        value, found = read_literal(text, type, span)
        findings.extend(found)
        return value

    first: date | None = None
    since: object = None
    last = as_of
    if window.last is not None:
        duration = read(window.last, DurationType())
        if isinstance(duration, Duration):
            first = _after(as_of, duration)
    if window.calendar is not None:
        first = period_start(as_of, window.calendar)
    if window.previous is not None:
        first, last = _previous(window.previous, window.skip, as_of)
    if window.since is not None and isinstance(since := read(window.since, DateType()), date):
        first = since if first is None else max(first, since)
    if window.until is not None and isinstance(until := read(window.until, DateType()), date):
        last = min(last, until)
    begins_later = first == since and last == as_of  # what no row can be dated yet is no mistake
    if first is not None and first > last and not begins_later:
        message = f"the window holds no day: it would start on {first} and end on {last}"
        findings.append(Finding.error("empty-window", message, span, "leave `since` or `until` out, or name another period or length"))
    return first, last, findings


def _previous(told: str, skip: int, as_of: date) -> tuple[date, date]:
    """Return the first and the last day of the periods that are over, going back past the last ``skip`` of them; year 1 is the first there is."""
    count, _, word = told.rpartition(" ")
    months = MONTHS[PERIODS[word.removesuffix("s")]]
    end = period_start(as_of, PERIODS[word.removesuffix("s")])

    def back(periods: int) -> date:
        month = end.year * 12 + end.month - 1 - periods * months
        return date(month // 12, month % 12 + 1, 1) if month >= 12 else date.min

    return back(skip + int(count or 1)), max(back(skip), date(1, 1, 2)) - timedelta(days=1)


def period_start(day: date, period: Period) -> date:
    """Return the first day of the calendar period that holds a day."""
    months = MONTHS[period]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def _after(as_of: date, duration: Duration) -> date | None:
    try:
        return add_duration(as_of, duration, -1) + timedelta(days=1)
    except OverflowError:
        return None
