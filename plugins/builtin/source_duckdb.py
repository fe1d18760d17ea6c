"""Opens DuckDB databases, read-only; the file is attached, so nothing travels."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, Any

from tierwise.core.errors import DataError
from tierwise.plugins import hookimpl
from tierwise.plugins.data_source import Column, SourceOpener, SourceTable, with_row_numbers
from tierwise.plugins.location import first_bytes, refuse_unreadable
from tierwise.plugins.view_bounds import MOST_ROWS, refuse_rows, within_bounds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlglot import exp

__all__ = ["DuckdbOpener", "DuckdbSource"]

ENDINGS = (".duckdb", ".ddb")
VIEWS = "customer_views"


class DuckdbOpener:
    """Accepts what starts as a DuckDB file does, or is named like one."""

    name = "duckdb"
    about = "a DuckDB database file"

    def opens(self, location: str) -> bool:
        """Say whether it is a DuckDB file, judged by its first bytes or its name."""
        return first_bytes(location)[8:12] == b"DUCK" or location.lower().endswith(ENDINGS)

    def open(self, location: str) -> DuckdbSource:
        """Attach the file read-only.

        Raises:
            DataError: It is missing, a folder, empty, no DuckDB database, damaged or locked by a writer.
        """
        from sqlglot import exp

        from tierwise.plugins.duckdb_connection import in_memory, readable

        refuse_unreadable(location)
        if first_bytes(location)[8:12] != b"DUCK":
            raise DataError(f"`{location}` is not a DuckDB database", help="it is damaged or a file of another kind")
        connection = in_memory()
        with readable(location):
            connection.execute(f"ATTACH {exp.Literal.string(location).sql('duckdb')} AS customer_database (READ_ONLY)")
        return _AttachedFile(location, self.name, connection, "customer_database")


class DuckdbSource:
    """Tables and views of one catalog of a DuckDB connection; the sources of files make views in it.

    Args:
        location: What the user called it.
        kind: The name of its opener.
        connection: The connection.
        catalog: The catalog.
        numbered: View to what it is a view of, and the column that numbers the rows of that.
        refuse_changed: Raises a ``DataError`` when a file is another now.
    """

    def __init__(
        self,
        location: str,
        kind: str,
        connection: DuckDBPyConnection,
        catalog: str,
        numbered: Mapping[str, tuple[exp.Expr, str]] | None = None,
        refuse_changed: Callable[[], None] = lambda: None,
    ) -> None:
        self.location = location
        self.kind = kind
        self.connection = connection
        self._catalog = catalog
        self._numbered = numbered or {}
        self.refuse_changed = refuse_changed

    def tables(self) -> Mapping[str, SourceTable]:
        """Return its tables and views by name; one outside the schema ``main`` is called ``schema.table``."""
        return self._tables

    @cached_property
    def _tables(self) -> Mapping[str, SourceTable]:
        from tierwise.plugins.duckdb_connection import readable

        with readable(self.location):
            keys = {
                (schema, table, column): position
                for schema, table, columns in self.connection.execute(
                    "SELECT schema_name, table_name, constraint_column_names FROM duckdb_constraints() "
                    "WHERE database_name = ? AND constraint_type = 'PRIMARY KEY'",
                    [self._catalog],
                ).fetchall()
                for position, column in enumerate(columns, 1)
            }
            columns: dict[tuple[str, str], list[Column]] = {}
            for schema, table, name, type in self.connection.execute(
                "SELECT schema_name, table_name, column_name, data_type FROM duckdb_columns() "
                "WHERE database_name = ? AND NOT internal AND NOT starts_with(table_name, 'tierwise_') ORDER BY table_oid, column_index",
                [self._catalog],
            ).fetchall():
                columns.setdefault((schema, table), []).append(Column(name, type, keys.get((schema, table, name), 0)))
        self._places = {(table if schema == "main" else f"{schema}.{table}"): (schema, table) for schema, table in columns}
        return {name: SourceTable(name, tuple(columns[place])) for name, place in self._places.items()}

    def named(self, table: str) -> exp.Table:
        """Return how a query names one of its tables."""
        from sqlglot import exp

        self.tables()
        schema, name = self._places[table]
        quoted = [exp.to_identifier(word, quoted=True) for word in (name, schema, self._catalog)]
        return exp.Table(this=quoted[0], db=quoted[1], catalog=quoted[2])

    def numbered(self, table: str) -> exp.Subquery | None:
        """Return a table with the number of each row beside it; ``None`` of a view."""
        self.tables()
        rows, number = self._numbered.get(table, (None, ""))
        if self._places[table] in self._stored_tables:
            rows, number = self.named(table), "rowid"
        return None if rows is None else with_row_numbers(rows, number, self._tables[table].columns)

    @cached_property
    def _stored_tables(self) -> frozenset[tuple[str, str]]:
        query = "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?"
        return frozenset(self.connection.execute(query, [self._catalog]).fetchall())

    def type_of(self, table: str, column: Column) -> str:
        """Return the DuckDB type of a column."""
        return column.type

    def load(self, table: str, columns: Iterable[str]) -> bool:
        """Do nothing: DuckDB reads the file itself."""
        return False

    def sample(self, table: str, column: str) -> list[Any]:
        """Return up to 200 values of a column that are not NULL."""
        return self._values(self.named(table), column)

    def _values(self, table: exp.Table, column: str) -> list[Any]:
        from sqlglot import exp

        from tierwise.plugins.duckdb_connection import readable

        cell = exp.column(column, quoted=True)
        query = exp.select(cell).from_(table).where(cell.is_(exp.null()).not_()).limit(200)
        with readable(self.location):
            return [row[0] for row in self.connection.execute(query.sql("duckdb")).fetchall()]

    def stop(self) -> None:
        """Do nothing: there is nothing to load."""

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()


class _AttachedFile(DuckdbSource):
    """A customer's file. Its tables are read where they are; what a view of it gives is kept, once, within bounds."""

    def __init__(self, location: str, kind: str, connection: DuckDBPyConnection, catalog: str) -> None:
        super().__init__(location, kind, connection, catalog)
        self._loaded: dict[str, set[str]] = {}
        self._reading: DuckDBPyConnection | None = None
        connection.execute(f"CREATE SCHEMA {VIEWS}")

    @cached_property
    def _views(self) -> frozenset[str]:
        query = "SELECT schema_name, view_name FROM duckdb_views() WHERE database_name = ? AND NOT internal"
        found = self.connection.execute(query, [self._catalog]).fetchall()
        self.tables()
        return frozenset(name for name, place in self._places.items() if place in found)

    def named(self, table: str) -> exp.Table:
        """Return how a query names one of its tables; a view, once it is loaded."""
        from sqlglot import exp

        if table not in self._views:
            return super().named(table)
        return exp.Table(this=exp.to_identifier(table, quoted=True), db=exp.to_identifier(VIEWS, quoted=True))

    def load(self, table: str, columns: Iterable[str]) -> bool:
        """Keep some columns of what a view gives.

        Raises:
            DataError: It may have no end, or is wrong.
        """
        wanted = self._loaded.get(table, set()) | set(columns)
        if table not in self._views or wanted == self._loaded.get(table):
            return False
        from tierwise.plugins.duckdb_connection import readable
        from tierwise.plugins.sql import column, select

        known = [column(c.name) for c in self.tables()[table].columns if c.name in wanted]
        rows = select(*known, source=super().named(table)).limit(MOST_ROWS + 1).sql("duckdb")
        with readable(self.location), self._cursor() as cursor, within_bounds(table, cursor.interrupt):
            count = cursor.execute(f"CREATE OR REPLACE TABLE {self.named(table).sql('duckdb')} AS {rows}").fetchall()[0][0]
        refuse_rows(table, count)
        self._loaded[table] = wanted
        return False

    def sample(self, table: str, column: str) -> list[Any]:
        """Return up to 200 values of a column that are not NULL."""
        if table not in self._views:
            return super().sample(table, column)
        with within_bounds(table, self.connection.interrupt):
            return self._values(super().named(table), column)

    @contextmanager
    def _cursor(self) -> Iterator[DuckDBPyConnection]:
        """Give a connection of its own to what runs in a thread of its own; ``stop`` interrupts it."""
        self._reading = self.connection.cursor()
        try:
            yield self._reading
        finally:
            self._reading = None

    def stop(self) -> None:
        """Make a ``load`` that runs in another thread end soon."""
        if (reading := self._reading) is not None:
            reading.interrupt()


@hookimpl
def tierwise_sources() -> Iterable[SourceOpener]:
    """Give the opener of DuckDB files."""
    return (DuckdbOpener(),)
