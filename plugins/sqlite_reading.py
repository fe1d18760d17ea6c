"""Reads columns of a SQLite table into DuckDB, exactly: SQLite types each cell, DuckDB each column.

A column is read as the type of its first rows. The driver would infer one from its first batch, and bend what does not fit in that batch;
so the first batch is rows of our own, of the types wanted, and from then on it refuses a value of another type. Then all rows are looked
at, and a column that is of several types arrives as a union of them.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import TYPE_CHECKING, NamedTuple

import pyarrow as pa

from tierwise.core.values import LARGEST_EXACT
from tierwise.plugins.binding.entry.entered import MIXED

if TYPE_CHECKING:
    from adbc_driver_manager import AdbcConnection, AdbcDatabase
    from duckdb import DuckDBPyConnection

__all__ = ["SqliteReader", "UnexpectedType", "arriving_type", "count_rows"]

FIRST_ROWS = 1_000
BATCH = 4_096
MISMATCH = re.compile(r"Type mismatch in column (\d+)")
READ_AS = {"BIGINT": "0", "DOUBLE": "0.5", "VARCHAR": "x''"}
"""A value of the type in SQL; text is read as bytes, since as text the driver would take numbers, too."""
MODEL_ROWS = f"(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT {BATCH}) SELECT i FROM n)"
ARROW = {"BIGINT": pa.int64(), "DOUBLE": pa.float64(), "VARCHAR": pa.string()}


class UnexpectedType(OSError):
    """A cell is of another type than its column was to be read as.

    Args:
        message: What the driver says.
        column: Which one.
    """

    def __init__(self, message: str, column: str) -> None:
        super().__init__(message)
        self.column = column


def arriving_type(sqlite: sqlite3.Connection, table: str, column: str, declared: str, rows: int | None = None) -> str:
    """Return the DuckDB type in which a column arrives, as its first rows (-1: all; ``None``: enough to tell) are; without values, as it is declared."""
    name = _quoted(column)
    large = f"typeof({name}) = 'integer' AND {name} NOT BETWEEN -{LARGEST_EXACT} AND {LARGEST_EXACT}"
    sort = f"CASE WHEN {large} THEN 'large' ELSE typeof({name}) END"
    query = f"SELECT DISTINCT {sort} FROM (SELECT {name} FROM {_quoted(table)} LIMIT {FIRST_ROWS if rows is None else rows})"
    sorts = {row[0] for row in sqlite.execute(query)} - {"null"}
    if not sorts:
        return "BIGINT" if "INT" in declared else "DOUBLE" if re.search("REAL|FLOA|DOUB", declared) else "VARCHAR"
    if sorts <= {"integer", "large"}:
        return "BIGINT"
    if sorts <= {"integer", "real"}:  # every whole number is a float, too
        return "DOUBLE"
    return "VARCHAR" if sorts == {"text"} else MIXED


def count_rows(sqlite: sqlite3.Connection, table: str, columns: list[str], most: int) -> int:
    """Return how many rows a table has, at most so many, with every cell of some columns worked out."""
    cells = ", ".join(f"count({_quoted(column)})" for column in columns)
    named = ", ".join(map(_quoted, columns))
    count: int = sqlite.execute(f"SELECT count(*), {cells} FROM (SELECT {named} FROM {_quoted(table)} LIMIT {most})").fetchone()[0]
    return count


class _Cell(NamedTuple):
    """What is read of a column: SQL that gives values of one type."""

    column: str
    sql: str
    sort: str


class SqliteReader:
    """A second connection to the file, which gives Arrow. All it reads is one state of the file.

    Args:
        uri: The file, as SQLite's URI.
        wait_seconds: How long to wait for a writer.
        stopped: Once it is set, a read ends with an error after a few thousand rows.
    """

    def __init__(self, uri: str, wait_seconds: float, stopped: Event) -> None:
        import adbc_driver_manager
        import adbc_driver_sqlite

        self._stopped = stopped
        self._database: AdbcDatabase = adbc_driver_manager.AdbcDatabase(driver=adbc_driver_sqlite._driver_path(), uri=uri)
        self._connection: AdbcConnection = adbc_driver_manager.AdbcConnection(self._database)
        for pragma in (f"busy_timeout = {int(wait_seconds * 1000)}", "query_only = ON"):
            with self._result(f"PRAGMA {pragma}") as result:
                result.read_all()
        self._connection.set_autocommit(False)

    def read(self, into: DuckDBPyConnection, name: str, table: str, types: dict[str, str]) -> None:
        """Make a DuckDB table.

        Args:
            into: Where.
            name: Its name, quoted.
            table: The SQLite table.
            types: Column to the DuckDB type in which it arrives.

        Raises:
            UnexpectedType: A column holds a value of another type.
        """
        cells = [_Cell(column, sql, sort) for column, type in types.items() for sql, sort in _read_cells(column, type)]
        models = ", ".join(READ_AS[cell.sort] for cell in cells)
        schema = pa.schema([(f"c{i}", ARROW[cell.sort]) for i, cell in enumerate(cells)])
        failures: list[Exception] = []
        rows = f"SELECT {', '.join(cell.sql for cell in cells)} FROM {_quoted(table)}"
        with self._result(f"SELECT {models} FROM {MODEL_ROWS} UNION ALL {rows}") as result:
            into.register("tierwise_arrow", pa.RecordBatchReader.from_batches(schema, _batches(result, schema, self._stopped, failures)))
            try:
                into.execute(f"CREATE OR REPLACE TABLE {name} AS SELECT {_made_cells(types)} FROM tierwise_arrow")
            except Exception as error:
                cause = failures[0] if failures else error
                if mismatch := MISMATCH.search(str(cause)):
                    raise UnexpectedType(str(cause), cells[int(mismatch[1])].column) from error
                raise cause from None
            finally:
                into.unregister("tierwise_arrow")

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()
        self._database.close()

    @contextmanager
    def _result(self, query: str) -> Iterator[pa.RecordBatchReader]:
        """Run a query; its result can be read inside the block."""
        import adbc_driver_manager

        statement = adbc_driver_manager.AdbcStatement(self._connection)
        try:
            statement.set_options(**{"adbc.sqlite.query.batch_rows": str(BATCH)})
            statement.set_sql_query(query)
            stream, _ = statement.execute_query()
            yield pa.RecordBatchReader.from_stream(stream)
        finally:
            statement.close()


def _read_cells(column: str, type: str) -> Iterator[tuple[str, str]]:
    """Yield the SQLite cells that a column is read by, each of one type."""
    name = _quoted(column)
    if type == MIXED:
        yield f"CASE typeof({name}) WHEN 'integer' THEN {name} END", "BIGINT"
        yield f"CASE typeof({name}) WHEN 'real' THEN {name} END", "DOUBLE"
        yield (
            f"CASE typeof({name}) WHEN 'text' THEN {name} WHEN 'blob' THEN 'x''' || lower(hex(substr({name}, 1, 32))) || '''' END",
            "VARCHAR",
        )
    elif type == "DOUBLE":
        # the driver would round a whole number that no float holds: a text in its place makes it stop
        yield (
            f"CASE WHEN typeof({name}) = 'integer' AND {name} NOT BETWEEN -{LARGEST_EXACT} AND {LARGEST_EXACT} THEN 'x' ELSE {name} END",
            type,
        )
    else:
        yield name, type


def _made_cells(types: dict[str, str]) -> str:
    """Return the DuckDB cells that make the columns of what was read."""
    cells, at = [], 0
    for column, type in types.items():
        made, at = f"c{at}", at + 1
        if type == MIXED:
            tagged = zip(("whole", "real", "words"), (made, f"c{at}", f"c{at + 1}"), strict=True)
            made = "CASE " + " ".join(f"WHEN {c} IS NOT NULL THEN union_value({tag} := {c})::{MIXED}" for tag, c in tagged) + " END"
            at += 2
        cells.append(f"{made} AS {_quoted(column)}")
    return ", ".join(cells)


def _batches(reader: pa.RecordBatchReader, schema: pa.Schema, stopped: Event, failures: list[Exception]) -> Iterator[pa.RecordBatch]:
    try:
        if next(iter(reader)).num_rows != BATCH:
            raise AssertionError("the driver takes another number of rows at a time than it was told to")
        for batch in reader:
            if stopped.is_set():
                raise InterruptedError("stopped")
            arrays = [_of_type(array, field.type) for array, field in zip(batch.columns, schema, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=schema)
    except Exception as error:  # DuckDB tells only its text
        failures.append(error)
        raise


def _of_type(array: pa.Array, type: pa.DataType) -> pa.Array:
    if array.type == type:
        return array
    try:
        return array.cast(type)
    except pa.ArrowInvalid:
        return pa.array([None if cell is None else cell.decode("utf-8", "replace") for cell in array.to_pylist()], type)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
