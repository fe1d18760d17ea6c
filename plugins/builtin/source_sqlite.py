"""Opens SQLite databases, read-only; aggregation runs in SQLite, the rows of the result travel to DuckDB."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tierwise.core.errors import DataError
from tierwise.plugins import hookimpl
from tierwise.plugins.location import first_bytes, refuse_unreadable
from tierwise.plugins.source import Column, SourceOpener, SourceTable

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlglot import exp

__all__ = ["SqliteOpener", "SqliteSource"]

MAGIC = b"SQLite format 3\x00"
ENDINGS = (".db", ".sqlite", ".sqlite3", ".db3")
BATCH = 50_000
WAIT_SECONDS = 2.0


class SqliteOpener:
    """Accepts what starts as a SQLite file does, or is named like one."""

    name = "sqlite"
    about = "a SQLite database file"

    def opens(self, location: str) -> bool:
        """Say whether it is a SQLite file, judged by its first bytes; a name like one is enough for a file of another kind."""
        head = first_bytes(location)
        return head.startswith(MAGIC) or (Path(location).suffix.lower() in ENDINGS and head[8:12] != b"DUCK")

    def open(self, location: str) -> SqliteSource:
        """Open the file read-only.

        Raises:
            DataError: It is missing, a folder, empty, no SQLite database, encrypted, damaged or locked.
        """
        refuse_unreadable(location)
        if not first_bytes(location).startswith(MAGIC):
            raise DataError(f"`{location}` is not a SQLite database", help="it is damaged, encrypted, or a file of another kind")
        return SqliteSource(location)


class SqliteSource:
    """An open SQLite database. All its queries see one state of it: they run in one read transaction."""

    kind = "sqlite"
    dialect = "sqlite"

    def __init__(self, location: str) -> None:
        from tierwise.plugins.binding.sqlite_functions import add_functions
        from tierwise.plugins.duckdb_connection import in_memory

        self.location = location
        with _readable(location):
            path = quote(str(Path(location).resolve()))
            self._sqlite = sqlite3.connect(
                f"file:{path}?mode=ro", uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False
            )
            self._sqlite.execute("PRAGMA query_only = ON")
            self._sqlite.execute("BEGIN")
            self._sqlite.execute("SELECT count(*) FROM sqlite_master").fetchone()
        self.connection: DuckDBPyConnection = in_memory()
        add_functions(self._sqlite)

    def tables(self) -> Mapping[str, SourceTable]:
        """Return its tables and views by name."""
        return self._tables

    @cached_property
    def _tables(self) -> Mapping[str, SourceTable]:
        with _readable(self.location):
            query = (
                "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY rowid"
            )
            names = [row[0] for row in self._sqlite.execute(query)]
            return {name: SourceTable(name, tuple(self._columns(name))) for name in names}

    def _columns(self, table: str) -> Iterator[Column]:
        for _, name, type, _, _, key in self._sqlite.execute("SELECT * FROM pragma_table_info(?)", [table]):
            yield Column(name, type.upper(), key)

    def named(self, table: str) -> exp.Table:
        """Return how a query names one of its tables."""
        from sqlglot import exp

        return exp.Table(this=exp.to_identifier(table, quoted=True))

    def supply(self, relation: str, query: exp.Query, keep: bool = False) -> None:
        """Run a query in SQLite and put its rows into the DuckDB connection.

        Raises:
            DataError: The file is damaged or locked, or a sum has more than 18 digits.
        """
        from sqlglot import exp

        from tierwise.plugins.arrow_columns import table_of

        with _readable(self.location):
            try:
                names, batches = self._run(query)
                table = table_of(names, batches)
            except sqlite3.OperationalError as error:
                if "UTF-8" not in str(error):
                    raise
                self._sqlite.text_factory = lambda text: text.decode("utf-8", "replace")
                names, batches = self._run(query)
                table = table_of(names, batches)
        # a table, since only the connection that registers an Arrow table sees it, not its cursors
        name = exp.to_identifier(relation, quoted=True).sql("duckdb")
        self.connection.register("tierwise_arrow", table)
        self.connection.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT * FROM tierwise_arrow")
        self.connection.unregister("tierwise_arrow")

    def _run(self, query: exp.Query) -> tuple[list[str], Iterable[list[Any]]]:
        cursor = self._sqlite.execute(query.sql("sqlite"))
        return [column[0] for column in cursor.description], iter(lambda: cursor.fetchmany(BATCH), [])

    def sample(self, table: str, column: str) -> list[Any]:
        """Return up to 200 values of a column that are not NULL."""
        from sqlglot import exp

        cell = exp.column(column, quoted=True)
        query = exp.select(cell).from_(self.named(table)).where(cell.is_(exp.null()).not_()).limit(200)
        with _readable(self.location):
            return [row[0] for row in self._sqlite.execute(query.sql("sqlite"))]

    def close(self) -> None:
        """Let go of the file."""
        self._sqlite.close()
        self.connection.close()


@contextmanager
def _readable(location: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        message = str(error)
        if "locked" in message or "busy" in message:
            raise DataError(f"`{location}` is locked by another process", help="close the other program, or copy the file") from error
        if "malformed" in message or "not a database" in message or "corrupt" in message:
            raise DataError(f"`{location}` is damaged or encrypted: {message}", help="restore it from a copy") from error
        if "integer overflow" in message:
            raise DataError(f"a sum over `{location}` has more digits than fit", help="declare the fact with a smaller scale") from error
        raise DataError(f"`{location}` cannot be read: {message}") from error


@hookimpl
def tierwise_sources() -> Iterable[SourceOpener]:
    """Give the opener of SQLite files."""
    return (SqliteOpener(),)
