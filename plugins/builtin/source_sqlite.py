"""Opens SQLite databases, read-only; the columns that a query reads travel to DuckDB, each once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cached_property, partial
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from tierwise.core.errors import DataError
from tierwise.plugins import hookimpl
from tierwise.plugins.data_source import Column, SourceOpener, SourceTable, with_row_numbers
from tierwise.plugins.location import first_bytes, refuse_unreadable
from tierwise.plugins.view_bounds import MOST_ROWS, refuse_rows, within_bounds

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlglot import exp

    from tierwise.plugins.sqlite_reading import SqliteReader

__all__ = ["SqliteOpener", "SqliteSource"]

MAGIC = b"SQLite format 3\x00"
ENDINGS = (".db", ".sqlite", ".sqlite3", ".db3")
TABLES = "customer_database"
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
    """An open SQLite database. All that is read of its tables is one state of it: it is read in one transaction."""

    kind = "sqlite"

    def __init__(self, location: str) -> None:
        from tierwise.plugins.duckdb_connection import in_memory

        self.location = location
        self._uri = f"file:{quote(str(Path(location).resolve()))}?mode=ro"
        self._types: dict[tuple[str, str], str] = {}
        self._loaded: dict[str, set[str]] = {}
        self._stopped = Event()
        with _readable(location):
            self._sqlite = sqlite3.connect(self._uri, uri=True, timeout=WAIT_SECONDS, isolation_level=None, check_same_thread=False)
            self._sqlite.text_factory = partial(str, encoding="utf-8", errors="replace")
            self._sqlite.execute("PRAGMA query_only = ON")
            self._sqlite.execute("BEGIN")
            self._sqlite.execute("SELECT count(*) FROM sqlite_master").fetchone()
            if Path(location).stat().st_size % self._sqlite.execute("PRAGMA page_size").fetchone()[0]:
                raise sqlite3.DatabaseError("malformed: it is cut off in its last page")  # SQLite would read zeros
        self.connection: DuckDBPyConnection = in_memory()
        self.connection.execute(f"CREATE SCHEMA {TABLES}")

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
        try:
            columns = self._sqlite.execute("SELECT * FROM pragma_table_info(?)", [table]).fetchall()
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:  # the file is locked, or the like
                raise
            return  # a view that is wrong, such as of what is not there any more: without columns, nothing can be read of it
        for _, name, type, _, _, key in columns:
            yield Column(name, type.upper(), key)

    def type_of(self, table: str, column: Column) -> str:
        """Return the DuckDB type in which a column arrives, found out from its first rows."""
        place = (table, column.name)
        if place not in self._types:
            with _readable(self.location):
                self._types[place] = self._arriving_type(table, column)
        return self._types[place]

    def named(self, table: str) -> exp.Table:
        """Return how a query names one of its tables, once it is loaded."""
        from sqlglot import exp

        return exp.Table(this=exp.to_identifier(table, quoted=True), db=exp.to_identifier(TABLES, quoted=True))

    def numbered(self, table: str) -> exp.Subquery | None:
        """Return a table, once it is loaded, with the number of each row beside it."""
        return with_row_numbers(self.named(table), "rowid", self._tables[table].columns)

    def load(self, table: str, columns: Iterable[str]) -> bool:
        """Read columns of a table into DuckDB, and say whether one turned out to be of another type.

        Raises:
            DataError: The file is damaged or locked.
        """
        wanted = self._loaded.get(table, set()) | set(columns)
        if wanted == self._loaded.get(table):
            return False
        named = self.named(table).sql("duckdb")
        known = [c for c in self._tables[table].columns if c.name in wanted]
        changed = False
        with _readable(self.location):
            if table in self._views:
                self._see_the_end(table, known)
            while not self._read(named, table, known):
                changed = True
        self._loaded[table] = wanted
        return changed

    def _read(self, named: str, table: str, columns: list[Column]) -> bool:
        """Read columns, and say whether they all are of the types that they were taken for."""
        from tierwise.plugins.sqlite_reading import UnexpectedType

        try:
            self._reader.read(self.connection.cursor(), named, table, {c.name: self.type_of(table, c) for c in columns})
        except UnexpectedType as unexpected:
            column = next(c for c in columns if c.name == unexpected.column)
            found = self._arriving_type(table, column, rows=-1)
            if found == self._types[table, column.name]:
                raise  # the file is being written
            self._types[table, column.name] = found
            return False
        return True

    def _arriving_type(self, table: str, column: Column, rows: int | None = None) -> str:
        from tierwise.plugins.sqlite_reading import arriving_type

        with self._bounded(table):
            return arriving_type(self._sqlite, table, column.name, column.type, rows)

    def _see_the_end(self, view: str, columns: list[Column]) -> None:
        """Read a view to its end once before it is read for good: only here can that be interrupted, not in the driver that gives Arrow."""
        from tierwise.plugins.sqlite_reading import count_rows

        with self._bounded(view):
            refuse_rows(view, count_rows(self._sqlite, view, [c.name for c in columns], MOST_ROWS + 1))

    def _bounded(self, table: str) -> AbstractContextManager[None]:
        return within_bounds(table, self._sqlite.interrupt) if table in self._views else nullcontext()

    @cached_property
    def _views(self) -> frozenset[str]:
        return frozenset(row[0] for row in self._sqlite.execute("SELECT name FROM sqlite_master WHERE type = 'view'"))

    @cached_property
    def _reader(self) -> SqliteReader:
        from tierwise.plugins.sqlite_reading import SqliteReader

        return SqliteReader(self._uri, WAIT_SECONDS, self._stopped)

    def sample(self, table: str, column: str) -> list[Any]:
        """Return up to 200 values of a column that are not NULL."""
        cell, place = (name.replace('"', '""') for name in (column, table))
        with _readable(self.location), self._bounded(table):
            query = f'SELECT "{cell}" FROM "{place}" WHERE "{cell}" IS NOT NULL LIMIT 200'
            return [row[0] for row in self._sqlite.execute(query)]

    def stop(self) -> None:
        """Make a ``load`` that runs in another thread end soon."""
        self._stopped.set()
        self._sqlite.interrupt()

    def close(self) -> None:
        """Let go of the file."""
        if "_reader" in self.__dict__:
            self._reader.close()
        self._sqlite.close()
        self.connection.close()


@contextmanager
def _readable(location: str) -> Iterator[None]:
    try:
        yield
    except (sqlite3.Error, OSError) as error:  # the Arrow driver raises OSError while rows are read
        message = str(error)
        if "locked" in message or "busy" in message:
            raise DataError(f"`{location}` is locked by another process", help="close the other program, or copy the file") from error
        if "malformed" in message or "not a database" in message or "corrupt" in message:
            raise DataError(f"`{location}` is damaged or encrypted: {message}", help="restore it from a copy") from error
        if "readonly" in message or "unable to open" in message:  # a database in WAL mode needs files beside it while it is read
            help = "copy the database into a folder that may be written"
            raise DataError(f"`{location}` cannot be read where it is: {message}", help) from error
        raise DataError(f"`{location}` cannot be read: {message}") from error


@hookimpl
def tierwise_sources() -> Iterable[SourceOpener]:
    """Give the opener of SQLite files."""
    return (SqliteOpener(),)
