"""Finds the band of a table in which a value lies by halving, so that a table of thousands of bands is a short way for each row and a short query.

Only tables whose rules are intervals or single values of one and the same value, against constants, and of which no two overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from sqlglot import exp

from tierwise.core.plan import CompareOp, Node, Table, is_quotient
from tierwise.core.types import DateTimeType, DateType, NumberType
from tierwise.plugins import sql
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.comparisons import compare
from tierwise.plugins.sql_engine.disjoint import Interval, region_of
from tierwise.plugins.sql_engine.layers import Layers
from tierwise.plugins.sql_engine.numbers import at as at_scale
from tierwise.plugins.sql_engine.terms import MOST_DIGITS, Term, constant

__all__ = ["Bands", "bands_of", "hit_of"]

MOST_WRITTEN = 60  # borders that are compared one by one, in as many nodes of the query

_Cut = tuple[Any, bool]
"""Where a band begins: a value, and whether it lies behind it (``>``) instead of at it (``>=``)."""


@dataclass(frozen=True, slots=True)
class Bands:
    """The bands of a table, from the least.

    Attributes:
        value: What they are bands of.
        cuts: Where each but the first begins.
        numbers: The number of the rule of each, counted from 1; 0 where there is none. One more than cuts.
    """

    value: Node
    cuts: tuple[_Cut, ...]
    numbers: tuple[int, ...]


def bands_of(table: Table) -> Bands | None:
    """Return the bands of a table; ``None`` when it is of another kind."""
    columns = {place for rule in table.rules for place, test in enumerate(rule.tests) if test is not None}
    if len(columns) != 1:
        return None
    (column,) = columns
    pieces: list[tuple[Interval, int]] = []
    values: list[Node] = []
    for number, rule in enumerate(table.rules, 1):
        test = rule.tests[column]
        found = None if test is None else region_of(test)
        if found is None or is_quotient(found[0]) or (values and found[0] != values[0]):
            return None
        values.append(found[0])
        region = found[1]
        if isinstance(region, frozenset) and None in region:
            return None
        pieces += [(region, number)] if isinstance(region, Interval) else [(Interval(v, v, True, True), number) for v in region]
    return _in_order(values[0], pieces) if values and isinstance(values[0].type, NumberType | DateType | DateTimeType) else None


def _in_order(value: Node, pieces: Sequence[tuple[Interval, int]]) -> Bands | None:
    """Put pieces in order; ``None`` when two overlap, or one is of another kind."""
    ends = [end for piece, _ in pieces for end in (piece.low, piece.high) if end is not None]
    if not all(isinstance(end, Decimal | date) for end in ends) or len(set(map(type, ends))) > 1:
        return None
    starts = sorted(((_start(piece), _end(piece), number) for piece, number in pieces), key=lambda one: _place(one[0]))
    cuts: list[_Cut] = []
    numbers = [0]
    reached: _Cut | None = None  # where the last piece ends; nothing has been placed before the first
    for place, (start, end, number) in enumerate(starts):
        if start is None:
            if place:
                return None
            numbers[-1] = number
        else:
            if place and (reached is None or start < reached):
                return None
            if cuts and start == cuts[-1]:
                numbers[-1] = number
            else:
                cuts.append(start)
                numbers.append(number)
        reached = end
        if end is not None:
            if start is not None and end <= start:
                return None
            cuts.append(end)
            numbers.append(0)
    return Bands(value, tuple(cuts), tuple(numbers))


def _start(piece: Interval) -> _Cut | None:
    return None if piece.low is None else (piece.low, not piece.low_inclusive)


def _end(piece: Interval) -> _Cut | None:
    return None if piece.high is None else (piece.high, piece.high_inclusive)


def _place(start: _Cut | None) -> tuple[bool, Any]:
    return (False, ()) if start is None else (True, start)


def hit_of(bands: Bands, term: Term, layers: Layers) -> Sql | None:
    """Return the number of the rule whose band a value lies in; ``None`` where a border cannot be compared with it in SQL."""
    borders = [constant(value, term.type) for value, _ in bands.cuts]
    if any(_digits(term, border) > MOST_DIGITS for border in borders):
        return None
    if len(borders) > MOST_WRITTEN and layers.computes_once:
        tree = _searched(bands, term, borders, layers)
    else:
        tests = [_begins(term, border, is_behind) for border, (_, is_behind) in zip(borders, bands.cuts, strict=True)]
        if any(test is sql.NULL for test in tests):
            return None
        tree = _halved(tests, bands.numbers)
    none = [] if term.none is None else [(term.none, sql.integer(0))]
    return sql.case(*none, (sql.is_known(term.looked_at), tree))


def _digits(left: Term, right: Term) -> int:
    return max(left.whole, right.whole) + max(left.scale, right.scale)


def _begins(term: Term, border: Term, is_behind: bool) -> Sql:
    op: CompareOp = ">" if is_behind else ">="
    return compare(op, term, border)


def _halved(tests: Sequence[Sql], numbers: Sequence[int]) -> Sql:
    if not tests:
        return sql.integer(numbers[0])
    middle = len(tests) // 2
    upper, lower = _halved(tests[middle + 1 :], numbers[middle + 1 :]), _halved(tests[:middle], numbers[: middle + 1])
    return sql.case((tests[middle], upper), default=lower)


def _searched(bands: Bands, term: Term, borders: Sequence[Term], layers: Layers) -> Sql:
    """Search the borders as a list, a column a step: the query grows by the logarithm of their number, and they are written as one text."""
    values = list(dict.fromkeys(value for value, _ in bands.cuts))
    number_from = dict(zip(bands.cuts, bands.numbers[1:], strict=True))
    at, above = [bands.numbers[0]], [bands.numbers[0]]  # of each border; before them stands what is below all
    for value in values:
        at.append(number_from.get((value, False), above[-1]))
        above.append(number_from.get((value, True), at[-1]))
    side, listed = _in_one_type(term, borders, values)
    listed = layers.column(listed)
    place: Sql = sql.integer(0)
    for step in (1 << bit for bit in reversed(range(len(values).bit_length()))):
        further = sql.binary(exp.Add, place, sql.integer(step))
        reached = sql.binary(exp.GTE, side.copy(), sql.call("list_extract", listed.copy(), further))  # behind the last there is NULL
        place = layers.column(sql.case((reached, further.copy()), default=place.copy()))
    behind = _at_place(above, place)
    if at == above:
        return behind
    return sql.case((sql.equal(side.copy(), sql.call("list_extract", listed.copy(), place.copy())), _at_place(at, place)), default=behind)


def _in_one_type(term: Term, borders: Sequence[Term], values: Sequence[Any]) -> tuple[Sql, Sql]:
    """Return a value and the list of borders, so that they can be compared."""
    if not isinstance(term.type, NumberType):
        return term.sql, sql.listed(map(str, values), canonical_type(term.type))
    whole, scale = max(one.whole for one in (term, *borders)), max(one.scale for one in (term, *borders))
    return at_scale(term, whole, scale), sql.listed((format(value, "f") for value in values), f"DECIMAL({whole + scale}, {scale})")


def _at_place(numbers: Sequence[int], place: Sql) -> Sql:
    """Return the number that stands at a place, counted from 0."""
    if all(number == numbers[0] + further for further, number in enumerate(numbers)):
        return sql.binary(exp.Add, place.copy(), sql.integer(numbers[0]))
    return sql.call("list_extract", sql.listed(map(str, numbers), "INTEGER"), sql.binary(exp.Add, place.copy(), sql.integer(1)))
