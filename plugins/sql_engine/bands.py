"""Finds the band of a table in which a value lies by halving, so that a table of thousands of bands is a short way for each row.

Only tables whose rules are intervals or single values of one and the same value, against constants, and of which no two overlap.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from tierwise.core.plan import CompareOp, Node, Table, is_quotient
from tierwise.core.types import DateTimeType, DateType, NumberType
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.comparisons import compare
from tierwise.plugins.sql_engine.disjoint import Interval, region_of
from tierwise.plugins.sql_engine.terms import MOST_DIGITS, Term, constant

__all__ = ["Bands", "bands_of", "hit_of"]

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


def hit_of(bands: Bands, term: Term) -> Sql | None:
    """Return the number of the rule whose band a value lies in; ``None`` where a border cannot be compared with it in SQL."""
    borders = [constant(value, term.type) for value, _ in bands.cuts]
    if any(_digits(term, border) > MOST_DIGITS for border in borders):
        return None
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
