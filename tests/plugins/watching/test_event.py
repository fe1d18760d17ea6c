"""Days and times in seconds: an event known to the day may have happened at any time of it, and a deadline includes its last day."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tierwise.core.values import Duration
from tierwise.plugins.watching.event import FOREVER, end_of_period, first_second, last_second, moment_of, period_of, time_after

DAY = date(2024, 2, 28)
MOMENT = datetime(2024, 2, 28, 10, 30)
SECONDS = 86_400


def test_a_day_is_all_of_its_seconds_and_a_time_is_one() -> None:
    assert last_second(DAY) - first_second(DAY) == SECONDS - 1
    assert last_second(MOMENT) == first_second(MOMENT) == first_second(DAY) + 10 * 3600 + 30 * 60


@pytest.mark.parametrize(
    ("at", "length", "last"),
    [
        (DAY, Duration.of_days(2), last_second(date(2024, 3, 1))),
        (DAY, Duration(months=1), last_second(date(2024, 3, 28))),
        (date(2024, 1, 31), Duration(months=1), last_second(date(2024, 2, 29))),
        (MOMENT, Duration.of_days(1), first_second(datetime(2024, 2, 29, 10, 30))),
        (DAY, Duration(seconds=3600), first_second(datetime(2024, 2, 28, 1, 0))),
        (date(9999, 12, 31), Duration.of_days(1), FOREVER),
    ],
)
def test_the_last_second_within_a_duration(at: date, length: Duration, last: int) -> None:
    assert time_after(at, length) == last


@pytest.mark.parametrize(
    ("calendar", "start", "end"),
    [
        ("day", "2024-02-28", date(2024, 2, 28)),
        ("week", "2024-02-26", date(2024, 3, 3)),
        ("month", "2024-02-01", date(2024, 2, 29)),
        ("quarter", "2024-01-01", date(2024, 3, 31)),
        ("half-year", "2024-01-01", date(2024, 6, 30)),
        ("year", "2024-01-01", date(2024, 12, 31)),
    ],
)
def test_the_calendar_period_of_a_day(calendar: str, start: str, end: date) -> None:
    assert period_of(DAY, calendar) == start
    assert end_of_period(DAY, calendar) == last_second(end)
    assert period_of(end, calendar) == start


def test_a_second_is_told_as_exactly_as_what_it_comes_from() -> None:
    second = last_second(DAY)

    assert moment_of(second, DAY) == DAY
    assert moment_of(second, MOMENT) == datetime(2024, 2, 28, 23, 59, 59)
    assert moment_of(FOREVER, DAY) == date.max
