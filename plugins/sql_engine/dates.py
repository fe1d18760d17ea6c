"""Dates and durations: steps that never fail, differences in days, and whether a recurring duty is overdue."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from sqlglot import exp

from tierwise.core.plan import CompareOp
from tierwise.core.types import BooleanType, DateTimeType, Type
from tierwise.core.values import SECONDS_PER_DAY
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.layers import Layers
from tierwise.plugins.sql_engine.terms import Term, unknown

__all__ = ["add_durations", "compare_durations", "days_between", "overdue", "step", "times"]

LONGEST = 120_000  # months; also a bound on days that keeps a step inside DuckDB's dates: 40 * 120,000 days are 13,000 years
LONGEST_SECONDS = LONGEST * 40 * SECONDS_PER_DAY
MICROSECONDS = 1_000_000
"""Of a second."""
FIRST, LAST = "0001-01-01", "9999-12-31"

ZERO = sql.integer(0)
YEAR = 12  # months
WEEK = 7 * SECONDS_PER_DAY


def months_of(duration: Sql) -> Sql:
    """The months of a duration."""
    return sql.call("struct_extract", duration, sql.text("months"))


def seconds_of(duration: Sql) -> Sql:
    """The seconds of a duration."""
    return sql.call("struct_extract", duration, sql.text("seconds"))


def _duration(months: Sql, seconds: Sql) -> Sql:
    return sql.struct(months=months, seconds=seconds)


def step(start: Term, duration: Term, sign: Literal[1, -1], layers: Layers) -> Term:
    """Add or subtract a duration; NULL outside the years 1 to 9999.

    Args:
        start: A date, or a date and time.
        duration: How far.
        sign: 1 to add it, -1 to subtract it.
        layers: Where what is used several times gets a column.
    """
    kind = "TIMESTAMP" if isinstance(start.type, DateTimeType) else "DATE"
    moved = layers.column(_moved(start.sql, kind, duration, sign))
    first, last = (sql.cast(sql.text(border), kind) for border in (FIRST, LAST if kind == "DATE" else f"{LAST} 23:59:59.999999"))
    inside = sql.all_of(sql.binary(exp.GTE, moved, first), sql.binary(exp.LTE, moved, last))
    return Term(sql.case((inside, moved), default=sql.cast(sql.NULL, kind)), start.type)


def _moved(start: Sql, kind: str, duration: Term, sign: Literal[1, -1]) -> Sql:
    """Move by months or by seconds, whichever the duration has; where it is written in the policy that is known beforehand."""
    if (written := duration.duration) is not None:
        months, seconds = sql.integer(written.months), sql.integer(written.seconds)
        if abs(written.months) > LONGEST or abs(written.seconds) > LONGEST_SECONDS:
            return sql.cast(sql.NULL, kind)
        return _by_months(start, kind, months, sign) if written.months else _by_seconds(start, kind, seconds, sign)
    months, seconds = months_of(duration.sql), seconds_of(duration.sql)
    return sql.case(
        (sql.binary(exp.GT, sql.call("abs", sql.cast(months, "BIGINT")), sql.integer(LONGEST)), sql.NULL),
        (sql.binary(exp.GT, sql.call("abs", sql.cast(seconds, "HUGEINT")), sql.integer(LONGEST_SECONDS)), sql.NULL),
        (sql.binary(exp.NEQ, months, ZERO), _by_months(start, kind, months, sign)),
        default=_by_seconds(start, kind, seconds, sign),
    )


def _by_months(start: Sql, kind: str, months: Sql, sign: Literal[1, -1]) -> Sql:
    return sql.try_cast(sql.binary(exp.Add, start, sql.call("to_months", _clamped(_signed(months, sign), LONGEST))), kind)


def _by_seconds(start: Sql, kind: str, seconds: Sql, sign: Literal[1, -1]) -> Sql:
    if kind == "DATE":
        step = _clamped(_whole_days(_signed(seconds, sign)), LONGEST * 40)
    else:
        step = sql.call("to_seconds", _clamped(_signed(seconds, sign), LONGEST_SECONDS, "BIGINT"))
    return sql.try_cast(sql.binary(exp.Add, start, step), kind)


def _signed(number: Sql, sign: Literal[1, -1]) -> Sql:
    return number if sign == 1 else exp.paren(exp.Neg(this=sql.cast(number, "BIGINT")), copy=False)


def _clamped(number: Sql, bound: int, kind: str = "INTEGER") -> Sql:
    """Keep a number within bounds, so that the step cannot fail."""
    return sql.cast(sql.call("least", sql.call("greatest", number, sql.integer(-bound)), sql.integer(bound)), kind)


def _whole_days(seconds: Sql) -> Sql:
    """Return whole days, rounded down also below zero, as Python does."""
    return _floored(seconds, SECONDS_PER_DAY)


def _floored(count: Sql, size: int) -> Sql:
    """Return how many of a size go into a count, rounded down also below zero."""
    unit = sql.integer(size)
    rest = sql.binary(exp.Mod, sql.binary(exp.Add, sql.binary(exp.Mod, count, unit), unit), unit)
    return sql.binary(exp.IntDiv, sql.binary(exp.Sub, count, rest), unit)


def days_between(later: Term, earlier: Term, type: Type) -> Term:
    """Return ``later - earlier`` as a duration of whole days, or of whole seconds, rounded down, between two times."""
    if isinstance(later.type, DateTimeType):
        moments = (sql.call("epoch_us", sql.cast(term.sql, "TIMESTAMP")) for term in (later, earlier))
        seconds = _floored(sql.binary(exp.Sub, *moments), MICROSECONDS)
    else:
        days = sql.call("date_diff", sql.text("day"), earlier.sql, later.sql)
        seconds = sql.binary(exp.Mul, sql.cast(days, "BIGINT"), sql.integer(SECONDS_PER_DAY))
    known = sql.all_of(sql.is_known(later.sql), sql.is_known(earlier.sql))
    return Term(sql.case((known, _duration(sql.cast(ZERO, "INTEGER"), sql.try_cast(seconds, "BIGINT")))), type)


def add_durations(left: Term, right: Term, sign: Literal[1, -1], type: Type) -> Term:
    """Add or subtract two durations of the same sort; of mixed sorts NULL, as a duration has months or seconds, never both."""
    kind = exp.Add if sign == 1 else exp.Sub
    months = sql.binary(kind, sql.cast(months_of(left.sql), "BIGINT"), months_of(right.sql))
    seconds = sql.binary(kind, sql.cast(seconds_of(left.sql), "HUGEINT"), seconds_of(right.sql))
    return Term(_sound(months, seconds, [left, right]), type)


def times(duration: Term, factor: Term, type: Type) -> Term:
    """Repeat a duration a whole number of times."""
    count = sql.try_cast(factor.sql, "INTEGER")
    months = sql.binary(exp.Mul, sql.cast(months_of(duration.sql), "BIGINT"), count)
    seconds = sql.binary(exp.Mul, sql.cast(seconds_of(duration.sql), "HUGEINT"), count)
    return Term(_sound(months, seconds, [duration, factor.by(count)]), type)


def _sound(months: Sql, seconds: Sql, parts: list[Term]) -> Sql:
    """Return the duration of these months and seconds, NULL when it would have both, is too long, or a part is unknown."""
    months, seconds = sql.try_cast(months, "INTEGER"), sql.try_cast(seconds, "BIGINT")
    is_sort = sql.any_of(sql.equal(months, ZERO), sql.equal(seconds, ZERO))
    fits = [sql.is_known(months), sql.is_known(seconds)]
    return sql.case((sql.all_of(*(sql.is_known(p.sql) for p in parts), *fits, is_sort), _duration(months, seconds)))


def compare_durations(op: CompareOp, left: Term, right: Term) -> Sql:
    """Compare two durations; months and seconds are never equal, nor is one less than the other."""
    kind = sql.COMPARISONS[op]
    in_seconds = sql.all_of(*(sql.equal(months_of(t.sql), ZERO) for t in (left, right)))
    in_months = sql.all_of(*(sql.equal(seconds_of(t.sql), ZERO) for t in (left, right)))
    return sql.case(
        (in_seconds, sql.binary(kind, seconds_of(left.sql), seconds_of(right.sql))),
        (in_months, sql.binary(kind, months_of(left.sql), months_of(right.sql))),
        (sql.all_of(sql.is_known(left.sql), sql.is_known(right.sql)), sql.TRUE if op == "!=" else sql.FALSE),
    )


def overdue(last: Term, every: Term, as_of: Term, reading: Term | None, layers: Layers) -> Term:
    """Say whether a recurring duty is missed; where no reading is settled (``None``), NULL unless both say the same."""
    if every.none is not None or as_of.none is not None or type(last.type) is not type(as_of.type):
        return unknown(BooleanType())
    late = _late(last, every, as_of, reading, layers)
    if last.none is None:
        return Term(late, BooleanType())
    never = sql.all_of(last.none, every.known, as_of.known, None if reading is None else reading.known)
    return Term(sql.case((never, sql.TRUE), (last.none, sql.NULL), default=late), BooleanType())


def _late(last: Term, every: Term, as_of: Term, reading: Term | None, layers: Layers) -> Sql:
    rolling = layers.column(sql.binary(exp.GT, as_of.sql, step(last, every, 1, layers).sql))
    by_calendar = sql.case((_is_positive(every), _late_by_calendar(last, every, as_of, layers)), default=rolling)
    calendar = layers.column(by_calendar)
    if reading is None:
        ways = [(sql.equal(rolling, calendar), rolling)]
    else:
        ways = [(sql.equal(reading.sql, sql.text(word)), late) for word, late in (("rolling", rolling), ("calendar", calendar))]
    return sql.case((sql.negate(sql.all_of(last.known, every.known, as_of.known)), sql.NULL), *ways)


def _late_by_calendar(last: Term, every: Term, as_of: Term, layers: Layers) -> Sql:
    """Whether a whole calendar period lies between two dates; NULL where that depends on when such periods begin. See ``core/meaning/cadence.py``."""
    months, seconds = months_of(every.sql), seconds_of(every.sql)
    is_part = sql.any_of(*(sql.equal(months, sql.integer(n)) for n in range(1, YEAR + 1) if YEAR % n == 0))
    is_years = sql.equal(sql.binary(exp.Mod, months, sql.integer(YEAR)), ZERO)
    unit = layers.column(sql.case((is_part, months), (is_years, sql.integer(YEAR)), default=sql.integer(1)))
    in_weeks = sql.equal(sql.binary(exp.Mod, seconds, sql.integer(WEEK)), ZERO)

    def counted(number: Callable[[Sql], Sql]) -> Sql:
        return sql.binary(exp.Sub, number(as_of.sql), number(last.sql))

    by_months = sql.binary(exp.NEQ, months, ZERO)
    seconds_passed = sql.binary(exp.Mul, sql.cast(counted(_day), "BIGINT"), sql.integer(SECONDS_PER_DAY))
    units = sql.case(
        (by_months, sql.binary(exp.IntDiv, months, unit)), (in_weeks, sql.binary(exp.IntDiv, seconds, sql.integer(WEEK))), default=seconds
    )
    since = sql.case(
        (by_months, counted(lambda day: sql.binary(exp.IntDiv, _month(day), unit))), (in_weeks, counted(_week)), default=seconds_passed
    )
    units, since = layers.column(units), layers.column(since)
    twice = sql.binary(exp.Mul, sql.integer(2), sql.cast(units, "HUGEINT"))
    return sql.case((sql.binary(exp.GTE, since, twice), sql.TRUE), (sql.binary(exp.LTE, since, units), sql.FALSE))


def _is_positive(duration: Term) -> Sql:
    """Whether a duration is longer than nothing."""
    return sql.any_of(*(sql.binary(exp.GT, part, ZERO) for part in (months_of(duration.sql), seconds_of(duration.sql))))


def _day(day: Sql) -> Sql:
    monday = sql.cast(sql.text("0001-01-01"), "DATE")  # a Monday
    return sql.call("date_diff", sql.text("day"), monday, sql.cast(day, "DATE"))


def _week(day: Sql) -> Sql:
    return sql.binary(exp.IntDiv, _day(day), sql.integer(7))


def _month(day: Sql) -> Sql:
    month = sql.binary(exp.Add, sql.binary(exp.Mul, sql.call("year", day), sql.integer(12)), sql.call("month", day))
    return sql.binary(exp.Sub, month, sql.integer(1))
