"""Reads positions in rankings back from their tables: of one subject, and who stands at a rank."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tierwise.core.plan import Position
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.positions import PARTS
from tierwise.plugins.builtin.engine_duckdb.staging import KEY, ROW

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tierwise.plugins.builtin.engine_duckdb.ranking import Ranked

__all__ = ["Places", "position_of"]

SHARES = Context(prec=200)  # as exact as the reference engine divides


@dataclass(frozen=True, slots=True)
class Places:
    """The positions of a run.

    Attributes:
        connection: Where the tables live.
        table: A table with the row and the key of every subject.
        ranked: The rankings of the run.
    """

    connection: DuckDBPyConnection
    table: str
    ranked: Sequence[Ranked]

    def of(self, key: str) -> dict[str, Position]:
        """Return ranking name to the position of one subject; rankings of which it is no member are left out."""
        found = {}
        for ranking in self.ranked:
            parts = (sql.column(part, ranking.table) for part in PARTS)
            query = self._beside(ranking).select(*parts).where(sql.column(KEY, self.table).eq(exp.Placeholder()))
            cells = self.connection.cursor().execute(sql.printed(query), [key]).fetchone()
            position = None if cells is None else position_of(cells)
            if position is not None:
                found[ranking.name] = position
        return found

    def keys_at(self, name: str, rank: int) -> Iterator[str]:
        """Yield the keys of those who stand at a rank, of any partition: those who surely stand there first, then by key."""
        for ranking in self.ranked:
            if ranking.name == name:
                first, last, possible = (sql.column(part, ranking.table) for part in ("first", "last", "last possible"))
                key = sql.column(KEY, self.table)
                query = self._beside(ranking).select(key).where(first <= rank, last >= rank).order_by(possible, key)
                cursor = self.connection.cursor().execute(sql.printed(query))
                while row := cursor.fetchone():
                    yield row[0]

    def _beside(self, ranking: Ranked) -> exp.Select:
        same_row = sql.equal(sql.column(ROW, self.table), sql.column(ROW, ranking.table))
        return exp.select().from_(sql.table(self.table)).join(sql.table(ranking.table), on=same_row)


def position_of(cells: Sequence[Any]) -> Position | None:
    """Return the position whose parts stand in these cells; ``None`` for who has none."""
    first, last, last_possible, count, held_before, held_before_last, held, maybe = cells
    if first is None:
        return None
    before, before_last = (None if held is None else _share(part, held) for part in (held_before, held_before_last))
    return Position(first, last, last_possible, count, before, before_last, maybe)


def _share(part: int, whole: int) -> Decimal:
    return SHARES.divide(Decimal(part), Decimal(whole)) if whole else Decimal(0)
