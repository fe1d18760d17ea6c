"""Where a binding is worked out: in DuckDB, into which a source flows, or where its tables are, in a server or a session that computes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from sqlglot import exp

from tierwise.plugins.data_source import Column, Source, SourceTable
from tierwise.plugins.sql import DIALECT, Kind, printed, table

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["InDuckdb", "Loading", "NotSaid", "Room", "Server", "There", "TypesChanged", "Whereabouts"]


class NotSaid(Exception):
    """Something of a binding cannot be worked out where its tables are: what it reads is brought instead."""


class Whereabouts(Protocol):
    """What a binding asks of a database about its tables."""

    @property
    def location(self) -> str:
        """What the user called it."""

    def tables(self) -> Mapping[str, SourceTable]:
        """Return its tables and views by name."""

    def type_of(self, table: str, column: Column) -> str:
        """Return the DuckDB type of a column as queries see it."""

    def named(self, table: str) -> exp.Table:
        """Return how a query names one of its tables."""

    def sample(self, table: str, column: str) -> list[Any]:
        """Return up to 200 values of a column that are not NULL."""


class Room(Protocol):
    """Where the relations of one binding are made, and queries are asked.

    Attributes:
        source: Its tables.
        connection: DuckDB, which reads values that findings show.
        keeps_order: Rows come in the order in which they are stored, and are told apart as wholes.
    """

    source: Whereabouts
    connection: DuckDBPyConnection
    keeps_order: bool

    def await_tables(self, tables: Iterable[str]) -> None:
        """Wait until tables of the source can be queried."""

    def make(self, name: str, query: exp.Query, kind: Kind = "TABLE") -> None:
        """Make a table of the rows of a query, or a view of them, in the place of one of that name."""

    def make_once(self, name: str, query: exp.Query) -> None:
        """Make a table, unless an attempt before has made it by the same query."""

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""

    def types(self, relation: str) -> Mapping[str, str]:
        """Return the columns of a relation with their DuckDB types."""


class TypesChanged(Exception):
    """A column turned out to be of another type than the queries were written for."""


class Loading:
    """Tables on their way into the source's connection, in the order given.

    Args:
        source: The open database; nothing else may load from it meanwhile.
        reads: Its tables, and the columns of each.
    """

    def __init__(self, source: Source, reads: Mapping[str, Iterable[str]]) -> None:
        self._source = source
        self._thread = ThreadPoolExecutor(1, "tierwise-loading")
        self._loads = {table: self._thread.submit(source.load, table, columns) for table, columns in reads.items()}

    def await_tables(self, tables: Iterable[str]) -> None:
        """Wait until tables are there.

        Raises:
            DataError: One cannot be read.
            TypesChanged: Queries must be written anew. Then all tables are there.
        """
        if any(self._loads[table].result() for table in tables):
            for load in self._loads.values():
                load.result()
            raise TypesChanged

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None and not all(load.done() for load in self._loads.values()):  # nobody waits for the rest
            self._source.stop()
        self._thread.shutdown(cancel_futures=True)


def _at_once(tables: Iterable[str]) -> None:
    """Wait for nothing."""


class InDuckdb:
    """The connection into which a source flows.

    Args:
        source: The open database.
        connection: Where its tables arrive.
        arrived: Waits for tables that are on their way.
        made: The queries of the tables that an attempt before has made, by name: what is made by the same query is there.
    """

    keeps_order = True

    def __init__(self, source: Source, arrived: Callable[[Iterable[str]], None] = _at_once, made: dict[str, str] | None = None) -> None:
        self.source: Whereabouts = source
        self.connection: DuckDBPyConnection = source.connection
        self._arrived = arrived
        self._made = {} if made is None else made

    def await_tables(self, tables: Iterable[str]) -> None:
        """Wait until tables have arrived."""
        self._arrived(tables)

    def make(self, name: str, query: exp.Query, kind: Kind = "TABLE") -> None:
        """Make a table or a view."""
        self.connection.execute(f"CREATE OR REPLACE {kind} {printed(table(name))} AS {query.sql(DIALECT)}")

    def make_once(self, name: str, query: exp.Query) -> None:
        """Make a table, unless it is there by the same query."""
        text = query.sql(DIALECT)
        if self._made.get(name) != text:
            self.make(name, query)
            self._made[name] = text

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        return self.connection.cursor().execute(query.sql(DIALECT)).fetchall()

    def types(self, relation: str) -> Mapping[str, str]:
        """Return the types of the columns of a relation."""
        found = self.connection.execute(f"DESCRIBE {printed(table(relation))}").fetchall()
        return {name: str(type) for name, type, *_ in found}


class Server(Protocol):
    """Tables where they are, as ``Source.server()`` gives them: what a query says of them is computed there, in one state of them.

    Attributes:
        tables: What an engine reads the relations by that are made there (``sql_engine.tables.Tables``).
    """

    tables: Any

    def says(self, tree: exp.Expr) -> bool:
        """Say whether a query can be spelled there."""

    def holds(self, type: str) -> bool:
        """Say whether a column there can have a DuckDB type, and arrives as one."""

    def type_of(self, table: str, column: Column) -> str:
        """Return the DuckDB type that means the same as that of a column there; empty where none does."""

    def named(self, table: str) -> exp.Table:
        """Return how a query there names a table that has been shown."""

    def show(self, table: str, columns: Collection[str]) -> bool:
        """Let queries read columns of a table, texts compared sign by sign; say no of what is no table, and of a column without ``type_of``."""

    def make(self, name: str, query: exp.Query, kind: Kind) -> None:
        """Make a table or view for as long as the source is open, or longer."""

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""

    def types(self, relation: str) -> Mapping[str, str]:
        """Return the columns of a relation with their DuckDB types."""

    def close(self) -> None:
        """Let go of all that was made there."""

    def send(self, query: exp.Select, name: str, types: Mapping[str, str]) -> None:
        """Make a table of the rows of a query in the connection of the source, with columns of these types."""


@dataclass(frozen=True, slots=True)
class _TablesThere:
    """The tables of a source where they are."""

    source: Source
    server: Server

    @property
    def location(self) -> str:
        return self.source.location

    def tables(self) -> Mapping[str, SourceTable]:
        return self.source.tables()

    def type_of(self, table: str, column: Column) -> str:
        if not (found := self.server.type_of(table, column)):
            raise NotSaid
        return found

    def named(self, table: str) -> exp.Table:
        return self.server.named(table)

    def sample(self, table: str, column: str) -> list[Any]:
        return self.source.sample(table, column)


class There:
    """Where the tables of a source are.

    Args:
        source: The open database.
        server: Where its tables are.
    """

    keeps_order = False

    def __init__(self, source: Source, server: Server) -> None:
        self.server = server
        self.connection: DuckDBPyConnection = source.connection
        self.source: Whereabouts = _TablesThere(source, server)
        self._reads: Mapping[str, Collection[str]] = {}

    def expect(self, reads: Mapping[str, Collection[str]]) -> None:
        """Say which columns will be read, by table."""
        self._reads = reads

    def await_tables(self, tables: Iterable[str]) -> None:
        """See to it that tables can be read there.

        Raises:
            NotSaid: One cannot.
        """
        if not all(self.server.show(name, self._reads[name]) for name in tables):
            raise NotSaid

    def make(self, name: str, query: exp.Query, kind: Kind = "TABLE") -> None:
        """Make a table or a view.

        Raises:
            NotSaid: The query cannot be spelled there.
        """
        self.server.make(name, self._said(query), kind)

    def make_once(self, name: str, query: exp.Query) -> None:
        """Make a table: there is one attempt."""
        self.make(name, query)

    def rows(self, query: exp.Query) -> list[tuple[Any, ...]]:
        """Return the rows of a query.

        Raises:
            NotSaid: It cannot be spelled there.
        """
        return self.server.rows(self._said(query))

    def types(self, relation: str) -> Mapping[str, str]:
        """Return the types of the columns of a relation."""
        return self.server.types(relation)

    def _said(self, query: exp.Query) -> exp.Query:
        if not self.server.says(query):
            raise NotSaid
        return query
