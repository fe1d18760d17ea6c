"""Finds the rule of a large table by its cell: each column's value is searched among the borders of its tests, and the cells are one list.

So the query grows by the logarithm of the number of rules. Only tables whose tests are intervals or single values of one value a column, against
constants, and where no two rules share a cell unless the first of them is taken.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import product
from math import prod
from typing import Any

from sqlglot import exp

from tierwise.core.plan import HitPolicy, Node, Table, is_quotient
from tierwise.core.types import DateTimeType, DateType, EnumType, NumberType, TextType
from tierwise.plugins import sql
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.disjoint import Interval, region_of
from tierwise.plugins.sql_engine.layers import Layers
from tierwise.plugins.sql_engine.numbers import at
from tierwise.plugins.sql_engine.terms import MOST_DIGITS, Term, constant

__all__ = ["FEWEST_RULES", "Grid", "cell_of", "grid_of"]

FEWEST_RULES = 60  # from which on a table is searched; those of fewer are compared with
MOST_CELLS = 300_000
MOST_FILLED = 3_000_000  # cells that are written while rules are laid over each other

_SORTS = ((NumberType, Decimal), (DateTimeType, date), (DateType, date), (TextType, str), (EnumType, str))


@dataclass(frozen=True, slots=True)
class Side:
    """One column of a grid. Its places are: below the first border, at it, between it and the second, …, above the last, and none.

    Attributes:
        value: What is searched.
        borders: What its tests compare it with, ascending.
    """

    value: Node
    borders: tuple[Any, ...]

    @property
    def size(self) -> int:
        """How many places it has."""
        return 2 * len(self.borders) + 2

    def places(self, piece: Interval) -> range:
        """Return the places that a piece holds."""
        low = 0 if piece.low is None else 2 * bisect_left(self.borders, piece.low) + (1 if piece.low_inclusive else 2)
        high = self.size - 1 if piece.high is None else 2 * bisect_left(self.borders, piece.high) + (2 if piece.high_inclusive else 1)
        return range(low, high)


@dataclass(frozen=True, slots=True)
class Grid:
    """A table by cells.

    Attributes:
        sides: Its columns that test anything.
        numbers: The number of the rule of each cell, counted from 1; 0 where there is none. The places of the last side come one after the other.
    """

    sides: tuple[Side, ...]
    numbers: tuple[int, ...]


def grid_of(table: Table) -> Grid | None:
    """Return the grid of a table; ``None`` when it is of another kind."""
    columns = sorted({place for rule in table.rules for place, test in enumerate(rule.tests) if test is not None})
    found = [_pieces([rule.tests[column] for rule in table.rules]) for column in columns]
    read = [one for one in found if one is not None]
    if not read or len(read) < len(found):
        return None
    sides = tuple(
        Side(value, tuple(sorted({end for of in pieces for piece in of or () for end in _ends(piece)}))) for value, pieces in read
    )
    if prod(side.size for side in sides) > MOST_CELLS:
        return None
    numbers = _filled(sides, [pieces for _, pieces in read], table.hit is HitPolicy.FIRST)
    return None if numbers is None else Grid(sides, tuple(numbers))


def _pieces(tests: Sequence[Node | None]) -> tuple[Node, list[list[Interval] | None]] | None:
    """Return what the tests of a column look at, and the pieces that each holds; ``None`` for any value, and for a column of another kind."""
    value: Node | None = None
    found: list[list[Interval] | None] = []
    for test in tests:
        said = None if test is None else region_of(test)
        if test is not None and (said is None or is_quotient(said[0]) or (value is not None and said[0] != value)):
            return None
        if said is None:
            found.append(None)
            continue
        value, region = said
        if not isinstance(region, Interval) and None in region:
            return None
        found.append([region] if isinstance(region, Interval) else [Interval(one, one, True, True) for one in region])
    return None if value is None or not _are_searched(value, [piece for pieces in found for piece in pieces or ()]) else (value, found)


def _are_searched(value: Node, pieces: Sequence[Interval]) -> bool:
    """Say whether the ends of pieces can be put in order as DuckDB orders them; texts are only looked for."""
    sort = next((sort for of, sort in _SORTS if isinstance(value.type, of)), None)
    ends = [end for piece in pieces for end in _ends(piece)]
    if sort is None or not all(isinstance(end, sort) for end in ends) or len(set(map(type, ends))) > 1:
        return False
    return sort is not str or all(piece.low == piece.high and "\0" not in piece.low for piece in pieces)


def _ends(piece: Interval) -> Iterator[Any]:
    yield from (end for end in (piece.low, piece.high) if end is not None)


def _filled(sides: Sequence[Side], pieces: Sequence[Sequence[list[Interval] | None]], is_first: bool) -> list[int] | None:
    """Lay the rules into the cells; ``None`` when two share one that is not the first's."""
    numbers, left = [0] * prod(side.size for side in sides), MOST_FILLED
    for number, row in enumerate(zip(*pieces, strict=True), 1):
        ranges = [[range(side.size)] if of is None else [side.places(piece) for piece in of] for side, of in zip(sides, row, strict=True)]
        for box in product(*ranges):
            left -= prod(map(len, box))
            if left < 0:
                return None
            for places in product(*box):
                cell = 0
                for side, place in zip(sides, places, strict=True):
                    cell = cell * side.size + place
                if not numbers[cell]:
                    numbers[cell] = number
                elif not is_first:
                    return None
    return numbers


def cell_of(grid: Grid, terms: Sequence[Term], layers: Layers) -> Sql | None:
    """Return the number of the rule of the cell in which the values lie, NULL where that hangs on an unknown one.

    ``None`` where one cannot be compared.
    """
    cell: Sql | None = None
    for side, term in zip(grid.sides, terms, strict=True):
        place = _place_of(side, term, layers)
        if place is None:
            return None
        if cell is not None:
            place = sql.binary(exp.Add, sql.binary(exp.Mul, cell, sql.integer(side.size + 1)), place)
        cell = layers.column(place)
    assert cell is not None, "INVARIANT: a grid has a side"
    numbers = _with_unknown(grid, [term.none is not None for term in terms])
    listed = sql.listed(("NULL" if number is None else str(number) for number in numbers), "INTEGER")
    return sql.call("list_extract", listed, sql.binary(exp.Add, cell, sql.integer(1)))


def _with_unknown(grid: Grid, can_be_none: Sequence[bool]) -> Sequence[int | None]:
    """Return the numbers with one more place a side, for a value that is unknown: the number that all its places have in common, if any."""
    numbers: list[int | None] = list(grid.numbers)
    inner = 1
    for side, may in reversed(list(zip(grid.sides, can_be_none, strict=True))):
        block, extended = side.size * inner, []
        for start in range(0, len(numbers), block):
            part = numbers[start : start + block]
            possible = block if may else block - inner  # the last place is none
            extended += part
            extended += [part[i] if all(part[j] == part[i] for j in range(i, possible, inner)) else None for i in range(inner)]
        numbers, inner = extended, (side.size + 1) * inner
    return numbers


def _place_of(side: Side, term: Term, layers: Layers) -> Sql | None:
    """Search a value among the borders, a column a step."""
    compared = _in_one_type(side, term)
    if compared is None:
        return None
    value, borders = compared
    borders = layers.column(borders)
    reached: Sql = sql.integer(0)
    for step in (1 << bit for bit in reversed(range(len(side.borders).bit_length()))):
        further = sql.binary(exp.Add, reached, sql.integer(step))
        is_reached = sql.binary(exp.GTE, value.copy(), sql.call("list_extract", borders.copy(), further))  # behind the last there is NULL
        reached = layers.column(sql.case((is_reached, further.copy()), default=reached.copy()))
    is_at = sql.equal(value.copy(), sql.call("list_extract", borders.copy(), reached.copy()))
    twice = sql.binary(exp.Mul, reached.copy(), sql.integer(2))
    place = sql.case((is_at, sql.binary(exp.Sub, twice, sql.integer(1))), default=twice.copy())
    none = [] if term.none is None else [(term.none, sql.integer(side.size - 1))]
    return sql.case(*none, (sql.is_known(value.copy()), place), default=sql.integer(side.size))


def _in_one_type(side: Side, term: Term) -> tuple[Sql, Sql] | None:
    """Return a value and the list of borders, so that they can be compared."""
    if isinstance(term.type, TextType | EnumType):
        return term.sql, sql.array(*map(sql.text, side.borders))
    if not isinstance(term.type, NumberType):
        return term.sql, sql.listed(map(str, side.borders), canonical_type(term.type))
    numbers = [term, *(constant(border, term.type) for border in side.borders)]
    whole, scale = max(one.whole for one in numbers), max(one.scale for one in numbers)
    if whole + scale > MOST_DIGITS:
        return None
    return at(term, whole, scale), sql.listed((format(border, "f") for border in side.borders), f"DECIMAL({whole + scale}, {scale})")
