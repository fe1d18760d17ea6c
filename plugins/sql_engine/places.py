"""Positions in rankings, as tables: read beside the facts, and read back, of one subject or of who stands at a rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlglot import exp

from tierwise.core.meaning.population_ranking import share_of
from tierwise.core.plan import Position as RankPosition
from tierwise.plugins import sql
from tierwise.plugins.sql_engine.cuts import Position
from tierwise.plugins.sql_engine.positions import PARTS, column_of
from tierwise.plugins.sql_engine.staging import KEY, ROW
from tierwise.plugins.sql_engine.tables import Tables

__all__ = ["Places", "Ranked", "Stage", "position_of"]

CHOSEN = "chosen"
BATCH = 500


@dataclass(frozen=True, slots=True)
class Ranked:
    """A ranking whose positions stand in a table.

    Attributes:
        name: The ranking's name.
        table: Row and position of each member.
        is_carried: The table of facts holds the positions, too.
    """

    name: str
    table: str
    is_carried: bool = False


@dataclass(slots=True)
class Stage:
    """What a query reads: the facts, with the positions known so far beside them.

    Attributes:
        facts: The table of facts.
        ranked: The rankings known so far.
        columns: The columns of the table.
    """

    facts: str
    ranked: list[Ranked] = field(default_factory=list)
    columns: list[str] = field(default_factory=list)

    def positions(self) -> dict[str, Position]:
        """Return ranking name to the columns of a position."""
        return {ranking.name: dict(_columns(number)) for number, ranking in enumerate(self.ranked)}

    def rows(self, chosen: exp.Select | None = None, are_few: bool = False) -> exp.Select:
        """Return the query of facts and positions.

        Args:
            chosen: A query of the rows wanted; without it all.
            are_few: There are few of these: then only their positions are looked at, too.
        """
        row = sql.column(ROW, self.facts)
        query = exp.select(exp.Column(this=exp.Star(), table=sql.identifier(self.facts)))
        if chosen is None:
            query = query.from_(sql.table(self.facts))
        else:  # first, so that what follows looks at few rows
            wanted = exp.select(sql.column(ROW)).from_(chosen.subquery("rows"))
            query = query.from_(wanted.subquery(CHOSEN)).join(sql.table(self.facts), on=sql.equal(sql.column(ROW, CHOSEN), row))
        for number, ranking in enumerate(self.ranked):
            if ranking.is_carried:
                continue
            query = query.select(*(sql.alias(sql.column(part, ranking.table), name.name) for part, name in _columns(number)))
            places = _places(ranking, chosen if are_few else None)
            query = query.join(places, on=sql.equal(row, sql.column(ROW, ranking.table)), join_type="left")
        return query


def _columns(number: int) -> list[tuple[str, exp.Column]]:
    """Return the parts of a position with their columns beside the facts."""
    return [(part, sql.column(column_of(part, number))) for part in PARTS]


def _places(ranking: Ranked, chosen: exp.Select | None) -> exp.Table | exp.Subquery:
    """Return the table of positions, or of those of some rows: DuckDB makes its hash table of all that stands on the right of a left join."""
    if chosen is None:
        return sql.table(ranking.table)
    rows = exp.select(sql.column(ROW)).from_(chosen.subquery(CHOSEN))
    wanted = exp.select("*").from_(sql.table(ranking.table)).where(exp.In(this=sql.column(ROW), query=rows.subquery()))
    return wanted.subquery(sql.identifier(ranking.table))


@dataclass(frozen=True, slots=True)
class Places:
    """The positions of a run.

    Attributes:
        tables: Where the tables stand.
        table: A table with the row and the key of every subject.
        ranked: The rankings of the run.
    """

    tables: Tables
    table: str
    ranked: Sequence[Ranked]

    def of(self, keys: Sequence[str]) -> dict[str, dict[str, RankPosition]]:
        """Return, by key, ranking name to the position of each of some subjects; rankings of which it is no member are left out."""
        found: dict[str, dict[str, RankPosition]] = {}
        for ranking in self.ranked:
            key, parts = sql.column(KEY, self.table), (sql.column(part, ranking.table) for part in PARTS)
            for some in (keys[start : start + BATCH] for start in range(0, len(keys), BATCH)):
                wanted = exp.In(this=key.copy(), expressions=[exp.Placeholder() for _ in some])
                for own, *cells in self.tables.rows(self._beside(ranking).select(key, *parts).where(wanted), some):
                    position = position_of(cells)
                    if position is not None:
                        found.setdefault(own, {})[ranking.name] = position
        return found

    def keys_at(self, name: str, rank: int) -> Iterator[str]:
        """Yield the keys of those who stand at a rank, of any partition: those who surely stand there first, then by key."""
        for ranking in self.ranked:
            if ranking.name == name:
                first, last, possible = (sql.column(part, ranking.table) for part in ("first", "last", "last possible"))
                key = sql.column(KEY, self.table)
                query = self._beside(ranking).select(key).where(first <= rank, last >= rank).order_by(possible, key)
                yield from (found for (found,) in self.tables.rows(query))

    def _beside(self, ranking: Ranked) -> exp.Select:
        same_row = sql.equal(sql.column(ROW, self.table), sql.column(ROW, ranking.table))
        return exp.select().from_(sql.table(self.table)).join(sql.table(ranking.table), on=same_row)


def position_of(cells: Sequence[Any]) -> RankPosition | None:
    """Return the position whose parts stand in these cells; ``None`` for who has none."""
    first, last, last_possible, count, held_before, held_before_last, held, maybe, held_with, held_with_last = cells
    if first is None:
        return None
    if held is None or held <= 0:
        return RankPosition(first, last, last_possible, count, maybe=maybe, holds_nothing=held is not None)
    parts = (held_before, held_before_last, held_with, held_with_last)
    before, before_last, with_it, with_last = (share_of(Decimal(part), Decimal(held)) for part in parts)
    return RankPosition(first, last, last_possible, count, before, before_last, maybe, with_it, with_last)
