"""The source of files of rows: each table travels to DuckDB when a query needs it, with the columns that it needs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from threading import Event
from typing import TYPE_CHECKING, Any, Protocol

from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import Column, SourceTable, with_row_numbers

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlglot import exp

__all__ = ["LoadableTable", "LoadedTables"]

SCHEMA = "customer_database"
SAMPLE = 200


class LoadableTable(Protocol):
    """A table in a file of rows.

    Attributes:
        name: What people call it.
        findings: What was found out when it was opened.
    """

    name: str
    findings: list[DataFinding]

    def types(self) -> Mapping[str, str]:
        """Return the DuckDB type of each column by heading, as its first rows are."""

    def sample(self, column: str, limit: int) -> Sequence[Any]:
        """Return the first values of a column that are not blank."""

    def load(self, into: DuckDBPyConnection, named: str, columns: Sequence[str], stopped: Event) -> Iterable[DataFinding]:
        """Make a DuckDB table of some columns, and yield what was found on the way."""


class LoadedTables:
    """Tables of a file or folder.

    Args:
        location: What the user called it.
        kind: The name of its opener.
        tables: The tables, in order.
        close: Lets go of the file.
    """

    def __init__(self, location: str, kind: str, tables: Iterable[LoadableTable], close: Callable[[], None] | None = None) -> None:
        from tierwise.plugins.duckdb_connection import in_memory

        self.location = location
        self.kind = kind
        self._files = {table.name: table for table in tables}
        self._types = {name: dict(table.types()) for name, table in self._files.items()}
        self._loaded: dict[str, set[str]] = {}
        self._found: dict[str, list[DataFinding]] = {}
        self._stopped = Event()
        self._close = close
        self.connection: DuckDBPyConnection = in_memory()
        self.connection.execute(f"CREATE SCHEMA {SCHEMA}")

    @property
    def findings(self) -> Sequence[DataFinding]:
        """What was found out about the tables that have been loaded."""
        return [finding for name, found in self._found.items() for finding in (*self._files[name].findings, *found)]

    def tables(self) -> Mapping[str, SourceTable]:
        """Return its tables by name."""
        return self._tables

    @cached_property
    def _tables(self) -> Mapping[str, SourceTable]:
        return {
            name: SourceTable(name, tuple(Column(column, type) for column, type in types.items())) for name, types in self._types.items()
        }

    def type_of(self, table: str, column: Column) -> str:
        """Return the DuckDB type in which a column arrives."""
        return self._types[table][column.name]

    def named(self, table: str) -> exp.Table:
        """Return how a query names one of its tables, once it is loaded."""
        from sqlglot import exp

        return exp.Table(this=exp.to_identifier(table, quoted=True), db=exp.to_identifier(SCHEMA, quoted=True))

    def numbered(self, table: str) -> exp.Subquery | None:
        """Return a table, once it is loaded, with the number of each row beside it."""
        return with_row_numbers(self.named(table), "rowid", self._tables[table].columns)

    def load(self, table: str, columns: Iterable[str]) -> bool:
        """Read columns of a table into DuckDB, and say whether one turned out to be of another type.

        Raises:
            DataError: The file cannot be read as a table.
        """
        wanted = self._loaded.get(table, set()) | set(columns)
        if wanted == self._loaded.get(table):
            return False
        named, cursor = self.named(table).sql("duckdb"), self.connection.cursor()
        kept = [column for column in self._types[table] if column in wanted]
        self._found[table] = list(self._files[table].load(cursor, named, kept, self._stopped))
        self._loaded[table] = wanted
        types = {str(name): str(type) for name, type, *_ in cursor.execute(f"DESCRIBE {named}").fetchall()}
        changed = any(self._types[table][column] != type for column, type in types.items())
        self._types[table] |= types
        return changed

    def sample(self, table: str, column: str) -> list[Any]:
        """Return up to 200 values of a column that are not blank."""
        return list(self._files[table].sample(column, SAMPLE))

    def stop(self) -> None:
        """Make a ``load`` that runs in another thread end soon."""
        self._stopped.set()
        self.connection.interrupt()

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()
        if self._close is not None:
            self._close()
