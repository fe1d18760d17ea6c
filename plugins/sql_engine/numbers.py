"""Exact numbers: sums, products, comparisons and quotients on decimals that cannot overflow.

DuckDB decimals hold 38 digits. Every operation knows beforehand how many its result needs; where that is too many its operands are
narrowed by a safe cast, so that a huge number becomes NULL, which means: ask the reference engine. No value is ever rounded by the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, localcontext
from functools import reduce

from sqlglot import exp

from tierwise.core.plan import FLIPPED, CompareOp
from tierwise.core.types import NumberType, Type
from tierwise.plugins import sql
from tierwise.plugins.facts import StoredNumbers
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.terms import MOST_DIGITS, PLAIN_DIGITS, Term, unknown

__all__ = ["Ratio", "add", "compare", "compare_ratios", "multiply", "subtract"]

ZERO = Decimal(0)
HALF = Decimal("0.5")
ORDERINGS = ("<", "<=", ">", ">=")
LEAST_WHOLE = 6  # digits before the point that narrowing leaves at least


def at(term: Term, whole: int, scale: int) -> Sql:
    """Bring a number to ``whole`` digits before and ``scale`` (at least its own) after the point; NULL where it does not fit."""
    if (whole, scale) == (term.whole, term.scale):
        return term.sql
    if whole >= term.whole and isinstance(term.sql, exp.Cast) and isinstance(term.sql.this, exp.Literal):
        return sql.cast(term.sql.this, f"DECIMAL({whole + scale}, {scale})")  # a constant is written in its last type at once
    return (sql.try_cast if whole < term.whole else sql.cast)(term.sql, f"DECIMAL({whole + scale}, {scale})")


def common(terms: Sequence[Term], spare: int = 0) -> tuple[list[Sql], int, int] | None:
    """Bring numbers to one decimal type that leaves ``spare`` digits free, or ``None`` when there is none."""
    scale = max(t.scale for t in terms)
    whole = min(max(t.whole for t in terms), MOST_DIGITS - scale - spare)
    if whole < min(LEAST_WHOLE, max(t.whole for t in terms)):
        return None
    return [at(t, whole, scale) for t in terms], whole, scale


def compare(op: CompareOp, left: Term, right: Term) -> Sql:
    """Compare two numbers exactly."""
    for side, other, way in ((left, right, op), (right, left, FLIPPED[op])):
        border = _literal_of(other)
        if side.stored is not None and border is not None and way in ORDERINGS:
            return _compare_stored(way, side.stored, side.scale, border)
    sides = common([left, right])
    return sql.NULL if sides is None else sql.binary(sql.COMPARISONS[op], *sides[0])


def _literal_of(term: Term) -> Decimal | None:
    """Return the value of a constant."""
    is_constant = isinstance(term.sql, exp.Cast) and isinstance(term.sql.this, exp.Literal)
    return Decimal(term.sql.this.name) if is_constant else None


def _compare_stored(op: CompareOp, stored: StoredNumbers, scale: int, border: Decimal) -> Sql:
    """Compare numbers as they are stored: whole ones with the nearest whole one, floats with the middle between two steps."""
    steps = scale if stored.are_floats else 0
    is_up = op in (">=", "<")  # then the border itself is above it
    with localcontext(prec=2 * MOST_DIGITS):
        step = border.scaleb(steps).to_integral_value(ROUND_CEILING if is_up else ROUND_FLOOR)
        if not stored.are_floats:
            return sql.binary(sql.COMPARISONS[op], sql.column(stored.column), sql.integer(int(step)))
        middle = (step + (-HALF if is_up else HALF)).scaleb(-steps)
    return sql.binary(sql.COMPARISONS[op], sql.column(stored.column), sql.cast(sql.text(repr(float(middle))), "DOUBLE"))


def add(terms: Sequence[Term], type: Type) -> Term:
    """Add numbers, as a balanced tree."""
    if len(terms) == 1:
        return terms[0]
    spare = len(str(len(terms)))
    sides = common(terms, spare)
    if sides is None:
        return unknown(type)
    parts, whole, scale = sides
    wide = [_wide(part, whole, scale, spare) for part in parts]
    tree = sql.balanced(exp.Add, wide)
    assert tree is not None
    return Term(sql.cast(tree, f"DECIMAL({whole + spare + scale}, {scale})"), type, None, whole + spare, scale)


def _wide(part: Sql, whole: int, scale: int, spare: int) -> Sql:
    return sql.cast(part, f"DECIMAL({whole + spare + scale}, {scale})")


def subtract(left: Term, right: Term, type: Type) -> Term:
    """Subtract two numbers."""
    sides = common([left, right], 1)
    if sides is None:
        return unknown(type)
    parts, whole, scale = sides
    tree = sql.binary(exp.Sub, *(_wide(part, whole, scale, 1) for part in parts))
    return Term(sql.cast(tree, f"DECIMAL({whole + 1 + scale}, {scale})"), type, None, whole + 1, scale)


def multiply(terms: Sequence[Term], type: Type) -> Term:
    """Multiply numbers, from left to right."""
    return reduce(lambda left, right: _product(left, right, type), terms)


def _product(left: Term, right: Term, type: Type) -> Term:
    scale = left.scale + right.scale
    room = MOST_DIGITS - scale
    whole = left.whole, right.whole
    if sum(whole) > room:
        whole = _shrink(left.whole, right.whole, room)
        if min(whole) < 1 or min(whole) < min(LEAST_WHOLE, left.whole, right.whole):
            return unknown(type)
    first, second = at(left, whole[0], left.scale), at(right, whole[1], right.scale)
    digits = sum(whole) + scale
    if digits > PLAIN_DIGITS:  # DuckDB multiplies two 64-bit decimals in 64 bits, and stops on overflow
        first = sql.cast(first, f"DECIMAL({max(PLAIN_DIGITS + 1, whole[0] + left.scale)}, {left.scale})")
    tree = sql.cast(sql.binary(exp.Mul, first, second), f"DECIMAL({digits}, {scale})")
    return Term(tree, type, None, sum(whole), scale)


def _shrink(left: int, right: int, room: int) -> tuple[int, int]:
    """Share the digits that there is room for: the narrower side keeps its own where it can."""
    if left <= room // 2:
        return left, room - left
    if right <= room // 2:
        return room - right, right
    return room - room // 2, room // 2


@dataclass(frozen=True, slots=True)
class Ratio:
    """An exact quotient of two numbers; a plain number is a quotient by one (``below`` is ``None``)."""

    above: Term
    below: Term | None = None

    @property
    def may_be_none(self) -> bool:
        """Whether one of its parts may be none."""
        return self.above.none is not None or (self.below is not None and self.below.none is not None)


def compare_ratios(op: CompareOp, left: Ratio, right: Ratio) -> Sql:
    """Compare by cross-multiplication; a divisor of zero gives false, as a comparison with none."""
    number = NumberType()
    above = left.above if right.below is None else multiply([left.above, right.below], number)
    other = right.above if left.below is None else multiply([right.above, left.below], number)
    divisors = [r.below for r in (left, right) if r.below is not None]
    if not divisors:
        return compare(op, above, other)
    zero = sql.any_of(*(sql.equal(d.sql, sql.integer(0)) for d in divisors))
    numbers = [left.above, right.above, *divisors]
    opposite = [sql.binary(exp.LT, d.sql, sql.integer(0)) for d in divisors]
    flipped = opposite[0] if len(opposite) == 1 else sql.binary(exp.NEQ, *opposite)
    return sql.case(
        (sql.negate(sql.all_of(*(sql.is_known(n.sql) for n in numbers))), sql.NULL),
        (zero, sql.FALSE),
        (flipped, compare(op, other, above)),
        default=compare(op, above, other),
    )
