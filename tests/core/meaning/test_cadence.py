"""Whether "every P" is missed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from tierwise.core.meaning.cadence import overdue
from tierwise.core.values import Duration, add_duration

WEEK = Duration.of_days(7)
FORTNIGHT = Duration.of_days(14)
MONTH = Duration(months=1)
TWO_MONTHS = Duration(months=2)
QUARTER = Duration(months=3)


@pytest.mark.parametrize(
    ("last", "every", "as_of", "reading", "expected"),
    [
        (date(2024, 3, 4), Duration.of_days(15), date(2024, 3, 20), "rolling", True),
        (date(2024, 3, 4), Duration.of_days(15), date(2024, 3, 19), "rolling", False),
        (date(2024, 5, 10), WEEK, date(2024, 5, 20), "rolling", True),
        (date(2024, 5, 10), WEEK, date(2024, 5, 20), "calendar", True),
        (date(2024, 5, 10), WEEK, date(2024, 5, 19), "calendar", False),
        (date(2024, 5, 12), WEEK, date(2024, 5, 20), "calendar", True),
        (date(2024, 5, 13), WEEK, date(2024, 5, 20), "calendar", False),
        (date(2024, 1, 31), MONTH, date(2024, 2, 29), "calendar", False),
        (date(2024, 1, 31), MONTH, date(2024, 3, 1), "calendar", True),
        (date(2024, 1, 1), QUARTER, date(2024, 6, 30), "calendar", False),
        (date(2024, 1, 1), QUARTER, date(2024, 7, 1), "calendar", True),
        (date(2022, 3, 1), TWO_MONTHS, date(2022, 6, 30), "calendar", False),  # March and April; May and June are not over
        (date(2022, 4, 30), TWO_MONTHS, date(2022, 7, 1), "calendar", True),
        (date(2023, 12, 31), Duration(months=24), date(2026, 1, 1), "calendar", None),  # 2 years from 2024 or from 2025
        (date(2023, 12, 31), Duration(months=24), date(2027, 1, 1), "calendar", True),
        (date(2024, 5, 10), FORTNIGHT, date(2024, 5, 26), "calendar", False),  # two weeks later
        (date(2024, 5, 10), FORTNIGHT, date(2024, 5, 30), "calendar", None),  # three weeks later: with which week do two weeks begin?
        (date(2024, 5, 10), FORTNIGHT, date(2024, 6, 3), "calendar", True),  # four weeks later
        (date(2024, 5, 10), Duration.of_days(15), date(2024, 5, 25), "calendar", False),
        (date(2024, 5, 10), Duration.of_days(15), date(2024, 5, 26), "calendar", None),
        (date(2024, 5, 10), Duration.of_days(15), date(2024, 6, 9), "calendar", True),
        (None, WEEK, date(2024, 5, 10), "calendar", True),
        (None, None, date(2024, 5, 10), "calendar", False),
        (date(2024, 5, 10), None, date(2025, 5, 10), "rolling", False),
        (date(2030, 1, 1), WEEK, date(2024, 5, 10), "calendar", False),
        (date(9999, 12, 31), WEEK, date(2024, 5, 10), "rolling", False),
        (datetime(2024, 5, 10, 18), WEEK, date(2024, 5, 17), "rolling", False),
    ],
)
def test_overdue(last: date | None, every: Duration | None, as_of: date, reading: str, expected: bool | None) -> None:
    assert overdue(last, every, as_of, reading) is expected


@pytest.mark.parametrize(
    "every", [WEEK, FORTNIGHT, Duration.of_days(15), MONTH, TWO_MONTHS, QUARTER, Duration(months=6), Duration(months=12)]
)
def test_up_to_one_interval_nothing_is_overdue_and_from_two_on_it_is_by_the_calendar_too(every: Duration) -> None:
    wrong = []
    for last in (date(2023, 1, 1) + timedelta(days=start) for start in range(0, 400, 13)):
        for as_of in (last + timedelta(days=days) for days in range(800)):
            calendar = overdue(last, every, as_of, "calendar")
            if as_of <= add_duration(last, every) and calendar is not False:
                wrong.append((last, as_of))
            if as_of >= add_duration(last, every.times(2)) and calendar is not True:
                wrong.append((last, as_of))
    assert wrong == []
