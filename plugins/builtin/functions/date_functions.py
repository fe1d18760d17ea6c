"""Functions of dates and durations. Dates have no zone; nothing reads the clock."""

from __future__ import annotations

from bisect import bisect_right
from calendar import monthrange
from collections.abc import Callable, Sequence
from datetime import date as Date
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tierwise.core.environment import Function
from tierwise.core.language.scan import read_iso
from tierwise.core.types import DateType, DurationType, ListType, NumberType, Type
from tierwise.core.values import Duration, add_duration
from tierwise.plugins.builtin.functions.declare import (
    INTEGER,
    Demand,
    date,
    date_or_time,
    declare,
    duration,
    list_of,
    none_if_undefined,
    number,
    text,
    time,
    whole,
)

__all__ = ["DATES"]

MONTHS_IN = {"month": 1, "quarter": 3, "half-year": 6, "year": 12}
LONGEST = 10**12
"""Months or seconds that a length of time may have; written lengths have no more."""
PERIOD_WORDS = '"month", "quarter", "half-year" or "year"'


def _day(value: Date) -> Date:
    return value.date() if isinstance(value, datetime) else value


def _days_between(start: Date, end: Date) -> Decimal:
    return Decimal((_day(end) - _day(start)).days)


def _months_between(start: Date, end: Date) -> Decimal:
    """Whole months from start to end, negative when end is earlier; a month that is too short counts when its last day is reached."""
    if _day(end) < _day(start):
        return -_months_between(end, start)
    first, last = _day(start), _day(end)
    months = (last.year - first.year) * 12 + last.month - first.month
    return Decimal(months if add_duration(first, Duration(months=months)) <= last else months - 1)


def _hours_between(start: datetime, end: datetime) -> Decimal:
    seconds = int((_moment(end) - _moment(start)).total_seconds())
    return Decimal(abs(seconds) // 3_600 * (1 if seconds >= 0 else -1))


def _moment(value: Date) -> datetime:
    return value if isinstance(value, datetime) else datetime(value.year, value.month, value.day)


def _start_of(months: int) -> Callable[[Date], Date]:
    return lambda value: Date(value.year, (value.month - 1) // months * months + 1, 1)


def _end_of_month(value: Date) -> Date:
    return Date(value.year, value.month, monthrange(value.year, value.month)[1])


def _most_per_calendar(dates: Sequence[Date], period: str) -> Decimal:
    """The largest number of dates in one calendar period."""
    months = MONTHS_IN[period]
    periods = [(value.year, (value.month - 1) // months) for value in dates]
    return Decimal(max((periods.count(one) for one in set(periods)), default=0))


def _most_within(dates: Sequence[Date], length: Duration) -> Decimal:
    """The largest number of dates in any window ``[d, d + length]``, both ends inclusive; a best window starts at one of the dates."""
    ordered = sorted(dates)
    counts = (bisect_right(ordered, add_duration(start, length)) - position for position, start in enumerate(ordered))
    return Decimal(max(counts, default=0))


def _times_per_calendar(dates: Sequence[Date], period: str, least: Decimal) -> Decimal:
    """How many calendar periods hold at least so many dates."""
    months = MONTHS_IN[period]
    periods = [(value.year, (value.month - 1) // months) for value in dates]
    return Decimal(sum(periods.count(one) >= least for one in set(periods)))


def _times_within(dates: Sequence[Date], length: Duration, least: Decimal) -> Decimal:
    """How often so many dates fall into one window; no date of a window that was full, from the first that filled it, counts again."""
    times, waiting, spent = 0, list[Date](), None
    for day in sorted(dates):
        if spent is not None and day <= spent:
            continue
        waiting = [*(earlier for earlier in waiting if day <= add_duration(earlier, length)), day]
        if len(waiting) >= least:
            times, spent, waiting = times + 1, add_duration(waiting[0], length), []
    return Decimal(times)


def _later(dates: Sequence[Date], length: Duration) -> tuple[Date, ...]:
    """Each of the dates so much later."""
    return tuple(add_duration(day, length) for day in dates)


_FEW = "CASE WHEN len({0}) < 2 THEN len({0}) ELSE "  # most lists of dates are short, and comparing each with each is slow
_PERIOD = (
    "date_diff('month', DATE '0001-01-01', day) // CASE {1} WHEN 'month' THEN 1 WHEN 'quarter' THEN 3 WHEN 'half-year' THEN 6 ELSE 12 END"
)
_MOST_PER_CALENDAR = (
    f"CASE WHEN {{0}} IS NOT NULL AND {{1}} IN ('month', 'quarter', 'half-year', 'year') THEN CAST({_FEW}"
    f"list_transform([list_transform({{0}}, lambda day: {_PERIOD})], lambda periods: "  # which works the periods out once
    "list_max(list_transform(periods, lambda one: len(list_filter(periods, lambda other: other = one)))))[1] END AS DECIMAL(18,0)) END"
)
_TIMES_PER_CALENDAR = (
    "CASE WHEN {0} IS NOT NULL AND {1} IN ('month', 'quarter', 'half-year', 'year') "
    "THEN CAST(CASE WHEN len({0}) < {2} THEN 0 ELSE "
    f"list_transform([list_transform({{0}}, lambda day: {_PERIOD})], lambda periods: len(list_filter(list_distinct(periods), "
    "lambda one: len(list_filter(periods, lambda other: other = one)) >= {2})))[1] END AS DECIMAL(18,0)) END"
)
# NULL, which leaves the answer to Python, for lengths below zero and where a window could leave the calendar.
_CAN_STEP = (
    "{0} IS NOT NULL AND struct_extract({1}, 'months') BETWEEN 0 AND 1200 "
    "AND struct_extract({1}, 'seconds') BETWEEN 0 AND 3155760000 AND coalesce(list_max({0}) < '9800-01-01', true)"
)
_LENGTH = (
    "to_months(least(greatest(struct_extract({1}, 'months'), 0), 1200)) "
    "+ to_seconds(least(greatest(struct_extract({1}, 'seconds'), 0), 3155760000))"
)
_MOST_WITHIN = (
    f"CASE WHEN {_CAN_STEP} THEN CAST({_FEW}list_max(list_transform({{0}}, lambda start: len(list_filter({{0}}, "
    f"lambda day: day >= start AND day <= start + {_LENGTH})))) END AS DECIMAL(18,0)) END"
)
_FULL = (  # one pass over the dates in their order: how often a window was full, who waits for the next, and until when nobody counts again
    "list_reduce(list_concat([struct_pack(times := 0, waiting := list_filter({0}, lambda day: false), spent := CAST(NULL AS TIMESTAMP))], "
    "list_transform(list_sort({0}), lambda day: struct_pack(times := 0, waiting := [day], spent := CAST(NULL AS TIMESTAMP)))), "
    "lambda before, now: CASE WHEN list_extract(struct_extract(now, 'waiting'), 1) <= struct_extract(before, 'spent') THEN before ELSE "
    "list_transform([list_concat(list_filter(struct_extract(before, 'waiting'), lambda earlier: "
    f"list_extract(struct_extract(now, 'waiting'), 1) <= earlier + {_LENGTH}), struct_extract(now, 'waiting'))], "
    "lambda waiting: CASE WHEN len(waiting) >= {2} "
    "THEN struct_pack(times := struct_extract(before, 'times') + 1, waiting := list_filter(waiting, lambda earlier: false), "
    f"spent := CAST(list_extract(waiting, 1) + {_LENGTH} AS TIMESTAMP)) "
    "ELSE struct_pack(times := struct_extract(before, 'times'), waiting := waiting, spent := struct_extract(before, 'spent')) END)[1] END)"
)
_TIMES_WITHIN = (
    f"CASE WHEN {_CAN_STEP} THEN CAST(CASE WHEN len({{0}}) < {{2}} THEN 0 ELSE struct_extract({_FULL}, 'times') END AS DECIMAL(18,0)) END"
)
_LATER = f"CASE WHEN {_CAN_STEP} THEN list_transform({{0}}, lambda day: CAST(day + {_LENGTH} AS DATE)) END"


def _scaled(length: Duration, factor: Fraction) -> Duration:
    """Whole seconds, or whole months: what is over is cut off, towards zero."""
    months, seconds = int(length.months * factor), int(length.seconds * factor)
    if max(abs(months), abs(seconds)) > LONGEST:
        raise OverflowError("duration out of range")
    return Duration(months, seconds)


def _part(name: str, words: str, python: Callable[[Any], int], duckdb: str, of: Demand = date_or_time) -> Function:
    return declare(
        f"{name}({'date' if of is date_or_time else 'date and time'}) -> integer",
        f"{words}; also written `x.{name}`.",
        (of,),
        INTEGER,
        lambda value: Decimal(python(value)),
        f"CAST({duckdb} AS DECIMAL(18,0))",
        rises="+" if name == "year" else "",
    )


def _date(*arguments: Any) -> Any:
    if len(arguments) == 3:
        return Date(*(int(part) for part in arguments))
    if isinstance(arguments[0], str):
        found = read_iso(arguments[0])
        return found if isinstance(found, Date) and not isinstance(found, datetime) else None
    return _day(arguments[0])


def _date_type(types: tuple[Type, ...]) -> Type | str:
    if len(types) == 3 and all(whole(type_) for type_ in types):
        return DateType()
    if len(types) == 1 and date_or_time(types[0]):
        return DateType()
    return 'it takes a written-out text such as "2024-01-31", a date and time, or a year, a month and a day'


def _written_out(example: str) -> Callable[[tuple[Type, ...]], Type | str]:
    return lambda types: f'it takes a written-out text such as "{example}"'


DATES = (
    Function(
        "date",
        'date("2024-01-31") -> date, date(x: date and time), date(year, month, day)',
        "A date: written out, the day of a date and time, or from its parts (none when there is no such day).",
        _date_type,
        none_if_undefined(_date),
        undefined="several",
    ),
    Function(
        "date and time",
        'date and time("2024-01-31T08:00:00") -> date and time',
        "A date and a time of day, without a zone.",
        _written_out("2024-01-31T08:00:00"),
        none_if_undefined(read_iso),
        undefined="never",
    ),
    Function(
        "duration",
        'duration("P3M") -> duration',
        "A length of time, in ISO form: whole months (`P3M`, `P1Y`) or exact days and hours (`P7D`, `PT24H`).",
        _written_out("P3M"),
        none_if_undefined(read_iso),
        undefined="never",
    ),
    declare(
        "add(date, duration) -> date",
        "The date so much later; a month that is too short gives its last day. The same as `date + duration`.",
        (date_or_time, duration),
        lambda start, length: start,
        add_duration,
        rises="++",
    ),
    declare(
        "days between(start: date, end: date) -> integer",
        "Days from the first to the second, negative when the second is earlier.",
        (date_or_time, date_or_time),
        NumberType(0),
        _days_between,
        "CAST(date_diff('day', {0}, {1}) AS DECIMAL(18,0))",
        rises="-+",
    ),
    declare(
        "months between(start: date, end: date) -> integer",
        "Whole months from the first to the second.",
        (date_or_time, date_or_time),
        NumberType(0),
        _months_between,
        rises="-+",
    ),
    declare(
        "hours between(start: date and time, end: date and time) -> integer",
        "Whole hours from the first to the second.",
        (date_or_time, date_or_time),
        NumberType(0),
        _hours_between,
        rises="-+",
    ),
    declare(
        "multiply(duration, factor: number) -> duration",
        "A length of time so many times over, in whole seconds or whole months, cut off towards zero; also written `duration * 1.5`.",
        (duration, number),
        DurationType(),
        lambda length, factor: _scaled(length, Fraction(factor)),
    ),
    declare(
        "divide(duration, divisor: number) -> duration",
        "A part of a length of time, in whole seconds or whole months, cut off towards zero; none for the divisor 0; also written `duration / 2`.",
        (duration, number),
        DurationType(),
        lambda length, divisor: _scaled(length, 1 / Fraction(divisor)),
        undefined="zero",
    ),
    _part("year", "The year", lambda value: value.year, "year({0})"),
    _part("month", "The month, 1 to 12", lambda value: value.month, "month({0})"),
    _part("day", "The day of the month", lambda value: value.day, "day({0})"),
    _part("weekday", "The day of the week, Monday 1 to Sunday 7", lambda value: value.isoweekday(), "isodow({0})"),
    _part("hour", "The hour, 0 to 23", lambda value: value.hour, "hour({0})", time),
    _part("minute", "The minute of its hour, 0 to 59", lambda value: value.minute, "minute({0})", time),
    _part("second", "The second of its minute, 0 to 59, without fractions", lambda value: value.second, "second({0})", time),
    declare(
        "week of year(date) -> integer",
        "The number of its ISO week, 1 to 53: weeks begin on Monday, and the first is the one with the year's first Thursday.",
        (date_or_time,),
        INTEGER,
        lambda value: Decimal(value.isocalendar().week),
        "CAST(week({0}) AS DECIMAL(18,0))",
    ),
    declare(
        "day of year(date) -> integer",
        "The number of the day in its year, 1 to 366.",
        (date_or_time,),
        INTEGER,
        lambda value: Decimal(value.timetuple().tm_yday),
        "CAST(dayofyear({0}) AS DECIMAL(18,0))",
    ),
    declare(
        "start of month(date) -> date",
        "The first day of its month.",
        (date_or_time,),
        DateType(),
        _start_of(1),
        "CAST(date_trunc('month', {0}) AS DATE)",
        rises="+",
    ),
    declare(
        "start of quarter(date) -> date",
        "The first day of its quarter.",
        (date_or_time,),
        DateType(),
        _start_of(3),
        "CAST(date_trunc('quarter', {0}) AS DATE)",
        rises="+",
    ),
    declare(
        "start of year(date) -> date",
        "The first day of its year.",
        (date_or_time,),
        DateType(),
        _start_of(12),
        "CAST(date_trunc('year', {0}) AS DATE)",
        rises="+",
    ),
    declare(
        "end of month(date) -> date", "The last day of its month.", (date_or_time,), DateType(), _end_of_month, "last_day({0})", rises="+"
    ),
    declare(
        "most per calendar(dates: list of date, period: text) -> integer",
        f"The largest number of dates in any one calendar period: {PERIOD_WORDS}.",
        (list_of(date_or_time), text),
        INTEGER,
        _most_per_calendar,
        _MOST_PER_CALENDAR,
    ),
    declare(
        "most within(dates: list of date, length: duration) -> integer",
        "The largest number of dates in any window of that length, its first and last day included.",
        (list_of(date_or_time), duration),
        INTEGER,
        _most_within,
        _MOST_WITHIN,
    ),
    declare(
        "times per calendar(dates: list of date, period: text, least: integer) -> integer",
        f"How many calendar periods hold at least so many of the dates: {PERIOD_WORDS}.",
        (list_of(date_or_time), text, whole),
        INTEGER,
        _times_per_calendar,
        _TIMES_PER_CALENDAR,
    ),
    declare(
        "times within(dates: list of date, length: duration, least: integer) -> integer",
        "How often so many of the dates fall into one window of that length, both ends included; no date of a window that has counted, from the "
        "first that filled it, counts again.",
        (list_of(date_or_time), duration, whole),
        INTEGER,
        _times_within,
        _TIMES_WITHIN,
    ),
    declare(
        "later(dates: list of date, length: duration) -> list of date",
        "Each of the dates so much later.",
        (list_of(date), duration),
        ListType(DateType()),
        _later,
        _LATER,
    ),
)
