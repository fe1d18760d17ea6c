"""Opens PostgreSQL databases by their URL, in one read-only transaction; the columns that a query reads travel to DuckDB as Arrow."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any

from tierwise.core.errors import DataError
from tierwise.plugins import hookimpl
from tierwise.plugins.data_source import Column, SourceOpener, SourceTable
from tierwise.plugins.postgres import connected, decimals, is_postgres, on_server
from tierwise.plugins.view_bounds import MOST_ROWS, refuse_rows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlglot import exp

    from tierwise.plugins.sql import Kind

__all__ = ["PostgresOpener", "PostgresServer", "PostgresSource"]

TABLES = "customer_database"
MOST_TABLES = 20_000
BATCH = 100_000

ARRIVING = {
    "int2": "SMALLINT", "int4": "INTEGER", "int8": "BIGINT", "oid": "BIGINT", "bool": "BOOLEAN", "float4": "FLOAT", "float8": "DOUBLE",
    "text": "VARCHAR", "varchar": "VARCHAR", "bpchar": "VARCHAR", "name": "VARCHAR", "date": "DATE", "timestamp": "TIMESTAMP",
    "timestamptz": "TIMESTAMP WITH TIME ZONE", "_text": "VARCHAR[]", "_varchar": "VARCHAR[]",
}  # fmt: skip
"""The DuckDB type in which each type of PostgreSQL arrives; numerics are looked at one by one, all others arrive as the text they are shown as."""

CATALOG = """
SELECT n.nspname, c.relname, a.attname, t.typname, upper(format_type(a.atttypid, a.atttypmod)), c.relkind::text,
       CASE WHEN c.relkind = 'r' AND c.relhassubclass THEN 0 ELSE coalesce(array_position(i.indkey::int2[], a.attnum) + 1, 0) END
FROM pg_catalog.pg_class c
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_catalog.pg_index i ON i.indrelid = c.oid AND i.indisprimary
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
  AND n.nspname NOT LIKE 'pg\\_temp%' AND has_table_privilege(c.oid, 'SELECT')
ORDER BY n.nspname = 'public' DESC, n.nspname, c.oid, a.attnum
"""
SESSION = (
    "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY",
    "SET LOCAL lock_timeout = '10s'",
    "SET LOCAL statement_timeout = '30min'",
    "SET LOCAL DateStyle = 'ISO'",
)


MAY_MAKE = """
SELECT has_database_privilege(current_database(), 'TEMPORARY') AND NOT pg_is_in_recovery()
       AND current_setting('default_transaction_read_only') = 'off' AND current_setting('server_encoding') = 'UTF8'
"""
"""Whether this user may make temporary tables, not in a copy that only follows another server, and texts have all signs that patterns name."""
SAME_THERE = {kind: ARRIVING[kind] for kind in ("int2", "int4", "int8", "text", "varchar", "bool", "date", "timestamp")}
"""Types whose values mean in the server what they mean when they have arrived."""
SHOWN_AS = {
    "smallint": "SMALLINT", "integer": "INTEGER", "bigint": "BIGINT", "text": "VARCHAR", "character varying": "VARCHAR", "boolean": "BOOLEAN",
    "date": "DATE", "timestamp without time zone": "TIMESTAMP", "numeric": "DECIMAL(38, 0)",
}  # fmt: skip
"""The DuckDB types of columns that queries in the server make."""


class PostgresOpener:
    """Accepts what starts as the URL of a PostgreSQL database does."""

    name = "postgres"
    about = "a PostgreSQL database, by a URL such as `postgresql://user@host/database`"

    def opens(self, location: str) -> bool:
        """Say whether it is such a URL."""
        return is_postgres(location)

    def open(self, location: str) -> PostgresSource:
        """Open a connection and begin to read.

        Raises:
            DataError: The URL holds a password, the driver is not installed, or the server cannot be reached.
        """
        return PostgresSource(location)


class PostgresSource:
    """An open PostgreSQL database. All that is read of it is one state of it: it is read in one transaction that may not write."""

    kind = "postgres"

    def __init__(self, location: str) -> None:
        from tierwise.plugins.duckdb_connection import in_memory

        self.location = location
        self._types: dict[tuple[str, str], str] = {}
        self._loaded: dict[str, set[str]] = {}
        self._lock = RLock()  # a connection answers one question at a time
        self._running: Any = None
        self._servers: list[PostgresServer] = []
        self._server = connected(location)
        with on_server(location), self._server.cursor() as cursor:
            for statement in SESSION:
                cursor.execute(statement)
        self.connection: DuckDBPyConnection = in_memory()
        self.connection.execute(f"CREATE SCHEMA {TABLES}")

    def server(self) -> PostgresServer | None:
        """Return where the tables are, over a connection of its own that lives as long; ``None`` where nothing can be made beside them."""
        ((can_make,),) = self._fetched(MAY_MAKE)
        if not can_make:
            return None
        ((state,),) = self._fetched("SELECT pg_catalog.pg_export_snapshot()")
        self._servers.append(PostgresServer(self, str(state)))
        return self._servers[-1]

    def tables(self) -> Mapping[str, SourceTable]:
        """Return its tables and views by name; one outside the schema ``public`` is called ``schema.table``."""
        return self._tables

    @cached_property
    def _tables(self) -> Mapping[str, SourceTable]:
        columns: dict[str, list[Column]] = {}
        self._places: dict[str, tuple[str, str]] = {}
        self._views: set[str] = set()
        self._kinds: dict[tuple[str, str], str] = {}
        for schema, table, column, kind, type, sort, key in self._fetched(CATALOG):
            name = table if schema == "public" else f"{schema}.{table}"
            if name not in columns and len(columns) == MOST_TABLES:
                raise DataError(f"`{self.location}` has more than {MOST_TABLES:,} tables")
            columns.setdefault(name, []).append(Column(column, type, key))
            self._places[name] = schema, table
            self._kinds[name, column] = kind
            self._views |= {name} if sort in "vf" else set()
        return {name: SourceTable(name, tuple(found)) for name, found in columns.items()}

    def type_of(self, table: str, column: Column) -> str:
        """Return the DuckDB type in which a column arrives; of a numeric without declared digits they are found out from its values."""
        place = table, column.name
        if place not in self._types:
            kind = self._kinds[place]
            self._types[place] = self._numeric(table, column) if kind == "numeric" else ARRIVING.get(kind, "VARCHAR")
        return self._types[place]

    def _numeric(self, table: str, column: Column) -> str:
        """Return the decimal type that holds all values of a column exactly; a text where there is none, or where a value is no number."""
        cell = _quoted(column.name)
        declared = re.fullmatch(r"NUMERIC\((\d+),(\d+)\)", column.type)
        if declared and 38 >= int(declared[1]) >= int(declared[2]):
            ((is_odd,),) = self._fetched(f"SELECT EXISTS (SELECT 1 FROM {self._rows(table)} WHERE {cell} = 'NaN')")
            return "VARCHAR" if is_odd else f"DECIMAL({declared[1]}, {declared[2]})"
        query = (
            f"SELECT bool_or({cell}::text IN ('NaN', 'Infinity', '-Infinity')), max(scale(trim_scale({cell}))), "
            f"max(length(trunc(abs({cell}))::text)) FROM {self._rows(table)}"
        )
        ((is_odd, scale, whole),) = self._fetched(query)
        if is_odd or (whole or 1) + (scale or 0) > 38:
            return "VARCHAR"
        return f"DECIMAL(38, {min(scale or 0, 38 - (whole or 1))})"

    def named(self, table: str) -> exp.Table:
        """Return how a query names one of its tables, once it is loaded."""
        from sqlglot import exp

        return exp.Table(this=exp.to_identifier(table, quoted=True), db=exp.to_identifier(TABLES, quoted=True))

    def load(self, table: str, columns: Iterable[str]) -> bool:
        """Read columns of a table into DuckDB; their types are known beforehand.

        Raises:
            DataError: The server says no, or a view gives too many rows.
        """
        wanted = self._loaded.get(table, set()) | set(columns)
        if wanted == self._loaded.get(table):
            return False
        known = [column for column in self._tables[table].columns if column.name in wanted]
        types = [self.type_of(table, column) for column in known]
        cells = [self._cell(table, column, type) for column, type in zip(known, types, strict=True)]
        query = f"SELECT {', '.join(cells) or 'NULL AS nothing'} FROM {self._rows(table)}"
        if table in self._views:
            query += f" LIMIT {MOST_ROWS + 1}"
        with self._lock, on_server(self.location), self._server.cursor() as cursor:
            self._running = cursor
            cursor.execute(query)
            self._kept(table, cursor.fetch_record_batch(), types)
            self._running = None
        self._loaded[table] = wanted
        return False

    def _kept(self, table: str, reader: Any, types: list[str]) -> None:
        """Make a table in DuckDB of what the server sends."""
        import pyarrow

        names = [identifier.replace('"', '""') for identifier in reader.schema.names]
        cells = ", ".join(f'"{name}"::{type} AS "{name}"' for name, type in zip(names, types, strict=False)) or "1 AS nothing"
        batches = (
            pyarrow.RecordBatch.from_arrays([_plain(column) for column in batch.columns], names=reader.schema.names) for batch in reader
        )
        schema = pyarrow.schema([(part.name, _plain_type(part.type)) for part in reader.schema])
        cursor = self.connection.cursor()
        cursor.register("tierwise_sent", pyarrow.RecordBatchReader.from_batches(schema, batches))
        named = self.named(table).sql("duckdb")
        cursor.execute(f"CREATE OR REPLACE TABLE {named} AS SELECT {cells} FROM tierwise_sent")
        cursor.unregister("tierwise_sent")
        if table in self._views:
            refuse_rows(table, (cursor.execute(f"SELECT count(*) FROM {named}").fetchone() or (0,))[0])

    def _cell(self, table: str, column: Column, type: str) -> str:
        """Return what is selected of a column: dates without end become ones far beyond the calendar, which are no dates of it either."""
        cell, kind = _quoted(column.name), self._kinds[table, column.name]
        if kind in ("date", "timestamp", "timestamptz"):
            far, ago = (f"'{year}'::{kind}" for year in ("290000-01-01", "4000-01-01 BC"))
            return f"CASE WHEN isfinite({cell}) THEN {cell} WHEN {cell} > '2000-01-01' THEN {far} WHEN {cell} < '2000-01-01' THEN {ago} END AS {cell}"
        is_as_it_is = kind in ARRIVING and kind != "bpchar"
        return cell if is_as_it_is else f"{cell}::text AS {cell}"

    def sample(self, table: str, column: str) -> list[Any]:
        """Return up to 200 values of a column that are not NULL."""
        found = next(c for c in self._tables[table].columns if c.name == column)
        cell = self._cell(table, found, "")
        query = f"SELECT {cell} FROM {self._rows(table)} WHERE {_quoted(column)} IS NOT NULL LIMIT 200"
        return [row[0] for row in self._fetched(query)]

    def stop(self) -> None:
        """Make a ``load`` that runs in another thread end soon."""
        if self._running is not None:
            self._running.adbc_cancel()

    def close(self) -> None:
        """End the transaction and the connections."""
        for server in self._servers:
            server.close()
        self._server.close()
        self.connection.close()

    def _rows(self, table: str) -> str:
        return ".".join(map(_quoted, self._places[table]))

    def _fetched(self, query: str) -> list[tuple[Any, ...]]:
        with self._lock, on_server(self.location), self._server.cursor() as cursor:
            cursor.execute(query)
            table = cursor.fetch_arrow_table()
            return list(zip(*(decimals(column.combine_chunks()) for column in table.columns), strict=True))


class PostgresServer:
    """What is worked out where the tables are (``binding.room.Server``), in the state of the database that the source reads.

    Args:
        source: The open database.
        state: The snapshot of its transaction.
    """

    def __init__(self, source: PostgresSource, state: str) -> None:
        from tierwise.plugins.builtin.engine_postgres.postgres_tables import PostgresTables

        self._source = source
        self._shown: set[str] = set()
        self._lock = RLock()
        with on_server(source.location):
            self.tables = PostgresTables(connected(source.location), state)

    def says(self, tree: exp.Expr) -> bool:
        """Say whether a query can be spelled."""
        return self.tables.dialect.says(tree)

    def holds(self, type: str) -> bool:
        """Say whether values of a type are kept, and arrive: lists of texts do, no other lists."""
        return type in ("VARCHAR", "BOOLEAN", "DATE", "TIMESTAMP", "VARCHAR[]") or type.startswith("DECIMAL(")

    def type_of(self, table: str, column: Column) -> str:
        """Return the type of a column; numerics are looked at."""
        kind = self._source._kinds[table, column.name]
        found = self._source.type_of(table, column) if kind == "numeric" else SAME_THERE.get(kind, "")
        return "" if kind == "numeric" and found == "VARCHAR" else found

    def named(self, table: str) -> exp.Table:
        """Return how a query names a table that is shown."""
        from tierwise.plugins import sql

        return sql.table(f"tierwise_stored_{table}")

    def show(self, table: str, columns: Collection[str]) -> bool:
        """Make a view of columns of a table; of the database's own views nobody knows what they cost, or whether they end."""
        from sqlglot import exp

        from tierwise.plugins.sql import alias, cast, column, select

        if table in self._shown:
            return True
        known = [found for found in self._source.tables()[table].columns if found.name in columns]
        types = [self.type_of(table, found) for found in known]
        if table in self._source._views or not all(types):
            return False
        cells = []
        for found, type in zip(known, types, strict=True):
            cell: exp.Expr = column(found.name)
            if type == "VARCHAR":
                cell = exp.Collate(this=cell, expression=exp.to_identifier("C", quoted=True))
            elif type.startswith("DECIMAL") and type.replace(" ", "") != found.type.replace("NUMERIC", "DECIMAL"):
                cell = cast(cell, type)
            cells.append(alias(cell, found.name))
        schema, name = (exp.to_identifier(word, quoted=True) for word in self._source._places[table])
        self.make(self.named(table).name, select(*cells, source=exp.Table(this=name, db=schema)), "VIEW")
        self._shown.add(table)
        return True

    def make(self, name: str, query: exp.Query, kind: Kind) -> None:
        """Make a temporary table, or a view."""
        with self._lock, on_server(self._source.location):
            self.tables.make(name, query, kind)

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._lock, on_server(self._source.location):
            return list(self.tables.rows(query))

    def types(self, relation: str) -> Mapping[str, str]:
        """Return the columns of a temporary table or view."""
        with self._lock, on_server(self._source.location):
            return {name: _shown_as(type) for name, type in self.tables.columns(relation)}

    def send(self, query: exp.Select, name: str, types: Mapping[str, str]) -> None:
        """Copy the rows of a query into the connection of the source; numerics travel as texts."""
        from tierwise.plugins.sql import cast, column, identifier, named, select, subquery

        cells = [(word, cast(column(word), "VARCHAR") if type.startswith("DECIMAL") else column(word)) for word, type in types.items()]
        with self._lock, on_server(self._source.location), self.tables.connection.cursor() as cursor:
            cursor.execute(self.tables.dialect.printed(select(*named(cells), source=subquery(query, "sent"))))
            here = self._source.connection.cursor()
            here.register("tierwise_sent", cursor.fetch_record_batch())
            read = ", ".join(f"{_quoted(word)}::{type} AS {_quoted(word)}" for word, type in types.items())
            here.execute(f"CREATE OR REPLACE TABLE {identifier(name).sql('duckdb')} AS SELECT {read} FROM tierwise_sent")
            here.unregister("tierwise_sent")

    def close(self) -> None:
        """Let go of all that was made."""
        with self._lock:
            self.tables.close()


def _shown_as(type: str) -> str:
    """Return the DuckDB type of a column as the server shows its type."""
    inner = type.removesuffix("[]")
    known = SHOWN_AS.get(inner) or (inner.replace("numeric", "DECIMAL").replace(",", ", ") if inner.startswith("numeric(") else "VARCHAR")
    return known + "[]" * type.endswith("[]")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _plain_type(type: Any) -> Any:
    return getattr(type, "storage_type", type)


def _plain(column: Any) -> Any:
    return getattr(column, "storage", column)


@hookimpl
def tierwise_sources() -> Iterable[SourceOpener]:
    """Give the opener of PostgreSQL databases."""
    return (PostgresOpener(),)
