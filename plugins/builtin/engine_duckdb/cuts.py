"""Compiles the cut of a ranking: the class at a subject's position, where every rounding and every possible rank give the same one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from sqlglot import exp

from tierwise.core.plan import Constant, Cut, FactRef, Node, Plan, RankCut, ReadingRef
from tierwise.core.types import NumberType
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.expressions import Expressions, choose
from tierwise.plugins.builtin.engine_duckdb.terms import Term, constant, unknown
from tierwise.plugins.sql import Sql

__all__ = ["Cuts"]

MOST_DIGITS_AFTER = 6  # of a share, so that it can be multiplied with any amount held
SMALL = 10**8  # a share with fewer digits, times a place among the subjects of a database, fits into 64 bits
Position = Mapping[str, Sql]


class Cuts:
    """Compiles the cuts of a plan's rankings.

    Attributes:
        positions: Ranking name to the columns of a subject's position (`positions.py`); NULL for who has none.
    """

    def __init__(self, plan: Plan, expressions: Expressions, positions: Mapping[str, Position]) -> None:
        self.plan = plan
        self.expressions = expressions
        self.positions = positions
        self._keys: dict[str, list[Sql]] = {}
        expressions.compilers[RankCut] = self._cut

    def keys(self, ranking: str, cuts: Sequence[RankCut]) -> list[Sql]:
        """Return what all cuts of a ranking can tell apart of a subject's position."""
        if ranking not in self._keys:
            self._keys[ranking] = self._told_apart(ranking, cuts)
        return self._keys[ranking]

    def _told_apart(self, ranking: str, cuts: Sequence[RankCut]) -> list[Sql]:
        position = self.positions.get(ranking)
        if position is None:
            return []
        keys = [sql.is_null(position["first"])]
        for node in cuts:
            ways = self._ways(node.rounding)
            if ways is None or any(_digits_after(cut) > MOST_DIGITS_AFTER for cut in node.cuts):
                return [*keys, *position.values()]
            for way in ways:
                best, worst, is_tie = self._reached(node, position, way)
                keys += [best, worst, is_tie]
        return keys

    def _cut(self, node: RankCut) -> Term:
        ways = self._ways(node.rounding)
        if ways is None or any(_digits_after(cut) > MOST_DIGITS_AFTER for cut in node.cuts):
            return unknown(node.type)
        given = self._given(node, ways)
        ranking, position = self.plan.rankings[node.ranking], self.positions.get(node.ranking)
        among = sql.TRUE if ranking.among is None else self.expressions.layers.column(self.expressions.truth(ranking.among))
        inside = unknown(node.type) if position is None else self._class(node, [self._reached(node, position, way)[:2] for way in ways])
        outside = unknown(node.type) if node.outside is None else self.expressions.term(node.outside)
        branches = [(among, inside), (sql.negate(among), outside)]
        if given is None:
            return choose(branches, node.type)
        is_given, is_missing, by_rank = given
        return choose([(is_given, by_rank), *((sql.all_of(is_missing, condition), term) for condition, term in branches)], node.type)

    def _ways(self, rounding: Node) -> Sequence[str] | None:
        """Return the roundings to try, or ``None`` when SQL cannot know them."""
        if isinstance(rounding, Constant) and isinstance(rounding.value, str):
            return (rounding.value,)
        if isinstance(rounding, ReadingRef):
            settled = self.expressions.readings.get(rounding.name)
            return rounding.values if settled is None else (settled,)
        return None

    def _given(self, node: RankCut, ways: Sequence[str]) -> tuple[Sql, Sql, Term] | None:
        """Return where rank and count are given as facts, where they surely are not, and the class by them."""
        wanted = [node.rank] if node.by == "top" else [node.rank, node.count]
        parts = [part for part in wanted if part is not None]
        if node.by == "pareto" or len(parts) < len(wanted):
            return None
        terms = [self.expressions.shared(part) for part in parts]
        if not all(isinstance(term.type, NumberType) and term.scale == 0 for term in terms):
            return sql.FALSE, sql.FALSE, unknown(node.type)
        places = [sql.try_cast(term.sql, "BIGINT") for term in terms]
        present = sql.all_of(*(sql.is_known(place) for place in places))
        absent = sql.any_of(*(_is_absent(part, term) for part, term in zip(parts, terms, strict=True)))
        places = [sql.cast(place, "HUGEINT") for place in places]  # a given rank may be any number
        reached = [self._index(node, places[0], places[-1], way) for way in ways]
        return present, absent, self._class(node, [(index, index) for index in reached])

    def _reached(self, node: RankCut, position: Position, way: str) -> tuple[Sql, Sql, Sql]:
        """Return the best and the worst class that a position may reach, as numbers, and whether a tie is why they differ."""
        if node.by == "pareto":
            best = self._share_index(node.cuts, position["held before"], position["held"])
            worst = self._share_index(node.cuts, position["held before last"], position["held"])
            return best, worst, sql.is_null(position["held"])
        count = position["count"]
        most = self.expressions.layers.column(sql.binary(exp.Add, count, position["maybe"]))
        best = self._index(node, position["first"], most, way)
        worst = self._index(node, position["last possible"], count, way)
        first, last = (self._index(node, position[part], count, way) for part in ("first", "last"))
        return best, worst, sql.binary(exp.NEQ, first, last)

    def _class(self, node: RankCut, reached: Sequence[tuple[Sql, Sql]]) -> Term:
        """Return the one class that all ways reach."""
        indexes = [index for pair in reached for index in pair]
        same = sql.all_of(*(sql.equal(indexes[0], index) for index in indexes[1:]))
        classes = [(sql.equal(indexes[0], sql.integer(i)), constant(cut.value, node.type)) for i, cut in enumerate(node.cuts)]
        chosen = choose(classes, node.type)
        return choose([(same, chosen)], node.type)

    def _index(self, node: RankCut, rank: Sql, count: Sql, way: str) -> Sql:
        """Return the number of the class that a rank falls into; as many as there are classes for none of them."""
        branches = []
        for number, cut in enumerate(node.cuts):
            reach = _reaches(node, cut, rank, count, way)
            branches.append((sql.is_known(rank) if reach is None else reach, sql.integer(number)))
        none = sql.case((sql.all_of(sql.is_known(rank), sql.is_known(count)), sql.integer(len(node.cuts))))
        return self.expressions.layers.column(sql.case(*branches, default=none))

    def _share_index(self, cuts: Sequence[Cut], held_before: Sql, held: Sql) -> Sql:
        """Return the number of the class by the share held before; a share of nothing is none at all."""
        branches = [(sql.is_null(held), sql.NULL)]
        sign = sql.binary(exp.LT, held, sql.integer(0))
        for number, cut in enumerate(cuts):
            if cut.limit is None:
                branches.append((sql.TRUE, sql.integer(number)))
                break
            below = _is_share_below(held_before, held, cut.limit, sign)
            branches.append((below, sql.integer(number)))
        return self.expressions.layers.column(sql.case(*branches, default=sql.integer(len(cuts))))


def _digits_after(cut: Cut) -> int:
    return 0 if cut.limit is None else max(0, -int(cut.limit.as_tuple().exponent))


def _is_absent(part: Node, term: Term) -> Sql:
    """Whether a given rank or count is surely missing or none: only of a fact SQL can tell."""
    if not isinstance(part, FactRef):
        return sql.FALSE if term.none is None else term.none
    return sql.is_null(term.sql)


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


def _is_share_below(held_before: Sql, held: Sql, limit: Decimal, negative: Sql) -> Sql:
    """Whether the share held before is less than ``limit``: cross-multiplied, and 0 when nothing is held at all."""
    exponent = max(0, -int(limit.as_tuple().exponent))
    left = sql.binary(exp.Mul, held_before, sql.integer(10**exponent))
    right = sql.binary(exp.Mul, held, sql.integer(int(limit.scaleb(exponent))))
    nothing = sql.equal(held, sql.integer(0))
    return sql.case(
        (nothing, sql.TRUE if limit > 0 else sql.FALSE),
        (negative, sql.binary(exp.GT, left, right)),
        default=sql.binary(exp.LT, left, right),
    )
