"""Enters dates, dates with times, and durations; nothing with a zone, nothing outside the years 1 to 9999."""

from __future__ import annotations

from sqlglot import exp

from tierwise.core.values import SECONDS_PER_DAY
from tierwise.plugins.binding.entry.enter_words import as_words
from tierwise.plugins.binding.entry.entered import Entered, is_mixed, known_as, problem_case
from tierwise.plugins.sql import (
    NULL,
    call,
    case,
    cast,
    integer,
    is_known,
    is_null,
    text,
    try_cast,
)

__all__ = ["DATE_PATTERN", "enter_date", "enter_date_time", "enter_duration"]

DATE_PATTERN = r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?"
TIME_PATTERN = r"[ T][0-9]{1,2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6}0*)?)?"
DURATION = "STRUCT(months INTEGER, seconds BIGINT)"


def enter_date(raw: exp.Expr, raw_type: str, name: str = "") -> Entered:
    """Enter a date; a time of day, where there is one, is left out. The moment that is read is known by ``name``, where there is one."""
    moment, reading = known_as(name, _moment(raw, raw_type))
    return _checked(raw, try_cast(_in_calendar(moment), "DATE"), reading)


def enter_date_time(raw: exp.Expr, raw_type: str, name: str = "") -> Entered:
    """Enter a date with time, to the microsecond; a date alone is its midnight. The moment that is read is known by ``name``, where there is one."""
    moment, reading = known_as(name, _moment(raw, raw_type))
    return _checked(raw, _in_calendar(moment), reading)


def enter_duration(raw: exp.Expr, raw_type: str) -> Entered:
    """Enter a number of days, or a text such as ``30``, ``30 days``, ``3m``, ``3 months``, ``P30D``, ``P3M``, ``P1Y``."""
    if raw_type == "INTERVAL":
        days = exp.Mul(this=call("datepart", text("day"), raw), expression=integer(SECONDS_PER_DAY))
        months = exp.Add(
            this=call("datepart", text("month"), raw), expression=exp.Mul(this=call("datepart", text("year"), raw), expression=integer(12))
        )
        value = case((is_known(raw), _duration(months, days)))
    else:
        value = _duration_of_text(call("lower", call("trim", cast(raw, "VARCHAR"))))
    return Entered(value, problem_case(raw, (is_null(value), "bad-duration")))


def _moment(raw: exp.Expr, raw_type: str) -> exp.Expr:
    """Return a TIMESTAMP; NULL for what is none."""
    if is_mixed(raw_type):
        return _moment(as_words(raw, raw_type), "VARCHAR")
    if raw_type == "TIMESTAMP WITH TIME ZONE":  # a day only in some zone, which nobody named
        return try_cast(NULL, "TIMESTAMP")
    if raw_type == "DATE" or raw_type.startswith("TIMESTAMP"):
        return try_cast(raw, "TIMESTAMP")
    if raw_type != "VARCHAR":
        return try_cast(NULL, "TIMESTAMP")
    trimmed = call("trim", raw)
    iso = call("regexp_replace", trimmed, text("^" + DATE_PATTERN), text(r"\1-\2-\3"))
    shape = call("regexp_full_match", trimmed, text(f"{DATE_PATTERN}({TIME_PATTERN})?"))
    slow = try_cast(case((shape, iso)), "TIMESTAMP")
    # ISO text, as DuckDB itself writes it, goes a short way, past the patterns
    short = ((_is_written(raw, type), try_cast(try_cast(raw, type), "TIMESTAMP")) for type in ("DATE", "TIMESTAMP"))
    return case(*short, default=slow)


def _is_written(raw: exp.Expr, type: str) -> exp.Expr:
    return cast(try_cast(raw, type), "VARCHAR").eq(raw)


def _in_calendar(moment: exp.Expr) -> exp.Expr:
    """Return NULL for what is in no calendar year from 1 to 9999."""
    year_1, year_9999 = cast(text("0001-01-01"), "DATE"), cast(text("9999-12-31 23:59:59.999999"), "TIMESTAMP")
    return case((exp.Between(this=moment, low=year_1, high=year_9999), moment))


def _checked(raw: exp.Expr, value: exp.Expr, reading: exp.Expr | None) -> Entered:
    return Entered(value, problem_case(raw, (is_null(value), "bad-date")), reading)


def _duration(months: exp.Expr, seconds: exp.Expr) -> exp.Expr:
    fields = [exp.PropertyEQ(this=exp.to_identifier(n), expression=v) for n, v in (("months", months), ("seconds", seconds))]
    return cast(exp.Struct(expressions=fields), DURATION)


def _duration_of_text(word: exp.Expr) -> exp.Expr:
    def amount(pattern: str) -> tuple[exp.Expr, exp.Expr]:
        shape = call("regexp_full_match", word, text(pattern))
        return shape, try_cast(call("regexp_extract", word, text("[0-9]+")), "INTEGER")

    days, day_count = amount(r"[0-9]{1,6}( ?(d|days?|天|日))?|p[0-9]{1,6}d")
    months, month_count = amount(r"[0-9]{1,5} ?(m|months?|个?月)|p[0-9]{1,5}m")
    years, year_count = amount(r"[0-9]{1,4} ?(y|years?|年)|p[0-9]{1,4}y")
    return case(
        (days, _duration(integer(0), exp.Mul(this=cast(day_count, "BIGINT"), expression=integer(SECONDS_PER_DAY)))),
        (months, _duration(month_count, integer(0))),
        (years, _duration(exp.Mul(this=year_count, expression=integer(12)), integer(0))),
    )
