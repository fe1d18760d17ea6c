"""The SQLite file in which runs and watched events are kept: how it is opened, written whole or not at all, and what is said when it cannot be."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from sqlite_utils import Database

from tierwise.core.errors import DataError
from tierwise.plugins.processes import writer_of

__all__ = ["BusyStoreError", "Store", "StoredTable"]

APPLICATION_ID = 0x54574C47
"""What marks a SQLite file as a ledger, so that no other database is ever written to."""
WAIT_SECONDS = 60.0
"""How long another process is waited for."""
ATTEMPT_SECONDS = 0.5
"""How long SQLite waits by itself: while it does, nobody can stop it."""

_BUSY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_ANOTHER = "name another file"
_UNSAVED = "; nothing of this {unit} was saved"
_REFUSALS = {
    sqlite3.SQLITE_FULL: ("cannot be written: the disk is full" + _UNSAVED, "free some space"),
    sqlite3.SQLITE_IOERR: ("cannot be written: the disk failed" + _UNSAVED, f"free some space, or {_ANOTHER}"),
    sqlite3.SQLITE_READONLY: ("may not be written", _ANOTHER),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "look at the rights of the file and its folder"),
    sqlite3.SQLITE_NOTADB: ("is not a SQLite database", _ANOTHER),
    sqlite3.SQLITE_CORRUPT: ("is damaged", "restore it from a copy"),
}
"""What is said, by SQLite's primary result code (https://sqlite.org/rescode.html)."""


class BusyStoreError(DataError):
    """Another process has written to the file for longer than is waited."""


@dataclass(frozen=True, slots=True)
class StoredTable:
    """A table of the file.

    Attributes:
        columns: Name to ``str`` or ``int``.
        key: The columns that tell two rows apart; none where nothing does.
        is_by_key: Whether the rows lie in the order of the key and nowhere else, which takes half the room.
    """

    name: str
    columns: Mapping[str, type]
    key: tuple[str, ...] = ()
    is_by_key: bool = False


class Store:
    """An open file; a context manager that closes it, and leaves none behind in which nothing was saved."""

    def __init__(
        self,
        location: str | None,
        unit: str,
        create: bool = False,
        waiting: Callable[[str], None] = lambda who: None,
        read_only: bool = False,
    ) -> None:
        """Open the file.

        Args:
            location: The ledger's file; ``None`` for a file of SQLite's own that is gone when it is closed.
            unit: What is written whole or not at all, for messages: a run, a batch.
            create: Whether it may be made when it is not there.
            waiting: Is told, once, what process is waited for.
            read_only: Whether nothing may be written to it.

        Raises:
            DataError: It is not there, a folder, another database, damaged, or not to be opened.
        """
        self.location = location
        self._unit = unit
        self._waiting = waiting
        self._made = location is not None and not Path(location).exists()
        if location is not None:
            _refuse_place(Path(location), location, create)
        with self._errors():
            # the empty name is a file of SQLite's own, so that what is kept does not fill the memory
            name = f"file:{quote(str(Path(location).resolve()))}?mode=ro" if location and read_only else location or ""
            self._connection = sqlite3.connect(name, uri=read_only, timeout=ATTEMPT_SECONDS, isolation_level=None)
            self._database = Database(self._connection)
            try:
                self._prepare()
            except BaseException:
                self._connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.end(failed=kind is not None)

    def end(self, failed: bool) -> None:
        """Close the file; after a failure one that was made for nothing is not left behind."""
        if failed and self._made:
            self._remove_if_empty()
        self._connection.close()

    def rows(self, query: str, arguments: Sequence[Any] | dict[str, Any] = ()) -> Iterator[dict[str, Any]]:
        """Yield the rows of a query, column to value.

        Raises:
            DataError: The file cannot be read.
        """
        with self._errors():
            found = self._patiently(query, arguments)
            names = [name for name, *_ in found.description or ()]
            yield from (dict(zip(names, row, strict=True)) for row in found)

    def has(self, table: str) -> bool:
        """Say whether a table is there."""
        with self._errors():
            return self._patiently("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [table]).fetchone() is not None

    @contextmanager
    def writing(self, tables: Sequence[StoredTable] = ()) -> Iterator[Database]:
        """Give the database; what is written is there whole or not at all, whatever ends the process.

        Args:
            tables: What is written; a table that is not there is made, one of an earlier version gets the columns that it lacks.

        Raises:
            DataError: It cannot be written: the disk is full, another process writes. The file is then as it was.
        """
        with self._errors():
            self._patiently("BEGIN IMMEDIATE")
            try:
                if tables:
                    self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
                for table in tables:
                    self._make(table)
                yield self._database
                self._patiently("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # SQLite has rolled back by itself after some errors, such as a full disk
                    self._connection.execute("ROLLBACK")
                raise

    # ---- private -------------------------------------------------------------------------------------------------------------

    def _patiently(self, statement: str, arguments: Sequence[Any] | dict[str, Any] = ()) -> sqlite3.Cursor:
        """Run a statement that may have to wait for another process."""
        started = time.monotonic()
        told = False
        while True:
            try:
                return self._connection.execute(statement, arguments)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in _BUSY or time.monotonic() - started >= WAIT_SECONDS:
                    raise
            if not told:
                self._waiting(self._writer())
                told = True

    def _writer(self) -> str:
        return writer_of(self.location) if self.location is not None else "another process"

    def _prepare(self) -> None:
        """Refuse a database of others; keep no journal of a file that nobody can open again."""
        application = self._patiently("PRAGMA application_id").fetchone()[0]
        if application != APPLICATION_ID and self._database.table_names():
            raise DataError(f"`{self.location}` is a database, but not a ledger", help=_ANOTHER)
        if self.location is None:
            self._connection.execute("PRAGMA journal_mode = OFF")
            self._connection.execute("PRAGMA synchronous = OFF")

    def _make(self, table: StoredTable) -> None:
        made = self._database.table(table.name)
        if not made.exists():
            key = table.key if len(table.key) > 1 else table.key[0] if table.key else None
            create = self._database.create_table_sql(table.name, dict(table.columns), pk=key).rstrip().removesuffix(";")
            self._connection.execute(create + " WITHOUT ROWID" if table.is_by_key else create)
            return
        for name in table.columns.keys() - made.columns_dict.keys():
            made.add_column(name, table.columns[name])

    def _remove_if_empty(self) -> None:
        """Leave no file behind in which nothing was saved; while the transaction lasts, nobody else can save anything."""
        with suppress(sqlite3.Error, OSError):
            self._connection.execute("BEGIN IMMEDIATE")
            if Path(self.location or "").stat().st_size == 0:
                Path(self.location or "").unlink()

    @contextmanager
    def _errors(self) -> Iterator[None]:
        """Say in words why SQLite refuses."""
        try:
            yield
        except sqlite3.Error as error:
            name = f"the ledger `{self.location}`" if self.location is not None else "the temporary file of this process"
            code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF  # the module raises some by itself, without a code
            if code in _BUSY:
                raise BusyStoreError(f"{name} is being written by {self._writer()}", help=f"wait for it, or {_ANOTHER}") from error
            said, help = _REFUSALS.get(code, (f"cannot be used: {error}", ""))
            raise DataError(f"{name} {said.format(unit=self._unit)}", help) from error


def _refuse_place(path: Path, location: str, create: bool) -> None:
    if not create and not path.exists():
        raise DataError(f"there is no ledger `{location}`", help="save a run with `tierwise grade --save`")
    if path.is_dir():
        raise DataError(f"the ledger `{location}` is a folder", help="name a file in it")
    if not path.resolve().parent.is_dir():
        raise DataError(f"the folder of the ledger `{location}` does not exist")
