"""From an open database and a plan to a ``FactTable``: the way in, step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from sqlglot import exp

from tierwise.core.plan import Plan
from tierwise.plugins.binding.data_findings import find_bad_values
from tierwise.plugins.binding.layout import Layout, lay_out
from tierwise.plugins.binding.model import Binding
from tierwise.plugins.binding.sql import cast, column, identifier, null
from tierwise.plugins.binding.subject_rows import make_keys
from tierwise.plugins.binding.supply import Supply, supply_stored
from tierwise.plugins.duckdb_connection import readable
from tierwise.plugins.facts import FactTable
from tierwise.plugins.source import Source

__all__ = ["bind"]

ROWS, KEYED, ENTERED, FACTS = "tierwise_rows", "tierwise_keyed", "tierwise_entered", "tierwise_facts"


def bind(source: Source, plan: Plan, binding: Binding | None = None, as_of: date | None = None) -> FactTable:
    """Bring the facts of all subjects of a database into a ``FactTable``.

    Args:
        source: The open database; it must stay open while the table is used.
        plan: The policy; only its facts are looked at.
        binding: Where facts come from; columns of the subject's table that are called like a fact bind by themselves.
        as_of: The date of the run, for windows.

    Raises:
        DataError: The database cannot be read, or lacks a table or column.
        PolicyError: A cell or expression of the binding is wrong.
    """
    layout = lay_out(source, plan, binding, as_of)
    source.supply(ROWS, layout.row_query())
    with readable(source.location):
        types = _types(source, ROWS)
        findings = make_keys(source.connection, ROWS, KEYED, types["id"], (layout.table.name, layout.key.name), layout.key.key == 1)
        supplies = _column_supplies(layout, types)
        _make_entered(source, types, supplies)
        columns = _make_facts(source, supplies)
        findings += find_bad_values(source.connection, ENTERED, supplies)
    facts = {supply.fact.name: supply.fact for supply in supplies}
    return FactTable(source.connection, FACTS, facts, columns, source.location, tuple(findings))


def _types(source: Source, relation: str) -> Mapping[str, str]:
    found = source.connection.execute(f"DESCRIBE {identifier(relation).sql('duckdb')}").fetchall()
    return {name: str(type) for name, type, *_ in found}


def _column_supplies(layout: Layout, types: Mapping[str, str]) -> list[Supply]:
    return [
        supply_stored(c.fact, column(c.alias, "s"), types[c.alias], c.values, (layout.table.name, c.shown), c.empty) for c in layout.columns
    ]


def _make_entered(source: Source, types: Mapping[str, str], supplies: Sequence[Supply]) -> None:
    name = cast(column("name", "s"), "VARCHAR") if "name" in types else cast(null(), "VARCHAR")
    cells = [exp.alias_(column("key", "s"), "key", quoted=True), exp.alias_(name, "name", quoted=True)]
    for i, supply in enumerate(supplies):
        parts = {"value": supply.value, "none": supply.none, "problem": supply.problem, "stored": supply.stored}
        cells += [exp.alias_(part, f"{word}{i}", quoted=True) for word, part in parts.items() if part is not None]
    query = exp.select(*cells).from_(exp.Table(this=identifier(KEYED), alias=exp.TableAlias(this=identifier("s"))))
    _view(source, ENTERED, query)


def _make_facts(source: Source, supplies: Sequence[Supply]) -> Mapping[str, str]:
    cells: list[exp.Expr] = [column("key"), column("name")]
    columns: dict[str, str] = {}
    taken = {"key", "name"}
    for i, supply in enumerate(supplies):
        word = supply.fact.name
        while word.casefold() in taken:
            word += "_"
        taken |= {word.casefold(), f"{word}__none".casefold()}
        columns[supply.fact.name] = word
        cells.append(exp.alias_(column(f"value{i}"), word, quoted=True))
        if supply.none is not None:
            cells.append(exp.alias_(column(f"none{i}"), f"{word}__none", quoted=True))
    _view(source, FACTS, exp.select(*cells).from_(exp.Table(this=identifier(ENTERED))))
    return columns


def _view(source: Source, name: str, query: exp.Query) -> None:
    source.connection.execute(f"CREATE OR REPLACE VIEW {identifier(name).sql('duckdb')} AS {query.sql('duckdb')}")
