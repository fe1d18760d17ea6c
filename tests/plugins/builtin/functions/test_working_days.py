"""Working days are those that one finds by looking at day after day."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tierwise.plugins.builtin.functions.by_subject import BUILTIN_FUNCTIONS

DAYS = st.dates(date(2024, 1, 1), date(2024, 4, 30))
LISTS = st.lists(DAYS, max_size=40).map(tuple)
DAY = timedelta(days=1)


def is_working(day: date, holidays: tuple[date, ...], worked: tuple[date, ...]) -> bool:
    return day in worked or (day.isoweekday() < 6 and day not in holidays)


@given(day=DAYS, count=st.integers(-40, 40), other=DAYS, holidays=LISTS, worked=LISTS)
def test_working_days_are_counted_day_by_day(
    day: date, count: int, other: date, holidays: tuple[date, ...], worked: tuple[date, ...]
) -> None:
    lists = holidays, worked
    is_day, next_day, add, between = (
        BUILTIN_FUNCTIONS[name].python for name in ("is working day", "next working day", "add working days", "working days between")
    )
    assert is_day(day, *lists) is is_working(day, *lists)
    found = day
    while not is_working(found, *lists):
        found += DAY
    assert next_day(day, *lists) == found
    found, left = day, abs(count)
    while left:
        found += DAY if count > 0 else -DAY
        left -= is_working(found, *lists)
    assert add(day, Decimal(count), *lists) == found
    first, last = sorted((day, other))
    passed = [first + DAY * step for step in range((last - first).days + (other < day))]
    counted = sum(is_working(one if other < day else one + DAY, *lists) for one in passed if other >= day or one < last)
    assert between(day, other, *lists) == (counted if other >= day else -counted)
