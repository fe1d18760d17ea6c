"""The class at a subject's position in a ranking, where every rounding and every possible rank give the same one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlglot import exp

from tierwise.core.plan import Crossing, Cut, RankCut
from tierwise.core.types import NumberType
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.comparisons import choose
from tierwise.plugins.sql_engine.layers import Layers
from tierwise.plugins.sql_engine.terms import Term, constant, unknown

__all__ = ["Position", "are_short", "by_given", "by_position", "told_apart"]

MOST_DIGITS_AFTER = 6  # of a share, so that it can be multiplied with any amount held
SMALL = 10**8  # a share with fewer digits, times a place among the subjects of a database, fits into 64 bits
Position = Mapping[str, Sql]
Rounding = str


def are_short(node: RankCut) -> bool:
    """Whether the limits of the classes are written with few digits."""
    return all(cut.limit is None or -int(cut.limit.as_tuple().exponent) <= MOST_DIGITS_AFTER for cut in node.cuts)


def by_position(node: RankCut, position: Position, ways: Sequence[Rounding], layers: Layers) -> Term:
    """Return the class at a position.

    Args:
        node: The classes.
        position: The columns of a position (`positions.py`).
        ways: The roundings that the policy leaves possible.
        layers: Where what is used several times gets a column.
    """
    return _class(node, [index for way in ways for index in _reached(node, position, way, layers)[:2]])


def by_given(node: RankCut, terms: Sequence[Term], absent: Sql, ways: Sequence[Rounding], layers: Layers) -> tuple[Sql, Sql, Term]:
    """Return where a rank (and a count) are given, where they are not, and the class by them.

    Args:
        node: The classes.
        terms: The rank, and the count unless the classes go by rank alone.
        absent: Where one of them is surely missing or none.
        ways: The roundings that the policy leaves possible.
        layers: Where what is used several times gets a column.
    """
    if not all(isinstance(term.type, NumberType) and term.scale == 0 for term in terms):
        return sql.FALSE, sql.FALSE, unknown(node.type)
    places = [sql.try_cast(term.sql, "BIGINT") for term in terms]
    present = sql.all_of(*map(sql.is_known, places))
    places = [sql.cast(place, "HUGEINT") for place in places]  # a given rank may be any number
    return present, absent, _class(node, [_index(node, places[0], places[-1], way, layers) for way in ways])


def told_apart(cuts: Sequence[tuple[RankCut, Sequence[Rounding] | None]], position: Position, layers: Layers) -> list[Sql]:
    """Return what some cuts of one ranking, each with its possible roundings, can tell apart of a subject's position."""
    keys = [sql.is_null(position["first"])]
    for node, ways in cuts:
        if ways is None or not are_short(node):
            return [*keys, *position.values()]
        for way in ways:
            keys += _reached(node, position, way, layers)
    return keys


def _reached(node: RankCut, position: Position, way: Rounding, layers: Layers) -> tuple[Sql, Sql, Sql]:
    """Return the best and the worst class that a position may reach, as numbers, and whether a tie is why they differ."""
    if node.by == "pareto":
        which = "with" if node.crossing == "out" else "before"
        best, worst = (_share_index(node, position[part], position["held"], layers) for part in (f"held {which}", f"held {which} last"))
        best, worst = (worst if node.ties == "together_worse" else best), (best if node.ties == "together_better" else worst)
        return best, worst, sql.is_null(position["held"])
    position = _together(position, node, layers)
    count = position["count"]
    most = layers.column(sql.binary(exp.Add, count, position["maybe"]))
    best = _index(node, position["first"], most, way, layers)
    worst = _index(node, position["last possible"], count, way, layers)
    first, last = (_index(node, position[part], count, way, layers) for part in ("first", "last"))
    return best, worst, sql.binary(exp.NEQ, first, last)


def _together(position: Position, node: RankCut, layers: Layers) -> Position:
    """Take those who tie as the first, or as the last, of them; who may stand before them moves them all."""
    first, last = position["first"], position["last"]
    if node.ties == "together_better":
        possible = sql.binary(exp.Add, first, sql.binary(exp.Sub, position["last possible"], last))
        return {**position, "last": first, "last possible": layers.column(possible)}
    return {**position, "first": last} if node.ties == "together_worse" else position


def _class(node: RankCut, indexes: Sequence[Sql]) -> Term:
    """Return the one class that all these numbers of classes name."""
    same = sql.all_of(*(sql.equal(indexes[0], index) for index in indexes[1:]))
    classes = [(sql.equal(indexes[0], sql.integer(i)), constant(cut.value, node.type)) for i, cut in enumerate(node.cuts)]
    return choose([(same, choose(classes, node.type))], node.type)


def _index(node: RankCut, rank: Sql, count: Sql, way: Rounding, layers: Layers) -> Sql:
    """Return the number of the class that a rank falls into; as many as there are classes for none of them."""
    branches = []
    for number, cut in enumerate(node.cuts):
        reach = _reaches(node, cut, rank, count, way)
        branches.append((sql.is_known(rank) if reach is None else reach, sql.integer(number)))
    none = sql.case((sql.all_of(sql.is_known(rank), sql.is_known(count)), sql.integer(len(node.cuts))))
    return layers.column(sql.case(*branches, default=none))


def _share_index(node: RankCut, part: Sql, held: Sql, layers: Layers) -> Sql:
    """Return the number of the class by a share of what is held; of nothing there are no shares, so no class."""
    cuts = node.cuts
    branches = [(sql.is_null(held), sql.NULL), (sql.binary(exp.LTE, held, sql.integer(0)), sql.integer(len(cuts)))]
    for number, cut in enumerate(cuts):
        if cut.limit is None:
            branches.append((sql.TRUE, sql.integer(number)))
            break
        branches.append((_is_share_within(part, held, cut.limit, node.crossing), sql.integer(number)))
    return layers.column(sql.case(*branches, default=sql.integer(len(cuts))))


def _reaches(node: RankCut, cut: Cut, rank: Sql, count: Sql, way: str) -> Sql | None:
    """Whether a rank lies within a class; ``None`` for a class without end."""
    if cut.limit is None:
        return None
    if node.by == "top":
        return sql.binary(exp.LTE, rank, sql.integer(int(cut.limit)))
    return _is_within_share(rank, cut.limit, count, way)


def _is_within_share(rank: Sql, limit: Decimal, count: Sql, way: str) -> Sql:
    """Compare a rank with ``limit * count``, rounded: in whole numbers, and without a division."""
    exponent = max(0, -int(limit.as_tuple().exponent))
    unit = 10**exponent
    above = int(limit.scaleb(exponent))
    spare = {"floor": 0, "ceiling": unit - 1}.get(way, unit)
    twice = 2 if way == "nearest" else 1
    if twice * max(unit, above) > SMALL:
        rank, count = sql.cast(rank, "HUGEINT"), sql.cast(count, "HUGEINT")
    left = sql.binary(exp.Mul, rank, sql.integer(twice * unit))
    right = sql.binary(exp.Mul, count, sql.integer(twice * above))
    return sql.binary(exp.LTE, left, right if spare == 0 else sql.binary(exp.Add, right, sql.integer(spare)))


def _is_share_within(part: Sql, held: Sql, limit: Decimal, crossing: Crossing) -> Sql:
    """Whether a share is less than ``limit`` (or at most ``limit``, where it counts the one who crosses it): cross-multiplied."""
    exponent = max(0, -int(limit.as_tuple().exponent))
    left = sql.binary(exp.Mul, part, sql.integer(10**exponent))
    right = sql.binary(exp.Mul, held, sql.integer(int(limit.scaleb(exponent))))
    return sql.binary(exp.LTE if crossing == "out" else exp.LT, left, right)
