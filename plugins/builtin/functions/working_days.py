"""Functions of working days: Monday to Friday but for the holidays of a list, and weekend days that are worked when a second list says so."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from datetime import date as Date
from decimal import Decimal

from tierwise.core.environment import Function
from tierwise.core.types import BooleanType, DateType, Type
from tierwise.plugins.builtin.functions.declare import INTEGER, date, date_or_time, declare, list_of, whole

__all__ = ["WORKING_DAYS"]

LAST = Date.max.toordinal()
MOST_IN_SQL = 366
"""So many working days are counted day by day in SQL; beyond, Python reckons."""

Days = Sequence[Date]


class _Calendar:
    """Which days are worked.

    Args:
        holidays: Days that are not, whatever day of the week they are.
        worked: Days that are in any case.
    """

    def __init__(self, holidays: Days, worked: Days = ()) -> None:
        on = {day.toordinal() for day in worked}
        self._off = sorted(ordinal for ordinal in {day.toordinal() for day in holidays} - on if _is_weekday(ordinal))
        self._on = sorted(ordinal for ordinal in on if not _is_weekday(ordinal))

    def up_to(self, ordinal: int) -> int:
        """Return how many working days there are from the first day of year 1 to a day, this one included."""
        weeks, rest = divmod(ordinal, 7)  # 0001-01-01, ordinal 1, is a Monday
        return weeks * 5 + min(rest, 5) - bisect_right(self._off, ordinal) + bisect_right(self._on, ordinal)

    def after(self, ordinal: int, count: int) -> Date:
        """Return the last of so many working days after a day; ``ValueError`` when the calendar ends before."""
        later = range(ordinal + 1, LAST + 1)
        found = bisect_left(later, count, key=lambda day: self.up_to(day) - self.up_to(ordinal))
        return Date.fromordinal(later[found] if found < len(later) else 0)

    def before(self, ordinal: int, count: int) -> Date:
        """Return the first of so many working days before a day; ``ValueError`` when the calendar begins after."""
        earlier = range(ordinal - 1, 0, -1)
        found = bisect_left(earlier, count, key=lambda day: self.up_to(ordinal - 1) - self.up_to(day - 1))
        return Date.fromordinal(earlier[found] if found < len(earlier) else 0)


def _is_weekday(ordinal: int) -> bool:
    return (ordinal - 1) % 7 < 5


def _is_working(day: Date, *lists: Days) -> bool:
    calendar, ordinal = _Calendar(*lists), day.toordinal()
    return calendar.up_to(ordinal) > calendar.up_to(ordinal - 1)


def _next(day: Date, *lists: Days) -> Date:
    return _Calendar(*lists).after(day.toordinal() - 1, 1)


def _add(day: Date, count: Decimal, *lists: Days) -> Date:
    calendar, ordinal = _Calendar(*lists), day.toordinal()
    if not count:
        return Date.fromordinal(ordinal)
    return calendar.after(ordinal, int(count)) if count > 0 else calendar.before(ordinal, -int(count))


def _between(start: Date, end: Date, *lists: Days) -> Decimal:
    calendar, first, last = _Calendar(*lists), start.toordinal(), end.toordinal()
    if last >= first:
        return Decimal(calendar.up_to(last) - calendar.up_to(first))
    return Decimal(calendar.up_to(last - 1) - calendar.up_to(first - 1))


# The templates are for one list; with a second, or where NULL comes out, Python reckons.
_IS = "isodow(CAST({0} AS DATE)) < 6 AND NOT list_contains(CAST({1} AS DATE[]), CAST({0} AS DATE))"
_IN_LATER = "isodow(day) < 6 AND NOT list_contains(CAST({holidays} AS DATE[]), day)"
_NEXT = (
    f"CASE WHEN {_IS} THEN CAST({{0}} AS DATE) WHEN {{0}} < DATE '9900-01-01' AND len({{1}}) <= {MOST_IN_SQL} "
    "THEN list_filter(list_transform(range(1, 7 * (len({1}) // 5 + 1) + 1), lambda step: CAST({0} AS DATE) + CAST(step AS INTEGER)), "
    f"lambda day: {_IN_LATER.format(holidays='{1}')})[1] END"
)
_ADD = (
    f"CASE WHEN {{1}} = 0 THEN CAST({{0}} AS DATE) WHEN abs({{1}}) <= {MOST_IN_SQL} AND len({{2}}) <= {MOST_IN_SQL} "
    "AND {0} BETWEEN DATE '0100-01-01' AND DATE '9900-01-01' THEN list_filter(list_transform("
    f"range(1, 7 * (CAST(least(abs({{1}}), {MOST_IN_SQL}) + len({{2}}) AS BIGINT) // 5 + 1) + 1), "
    "lambda step: CAST({0} AS DATE) + CAST(step * sign({1}) AS INTEGER)), "
    f"lambda day: {_IN_LATER.format(holidays='{2}')})[CAST(least(abs({{1}}), {MOST_IN_SQL}) AS BIGINT)] END"
)


def _up_to(day: str, shift: int) -> str:
    """Return, in SQL, the weekdays up to a day, or up to the one before it with a shift of 0."""
    count = f"(date_diff('day', DATE '0001-01-01', CAST({day} AS DATE)) + {shift})"
    return f"({count} // 7 * 5 + least({count} % 7, 5))"


def _off(after: str, last: str) -> str:
    return f"len(list_filter(list_distinct(CAST({{2}} AS DATE[])), lambda day: isodow(day) < 6 AND day {after} AND day {last}))"


_BETWEEN = (
    "CAST(CASE WHEN CAST({1} AS DATE) >= CAST({0} AS DATE) "
    f"THEN {_up_to('{1}', 1)} - {_up_to('{0}', 1)} - {_off('> CAST({0} AS DATE)', '<= CAST({1} AS DATE)')} "
    f"ELSE {_up_to('{1}', 0)} - {_up_to('{0}', 0)} + {_off('>= CAST({1} AS DATE)', '< CAST({0} AS DATE)')} END AS DECIMAL(18,0))"
)


def _at_most(count: int) -> Callable[..., str]:
    return lambda *types: "" if len(types) <= count else f"it takes at most {count} arguments, not {len(types)}"


_HOLIDAYS = "holidays: list of date, worked: list of date"
_dates = list_of(date)


def _declare(
    signature: str, about: str, first: tuple[Callable[[Type], bool], ...], result: Type, python: Callable[..., object], sql: str
) -> Function:
    together = _at_most(len(first) + 2)
    return declare(signature, about, (*first, _dates), result, python, sql, together=together, variadic=True)


WORKING_DAYS = (
    _declare(
        f"is working day(date, {_HOLIDAYS}) -> boolean",
        "Whether it is a day from Monday to Friday and none of the holidays, or one of the days worked in any case. The second list may be left out.",
        (date_or_time,),
        BooleanType(),
        _is_working,
        _IS,
    ),
    _declare(
        f"next working day(date, {_HOLIDAYS}) -> date",
        "The day itself when it is a working day, else the first one after it.",
        (date_or_time,),
        DateType(),
        _next,
        _NEXT,
    ),
    _declare(
        f"add working days(date, days: integer, {_HOLIDAYS}) -> date",
        "The last of so many working days after a day, or for a negative number before it; for 0 the day itself.",
        (date_or_time, whole),
        DateType(),
        _add,
        _ADD,
    ),
    _declare(
        f"working days between(start: date, end: date, {_HOLIDAYS}) -> integer",
        "Working days after the first day up to the second, this one included; negative when the second is earlier.",
        (date_or_time, date_or_time),
        INTEGER,
        _between,
        _BETWEEN,
    ),
)
