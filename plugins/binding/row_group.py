"""The rows of one child table, grouped by subject: the query of all their aggregates, so that the table is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from sqlglot import exp

from tierwise.plugins.binding.aggregates import BoundAggregate, is_tied, source_cells, tied_cells, tied_values
from tierwise.plugins.binding.entry.mixed import is_mixed
from tierwise.plugins.binding.entry.words import as_id
from tierwise.plugins.binding.layer import Layer
from tierwise.plugins.binding.lineage import LINEAGE, PAIRS, Way
from tierwise.plugins.binding.scope import RowColumn
from tierwise.plugins.source import Column, Source, SourceTable
from tierwise.plugins.sql import NULL, alias, all_of, any_of, call, cast, column, equal, identifier, select, subquery

__all__ = ["BETWEEN", "CHILD", "RELATED", "RowGroup"]

CHILD, BETWEEN, READ, TYPED, TESTED, RELATED = "c", "v", "w", "t", "r", "related"
WHOSE: Mapping[Way, tuple[str, str, str]] = {
    Way.UP: (PAIRS, "above", "id"),
    Way.DOWN: (PAIRS, "id", "above"),
    Way.GROUP: (LINEAGE, "id", "top"),
}
"""The relation that says for whom the rows of a subject's relatives count, its column with whose they are, and with for whom."""


@dataclass
class RowGroup:
    """The aggregates over the rows of one child table, grouped by one key.

    Attributes:
        links: For a table between: columns of the child and of it that must be equal.
        key: The column with the subject's id, in the child table or the one between; ``None`` when every row counts for every subject.
        way: For whom a row counts, when not for the subject whose it is.
    """

    child: SourceTable
    between: SourceTable | None
    links: tuple[tuple[Column, Column], ...]
    key: Column | None
    columns: dict[str, RowColumn]
    way: Way | None = None
    readings: Layer = field(default_factory=lambda: Layer(READ))
    typed: Layer = field(default_factory=lambda: Layer(TYPED))
    tested: Layer = field(default_factory=lambda: Layer(TESTED))
    aggregates: list[BoundAggregate] = field(default_factory=list)

    def query(self, source: Source) -> exp.Query:
        """Return the query: ``id``, ``all_rows`` and the cells of each aggregate, one row an id.

        Four layers: values by the way they are written, these read as their types, tests on them, aggregates.
        """
        return self._aggregated(source, {"all_rows": exp.Count(this=exp.Star()), **self._cells(source_cells)})

    @property
    def asks_again(self) -> bool:
        """Whether there is a second query."""
        return any(tied_cells(bound) for bound in self.aggregates)

    def tied_query(self, source: Source, relation: str) -> exp.Query | None:
        """Return the query of what is asked again of ids whose first row may be one of several; ``None`` when nothing is.

        Args:
            source: The database.
            relation: What ``query`` gave.
        """
        if not self.asks_again:
            return None
        fronts = [bound for bound in self.aggregates if tied_cells(bound)]
        tied = any_of(*(is_tied(bound) for bound in fronts))
        ids = select(column("id"), source=exp.Table(this=identifier(relation))).where(tied, copy=False)
        pairs = subquery(self._aggregated(source, self._cells(tied_cells), ids), "pairs")
        return select(column("id"), *(alias(tied_values(bound), f"d{bound.position}") for bound in fronts), source=pairs)

    def _cells(self, of: Callable[[BoundAggregate], Mapping[str, exp.Expr]]) -> dict[str, exp.Expr]:
        return {name: cell for bound in self.aggregates for name, cell in of(bound).items()}

    def _aggregated(self, source: Source, cells: Mapping[str, exp.Expr], ids: exp.Select | None = None) -> exp.Select:
        owner = BETWEEN if self.between else CHILD
        id: exp.Expr = cast(NULL, "VARCHAR")
        if self.key is not None:
            id = as_id(column(self.key.name, owner), source.type_of((self.between or self.child).name, self.key))
        whose = id
        if self.way is not None:  # a row that is nobody's is kept, to be found
            id = call("coalesce", column(WHOSE[self.way][2], RELATED), id)
        rows = select(alias(id, "id"), *_named(self.readings.cells), source=_aliased(source, self.child, CHILD))
        if self.between is not None:
            on = all_of(*(self._same(source, child, between) for child, between in self.links))
            rows.append("joins", exp.Join(this=_aliased(source, self.between, BETWEEN), on=on, side="LEFT"))
        if self.way is not None:
            relation, theirs, _ = WHOSE[self.way]
            related = exp.Table(this=identifier(relation), alias=exp.TableAlias(this=identifier(RELATED)))
            rows.append("joins", exp.Join(this=related, on=equal(column(theirs, RELATED), whose.copy()), side="LEFT"))
        if ids is not None:
            rows = rows.where(exp.In(this=id.copy(), query=exp.Subquery(this=ids)), copy=False)
        typed = select(alias(column("id", READ), "id"), *_named(self.typed.cells), source=subquery(rows, READ))
        tested = select(alias(column("id", TYPED), "id"), *_named(self.tested.cells), source=subquery(typed, TYPED))
        aggregated = select(column("id", TESTED), *_named(cells), source=subquery(tested, TESTED))
        return aggregated.group_by(column("id", TESTED), copy=False)

    def reads(self) -> Mapping[str, set[str]]:
        """Return the columns that the query reads, by table."""
        owners = {CHILD: self.child.name, **({BETWEEN: self.between.name} if self.between else {})}
        places = [(owner, c.name) for pair in self.links for owner, c in zip((CHILD, BETWEEN), pair, strict=True)]
        if self.key is not None:
            places.append((BETWEEN if self.between else CHILD, self.key.name))
        places += [(found.table, found.name) for cell in self.readings.cells.values() for found in cell.find_all(exp.Column)]
        read: dict[str, set[str]] = {}
        for owner, name in places:
            if owner != RELATED:
                read.setdefault(owners[owner], set()).add(name)
        return read

    def _same(self, source: Source, child: Column, between: Column) -> exp.Expr:
        assert self.between is not None
        types = source.type_of(self.child.name, child), source.type_of(self.between.name, between)
        left, right = column(child.name, CHILD), column(between.name, BETWEEN)
        if types[0] == types[1] and types[0] != "VARCHAR" and not is_mixed(types[0]):
            return left.eq(right)
        return as_id(left, types[0]).eq(as_id(right, types[1]))


def _named(cells: Mapping[str, exp.Expr]) -> Iterator[exp.Expr]:
    return (alias(cell, name) for name, cell in cells.items())


def _aliased(source: Source, table: SourceTable, alias: str) -> exp.Table:
    named = source.named(table.name)
    named.set("alias", exp.TableAlias(this=identifier(alias)))
    return named
