"""From an open database and a plan to a ``FactTable``: the way in, step by step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from functools import partial

from sqlglot import exp

from tierwise.core.plan import Plan
from tierwise.plugins.binding.aggregates import supply_aggregate
from tierwise.plugins.binding.data_findings import find_bad_values
from tierwise.plugins.binding.groups import RowGroup
from tierwise.plugins.binding.layout import Layout, lay_out
from tierwise.plugins.binding.model import Binding
from tierwise.plugins.binding.sql import (
    alias,
    any_of,
    call,
    cast,
    column,
    equal,
    identifier,
    is_null,
    not_null,
    null,
    select,
    subquery,
    whole,
)
from tierwise.plugins.binding.subject_rows import make_keys
from tierwise.plugins.binding.supply import Supply, supply_stored
from tierwise.plugins.duckdb_connection import readable
from tierwise.plugins.facts import DataFinding, FactTable, none_when_absent
from tierwise.plugins.source import Source

__all__ = ["bind"]

ROWS, KEYED, ENTERED, FACTS = "tierwise_rows", "tierwise_keyed", "tierwise_entered", "tierwise_facts"
GROUP, TIED = "tierwise_group", "_tied"


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
    while any(source.load(table, columns) for table, columns in layout.reads().items()):
        layout = lay_out(source, plan, binding, as_of)  # a column is of another type than its first rows
    with readable(source.location):
        _make(source, ROWS, layout.row_query(), keep=False)
        types = _types(source, ROWS)
        findings = make_keys(source.connection, ROWS, KEYED, types["id"], (layout.table.name, layout.key.name), layout.key.key == 1)
        supplies = _column_supplies(layout, types)
        for number, group in enumerate(layout.groups):
            supplies += _group_supplies(source, group, f"{GROUP}{number}")
            findings += _find_orphans(source, layout, group, f"{GROUP}{number}")
        # Kept as a table unless it is plain columns: those may be many, and are quick to read again.
        keep = bool(layout.groups)
        _make_entered(source, layout, types, supplies, keep)
        columns = _make_facts(source, supplies, keep)
        findings += find_bad_values(source.connection, ENTERED, supplies, partial(_joined, layout, supplies))
        if keep:
            source.connection.execute(f"DROP TABLE {ENTERED}")
    facts = {supply.fact.name: supply.fact for supply in supplies}
    return FactTable(source.connection, FACTS, facts, columns, source.location, tuple(findings), none_when_absent(plan, facts))


def _types(source: Source, relation: str) -> Mapping[str, str]:
    found = source.connection.execute(f"DESCRIBE {identifier(relation).sql('duckdb')}").fetchall()
    return {name: str(type) for name, type, *_ in found}


def _column_supplies(layout: Layout, types: Mapping[str, str]) -> list[Supply]:
    return [supply_stored(c.fact, column(c.alias), types[c.alias], c.values, (layout.table.name, c.shown), c.empty) for c in layout.columns]


def _group_supplies(source: Source, group: RowGroup, relation: str) -> list[Supply]:
    _make(source, relation, group.query(source), keep=True)
    if tied := group.tied_query(source, relation):
        _make(source, f"{relation}{TIED}", tied, keep=True)
    types = _types(source, relation)
    return [supply_aggregate(bound, types) for bound in group.aggregates]


def _find_orphans(source: Source, layout: Layout, group: RowGroup, relation: str) -> list[DataFinding]:
    """Find rows that belong to no subject; not looked for when a condition leaves subjects out."""
    if layout.where is not None:
        return []
    known = exp.select(column("id")).from_(exp.Table(this=identifier(KEYED))).where(not_null(column("id")))
    lost = any_of(is_null(column("id")), exp.Not(this=exp.In(this=column("id"), query=known.subquery())))
    example = call("min", column("id"), whole(3))
    query = exp.select(exp.Sum(this=cast(column("all_rows"), "BIGINT")), example).from_(exp.Table(this=identifier(relation))).where(lost)
    count, ids = source.connection.execute(query.sql("duckdb")).fetchall()[0]
    if not count:
        return []
    table, key = (group.between or group.child).name, group.key.name
    message = f"{count} rows of `{group.child.name}` belong to no row of `{layout.table.name}`: they are not counted"
    return [DataFinding("orphan-rows", message, int(count), "", table, key, tuple((str(id), "") for id in ids or ()))]


def _make_entered(source: Source, layout: Layout, types: Mapping[str, str], supplies: Sequence[Supply], keep: bool) -> None:
    name = cast(column("name"), "VARCHAR") if "name" in types else cast(null(), "VARCHAR")
    cells = [column("key"), alias(name, "name")]
    for i, supply in enumerate(supplies):
        parts = {"value": supply.value, "none": supply.none, "problem": supply.problem}
        cells += [alias(part, f"{word}{i}") for word, part in parts.items() if part is not None]
    _make(source, ENTERED, _joined(layout, supplies, cells), keep)


def _joined(layout: Layout, supplies: Sequence[Supply], cells: Sequence[exp.Expr]) -> exp.Select:
    """Return a query over the rows of the subjects, each with the aggregates of its child rows, and what the supplies compute once."""
    relations = dict(_group_relations(layout))
    named = _used(cells, (supply.named for supply in supplies))
    readings = _used(named, (supply.readings for supply in supplies))
    kept = [exp.Column(this=exp.Star(except_=[identifier(n) for n in left]), table=identifier(name)) for name, left in relations.items()]
    every = exp.Column(this=exp.Star(), table=identifier("s"))
    rows = select(every, *kept, *readings, source=exp.Table(this=identifier(KEYED), alias=exp.TableAlias(this=identifier("s"))))
    for name in relations:
        rows.append("joins", exp.Join(this=exp.Table(this=identifier(name)), on=equal(column("id", name), column("id", "s")), side="LEFT"))
    if readings:
        rows = select(exp.Star(), *named, source=subquery(rows, "rows"))
    else:
        rows.set("expressions", [*rows.expressions, *named])
    return select(*cells, source=subquery(rows, "rows"))


def _used(cells: Iterable[exp.Expr], named: Iterable[Mapping[str, exp.Expr]]) -> list[exp.Expr]:
    """Return those of the named expressions that cells use."""
    used = {found.name for cell in cells for found in cell.find_all(exp.Column)}
    return [alias(cell, name) for some in named for name, cell in some.items() if name in used]


def _group_relations(layout: Layout) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the relations of the child rows, and which of their columns are not for the facts."""
    for number, group in enumerate(layout.groups):
        yield f"{GROUP}{number}", ("id", "all_rows")
        if group.asks_again:
            yield f"{GROUP}{number}{TIED}", ("id",)


def _make_facts(source: Source, supplies: Sequence[Supply], keep: bool) -> Mapping[str, str]:
    cells: list[exp.Expr] = [column("key"), column("name")]
    columns: dict[str, str] = {}
    taken = {"key", "name"}
    for i, supply in enumerate(supplies):
        word = supply.fact.name
        while word.casefold() in taken:
            word += "_"
        taken |= {word.casefold(), f"{word}__none".casefold()}
        columns[supply.fact.name] = word
        cells.append(alias(column(f"value{i}"), word))
        if supply.none is not None:
            cells.append(alias(column(f"none{i}"), f"{word}__none"))
    _make(source, FACTS, select(*cells, source=exp.Table(this=identifier(ENTERED))), keep)
    return columns


def _make(source: Source, name: str, query: exp.Query, keep: bool) -> None:
    what = "TABLE" if keep else "VIEW"
    source.connection.execute(f"CREATE OR REPLACE {what} {identifier(name).sql('duckdb')} AS {query.sql('duckdb')}")
