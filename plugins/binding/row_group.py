"""The rows of one child table, grouped by subject: the query of all their aggregates, so that the table is read once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from sqlglot import exp

from tierwise.plugins.binding.aggregates import FIRSTS, BoundAggregate, is_tied, source_cells, tied_cells, tied_values
from tierwise.plugins.binding.conditions import Layer
from tierwise.plugins.binding.entry.enter_words import as_id
from tierwise.plugins.binding.entry.entered import is_mixed
from tierwise.plugins.binding.lineage import LINEAGE, PAIRS, Way
from tierwise.plugins.binding.room import Room, Whereabouts
from tierwise.plugins.binding.row_scope import RowColumn
from tierwise.plugins.data_source import Column, SourceTable
from tierwise.plugins.sql import (
    NULL,
    alias,
    all_of,
    any_of,
    call,
    case,
    cast,
    column,
    concat,
    equal,
    identifier,
    integer,
    is_known,
    is_null,
    select,
    subquery,
    text,
)

__all__ = ["BETWEEN", "CHILD", "RELATED", "RowGroup"]

CHILD, BETWEEN, READ, TYPED, TESTED, RELATED = "c", "v", "w", "t", "r", "related"
FIRST_ROWS = 10_000
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
        subject_key: The column with the subject's id where the table between is the subjects' own.
        points: The rows of the table between point to the child's, as a contact to its account, or an order to its product, and not the other
            way round; it is found out from the rows when the query is made.
    """

    child: SourceTable
    between: SourceTable | None
    links: tuple[tuple[Column, Column], ...]
    key: Column | None
    columns: dict[str, RowColumn]
    way: Way | None = None
    subject_key: Column | None = None
    points: bool = False
    readings: Layer = field(default_factory=lambda: Layer(READ))
    typed: Layer = field(default_factory=lambda: Layer(TYPED))
    tested: Layer = field(default_factory=lambda: Layer(TESTED))
    aggregates: list[BoundAggregate] = field(default_factory=list)

    def query(self, room: Room) -> exp.Query:
        """Return the query: ``id``, ``all_rows`` and the cells of each aggregate, one row an id.

        Four layers: values by the way they are written, these read as their types, tests on them, aggregates.
        """
        self.points = self._points(room)
        return self._aggregated(room.source, {"all_rows": exp.Count(this=exp.Star()), **self._cells(source_cells)})

    def given(self) -> tuple[str, ...]:
        """Return the columns of the query that are for the facts."""
        return tuple(self._cells(source_cells))

    def given_again(self) -> tuple[str, ...]:
        """Return the columns of the second query that are for the facts."""
        return tuple(f"d{bound.position}" for bound in self.aggregates if tied_cells(bound))

    @property
    def asks_again(self) -> bool:
        """Whether there is a second query."""
        return any(tied_cells(bound) for bound in self.aggregates)

    def tied_query(self, room: Room, relation: str) -> exp.Query | None:
        """Return the query of what is asked again of ids whose first row may be one of several; ``None`` when nothing is.

        Args:
            room: Where the rows are.
            relation: What ``query`` gave.
        """
        if not self.asks_again:
            return None
        fronts = [bound for bound in self.aggregates if tied_cells(bound)]
        tied = any_of(*(is_tied(bound) for bound in fronts))
        first = [column("id"), *(column(f"k{bound.position}") for bound in fronts)]
        firsts = select(*first, source=exp.Table(this=identifier(relation))).where(tied, copy=False)
        cells = self._cells(tied_cells)
        pairs = subquery(self._aggregated(room.source, cells, firsts), "pairs")
        return select(column("id"), *(alias(tied_values(bound), f"d{bound.position}") for bound in fronts), source=pairs)

    def _cells(self, of: Callable[[BoundAggregate], Mapping[str, exp.Expr]]) -> dict[str, exp.Expr]:
        return {name: cell for bound in self.aggregates for name, cell in of(bound).items()}

    def _aggregated(self, source: Whereabouts, cells: Mapping[str, exp.Expr], firsts: exp.Select | None = None) -> exp.Select:
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
            # whoever points to no row is kept, to be found; and else a row that is nobody's
            rows.append("joins", exp.Join(this=_aliased(source, self.between, BETWEEN), on=on, side="RIGHT" if self.points else "LEFT"))
        if self.way is not None:
            relation, theirs, _ = WHOSE[self.way]
            related = exp.Table(this=identifier(relation), alias=exp.TableAlias(this=identifier(RELATED)))
            rows.append("joins", exp.Join(this=related, on=equal(column(theirs, RELATED), whose.copy()), side="LEFT"))
        if firsts is not None:
            ids = select(column("id"), source=subquery(firsts.copy(), FIRSTS))
            rows = rows.where(exp.In(this=id.copy(), query=exp.Subquery(this=ids)), copy=False)
        typed = select(alias(column("id", READ), "id"), *_named(self.typed.cells), source=subquery(rows, READ))
        tested = select(alias(column("id", TYPED), "id"), *_named(self.tested.cells), source=subquery(typed, TYPED))
        aggregated = select(column("id", TESTED), *_named(cells), source=subquery(tested, TESTED))
        if firsts is not None:
            same = equal(column("id", FIRSTS), column("id", TESTED))
            aggregated.append("joins", exp.Join(this=subquery(firsts, FIRSTS), on=same))
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

    def dangling(self, source: Whereabouts) -> exp.Expr | None:
        """Return, of a row of the table between that points to none, what it names, perhaps an empty text; NULL of any other row.

        It is ``None`` where there is no table between.
        """
        if self.between is None:
            return None
        named = [as_id(column(b.name, BETWEEN), source.type_of(self.between.name, b)) for _, b in self.links]
        nowhere = all_of(*(is_null(column(c.name, CHILD)) for c, _ in self.links))
        shown = concat(*(part for name in named for part in (text(" "), name)))
        return case((nowhere, call("coalesce", call("trim", shown), text(""))))

    def _points(self, room: Room) -> bool:
        """Say which way the links lead: to where the values are the key."""
        if self.between is None or not _is_key(room, self.child, [c for c, _ in self.links]):
            return False
        if self.subject_key is not None:
            return [b for _, b in self.links] != [self.subject_key]
        return not _is_key(room, self.between, [b for _, b in self.links])

    def _same(self, source: Whereabouts, child: Column, between: Column) -> exp.Expr:
        assert self.between is not None
        types = source.type_of(self.child.name, child), source.type_of(self.between.name, between)
        left, right = column(child.name, CHILD), column(between.name, BETWEEN)
        if types[0] == types[1] and types[0] != "VARCHAR" and not is_mixed(types[0]):
            return left.eq(right)
        return as_id(left, types[0]).eq(as_id(right, types[1]))


def _named(cells: Mapping[str, exp.Expr]) -> Iterator[exp.Expr]:
    return (alias(cell, name) for name, cell in cells.items())


def _is_key(room: Room, table: SourceTable, columns: Sequence[Column]) -> bool:
    """Say whether no two rows of a table agree in columns; to find two that do, the first rows are enough as a rule."""
    if len(columns) == 1 and columns[0].key == 1 and sum(bool(c.key) for c in table.columns) == 1:
        return True
    cells = [as_id(column(c.name), room.source.type_of(table.name, c)) for c in columns]
    known = select(*(alias(cell, f"k{i}") for i, cell in enumerate(cells)), source=room.source.named(table.name))
    known = known.where(all_of(*(is_known(cell.copy()) for cell in cells)), copy=False)
    keys = [column(f"k{i}") for i in range(len(cells))]
    for rows in (known.copy().limit(FIRST_ROWS), known):
        many = exp.GT(this=exp.Count(this=exp.Star()), expression=integer(1))
        twice = select(integer(1), source=subquery(rows, "rows")).group_by(*keys, copy=False).having(many, copy=False).limit(1)
        if room.rows(twice):
            return False
    return True


def _aliased(source: Whereabouts, table: SourceTable, alias: str) -> exp.Table:
    named = source.named(table.name)
    named.set("alias", exp.TableAlias(this=identifier(alias)))
    return named
