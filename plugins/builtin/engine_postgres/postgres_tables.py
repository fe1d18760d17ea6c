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


class PostgresTables:
    """``Tables`` in the temporary schema of a connection; they are gone when it is closed.

    Args:
        connection: A connection in a transaction of its own.
    """

    dialect = POSTGRES

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        finalize(self, connection.close)  # a grading is used for as long as somebody holds it

    def make(self, name: str, query: exp.Select, kind: Kind = "TABLE") -> None:
        """Make a temporary table of the rows of a query, or a view of them."""
        text = self.dialect.printed(query)
        self._run(f"CREATE TEMPORARY {kind} {self._named(name)} AS {text}")
        if kind == "TABLE":  # without statistics the planner takes every table to be small, and joins row by row
            self._run(f"ANALYZE {self._named(name)}")

    def drop(self, name: str, kind: Kind = "TABLE") -> None:
        """Let go of a table or view."""
        self._run(f"DROP {kind} {SCHEMA}.{self._named(name)}")

    def rows(self, query: exp.Select, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query, in batches as the server sends them."""
        with self.connection.cursor() as cursor:
            cursor.execute(self.dialect.printed(query), parameters or None)
            for batch in cursor.fetch_record_batch():
                columns = [decimals(column) for column in batch.columns]
                yield from zip(*columns, strict=True) if columns else ()

    def bring(self, name: str, rows: pyarrow.Table | pyarrow.RecordBatchReader) -> None:
        """Copy rows from outside into a temporary table."""
        with self.connection.cursor() as cursor:
            cursor.adbc_ingest(self._short(name), rows, mode="create", temporary=True)
        self._run(f"ANALYZE {self._named(name)}")

    def _named(self, name: str) -> str:
        return self.dialect.printed(sql.table(name))

    def _short(self, name: str) -> str:
        return self.dialect.spelled(sql.identifier(name)).name

    def _run(self, text: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(text)
