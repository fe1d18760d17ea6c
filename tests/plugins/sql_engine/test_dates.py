"""Steps between dates never fail and never leave the calendar; durations of months and of seconds are never mixed."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, Literal

import pytest

from tests.plugins.sql_engine.evaluating import NONE, UNKNOWN, fresh, term, told, worked_out
from tierwise.core.plan import CompareOp
from tierwise.core.types import DateTimeType, DateType, DurationType, EnumType, NumberType
from tierwise.core.values import Duration
from tierwise.plugins.sql_engine import dates
from tierwise.plugins.sql_engine.terms import Term

MONTH, YEAR, DAY, WEEK = Duration(months=1), Duration(months=12), Duration.of_days(1), Duration.of_days(7)


def day(value: Any) -> Term:
    """Return a date, or a date and time."""
    return term(value, DateTimeType() if isinstance(value, datetime) else DateType())


def length(value: Any) -> Term:
    """Return a duration."""
    return term(value, DurationType())


@pytest.mark.parametrize(
    ("start", "duration", "sign", "end"),
    [
        (date(2024, 1, 31), MONTH, 1, date(2024, 2, 29)),
        (date(2024, 3, 31), MONTH, -1, date(2024, 2, 29)),
        (date(2024, 2, 29), YEAR, 1, date(2025, 2, 28)),
        (date(2024, 2, 28), DAY, 1, date(2024, 2, 29)),
        (date(2024, 1, 1), Duration(seconds=-1), 1, date(2023, 12, 31)),
        (datetime(2024, 1, 31, 12), MONTH, 1, datetime(2024, 2, 29, 12)),
        (datetime(2024, 1, 1), Duration(seconds=1), -1, datetime(2023, 12, 31, 23, 59, 59)),
        (date(9999, 12, 31), DAY, 1, UNKNOWN),
        (date(1, 1, 1), MONTH, -1, UNKNOWN),
        (date(2024, 1, 1), Duration(months=2**31 - 1), 1, UNKNOWN),
        (UNKNOWN, DAY, 1, UNKNOWN),
    ],
)
def test_a_step_ends_in_the_calendar_or_is_unknown(start: Any, duration: Duration, sign: Literal[1, -1], end: Any) -> None:
    layers = fresh()
    computed = Term(length(duration).sql, DurationType())  # as if it were not known beforehand

    assert [told(dates.step(day(start), d, sign, layers), layers) for d in (length(duration), computed)] == [end, end]


@pytest.mark.parametrize(
    ("later", "earlier", "between"),
    [
        (date(2024, 3, 1), date(2024, 2, 1), Duration.of_days(29)),
        (datetime(2024, 3, 1, 0, 0, 1), datetime(2024, 3, 1), Duration(seconds=1)),
        (UNKNOWN, date(2024, 2, 1), UNKNOWN),
    ],
)
def test_what_lies_between_is_counted_in_days_or_seconds(later: Any, earlier: Any, between: Any) -> None:
    assert told(dates.days_between(day(later), day(earlier), DurationType())) == between


@pytest.mark.parametrize(
    ("left", "right", "total"), [(MONTH, YEAR, Duration(months=13)), (DAY, WEEK, Duration.of_days(8)), (MONTH, DAY, UNKNOWN)]
)
def test_only_durations_of_one_sort_are_added(left: Duration, right: Duration, total: Any) -> None:
    assert told(dates.add_durations(length(left), length(right), 1, DurationType())) == total


@pytest.mark.parametrize(("factor", "total"), [("2", Duration(months=2)), ("-1", Duration(months=-1)), ("3000000000", UNKNOWN)])
def test_a_duration_is_repeated_unless_it_gets_too_long(factor: str, total: Any) -> None:
    assert told(dates.times(length(MONTH), term(Decimal(factor), NumberType(0)), DurationType())) == total


@pytest.mark.parametrize(
    ("op", "left", "right", "holds"),
    [("<", DAY, WEEK, True), ("=", MONTH, MONTH, True), ("<", MONTH, WEEK, False), (">", MONTH, WEEK, False), ("!=", MONTH, WEEK, True)],
)
def test_a_month_is_neither_more_nor_less_than_days(op: CompareOp, left: Duration, right: Duration, holds: bool) -> None:
    assert worked_out([dates.compare_durations(op, length(left), length(right))]) == (holds,)


@pytest.mark.parametrize(
    ("last", "every", "reading", "late"),
    [
        (date(2024, 5, 31), MONTH, "rolling", False),
        (date(2024, 5, 20), MONTH, "rolling", True),
        (date(2024, 5, 20), MONTH, "calendar", False),
        (date(2024, 4, 30), MONTH, "calendar", True),
        (date(2024, 5, 20), MONTH, None, UNKNOWN),
        (date(2024, 4, 1), MONTH, None, True),
        (NONE, MONTH, "rolling", True),
        (UNKNOWN, MONTH, "rolling", UNKNOWN),
    ],
)
def test_a_duty_is_overdue_by_its_reading(last: Any, every: Duration, reading: str | None, late: Any) -> None:
    layers, as_of = fresh(), day(date(2024, 6, 25))
    settled = None if reading is None else term(reading, EnumType(("rolling", "calendar")))

    assert told(dates.overdue(day(last), length(every), as_of, settled, layers), layers) == late
