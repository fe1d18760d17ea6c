"""Enters numbers exactly: a cast never rounds in silence.

From a whole number or a decimal exactly; from a float by ``round(x * 10^scale)``, which must be within 1e-6 of a step (or the float's own precision)
of ``x``; from text by its digits. NaN, infinity, other text, digits beyond the scale and values out of bounds do not enter.
"""

from __future__ import annotations

import re
from decimal import Decimal

from sqlglot import exp

from tierwise.core.types import NumberType
from tierwise.core.values import LARGEST_EXACT
from tierwise.plugins.binding.entry.entered import Entered, is_mixed, problem_case, sorts_of
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import (
    NULL,
    call,
    case,
    cast,
    decimal,
    integer,
    is_known,
    is_null,
    negate,
    text,
    try_cast,
)

__all__ = ["NUMBER_PATTERN", "enter_number", "enter_rounded", "enter_steps", "is_on_step", "round_steps"]

NUMBER_PATTERN = r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)"
WHOLE_TYPES = re.compile(r"U?(TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT)$")


def enter_number(raw: exp.Expr, raw_type: str, type: NumberType) -> Entered:
    """Enter a stored value of any type."""
    if raw_type == "FLOAT":  # its own digits, not those of the nearest double
        raw, raw_type = cast(cast(raw, "VARCHAR"), "DOUBLE"), "DOUBLE"
    if WHOLE_TYPES.match(raw_type):
        return _bounded(raw, try_cast(raw, canonical_type(type)), type)
    if raw_type.startswith("DECIMAL"):
        value = try_cast(raw, canonical_type(type))
        return _bounded(raw, value, type, (raw.neq(value), "off-scale"))
    if raw_type == "DOUBLE":
        return _from_float(raw, type)
    if raw_type == "VARCHAR":
        return _from_text(raw, type)
    if is_mixed(raw_type):
        entered = [(is_sort, enter_number(cell, sort, type)) for is_sort, cell, sort in sorts_of(raw)]
        value = case(*((is_sort, of_sort.value) for is_sort, of_sort in entered))
        return Entered(value, case(*((is_sort.copy(), of_sort.problem) for is_sort, of_sort in entered)))
    return Entered(try_cast(NULL, canonical_type(type)), problem_case(raw, (exp.true(), "bad-number")))


def enter_rounded(raw: exp.Expr, raw_type: str, type: NumberType) -> Entered:
    """Enter a stored number, brought to the fact's scale half up by its own digits: a cast of text looks at all of them."""
    if is_mixed(raw_type):
        words = case(*((is_sort, cast(cell, "VARCHAR")) for is_sort, cell, _ in sorts_of(raw)))
        return enter_rounded(words, "VARCHAR", type)
    is_text = raw_type == "VARCHAR"
    if not is_text and not WHOLE_TYPES.match(raw_type) and not raw_type.startswith("DECIMAL") and raw_type not in ("DOUBLE", "FLOAT"):
        return enter_number(raw, raw_type, type)
    digits = call("trim", cast(raw, "VARCHAR"))
    shape = call("regexp_full_match", digits, text(NUMBER_PATTERN + ("" if is_text else "(e[+-]?[0-9]+)?")))
    value = try_cast(case((shape, digits)), canonical_type(type))
    return _bounded(raw, value, type, (exp.Not(this=shape), "bad-number" if is_text else "not-finite"))


def enter_steps(steps: exp.Expr, type: NumberType) -> Entered:
    """Enter a whole number of steps of the fact's scale, as the aggregates give it."""
    scale = type.scale or 0
    value = try_cast(_of_steps(try_cast(steps, f"DECIMAL({37 - scale}, 0)"), scale), canonical_type(type))
    return _bounded(steps, value, type)


def round_steps(steps: exp.Expr, divisor: exp.Expr) -> exp.Expr:
    """Return ``steps / divisor`` rounded half up in whole numbers, never by the engine's ``round``. The divisor is positive."""
    wide, by = cast(steps, "HUGEINT"), exp.Paren(this=cast(divisor, "HUGEINT"))
    twice = exp.Paren(this=exp.Add(this=exp.Mul(this=integer(2), expression=call("abs", wide)), expression=by))
    return exp.Mul(
        this=call("sign", wide),
        expression=exp.Paren(this=exp.IntDiv(this=twice, expression=exp.Paren(this=exp.Mul(this=integer(2), expression=by)))),
    )


def is_on_step(scaled: exp.Expr, is_small: bool = False) -> exp.Expr:
    """Say whether a float, already in steps, lies no further from a whole step than a millionth, or, unless it is small, than floats of its size can tell."""
    distance = call("abs", exp.Sub(this=scaled, expression=call("round", scaled)))
    if is_small:
        return exp.Paren(this=distance <= exp.Literal.number("1e-6"))
    own = exp.Mul(this=call("abs", scaled), expression=exp.Literal.number("1e-15"))
    return exp.Paren(this=exp.Or(this=distance.copy() <= exp.Literal.number("1e-6"), expression=distance <= own))


def _from_float(raw: exp.Expr, type: NumberType) -> Entered:
    scale = type.scale or 0
    scaled = exp.Paren(this=exp.Mul(this=raw, expression=cast(integer(10**scale), "DOUBLE")))
    fits = call("abs", scaled) < integer(LARGEST_EXACT)
    steps = try_cast(case((fits, call("round", scaled))), "BIGINT")
    value = try_cast(_of_steps(try_cast(steps, "DECIMAL(18, 0)"), scale), canonical_type(type))
    problems = (
        (exp.Not(this=call("isfinite", raw)), "not-finite"),
        (exp.Not(this=fits), "value-out-of-range"),
        (exp.Not(this=is_on_step(scaled)), "off-scale"),
    )
    return _bounded(raw, value, type, *problems)


def _from_text(raw: exp.Expr, type: NumberType) -> Entered:
    trimmed, scale = call("trim", raw), type.scale or 0
    behind = rf"\.[0-9]{{1,{scale}}}0*" if scale else r"\.0+"
    on_scale = call("regexp_full_match", trimmed, text(rf"[+-]?([0-9]+(\.[0-9]{{0,{scale}}}0*)?|{behind})"))
    value = try_cast(case((on_scale, trimmed)), canonical_type(type))
    reads = _within(value, type)
    shape = call("regexp_full_match", trimmed.copy(), text(NUMBER_PATTERN))
    # what is asked of a text, is asked of each that does not read; of one that does, nothing twice that need not be
    why = case((negate(shape), text("bad-number")), (negate(on_scale.copy()), text("off-scale")), default=text("value-out-of-range"))
    return Entered(case((reads, value)), case((is_null(raw), NULL), (reads.copy(), NULL), default=why))


def _within(value: exp.Expr, type: NumberType) -> exp.Expr:
    """Say whether a number is there, and neither too small nor too great: true, false, or NULL when there is none."""
    low, high = (None if bound is None else decimal(bound, type.scale or 0) for bound in (type.low, type.high))
    if low is not None and high is not None:
        return exp.Between(this=value, low=low, high=high)
    if low is not None:
        return exp.GTE(this=value, expression=low)
    return is_known(value) if high is None else exp.LTE(this=value, expression=high)


def _of_steps(steps: exp.Expr, scale: int) -> exp.Expr:
    return exp.Mul(this=steps, expression=cast(text(format(Decimal(1).scaleb(-scale), "f")), f"DECIMAL({scale + 1}, {scale})"))


def _bounded(raw: exp.Expr, value: exp.Expr, type: NumberType, *problems: tuple[exp.Expr, str]) -> Entered:
    scale = type.scale or 0
    checks = [*problems, (is_null(value), "value-out-of-range")]
    if type.low is not None:
        checks.append((exp.LT(this=value, expression=decimal(type.low, scale)), "value-out-of-range"))
    if type.high is not None:
        checks.append((exp.GT(this=value, expression=decimal(type.high, scale)), "value-out-of-range"))
    problem = problem_case(raw, *checks)
    return Entered(case((is_null(problem), value)), problem)
