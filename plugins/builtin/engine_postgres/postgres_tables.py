"""The tables of a run in one connection to a PostgreSQL server: they are temporary, and nothing else is written there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any
from weakref import finalize

import pyarrow
from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_postgres.postgres_dialect import POSTGRES
from tierwise.plugins.postgres import decimals
from tierwise.plugins.sql import Kind

if TYPE_CHECKING:
    from adbc_driver_postgresql.dbapi import Connection

__all__ = ["PostgresTables"]

SCHEMA = "pg_temp"
SESSION = ("SET LOCAL work_mem = '64MB'", "SET LOCAL jit = off", "SET LOCAL default_statistics_target = 10")
"""Sorts and hashes of some hundred thousand rows stay in memory; what is run once is not worth compiling; a rough count of values is enough."""


class PostgresTables:
    """``Tables`` in the temporary schema of a connection; they are gone when it is closed.

    Args:
        connection: A connection in a transaction of its own.
        state: What another connection has exported the state of the database by that it reads; its own where that is empty.
    """

    dialect = POSTGRES

    def __init__(self, connection: Connection, state: str = "") -> None:
        self.connection = connection
        self._reads: dict[str, set[str]] = {}
        self._uncounted: set[str] = set()
        same_state = ["SET TRANSACTION ISOLATION LEVEL REPEATABLE READ", f"SET TRANSACTION SNAPSHOT {sql.printed(sql.text(state))}"]
        for setting in [*(same_state if state else []), *SESSION]:
            self._run(setting)
        self.close = finalize(self, connection.close)  # a grading is used for as long as somebody holds it

    def make(self, name: str, query: exp.Query, kind: Kind = "TABLE") -> None:
        """Make a temporary table of the rows of a query, or a view of them."""
        if kind == "VIEW":
            self._reads[name] = _tables_in(query)
        else:
            self._count_joined(query)
            self._uncounted.add(name)
        self._run(f"CREATE TEMPORARY {kind} {self._named(name)} AS {self.dialect.printed(query)}")

    def columns(self, name: str) -> list[tuple[str, str]]:
        """Return the columns of a table or view, with their types as the server calls them."""
        place = sql.printed(sql.text(f"{SCHEMA}.{self._named(name)}"))
        with self.connection.cursor() as cursor:
            cursor.execute(
                f"SELECT attname, format_type(atttypid, atttypmod) FROM pg_catalog.pg_attribute WHERE attrelid = {place}::regclass "
                "AND attnum > 0 AND NOT attisdropped ORDER BY attnum"
            )
            return [(str(name), str(type)) for name, type in cursor.fetchall()]

    def drop(self, name: str, kind: Kind = "TABLE") -> None:
        """Let go of a table or view."""
        self._run(f"DROP {kind} {SCHEMA}.{self._named(name)}")

    def rows(self, query: exp.Query, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, in batches as the server sends them."""
        self._count_joined(query)
        with self.connection.cursor() as cursor:
            cursor.execute(self.dialect.printed(query), parameters or None)
            for batch in cursor.fetch_record_batch():
                columns = [decimals(column) for column in batch.columns]
                yield from zip(*columns, strict=True) if columns else ()

    def bring(self, name: str, rows: pyarrow.Table | pyarrow.RecordBatchReader) -> None:
        """Copy rows from outside into a temporary table."""
        with self.connection.cursor() as cursor:
            cursor.adbc_ingest(self._short(name), rows, mode="create", temporary=True)
        self._uncounted.add(name)

    def _count_joined(self, query: exp.Query) -> None:
        """Count the values of tables that a query joins: without statistics the planner takes every table to be small, and joins row by row."""
        read, pending = set[str](), _tables_in(query)
        joins = query.find(exp.Join) is not None
        while pending:
            name = pending.pop()
            if name not in read:
                read.add(name)
                pending |= self._reads.get(name, set())
        for name in sorted(read & self._uncounted) if joins or len(read & self._uncounted) > 1 else ():
            self._run(f"ANALYZE {self._named(name)}")
            self._uncounted.discard(name)

    def _named(self, name: str) -> str:
        return self.dialect.printed(sql.table(name))

    def _short(self, name: str) -> str:
        return self.dialect.spelled(sql.identifier(name)).name

    def _run(self, text: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(text)


def _tables_in(query: exp.Query) -> set[str]:
    return {table.name for table in query.find_all(exp.Table)}
