"""Reads events from the tables of a database, in the order of their own time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from heapq import merge
from itertools import islice
from typing import Any

from sqlglot import exp

from tierwise.core.errors import DataError, PolicyError
from tierwise.core.finding import Finding, has_errors
from tierwise.core.policy import Policy
from tierwise.core.types import BooleanType, DateTimeType, DateType, NumberType, Type
from tierwise.plugins.binding import stored
from tierwise.plugins.binding.conditions import Conditions
from tierwise.plugins.binding.entry.enter_words import as_words
from tierwise.plugins.binding.naming import PartOf, Places, find_column, find_table
from tierwise.plugins.binding.row_scope import columns_in_scope
from tierwise.plugins.data_source import Source
from tierwise.plugins.duckdb_connection import readable
from tierwise.plugins.sql import all_of, call, column, identifier, integer
from tierwise.plugins.watching.entering import BadEvent, enter_event
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import EventKind, WatchPlan
from tierwise.plugins.watching.watch_section import EventTable

__all__ = ["DatabaseEvents"]

ROWS, BETWEEN = "e", "v"
RELATION = "tierwise_events"
BATCH = 5_000


class DatabaseEvents:
    """The events that a database holds, by the ``from`` of each kind.

    Args:
        policy: What the author wrote.
        plan: What it compiled to.
        source: The open database.
    """

    def __init__(self, policy: Policy, plan: WatchPlan, source: Source) -> None:
        self._plan, self._source = plan, source
        self._bad: dict[tuple[str, str], list[str]] = {}
        self._relations: list[tuple[str, EventKind]] = []
        for kind in plan.kinds.values():
            for path, table in kind.tables.items():
                self._supply(kind, table, PartOf(policy, path))
        if not self._relations:
            raise DataError(
                f"policy `{policy.policy}` does not say where a database holds its events", "add `from:` to one of its `events`"
            )

    def batches(self, until: date | None = None) -> Iterator[list[Event]]:
        """Yield the events in the order of their time, none after the day ``until``."""
        streams = [self._rows(relation, kind, until) for relation, kind in self._relations]
        events = merge(*streams, key=lambda event: event.order)
        while batch := list(islice(events, BATCH)):
            yield batch

    def findings(self) -> list[Finding]:
        """Return what was wrong with rows, by kind and fault, with examples."""
        return [
            Finding.warning("bad-event", f"{len(ids)} rows of events `{kind}`: {said}; such as {', '.join(f'`{id}`' for id in ids[:3])}")
            for (kind, said), ids in self._bad.items()
        ]

    # ---- private -------------------------------------------------------------------------------------------------------------

    def _supply(self, kind: EventKind, table: EventTable, places: Places) -> None:
        relation = f"{RELATION}{len(self._relations)}"
        query, read = self._query(kind, table, places)
        while any(self._source.load(name, columns) for name, columns in read.items()):
            query, read = self._query(kind, table, places)  # a column is of another type than its first rows
        with readable(self._source.location):
            self._source.connection.execute(f"CREATE OR REPLACE VIEW {identifier(relation).sql('duckdb')} AS {query.sql('duckdb')}")
        self._relations.append((relation, kind))

    def _query(self, kind: EventKind, table: EventTable, places: Places) -> tuple[exp.Query, Mapping[str, set[str]]]:
        rows = find_table(self._source, table.table, places, ("table",))
        tables = [(ROWS, rows)]
        query = exp.select().from_(_aliased(self._source, rows.name, ROWS))
        if table.via is not None:
            between = find_table(self._source, table.via.table, places, ("via", "table"))
            tables.append((BETWEEN, between))
            keys = [find_column(one, table.via.key, places, ("via", "key")) for _, one in tables]
            same = [
                as_words(column(key.name, alias), self._source.type_of(one.name, key))
                for key, (alias, one) in zip(keys, tables, strict=True)
            ]
            query = query.join(_aliased(self._source, between.name, BETWEEN), on=same[0].eq(same[1]))
        conditions = Conditions(places, columns_in_scope(self._source, tables))
        where = conditions.where(table.where, ("where",))
        cells = self._cells(kind, table, conditions)
        if has_errors(conditions.findings):
            raise PolicyError(f"the events `{kind.name}` do not fit `{self._source.location}`", conditions.findings)
        happened = exp.Not(this=cells["stored_at"].copy().is_(exp.null()))
        query = query.select(*(exp.alias_(cell, name, quoted=True) for name, cell in cells.items())).where(all_of(happened, where))
        owners = {alias: one.name for alias, one in tables}
        read: dict[str, set[str]] = {}
        for found in query.find_all(exp.Column):
            read.setdefault(owners[found.table], set()).add(found.name)
        return query, read

    def _cells(self, kind: EventKind, table: EventTable, conditions: Conditions) -> dict[str, exp.Expr]:

        def read(name: str, path: tuple[str, ...], how: Any) -> exp.Expr:
            found = conditions.column(name, path)
            return exp.null() if found is None else how(column(found.column.name, found.alias), found.stored_type)

        cells = {f"id{i}": read(name, ("id",), as_words) for i, name in enumerate(table.id)}
        cells |= {"subject": read(table.subject, ("subject",), as_words), "stored_at": read(table.at, ("at",), as_words)}
        at = read(table.at, ("at",), stored.moment)
        cells["at"] = exp.Add(this=at, expression=call("to_days", integer(table.days_later))) if table.days_later else at
        for name, type in kind.fields.items():
            stored_as = table.fields.get(name, name)
            if stored_as is not None:
                cells[f"f_{name}"] = read(stored_as, ("fields",), _reader(type))
        return cells

    def _rows(self, relation: str, kind: EventKind, until: date | None) -> Iterator[Event]:
        cursor = self._source.connection.cursor()
        name = identifier(relation).sql("duckdb")
        names = [row[0] for row in cursor.execute(f"DESCRIBE {name}").fetchall()]
        order = ", ".join(['"at"', *(f'"{one}"' for one in names if one.startswith("id"))])
        cursor.execute(f"SELECT * FROM {name} ORDER BY {order}")
        waiting: list[Event] = []
        while found := cursor.fetchmany(BATCH):
            for row in found:
                event = self._event(dict(zip(names, row, strict=True)), kind)
                if event is None or (until is not None and event.at.isoformat()[:10] > until.isoformat()):
                    continue
                if waiting and event.at.isoformat()[:10] != waiting[0].at.isoformat()[:10]:
                    yield from sorted(waiting, key=lambda one: one.order)
                    waiting = []
                waiting.append(event)  # one day at a time, since its events sort by their ids as texts
        yield from sorted(waiting, key=lambda one: one.order)

    def _event(self, row: Mapping[str, Any], kind: EventKind) -> Event | None:
        own = "/".join(str(value) for name, value in row.items() if name.startswith("id"))
        at = str(row["at"])[:19].replace(" ", "T") if row["at"] is not None else str(row["stored_at"])
        raw = {name[2:]: _plain(value, kind.fields[name[2:]]) for name, value in row.items() if name.startswith("f_")}
        head = {"id": f"{kind.name}/{own}", "kind": kind.name, "subject": row["subject"], "at": at.removesuffix("T00:00:00")}
        try:
            entered = enter_event({**raw, **head}, self._plan)
        except BadEvent as error:
            self._bad.setdefault((kind.name, str(error)), []).append(own)
            return None
        if entered is None:
            return None
        for said in entered.unfit:
            self._bad.setdefault((kind.name, said), []).append(own)
        return entered.event


def _aliased(source: Source, table: str, alias: str) -> exp.Table:
    named = source.named(table)
    named.set("alias", exp.TableAlias(this=identifier(alias)))
    return named


def _reader(type: Type) -> Any:
    if isinstance(type, BooleanType):
        return stored.truth
    if isinstance(type, DateTimeType):
        return stored.moment
    return stored.day if isinstance(type, DateType) else as_words


def _plain(value: Any, type: Type) -> Any:
    """Return what SQL gave as JSON would: a truth is no number, a number as text has no point without digits."""
    if value is None:
        return None
    if isinstance(type, BooleanType):
        return bool(value)
    if isinstance(type, NumberType):
        return str(value).removesuffix(".0")
    return value if isinstance(value, bool) else str(value)
