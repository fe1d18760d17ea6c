"""From an open database and a plan to a ``FactTable``: the way in, step by step."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache, partial

from sqlglot import exp

from tierwise.core.plan import Fact, Plan
from tierwise.plugins.binding.aggregates import supply_aggregate
from tierwise.plugins.binding.binding_file import Binding
from tierwise.plugins.binding.data_findings import PROBLEM_TYPES, find_bad_values, keep_problems, stored_values
from tierwise.plugins.binding.entry.enter_numbers import WHOLE_TYPES
from tierwise.plugins.binding.entry.enter_words import as_id
from tierwise.plugins.binding.fact_supply import Supply, supply_stored
from tierwise.plugins.binding.fit import count_unfit
from tierwise.plugins.binding.heading_units import conversion
from tierwise.plugins.binding.joined_rows import GROUP, KEYED, TIED, fact_cells, fact_columns, joined_rows, problem_column
from tierwise.plugins.binding.last_run import bring_last_run
from tierwise.plugins.binding.layout import BoundColumn, Layout, is_called_parent, lay_out
from tierwise.plugins.binding.room import InDuckdb, Loading, NotSaid, Room, Server, There, TypesChanged
from tierwise.plugins.binding.row_group import RowGroup
from tierwise.plugins.binding.subject_rows import find_odd_ids, find_totals, make_keys
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import ROW_NUMBER, Source
from tierwise.plugins.duckdb_connection import readable
from tierwise.plugins.facts import PROBLEMS, FactTable, Lying, Stored, StoredNumbers, canonical_type, none_when_absent
from tierwise.plugins.sql import (
    NULL,
    alias,
    any_of,
    call,
    cast,
    column,
    count_if,
    identifier,
    integer,
    is_known,
    is_null,
    negate,
    printed,
    select,
    subquery,
    table,
    text,
)

__all__ = ["bind"]

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
    last_run = bring_last_run(source.connection, ledger, plan, binding, as_of) if binding else None
    server: Server | None = source.server() if last_run is None and hasattr(source, "server") else None
    if server is not None:
        try:
            return _bound_there(source, server, plan, binding, as_of)
        except NotSaid:
            server.close()
    made: dict[str, str] = {}
    while True:
        layout = lay_out(source, plan, binding, as_of, last_run)
        with Loading(source, layout.reads()) as loading, readable(source.location):
            try:
                return _bound(InDuckdb(source, loading.await_tables, made), source, plan, layout)
            except TypesChanged:  # a column is of another type than its first rows
                continue


@dataclass(frozen=True, slots=True)
class _Bound:
    """What a room holds once all but the facts themselves is worked out.

    Attributes:
        layout: Where everything comes from.
        types: The columns of the subjects' rows.
        supplies: The facts.
        stored: How they are stored.
        findings: What was found so far.
        are_plain: Every row has a key of its own as it stands, every value fits, and nothing but the rows is read.
    """

    layout: Layout
    types: Mapping[str, str]
    supplies: Sequence[Supply]
    stored: Stored
    findings: list[DataFinding]
    are_plain: bool

    @property
    def facts(self) -> Mapping[str, Fact]:
        return {supply.fact.name: supply.fact for supply in self.supplies}


def _bound(room: InDuckdb, source: Source, plan: Plan, layout: Layout) -> FactTable:
    """Bind what has been laid out in DuckDB."""
    bound = _worked_out(room, plan, layout)
    columns = fact_columns(bound.supplies)
    numbered = layout.numbered_rows() if bound.are_plain else None
    if numbered is None:
        bound.findings.extend(_make_facts(room, bound, columns))
        for place in (place for place, supply in enumerate(bound.supplies) if not supply.is_proved):
            room.connection.execute(f"ALTER TABLE {FACTS} DROP COLUMN {printed(identifier(problem_column(place)))}")
    findings = _told(source, bound)
    none = none_when_absent(plan, bound.facts)
    table = FactTable(source.connection, FACTS, bound.facts, columns, source.location, findings, none, bound.stored)
    table = _with_unread(table, room, bound)
    if numbered is None:
        return table
    return _as_stored(table, room, numbered, bound, getattr(source, "refuse_changed", table.stored.refuse_changed))


def _bound_there(source: Source, server: Server, plan: Plan, binding: Binding | None, as_of: date | None) -> FactTable:
    """Bind where the tables are: nothing but what is told of the data leaves them, and one row a subject once somebody wants it here.

    Raises:
        NotSaid: Something cannot be worked out there.
    """
    room = There(source, server)
    layout = lay_out(room.source, plan, binding, as_of)
    room.expect(layout.reads())
    bound = _worked_out(room, plan, layout)
    columns = fact_columns(bound.supplies)
    types = {"key": "VARCHAR", "name": "VARCHAR"}
    for name, fact in bound.facts.items():
        types |= {columns[name]: canonical_type(fact.type)} | ({f"{columns[name]}__none": "BOOLEAN"} if fact.nullable else {})
    if not all(map(server.holds, types.values())):
        raise NotSaid
    numbers: Mapping[str, StoredNumbers] = {}
    if bound.are_plain:
        query, _, numbers = _stored_query(bound, columns, table(ROWS))
        room.make(FACTS, query, "VIEW")
    else:
        bound.findings.extend(_make_facts(room, bound, columns))
    findings = _told(source, bound)

    @cache
    def bring() -> None:
        server.send(select(*map(column, types), source=table(FACTS)), FACTS, types)
        if any(finding.fact for finding in findings):
            server.send(select(*map(column, PROBLEM_TYPES), source=table(PROBLEMS)), PROBLEMS, PROBLEM_TYPES)

    lies = Lying(server.tables, FACTS, STORED_ID if bound.are_plain else "key", replace(bound.stored, numbers=numbers))
    none = none_when_absent(plan, bound.facts)
    made = FactTable(source.connection, FACTS, bound.facts, columns, source.location, findings, none, bound.stored, lies=lies, bring=bring)
    return _with_unread(made, room, bound)


def _worked_out(room: Room, plan: Plan, layout: Layout) -> _Bound:
    """Make the rows, keys and aggregates of a layout, prove what fits as it stands, and find what is wrong with rows."""
    room.await_tables([layout.table.name])
    room.make(ROWS, layout.row_query(), "VIEW")
    types = room.types(ROWS)
    findings = make_keys(room, ROWS, KEYED, types, (layout.table.name, layout.key.name), layout.key.key == 1)
    are_plain_keys = not findings
    findings += find_totals(room, KEYED, types["id"], _called(layout))
    supplies, whole, lacked = _proved(room, _column_supplies(layout, types))
    findings += _find_unknown_parents(room, layout, types)
    if layout.lineage is not None:
        if not isinstance(room, InDuckdb):
            raise NotSaid
        room.await_tables(layout.lineage.reads())
        findings += layout.lineage.make(room)
    for number, group in enumerate(layout.groups):
        room.await_tables(group.reads())
        supplies += _group_supplies(room, group, f"{GROUP}{number}")
        findings += _find_orphans(room, layout, group, f"{GROUP}{number}")
        findings += _find_odd_ids(room, layout, group)
    if layout.last_run is not None:
        supplies += layout.last_run.supplies()
        findings += layout.last_run.findings(plan.policy)
    is_alone = not (layout.groups or layout.lineage or layout.last_run)
    are_plain = are_plain_keys and is_alone and all(supply.is_proved for supply in supplies)
    return _Bound(layout, types, supplies, Stored(whole=whole, lacked=lacked, has_names="name" in types), findings, are_plain)


def _told(source: Source, bound: _Bound) -> tuple[DataFinding, ...]:
    """Return all that was found, each once: several facts may read one table."""
    return tuple(dict.fromkeys((*bound.layout.findings, *getattr(source, "findings", ()), *bound.findings)))


def _with_unread(table: FactTable, room: Room, bound: _Bound) -> FactTable:
    """Let the table say what stands in the data where it does not fit."""
    if not any(finding.fact for finding in table.findings):
        return table
    joined = partial(joined_rows, bound.layout, bound.supplies)
    return replace(table, unread=partial(stored_values, room, bound.supplies, joined, PROBLEMS))


def _called(layout: Layout) -> tuple[str, str, str]:
    """Return the table, the column of the id, and that of the name, empty where there is none."""
    return layout.table.name, layout.key.name, layout.name.name if layout.name else ""


def _proved(room: Room, supplies: Sequence[Supply]) -> tuple[list[Supply], frozenset[str], frozenset[str]]:
    """Return supplies, those whose every value fits as columns that are read as they stand; the facts that none of the rows lacks, and those that some lack."""
    fits = [(place, supply.fit) for place, supply in enumerate(supplies) if supply.fit is not None]
    if not fits:
        return list(supplies), frozenset(), frozenset()
    counted = count_unfit(room.rows, table(ROWS), [fit for _, fit in fits])
    fitting = {place: found for (place, _), found in zip(fits, counted, strict=True) if not found.unfit}
    whole = frozenset(supplies[place].fact.name for place, found in fitting.items() if not found.absent)
    absent = [supplies[place].fact for place, found in fitting.items() if found.absent]
    lacked = frozenset(fact.name for fact in absent if not fact.nullable and fact.default is None)
    return [supply.proved or supply if place in fitting else supply for place, supply in enumerate(supplies)], whole, lacked


def _column_supplies(layout: Layout, types: Mapping[str, str]) -> list[Supply]:
    return [_column_supply(layout, bound, types[bound.alias]) for bound in layout.columns]


def _column_supply(layout: Layout, bound: BoundColumn, raw_type: str) -> Supply:
    rows, place = exp.Table(this=identifier(ROWS)), (layout.table.name, bound.shown)
    done = conversion(bound.shown, bound.form, bound.fact.type) if isinstance(bound.cell, exp.Column) else None
    cell = column(bound.alias)
    return supply_stored(bound.fact, cell, raw_type, bound.values, place, bound.empty, bound.form, rows, bound.rounded, done)


def _group_supplies(room: Room, group: RowGroup, relation: str) -> list[Supply]:
    room.make_once(relation, group.query(room))
    if tied := group.tied_query(room, relation):
        room.make_once(f"{relation}{TIED}", tied)
    types = room.types(relation)
    return [supply_aggregate(bound, types) for bound in group.aggregates]


def _find_orphans(room: Room, layout: Layout, group: RowGroup, relation: str) -> list[DataFinding]:
    """Find rows that belong to no row of the subjects' table, be it one that a condition leaves out; not looked for among rows that subjects point to."""
    if group.key is None or layout.table in (group.child, group.between):
        return []
    id = _stored_id(room, layout)
    known = exp.select(id).from_(room.source.named(layout.table.name)).where(is_known(id.copy()))
    lost = any_of(is_null(column("id")), exp.Not(this=exp.In(this=column("id"), query=known.subquery())))
    example = call("min", column("id"), integer(3))
    query = exp.select(exp.Sum(this=cast(column("all_rows"), "BIGINT")), example).from_(exp.Table(this=identifier(relation))).where(lost)
    ((count, ids),) = room.rows(query)
    if not count:
        return []
    table, key = (group.between or group.child).name, group.key.name
    rows, belong, are = ("row", "belongs", "it is") if count == 1 else ("rows", "belong", "they are")
    theirs = group.between if group.between and group.points else group.child
    message = f"{count} {rows} of `{theirs.name}` {belong} to no row of `{layout.table.name}`: {are} not counted"
    return [DataFinding("orphan-rows", message, int(count), "", table, key, tuple((str(id), "") for id in ids or ()))]


def _stored_id(room: Room, layout: Layout) -> exp.Expr:
    """Return the id of a row of the subjects' table itself, whose rows are there also where a condition leaves them out."""
    return as_id(column(layout.key.name), room.source.type_of(layout.table.name, layout.key))


def _find_unknown_parents(room: Room, layout: Layout, types: Mapping[str, str]) -> list[DataFinding]:
    """Find rows that name one above them which is not there, in a fact called like such a link; a binding that says `parent` finds them itself."""
    id = _stored_id(room, layout)
    findings: list[DataFinding] = []
    for bound in layout.columns if layout.lineage is None else ():
        if not isinstance(bound.cell, exp.Column) or not is_called_parent(bound.shown):
            continue
        up = as_id(column(bound.alias), types[bound.alias])
        there = exp.In(this=up, query=exp.Subquery(this=select(id.copy(), source=room.source.named(layout.table.name))))
        rows = select(column("key"), alias(up.copy(), "up"), alias(there, "there"), source=exp.Table(this=identifier(KEYED)))
        rows = rows.where(exp.GT(this=up.copy(), expression=text("")), copy=False)
        ((known, all),) = room.rows(select(count_if(column("there")), exp.Count(this=exp.Star()), source=subquery(rows, "rows")))
        if known and all > known:  # where none is there it means something else
            message = (
                f"`{layout.table.name}.{bound.shown}` names no row of `{layout.table.name}` for {all - known} row{'s' * (all - known > 1)}"
            )
            lost = negate(call("coalesce", column("there"), exp.false()))
            first = select(column("key"), column("up"), source=subquery(rows.copy(), "rows")).where(lost, copy=False)
            told = tuple((str(key), str(up)) for key, up in room.rows(first.order_by(column("key"), column("up"), copy=False).limit(3)))
            findings.append(DataFinding("unknown-parent", message, all - known, bound.fact.name, layout.table.name, bound.shown, told))
    return findings


def _find_odd_ids(room: Room, layout: Layout, group: RowGroup) -> list[DataFinding]:
    """Find ids of rows that are matched as people see them, not as they are written."""
    owner = group.between or group.child
    if group.key is None or owner == layout.table:
        return []
    raw_type = room.source.type_of(owner.name, group.key)
    return find_odd_ids(room, room.source.named(owner.name), column(group.key.name), raw_type, (owner.name, group.key.name))


def _stored_query(bound: _Bound, columns: Mapping[str, str], rows: exp.Expr) -> tuple[exp.Select, str, Mapping[str, StoredNumbers]]:
    """Return the query of facts whose every value fits as it stands, its column of whole ids, and which facts are numbers to compare as stored."""
    id_type = bound.types["id"]
    cells = [alias(as_id(column("id"), id_type), "key"), _name(bound.types), *fact_cells(bound.supplies, columns)]
    cells.append(alias(column("id"), STORED_ID))
    numbers: dict[str, StoredNumbers] = {}
    for fact, fit in ((supply.fact.name, supply.fit) for supply in bound.supplies):
        if fit is not None and fit.are_floats is not None:
            numbers[fact] = StoredNumbers(f"{fact} as stored", fit.are_floats)
            cells.append(alias(fit.raw.copy(), numbers[fact].column))
    return select(*cells, source=rows), STORED_ID if WHOLE_TYPES.match(id_type) else "", numbers


def _as_stored(table: FactTable, room: InDuckdb, numbered: exp.Select, bound: _Bound, refuse_changed: Callable[[], None]) -> FactTable:
    """Make a view of the facts over the stored columns, in which every value fits: nothing is copied."""
    query, id, numbers = _stored_query(bound, table.columns, subquery(numbered, "rows"))
    room.make(AS_STORED, query.select(column(ROW_NUMBER), copy=False), "VIEW")
    stored = replace(bound.stored, row=ROW_NUMBER, id=id, numbers=numbers, refuse_changed=refuse_changed)
    return replace(table, table=AS_STORED, stored=stored)


def _make_facts(room: Room, bound: _Bound, columns: Mapping[str, str]) -> list[DataFinding]:
    """Make the table of the facts, and return what is wrong with them."""
    joined = partial(joined_rows, bound.layout, bound.supplies)
    room.make(FACTS, joined([column("key"), _name(bound.types), *fact_cells(bound.supplies, columns)]))
    findings = find_bad_values(room, FACTS, bound.supplies, joined)
    if findings:
        keep_problems(room, FACTS, bound.supplies, {finding.fact for finding in findings}, PROBLEMS)
    return findings


def _name(types: Mapping[str, str]) -> exp.Expr:
    return alias(cast(column("name") if "name" in types else NULL, "VARCHAR"), "name")
