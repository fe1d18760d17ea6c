"""Tables that a binding takes from files beside it, such as a list of holidays, next to those of the database."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tierwise.core.errors import DataError
from tierwise.plugins.binding.binding_file import Binding
from tierwise.plugins.binding.naming import find_table
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import Column, Source, SourceOpener, SourceTable, open_source

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from sqlglot import exp

__all__ = ["with_files"]

SCHEMA = "binding_files"


def with_files(source: Source, binding: Binding | None, openers: Iterable[SourceOpener]) -> Source:
    """Return a database with the tables that a binding takes from files of its own folder, where it does; both are closed together.

    Raises:
        DataError: A file is not there, cannot be read, or stands elsewhere.
    """
    told = {name: table for name, table in binding.tables.items() if table.file} if binding is not None else {}
    if binding is None or not told:
        return source
    with ExitStack() as opened:
        opened.callback(source.close)
        others: dict[str, tuple[Source, SourceTable]] = {}
        for name, table in told.items():
            how = {"": table.reading(binding.file)} if table.says_how else None
            other = opened.enter_context(closing(open_source(_inside(binding, name, table.file), openers, how)))
            only = next(iter(other.tables().values())) if len(other.tables()) == 1 and not table.sheet else None
            others[name] = (
                other,
                only or find_table(other, table.sheet or name, binding, ("tables", name, "sheet" if table.sheet else "file")),
            )
        opened.pop_all()  # they are closed with the whole
    return _WithFiles(source, others)


def _inside(binding: Binding, name: str, file: str) -> str:
    """Return the path of a file in the folder of the binding: it may have come from anywhere, and is not to reach further."""
    folder = binding.folder
    path = folder / file
    if "\0" in file or Path(file).is_absolute() or not path.resolve().is_relative_to(folder.resolve()):
        span = binding.span(("tables", name, "file"))
        place = f"{span.place}: " if span else ""
        raise DataError(f"{place}`{file}` leads out of the binding's folder", help="put the file beside the binding")
    return str(path)


class _WithFiles:
    """The tables of a database and, under the names that a binding gives them, of files."""

    def __init__(self, source: Source, others: Mapping[str, tuple[Source, SourceTable]]) -> None:
        self._source, self._others = source, others
        self._loaded: dict[str, set[str]] = {}
        self.location, self.kind = source.location, source.kind
        self.connection: DuckDBPyConnection = source.connection
        self.connection.execute(f"CREATE SCHEMA {SCHEMA}")

    @property
    def findings(self) -> Sequence[DataFinding]:
        """What was found out about the tables that have been loaded."""
        return [
            finding for part in (self._source, *(other for other, _ in self._others.values())) for finding in getattr(part, "findings", ())
        ]

    def tables(self) -> Mapping[str, SourceTable]:
        """Return the tables by name; one of a file goes before one of the database that is called so."""
        return {**self._source.tables(), **{name: SourceTable(name, table.columns) for name, (_, table) in self._others.items()}}

    def type_of(self, table: str, column: Column) -> str:
        """Return the DuckDB type in which a column arrives."""
        if table not in self._others:
            return self._source.type_of(table, column)
        other, known = self._others[table]
        return other.type_of(known.name, column)

    def named(self, table: str) -> exp.Table:
        """Return how a query names one of the tables, once it is loaded."""
        from sqlglot import exp

        if table not in self._others:
            return self._source.named(table)
        return exp.Table(this=exp.to_identifier(table, quoted=True), db=exp.to_identifier(SCHEMA, quoted=True))

    def load(self, table: str, columns: Iterable[str]) -> bool:
        """Read columns of a table into DuckDB, and say whether one turned out to be of another type.

        Raises:
            DataError: The file cannot be read.
        """
        if table not in self._others:
            return self._source.load(table, columns)
        wanted = self._loaded.get(table, set()) | set(columns)
        if wanted == self._loaded.get(table):
            return False
        other, known = self._others[table]
        changed = other.load(known.name, wanted)
        query = _select([column.name for column in known.columns if column.name in wanted], other.named(known.name))
        rows = other.connection.cursor().sql(query).to_arrow_table()
        cursor = self.connection.cursor()
        cursor.register("tierwise_given", rows)
        cursor.execute(f"CREATE OR REPLACE TABLE {self.named(table).sql('duckdb')} AS SELECT * FROM tierwise_given")
        cursor.unregister("tierwise_given")
        self._loaded[table] = wanted
        return changed

    def sample(self, table: str, column: str) -> list[Any]:
        """Return up to 200 values of a column that are not NULL."""
        if table not in self._others:
            return self._source.sample(table, column)
        other, known = self._others[table]
        return other.sample(known.name, column)

    def stop(self) -> None:
        """Make a ``load`` that runs in another thread end soon."""
        for part in (self._source, *(other for other, _ in self._others.values())):
            part.stop()

    def close(self) -> None:
        """Let go of the files."""
        for part in (self._source, *(other for other, _ in self._others.values())):
            part.close()


def _select(columns: Iterable[str], table: exp.Table) -> str:
    from tierwise.plugins.sql import column, select

    return select(*(column(name) for name in columns), source=table).sql("duckdb")
