"""From an open database and a plan to a ``FactTable``: the way in, step by step."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import cache, partial
from types import TracebackType
from typing import Self

from sqlglot import exp

from tierwise.core.plan import Plan
from tierwise.plugins.binding.aggregates import supply_aggregate
from tierwise.plugins.binding.binding_file import Binding
from tierwise.plugins.binding.data_findings import find_bad_values, keep_problems, stored_values
from tierwise.plugins.binding.entry.enter_numbers import WHOLE_TYPES
from tierwise.plugins.binding.entry.enter_words import as_id
from tierwise.plugins.binding.fact_supply import Supply, supply_stored
from tierwise.plugins.binding.fit import count_unfit
from tierwise.plugins.binding.heading_units import conversion
from tierwise.plugins.binding.joined_rows import GROUP, KEYED, TIED, fact_cells, fact_columns, joined_rows, problem_column
from tierwise.plugins.binding.last_run import bring_last_run
from tierwise.plugins.binding.layout import BoundColumn, Layout, is_called_parent, lay_out
from tierwise.plugins.binding.lying import lying_facts
from tierwise.plugins.binding.row_group import RowGroup
from tierwise.plugins.binding.subject_rows import find_odd_ids, find_totals, make_keys
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import ROW_NUMBER, Source
from tierwise.plugins.duckdb_connection import readable
from tierwise.plugins.facts import PROBLEMS, FactTable, Lying, Stored, StoredNumbers, none_when_absent
from tierwise.plugins.sql import (
    NULL,
    alias,
    any_of,
    call,
    cast,
    column,
    identifier,
    integer,
    is_known,
    is_null,
    negate,
    select,
    struct,
    subquery,
    text,
)

__all__ = ["Loading", "TypesChanged", "bind"]

ROWS, FACTS, AS_STORED = "tierwise_rows", "tierwise_facts", "tierwise_facts_as_stored"
STORED_ID = "id as stored"


def bind(source: Source, plan: Plan, binding: Binding | None = None, as_of: date | None = None, ledger: str | None = None) -> FactTable:
    """Bring the facts of all subjects of a database into a ``FactTable``.

    Args:
        source: The open database; it must stay open while the table is used.
        plan: The policy; only its facts are looked at.
        binding: Where facts come from; columns of the subject's table that are called like a fact bind by themselves.
        as_of: The date of the run, for windows and for what the last run is.
        ledger: The file of saved runs, for facts that come from the last one.

    Raises:
        DataError: The database cannot be read, or lacks a table or column.
        PolicyError: A cell or expression of the binding is wrong.
    """
    made: dict[str, str] = {}
    last_run = bring_last_run(source.connection, ledger, plan, binding, as_of) if binding else None
    while True:
        layout = lay_out(source, plan, binding, as_of, last_run)
        if (server := getattr(source, "server", None)) is not None and (found := lying_facts(server, layout)) is not None:
            return _lying(source, plan, layout, *found)
        with Loading(source, layout.reads()) as loading:
            try:
                return _bound(source, plan, layout, loading, made)
            except TypesChanged:  # a column is of another type than its first rows
                continue


def _bound(source: Source, plan: Plan, layout: Layout, loading: Loading, made: dict[str, str]) -> FactTable:
    """Bind what has been laid out; ``made`` holds the queries of the aggregates that an attempt before has made, by name."""
    loading.await_tables([layout.table.name])
    with readable(source.location):
        _make(source, ROWS, layout.row_query(), keep=False)
        types = _types(source, ROWS)
        findings = make_keys(source.connection, ROWS, KEYED, types["id"], (layout.table.name, layout.key.name), layout.key.key == 1)
        are_plain_keys = not findings
        findings += find_totals(source.connection, KEYED, types["id"], _called(layout))
        supplies, whole = _proved(source, _column_supplies(layout, types))
        findings += _find_unknown_parents(source, layout, types)
        if layout.lineage is not None:
            loading.await_tables(layout.lineage.reads())
            findings += layout.lineage.make(source)
        for number, group in enumerate(layout.groups):
            loading.await_tables(group.reads())
            supplies += _group_supplies(source, group, f"{GROUP}{number}", made)
            findings += _find_orphans(source, layout, group, f"{GROUP}{number}")
            findings += _find_odd_ids(source, layout, group)
        if layout.last_run is not None:
            supplies += layout.last_run.supplies()
            findings += layout.last_run.findings(plan.policy)
        columns = fact_columns(supplies)
        numbered = layout.numbered_rows() if are_plain_keys and all(supply.is_proved for supply in supplies) else None
        if numbered is None:
            findings += _make_facts(source, layout, types, supplies, columns)
        findings = list(dict.fromkeys((*layout.findings, *getattr(source, "findings", ()), *findings)))  # several facts may read one table
        facts = {supply.fact.name: supply.fact for supply in supplies}
        none = none_when_absent(plan, facts)
        table = FactTable(source.connection, FACTS, facts, columns, source.location, tuple(findings), none, Stored(whole=whole))
        if any(finding.fact for finding in findings):
            joined = partial(joined_rows, layout, supplies)
            table = replace(table, unread=partial(stored_values, source.connection, supplies, joined, PROBLEMS))
        if numbered is None:
            return table
        return _as_stored(table, numbered, types, supplies, getattr(source, "refuse_changed", table.stored.refuse_changed))


def _lying(source: Source, plan: Plan, layout: Layout, lying: Lying, supplies: Sequence[Supply]) -> FactTable:
    """Return facts that stay where they lie until somebody wants to have them here."""
    facts = {supply.fact.name: supply.fact for supply in supplies}
    findings = tuple(dict.fromkeys((*layout.findings, *getattr(source, "findings", ()))))

    @cache
    def bring() -> None:
        with Loading(source, layout.reads()) as loading:
            _bound(source, plan, layout, loading, {})

    none = none_when_absent(plan, facts)
    stored = Stored(whole=lying.whole)
    return FactTable(
        source.connection, FACTS, facts, fact_columns(supplies), source.location, findings, none, stored, lies=lying, bring=bring
    )


def _called(layout: Layout) -> tuple[str, str, str]:
    """Return the table, the column of the id, and that of the name, empty where there is none."""
    return layout.table.name, layout.key.name, layout.name.name if layout.name else ""


def _proved(source: Source, supplies: Sequence[Supply]) -> tuple[list[Supply], frozenset[str]]:
    """Return supplies, those whose every value fits as columns that are read as they stand; and the facts that none of the rows lacks."""
    fits = [(place, supply.fit) for place, supply in enumerate(supplies) if supply.fit is not None]
    if not fits:
        return list(supplies), frozenset()
    counted = count_unfit(
        lambda query: source.connection.execute(query.sql("duckdb")).fetchall()[0],
        exp.Table(this=identifier(ROWS)),
        [fit for _, fit in fits],
    )
    fitting = {place: found for (place, _), found in zip(fits, counted, strict=True) if not found.unfit}
    whole = frozenset(supplies[place].fact.name for place, found in fitting.items() if not found.absent)
    return [supply.proved or supply if place in fitting else supply for place, supply in enumerate(supplies)], whole


def _types(source: Source, relation: str) -> Mapping[str, str]:
    found = source.connection.execute(f"DESCRIBE {identifier(relation).sql('duckdb')}").fetchall()
    return {name: str(type) for name, type, *_ in found}


def _column_supplies(layout: Layout, types: Mapping[str, str]) -> list[Supply]:
    return [_column_supply(layout, bound, types[bound.alias]) for bound in layout.columns]


def _column_supply(layout: Layout, bound: BoundColumn, raw_type: str) -> Supply:
    rows, place = exp.Table(this=identifier(ROWS)), (layout.table.name, bound.shown)
    done = conversion(bound.shown, bound.form, bound.fact.type) if isinstance(bound.cell, exp.Column) else None
    cell = column(bound.alias)
    return supply_stored(bound.fact, cell, raw_type, bound.values, place, bound.empty, bound.form, rows, bound.rounded, done)


def _group_supplies(source: Source, group: RowGroup, relation: str, made: dict[str, str]) -> list[Supply]:
    _make(source, relation, group.query(source), keep=True, made=made)
    if tied := group.tied_query(source, relation):
        _make(source, f"{relation}{TIED}", tied, keep=True, made=made)
    types = _types(source, relation)
    return [supply_aggregate(bound, types) for bound in group.aggregates]


def _find_orphans(source: Source, layout: Layout, group: RowGroup, relation: str) -> list[DataFinding]:
    """Find rows that belong to no row of the subjects' table, be it one that a condition leaves out; not looked for among rows that subjects point to."""
    if group.key is None or layout.table in (group.child, group.between):
        return []
    id = _stored_id(source, layout)
    known = exp.select(id).from_(source.named(layout.table.name)).where(is_known(id.copy()))
    lost = any_of(is_null(column("id")), exp.Not(this=exp.In(this=column("id"), query=known.subquery())))
    example = call("min", column("id"), integer(3))
    query = exp.select(exp.Sum(this=cast(column("all_rows"), "BIGINT")), example).from_(exp.Table(this=identifier(relation))).where(lost)
    count, ids = source.connection.execute(query.sql("duckdb")).fetchall()[0]
    if not count:
        return []
    table, key = (group.between or group.child).name, group.key.name
    rows, belong, are = ("row", "belongs", "it is") if count == 1 else ("rows", "belong", "they are")
    theirs = group.between if group.between and group.points else group.child
    message = f"{count} {rows} of `{theirs.name}` {belong} to no row of `{layout.table.name}`: {are} not counted"
    return [DataFinding("orphan-rows", message, int(count), "", table, key, tuple((str(id), "") for id in ids or ()))]


def _stored_id(source: Source, layout: Layout) -> exp.Expr:
    """Return the id of a row of the subjects' table itself, whose rows are there also where a condition leaves them out."""
    return as_id(column(layout.key.name), source.type_of(layout.table.name, layout.key))


def _find_unknown_parents(source: Source, layout: Layout, types: Mapping[str, str]) -> list[DataFinding]:
    """Find rows that name one above them which is not there, in a fact called like such a link; a binding that says `parent` finds them itself."""
    id = _stored_id(source, layout)
    findings: list[DataFinding] = []
    for bound in layout.columns if layout.lineage is None else ():
        if not isinstance(bound.cell, exp.Column) or not is_called_parent(bound.shown):
            continue
        up = as_id(column(bound.alias), types[bound.alias])
        there = exp.In(this=up, query=exp.Subquery(this=select(id.copy(), source=source.named(layout.table.name))))
        rows = select(column("key"), alias(up.copy(), "up"), alias(there, "there"), source=exp.Table(this=identifier(KEYED)))
        rows = rows.where(exp.GT(this=up.copy(), expression=text("")), copy=False)
        lost = exp.Where(this=negate(call("coalesce", column("there"), exp.false())))
        shown = exp.Filter(this=call("min", struct(key=column("key"), up=column("up")), integer(3)), expression=lost)
        counted = select(call("count_if", column("there")), exp.Count(this=exp.Star()), shown, source=subquery(rows, "rows"))
        known, all, examples = source.connection.execute(counted.sql("duckdb")).fetchall()[0]
        if known and all > known:  # where none is there it means something else
            message = (
                f"`{layout.table.name}.{bound.shown}` names no row of `{layout.table.name}` for {all - known} row{'s' * (all - known > 1)}"
            )
            told = tuple((str(example["key"]), str(example["up"])) for example in examples)
            findings.append(DataFinding("unknown-parent", message, all - known, bound.fact.name, layout.table.name, bound.shown, told))
    return findings


def _find_odd_ids(source: Source, layout: Layout, group: RowGroup) -> list[DataFinding]:
    """Find ids of rows that are matched as people see them, not as they are written."""
    owner = group.between or group.child
    if group.key is None or owner == layout.table:
        return []
    raw_type = source.type_of(owner.name, group.key)
    return find_odd_ids(source.connection, source.named(owner.name), column(group.key.name), raw_type, (owner.name, group.key.name))


def _as_stored(
    table: FactTable, numbered: exp.Select, types: Mapping[str, str], supplies: Sequence[Supply], refuse_changed: Callable[[], None]
) -> FactTable:
    """Make a view of the facts over the stored columns, in which every value fits: nothing is copied."""
    cells = [alias(as_id(column("id"), types["id"]), "key"), _name(types), *fact_cells(supplies, table.columns), column(ROW_NUMBER)]
    id = STORED_ID if WHOLE_TYPES.match(types["id"]) else ""
    cells += [alias(column("id"), id)] if id else []
    numbers: dict[str, StoredNumbers] = {}
    for fact, fit in ((supply.fact.name, supply.fit) for supply in supplies):
        if fit is not None and fit.are_floats is not None:
            numbers[fact] = StoredNumbers(f"{fact} as stored", fit.are_floats)
            cells.append(alias(fit.raw.copy(), numbers[fact].column))
    query = select(*cells, source=subquery(numbered, "rows"))
    table.connection.execute(f"CREATE OR REPLACE VIEW {AS_STORED} AS {query.sql('duckdb')}")
    stored = Stored(ROW_NUMBER, id, numbers, table.stored.whole, refuse_changed)
    return replace(table, table=AS_STORED, stored=stored)


def _make_facts(
    source: Source, layout: Layout, types: Mapping[str, str], supplies: Sequence[Supply], columns: Mapping[str, str]
) -> list[DataFinding]:
    """Make the table of the facts, and return what is wrong with them."""
    cells = [column("key"), _name(types), *fact_cells(supplies, columns)]
    _make(source, FACTS, joined_rows(layout, supplies, cells), keep=True)
    findings = find_bad_values(source.connection, FACTS, supplies, partial(joined_rows, layout, supplies))
    if findings:
        keep_problems(source.connection, FACTS, supplies, {finding.fact for finding in findings}, PROBLEMS)
    for place in (place for place, supply in enumerate(supplies) if not supply.is_proved):
        source.connection.execute(f"ALTER TABLE {FACTS} DROP COLUMN {identifier(problem_column(place)).sql('duckdb')}")
    return findings


def _name(types: Mapping[str, str]) -> exp.Expr:
    return alias(cast(column("name") if "name" in types else NULL, "VARCHAR"), "name")


def _make(source: Source, name: str, query: exp.Query, keep: bool, made: dict[str, str] | None = None) -> None:
    """Make a table or a view of a query's rows, unless it is among those ``made`` by the same query before."""
    text = query.sql("duckdb")
    if made is not None and made.get(name) == text:
        return
    source.connection.execute(f"CREATE OR REPLACE {'TABLE' if keep else 'VIEW'} {identifier(name).sql('duckdb')} AS {text}")
    if made is not None:
        made[name] = text


class TypesChanged(Exception):
    """A column turned out to be of another type than the queries were written for."""


class Loading:
    """Tables on their way into the source's connection, in the order given.

    Args:
        source: The open database; nothing else may load from it meanwhile.
        reads: Its tables, and the columns of each.
    """

    def __init__(self, source: Source, reads: Mapping[str, Iterable[str]]) -> None:
        self._source = source
        self._thread = ThreadPoolExecutor(1, "tierwise-loading")
        self._loads = {table: self._thread.submit(source.load, table, columns) for table, columns in reads.items()}

    def await_tables(self, tables: Iterable[str]) -> None:
        """Wait until tables are there.

        Raises:
            DataError: One cannot be read.
            TypesChanged: Queries must be written anew. Then all tables are there.
        """
        if any(self._loads[table].result() for table in tables):
            for load in self._loads.values():
                load.result()
            raise TypesChanged

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None and not all(load.done() for load in self._loads.values()):  # nobody waits for the rest
            self._source.stop()
        self._thread.shutdown(cancel_futures=True)
