"""Says how a stored column is read as it stands, provided that every value in it fits its fact; that is proved by one pass over all columns."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_CEILING, ROUND_FLOOR, Context, Decimal
from re import findall
from typing import Any

from sqlglot import exp

from tierwise.core.types import BooleanType, DateType, EnumType, NumberType, TextType, Type
from tierwise.plugins.binding.entry.enter_numbers import WHOLE_TYPES, is_on_step
from tierwise.plugins.facts import canonical_type, number_width
from tierwise.plugins.sql import (
    FALSE,
    MOST_COMPARED,
    TRUE,
    all_of,
    case,
    cast,
    count_if,
    equal,
    integer,
    is_known,
    named,
    negate,
    one_of,
    select,
    text,
    try_cast,
)

__all__ = ["Counted", "Fit", "count_unfit", "fit_of", "fitting"]

MOST_STEPS = 10**14
"""Steps up to which what a float may be off (``is_on_step``) is a tenth of a step at most: then half a step beside a border nothing lies."""
SMALL_STEPS = 10**9
"""Steps below which a float tells a millionth of one."""
WIDE = Context(prec=100)
PLAIN_TYPES = {TextType: "VARCHAR", BooleanType: "BOOLEAN"}


@dataclass(frozen=True, slots=True)
class Fit:
    """How a column is read whose values all fit.

    Attributes:
        raw: The column.
        holds: Of a stored value that is not NULL: whether it fits.
        value: What it is then, of the fact's canonical type.
        are_floats: Of numbers that can be compared as they are stored: whether they are floats, or whole.
    """

    raw: exp.Expr
    holds: exp.Expr
    value: exp.Expr
    are_floats: bool | None = None


@dataclass(frozen=True, slots=True)
class Counted:
    """What was counted of a column: stored values that do not fit, and those that are NULL."""

    unfit: int
    absent: int


def fit_of(type: Type, raw: exp.Expr, raw_type: str) -> Fit | None:
    """Return how a stored column is read as it stands; ``None`` when it can only be entered value by value."""
    if isinstance(type, NumberType):
        return _number(type, raw, raw_type)
    if isinstance(type, EnumType) and raw_type == "VARCHAR" and type.values:
        words = [word for word in type.values if word == word.strip()]
        return Fit(raw, _is_one_of(raw, [text(word) for word in words]), raw) if words else None
    if raw_type == next((plain for cls, plain in PLAIN_TYPES.items() if isinstance(type, cls)), None):
        return Fit(raw, TRUE, raw)
    if isinstance(type, DateType) and raw_type == "DATE":
        first, last = (cast(text(day), "DATE") for day in ("0001-01-01", "9999-12-31"))
        return Fit(raw, exp.Paren(this=exp.Between(this=raw, low=first, high=last)), raw)
    return None


def _is_one_of(raw: exp.Expr, words: Sequence[exp.Expr]) -> exp.Expr:
    """Say whether a text is one of some words; what is one of the first is not compared with the others."""
    if len(words) > MOST_COMPARED:
        return one_of(raw, words)
    return case(*((equal(raw, word), TRUE) for word in words), (is_known(raw.copy()), FALSE))


Ask = Callable[[exp.Select], Iterable[Sequence[Any]]]
"""Returns the rows of a query."""


def count_unfit(ask: Ask, rows: exp.Expr, fits: Sequence[Fit]) -> list[Counted]:
    """Count in one pass, for each column, what does not fit and what is not there."""
    cells: list[exp.Expr] = [exp.Count(this=exp.Star())]
    for fit in fits:
        cells += [count_if(negate(fit.holds)), exp.Count(this=fit.raw.copy())]
    ((total, *found),) = ask(select(*cells, source=rows))
    return [Counted(int(unfit), int(total - known)) for unfit, known in zip(found[::2], found[1::2], strict=True)]


def fitting(ask: Ask, rows: exp.Expr, fits: Mapping[str, Fit]) -> tuple[frozenset[str], frozenset[str]]:
    """Return which columns hold nothing that does not fit, and which of these lack nothing; mostly that is all, which is asked first, as one thing."""
    is_all_well = all_of(*(part for fit in fits.values() for part in (is_known(fit.raw.copy()), fit.holds)))
    ((rows_of, well),) = ask(select(*named([("a", exp.Count(this=exp.Star())), ("b", count_if(is_all_well))]), source=rows.copy()))
    if int(rows_of) == int(well):
        return frozenset(fits), frozenset(fits)
    counted = dict(zip(fits, count_unfit(ask, rows, list(fits.values())), strict=True))
    fit = frozenset(name for name, found in counted.items() if not found.unfit)
    return fit, frozenset(name for name in fit if not counted[name].absent)


def _number(type: NumberType, raw: exp.Expr, raw_type: str) -> Fit | None:
    scale = type.scale or 0
    most = Decimal(10 ** (number_width(type) - scale) - 1)
    low = -most if type.low is None else max(type.low, -most)
    high = most if type.high is None else min(type.high, most)
    value = cast(raw, canonical_type(type))
    if WHOLE_TYPES.match(raw_type):
        inside = exp.Paren(this=exp.Between(this=raw, low=integer(_least(low)), high=integer(_greatest(high))))
        return Fit(raw, inside, value, are_floats=False)
    if raw_type.startswith("DECIMAL("):
        return _decimal(raw, raw_type, value, scale, (low, high))
    if raw_type != "DOUBLE":
        return None
    step, half = Decimal(10) ** scale, Decimal("0.5")
    least, greatest = max(_least(low * step), -MOST_STEPS), min(_greatest(high * step), MOST_STEPS)
    first, last = (_float((bound + side) / step) for bound, side in ((least, -half), (greatest, half)))
    steps = exp.Paren(this=exp.Mul(this=raw, expression=cast(integer(int(step)), "DOUBLE")))
    inside = exp.Paren(this=exp.Between(this=raw, low=first, high=last))
    are_small = max(-least, greatest) < SMALL_STEPS
    return Fit(raw, all_of(is_on_step(steps, are_small), inside), value, are_floats=True)


def _decimal(raw: exp.Expr, raw_type: str, value: exp.Expr, scale: int, bounds: tuple[Decimal, Decimal]) -> Fit:
    """Return how decimals are read; bounds are compared in the column's own type, which holds no others than it needs to be compared with."""
    digits, stored = map(int, findall(r"\d+", raw_type))
    step = Decimal(1).scaleb(-stored)
    most = WIDE.subtract(Decimal(10) ** (digits - stored), step)
    ways = zip(bounds, (ROUND_CEILING, ROUND_FLOOR), strict=True)
    low, high = (max(WIDE.minus(most), min(bound.quantize(step, way, WIDE), most)) for bound, way in ways)
    first, last = (cast(text(format(bound, "f")), raw_type) for bound in (low, high))
    inside: exp.Expr = exp.Paren(this=exp.Between(this=raw, low=first, high=last))
    if stored > scale:  # a value between two steps is not rounded in silence
        on_step = try_cast(try_cast(raw.copy(), value.args["to"].sql("duckdb")), raw_type)
        inside = all_of(inside, exp.Paren(this=exp.EQ(this=on_step, expression=raw.copy())))
    return Fit(raw, inside, value)


def _least(bound: Decimal) -> int:
    return int(bound.to_integral_value(ROUND_CEILING))


def _greatest(bound: Decimal) -> int:
    return int(bound.to_integral_value(ROUND_FLOOR))


def _float(bound: Decimal) -> exp.Expr:
    return cast(text(repr(float(bound))), "DOUBLE")
