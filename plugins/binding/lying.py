"""Facts that need not be brought: each is a column of one table of a server, and every value there fits, as the server itself tells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from sqlglot import exp

from tierwise.core.types import NumberType
from tierwise.plugins.binding.fact_supply import Supply, supply_stored
from tierwise.plugins.binding.fit import fitting
from tierwise.plugins.binding.joined_rows import fact_columns
from tierwise.plugins.binding.layout import BoundColumn, Layout
from tierwise.plugins.binding.written import PLAIN_FORMAT
from tierwise.plugins.data_source import Column, SourceTable
from tierwise.plugins.facts import Lying, StoredNumbers, canonical_type
from tierwise.plugins.sql import NULL, alias, cast, column, identifier, select

__all__ = ["ROW_ID", "Server", "lying_facts"]

ROW_ID = "id as stored"
OPEN_SCALE = 18  # digits after the point with which numbers of a column without a scale are looked at


class Server(Protocol):
    """What a source may have as ``server``: where its tables are, and what can be asked there. It tells of one state of them."""

    @property
    def state(self) -> str:
        """What others read the same state by."""

    def named(self, table: SourceTable) -> exp.Table | None:
        """Return how a query there names a table; ``None`` of what is none, such as a view."""

    def stored_type(self, table: SourceTable, column: Column) -> str:
        """Return what DuckDB calls the type of a column there, empty where it has none that means the same."""

    def says(self, tree: exp.Expr) -> bool:
        """Say whether an expression can be spelled there."""

    def ask(self, query: exp.Select) -> Sequence[object]:
        """Return the one row of a query."""

    def are_plain(self, table: SourceTable, key: Column, name: Column | None) -> bool:
        """Say whether every row has a key of its own, written as people write ids, and none looks like a total."""


def lying_facts(server: Server, layout: Layout) -> tuple[Lying, list[Supply]] | None:
    """Return how the facts are read where they lie, and what supplies them; ``None`` where they must be brought to be looked at.

    So there is nothing to be found about the data: where there may be, it is brought as ever, and found as ever.
    """
    table = server.named(layout.table)
    is_plain = not (layout.where or layout.groups or layout.lineage or layout.last_run)
    if table is None or not is_plain or not layout.columns or not server.stored_type(layout.table, layout.key):
        return None
    supplies = [_supply(server, layout, bound) for bound in layout.columns]
    known = [supply for supply in supplies if supply is not None and supply.fit is not None and supply.proved is not None]
    if len(known) < len(supplies) or not all(server.says(tree) for supply in known for tree in _trees(supply)):
        return None
    if not server.are_plain(layout.table, layout.key, layout.name):
        return None
    fits = {supply.fact.name: supply.fit for supply in known if supply.fit is not None}
    fit, whole = fitting(server.ask, table, fits)
    if len(fit) < len(fits):
        return None
    proved = [supply.proved for supply in known if supply.proved is not None]
    return Lying(*_query(table, layout, proved), server.state, whole), proved


def _supply(server: Server, layout: Layout, bound: BoundColumn) -> Supply | None:
    """Return what a column supplies that is read as it stands."""
    if not isinstance(bound.cell, exp.Column) or bound.form != PLAIN_FORMAT or bound.rounded or bound.values:
        return None
    found = layout.table.column(bound.cell.name)
    stored = server.stored_type(layout.table, found) if found else ""
    if not stored or (isinstance(bound.fact.type, NumberType) and (bound.fact.type.scale or 0) >= OPEN_SCALE):
        return None
    return supply_stored(bound.fact, bound.cell.copy(), stored, {}, (layout.table.name, bound.shown), bound.empty)


def _trees(supply: Supply) -> list[exp.Expr]:
    assert supply.fit is not None and supply.proved is not None
    return [supply.fit.holds, supply.proved.value, *([] if supply.proved.none is None else [supply.proved.none])]


def _query(table: exp.Table, layout: Layout, supplies: Sequence[Supply]) -> tuple[exp.Select, dict[str, StoredNumbers]]:
    """Return the query of the facts, and which of them are numbers that can be compared as they are stored. Texts are compared by their signs."""
    columns, numbers = fact_columns(supplies), dict[str, StoredNumbers]()
    name = NULL if layout.name is None else column(layout.name.name)
    cells = [alias(_by_signs(cast(column(layout.key.name), "VARCHAR")), "key"), alias(_by_signs(cast(name, "VARCHAR")), "name")]
    cells.append(alias(column(layout.key.name), ROW_ID))
    for supply in supplies:
        assert supply.fit is not None
        is_text = canonical_type(supply.fact.type) == "VARCHAR"
        cells.append(alias(_by_signs(supply.value) if is_text else supply.value, columns[supply.fact.name]))
        cells += [] if supply.none is None else [alias(supply.none, f"{columns[supply.fact.name]}__none")]
        if supply.fit.are_floats is False:
            numbers[supply.fact.name] = StoredNumbers(f"{supply.fact.name} as stored", are_floats=False)
            cells.append(alias(supply.fit.raw.copy(), numbers[supply.fact.name].column))
    return select(*cells, source=table.copy()), numbers


def _by_signs(text: exp.Expr) -> exp.Expr:
    return exp.Collate(this=exp.paren(text, copy=False), expression=identifier("C"))
