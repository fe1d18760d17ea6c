"""What the rows of a table hold, read as values to compare and reckon with (NULL where a cell does not read), and how rows are gathered."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from tierwise.core.values import LARGEST_EXACT
from tierwise.plugins.binding.entry.enter_numbers import NUMBER_PATTERN, WHOLE_TYPES, is_on_step
from tierwise.plugins.binding.entry.enter_times import enter_date, enter_date_time
from tierwise.plugins.binding.entry.enter_words import enter_boolean
from tierwise.plugins.binding.entry.entered import is_mixed, sorts_of
from tierwise.plugins.sql import (
    NULL,
    all_of,
    call,
    case,
    cast,
    integer,
    text,
    try_cast,
)

__all__ = [
    "date_literal",
    "day",
    "first_two",
    "foremost",
    "gathered",
    "literal",
    "moment",
    "number",
    "steps",
    "truth",
]


def number(raw: exp.Expr, declared: str) -> exp.Expr:
    """Return a number; of text the one it reads as."""
    if declared == "VARCHAR":
        shape = call("regexp_full_match", call("trim", raw), text(NUMBER_PATTERN))
        return try_cast(case((shape, call("trim", raw))), "DOUBLE")
    if declared in ("DOUBLE", "FLOAT"):
        return case((call("isfinite", raw), raw))
    if is_mixed(declared):
        return case(*((is_sort, cast(number(cell, sort), "DOUBLE")) for is_sort, cell, sort in sorts_of(raw)))
    return raw if WHOLE_TYPES.match(declared) or declared.startswith("DECIMAL") else try_cast(NULL, "DOUBLE")


def day(raw: exp.Expr, declared: str) -> exp.Expr:
    """Return a DATE."""
    return enter_date(raw, declared).value


def moment(raw: exp.Expr, declared: str) -> exp.Expr:
    """Return a TIMESTAMP."""
    return enter_date_time(raw, declared).value


def truth(raw: exp.Expr, declared: str) -> exp.Expr:
    """Return a BOOLEAN."""
    return enter_boolean(raw, declared).value


def literal(value: object) -> exp.Expr:
    """Return a constant to compare with."""
    if isinstance(value, bool):
        return exp.Boolean(this=value)
    if isinstance(value, Decimal):
        scale = max(0, -int(value.as_tuple().exponent))
        return cast(text(format(value, "f")), f"DECIMAL({max(len(value.as_tuple().digits), scale) + 1}, {scale})")
    if isinstance(value, datetime):
        return cast(text(value.isoformat(sep=" ")), "TIMESTAMP")
    return date_literal(value) if isinstance(value, date) else text(str(value))


def date_literal(day: date) -> exp.Expr:
    """Return a date to compare with."""
    return cast(text(day.isoformat()), "DATE")


def steps(raw: exp.Expr, declared: str, scale: int, exact: bool) -> exp.Expr:
    """Return a number in whole steps, as HUGEINT."""
    if declared == "FLOAT":
        raw, declared = cast(cast(raw, "VARCHAR"), "DOUBLE"), "DOUBLE"
    if declared == "DOUBLE":
        scaled = exp.Paren(this=exp.Mul(this=raw, expression=cast(integer(10**scale), "DOUBLE")))
        near = exp.LT(this=call("abs", scaled), expression=integer(LARGEST_EXACT))
        fits = all_of(near, is_on_step(scaled)) if exact else near
        return try_cast(case((fits, call("round", scaled))), "HUGEINT")
    if is_mixed(declared):
        return case(*((is_sort, steps(cell, sort, scale, exact)) for is_sort, cell, sort in sorts_of(raw)))
    if WHOLE_TYPES.match(declared):
        return exp.Mul(this=cast(try_cast(raw, "BIGINT"), "HUGEINT"), expression=integer(10**scale))
    if declared.startswith("DECIMAL"):
        stored = int(re.findall(r"\d+", declared)[1])
        value = raw
    elif declared == "VARCHAR":
        trimmed = call("trim", raw)
        stored = max(scale, 12)
        value = case((call("regexp_full_match", trimmed, text(NUMBER_PATTERN)), trimmed))
    else:
        return try_cast(NULL, "HUGEINT")
    return _decimal_steps(try_cast(value, f"DECIMAL({37 - scale}, {stored})"), scale, stored, exact)


def _decimal_steps(value: exp.Expr, scale: int, stored: int, exact: bool) -> exp.Expr:
    scaled = exp.Paren(this=exp.Mul(this=value, expression=cast(integer(10**scale), f"DECIMAL({scale + 1}, 0)")))
    steps = try_cast(scaled, "HUGEINT")
    if stored <= scale or not exact:
        return steps
    return case((scaled.copy().eq(cast(steps, f"DECIMAL(38, {stored})")), steps.copy()))


def foremost(by: exp.Expr, value: exp.Expr, condition: exp.Expr, descending: bool) -> exp.Expr:
    """Aggregate to the value, possibly NULL, of a row that stands first; of several it is anyone's."""
    return _filtered(call("arg_max_null" if descending else "arg_min_null", value, by), condition)


def first_two(value: exp.Expr, condition: exp.Expr, descending: bool) -> exp.Expr:
    """Aggregate to the list of the two values, perhaps the same, that stand first."""
    return _filtered(call("max" if descending else "min", value, integer(2)), condition)


def gathered(item: exp.Expr, condition: exp.Expr) -> exp.Expr:
    """Aggregate to the list of all items, in no order."""
    return _filtered(call("list", item), condition)


def _filtered(aggregate: exp.Expr, condition: exp.Expr) -> exp.Expr:
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))
