"""Rounds an exact quotient in whole numbers, in all seven modes; the engine's own rounding is never used."""

from __future__ import annotations

from sqlglot import exp

from tierwise.core.plan import RoundMode
from tierwise.core.types import Type
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.layers import Layers
from tierwise.plugins.sql_engine.numbers import LEAST_WHOLE, Ratio, at
from tierwise.plugins.sql_engine.terms import MOST_DIGITS, PLAIN_DIGITS, Term, unknown

__all__ = ["round_ratio", "unscaled"]


def round_ratio(ratio: Ratio, scale: int, mode: RoundMode, type: Type, layers: Layers) -> Term:
    """Round a quotient to ``scale`` digits; by zero it is NULL.

    Args:
        ratio: What is rounded.
        scale: Digits after the point to keep.
        mode: What happens to the rest.
        type: The type of the result.
        layers: Where what is used several times gets a column.
    """
    above, below = ratio.above, ratio.below
    if below is None and above.scale <= scale:
        return above
    shift = scale + (below.scale if below else 0) - above.scale
    dividend = unscaled(above, max(shift, 0))
    divisor = unscaled(below, max(-shift, 0)) if below else (_power(-shift), -shift + 1)
    if dividend is None or divisor is None:
        return unknown(type)
    digits = dividend[1] + 1
    kind = "BIGINT" if max(digits, divisor[1]) <= PLAIN_DIGITS else "HUGEINT"
    rounded = _divide(layers.column(sql.cast(dividend[0], kind)), layers.column(sql.cast(divisor[0], kind)), mode, layers)
    return _rescaled(rounded, digits, scale, type)


def unscaled(number: Term, up: int) -> tuple[Sql, int] | None:
    """Return ``number * 10**(its scale + up)`` as a whole number, and its digits; ``None`` when that may need more than there are."""
    whole = min(number.whole, MOST_DIGITS - 1 - number.scale - up, MOST_DIGITS - 1 - 2 * number.scale)
    if whole < min(LEAST_WHOLE, number.whole):
        return None
    tree = at(number, whole, number.scale)
    if number.scale:
        wide = f"DECIMAL({max(PLAIN_DIGITS + 1, whole + number.scale)}, {number.scale})"
        tree = sql.binary(exp.Mul, sql.cast(tree, wide), _decimal_power(number.scale))
    tree = sql.cast(tree, "HUGEINT")
    return (sql.binary(exp.Mul, tree, _power(up)) if up else tree), whole + number.scale + up


def _power(exponent: int) -> Sql:
    return sql.cast(sql.text("1" + "0" * exponent), "HUGEINT")


def _decimal_power(exponent: int) -> Sql:
    return sql.cast(sql.text("1" + "0" * exponent), f"DECIMAL({exponent + 1}, 0)")


def _divide(dividend: Sql, divisor: Sql, mode: RoundMode, layers: Layers) -> Sql:
    """Return the whole quotient, rounded; NULL for a divisor of zero."""
    above = layers.column(sql.call("abs", dividend))
    below = layers.column(sql.call("nullif", sql.call("abs", divisor), sql.integer(0)))
    quotient = layers.column(sql.binary(exp.IntDiv, above, below))
    rest = layers.column(sql.binary(exp.Mod, above, below))
    negative = sql.binary(exp.NEQ, _is_negative(dividend), _is_negative(divisor))
    one = sql.case((_away(mode, quotient, rest, below, negative), sql.integer(1)), default=sql.integer(0))
    amount = layers.column(sql.binary(exp.Add, quotient, one))
    return sql.case((negative, exp.paren(exp.Neg(this=amount), copy=False)), default=amount)


def _is_negative(number: Sql) -> Sql:
    return sql.binary(exp.LT, number, sql.integer(0))


def _away(mode: RoundMode, quotient: Sql, rest: Sql, below: Sql, negative: Sql) -> Sql:
    """Whether the amount is rounded away from zero."""
    any_rest = sql.binary(exp.GT, rest, sql.integer(0))
    missing = sql.binary(exp.Sub, below, rest)
    odd = sql.equal(sql.binary(exp.Mod, quotient, sql.integer(2)), sql.integer(1))
    match mode:
        case "up":
            return any_rest
        case "down":
            return sql.FALSE
        case "half up":
            return sql.binary(exp.GTE, rest, missing)
        case "half down":
            return sql.binary(exp.GT, rest, missing)
        case "half even":
            return sql.any_of(sql.binary(exp.GT, rest, missing), sql.all_of(sql.equal(rest, missing), odd))
        case "floor":
            return sql.all_of(any_rest, negative)
        case "ceiling":
            return sql.all_of(any_rest, sql.negate(negative))


def _rescaled(rounded: Sql, digits: int, scale: int, type: Type) -> Term:
    """Return a whole number divided by ``10**scale`` as a decimal."""
    room = min(digits, MOST_DIGITS - 1 - scale)
    tree = sql.try_cast(rounded, f"DECIMAL({room}, 0)")
    if scale:
        wide = sql.cast(tree, f"DECIMAL({max(room, PLAIN_DIGITS + 1)}, 0)") if room <= PLAIN_DIGITS < room + scale + 1 else tree
        step = sql.cast(sql.text("0." + "0" * (scale - 1) + "1"), f"DECIMAL({scale + 1}, {scale})")
        tree = sql.binary(exp.Mul, wide, step)
    whole = max(room - scale, 1)
    return Term(sql.try_cast(tree, f"DECIMAL({whole + scale}, {scale})"), type, None, whole, scale)
