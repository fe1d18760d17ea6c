"""Whether "every P" is missed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierwise.core.meaning.cadence import overdue, whole_periods_between
from tierwise.core.values import Duration

WEEK = Duration.of_days(7)
MONTH = Duration(months=1)
QUARTER = Duration(months=3)


@pytest.mark.parametrize(
    ("last", "every", "as_of", "reading", "expected"),
    [
        (date(2024, 3, 4), Duration.of_days(15), date(2024, 3, 20), "rolling", True),
        (date(2024, 3, 4), Duration.of_days(15), date(2024, 3, 19), "rolling", False),
        (date(2024, 5, 10), WEEK, date(2024, 5, 20), None, None),
        (date(2024, 5, 10), WEEK, date(2024, 5, 17), None, False),
        (date(2024, 5, 10), WEEK, date(2024, 5, 24), None, True),
        (date(2024, 5, 10), WEEK, date(2024, 5, 19), "calendar", False),
        (date(2024, 5, 12), WEEK, date(2024, 5, 20), "calendar", True),
        (date(2024, 5, 13), WEEK, date(2024, 5, 20), "calendar", False),
        (date(2024, 1, 31), MONTH, date(2024, 2, 29), "calendar", False),
        (date(2024, 1, 31), MONTH, date(2024, 3, 1), "calendar", True),
        (date(2024, 1, 1), QUARTER, date(2024, 6, 30), "calendar", False),
        (date(2024, 1, 1), QUARTER, date(2024, 7, 1), "calendar", True),
        (date(2024, 5, 10), Duration.of_days(14), date(2024, 5, 30), "calendar", None),
        (None, WEEK, date(2024, 5, 10), None, True),
        (None, None, date(2024, 5, 10), None, False),
        (date(2024, 5, 10), None, date(2025, 5, 10), "rolling", False),
        (date(2030, 1, 1), WEEK, date(2024, 5, 10), "calendar", False),
        (date(9999, 12, 31), WEEK, date(2024, 5, 10), None, False),
        (datetime(2024, 5, 10, 18), WEEK, date(2024, 5, 17), "rolling", False),
    ],
)
def test_overdue(last: date | None, every: Duration | None, as_of: date, reading: str | None, expected: bool | None) -> None:
    assert overdue(last, every, as_of, reading) is expected


@given(st.dates(date(2000, 1, 1), date(2040, 1, 1)), st.integers(0, 500), st.sampled_from((Duration.of_days(1), WEEK, MONTH, QUARTER)))
def test_an_unsettled_reading_is_decided_only_where_both_readings_agree(last: date, days: int, every: Duration) -> None:
    as_of = last + timedelta(days=days)
    open_ended = overdue(last, every, as_of, None)
    if open_ended is not None:
        assert overdue(last, every, as_of, "rolling") is open_ended
        between = whole_periods_between(last, as_of, every)
        assert between is not None and (between >= 1) is open_ended
