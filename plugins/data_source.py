"""What a data source is to the plugin seam: something that says which locations it opens, and opens them read-only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from inspect import signature
from typing import TYPE_CHECKING, Any, Protocol

from tierwise.core.errors import DataError

if TYPE_CHECKING:  # openers are listed without importing DuckDB or sqlglot
    from duckdb import DuckDBPyConnection
    from sqlglot import exp

__all__ = ["ROW_NUMBER", "Column", "FileReading", "Source", "SourceOpener", "SourceTable", "open_source", "with_row_numbers"]

ROW_NUMBER = "tierwise row number"
"""The column that ``numbered`` adds to a table."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table of the database.

    Attributes:
        type: As the database declares it, in capitals; empty where it declares nothing.
        key: Its position in the primary key, from 1; 0 when it is not part of it.
    """

    name: str
    type: str
    key: int = 0


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table or view of the database; column names are compared without regard to case, as the databases do."""

    name: str
    columns: tuple[Column, ...]

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or ``None``."""
        return next((c for c in self.columns if c.name == name), None) or next(
            (c for c in self.columns if c.name.casefold() == name.casefold()), None
        )


@dataclass(frozen=True, slots=True)
class FileReading:
    """How a file of rows is written, as far as somebody said so; what is empty is found out.

    Attributes:
        encoding: Of text, such as ``gb18030``.
        delimiter: The sign between two cells of text.
        quote: The sign around cells of text; ``none`` when quotes mean nothing.
        header: First and last row of the headings, from 1.
    """

    encoding: str = ""
    delimiter: str = ""
    quote: str = ""
    header: tuple[int, int] | None = None


class Source(Protocol):
    """An opened database. It is never written to; what it supplies becomes a relation of ``connection``.

    Attributes:
        location: What the user called it.
        kind: The name of its opener, such as ``sqlite``.
        connection: The in-memory DuckDB connection into which everything flows.

    A source may have ``findings``, a sequence of ``DataFinding``: what was found out about its tables, once they are loaded. It may have
    ``numbered(table)``: how a query names a table with a column ``ROW_NUMBER`` beside its own, which has the same rows under the same numbers as
    long as the source is open; ``None`` of a table of which it cannot say so. Then what fits its facts as it stands is not copied. A source that
    cannot see to that has ``refuse_changed()`` besides, which raises a ``DataError`` when it is not so. A source whose tables stand where queries are
    computed may have ``server()``, which gives a new ``binding.room.Server`` or ``None``: then facts are bound there, and one row a subject is brought
    once somebody wants it here.
    """

    location: str
    kind: str
    connection: DuckDBPyConnection

    def tables(self) -> Mapping[str, SourceTable]:
        """Return its tables and views by name."""

    def type_of(self, table: str, column: Column) -> str:
        """Return the DuckDB type in which a column arrives in ``connection``."""

    def named(self, table: str) -> exp.Table:
        """Return how a query in ``connection`` names one of its tables."""

    def load(self, table: str, columns: Iterable[str]) -> bool:
        """See to it that columns of a table can be queried in ``connection``.

        It is called in a thread of its own, one table after another, while ``connection`` runs queries over tables that are there: what it
        runs in DuckDB it runs in a ``cursor()`` of the connection.

        Returns:
            Whether a column turned out to be of another type than ``type_of`` said, so that a query must be written anew.

        Raises:
            DataError: The table cannot be read: the file is damaged, locked, or changed meanwhile.
        """

    def sample(self, table: str, column: str) -> list[Any]:
        """Return up to 200 values of a column that are not NULL."""

    def stop(self) -> None:
        """Make a ``load`` that runs in another thread end soon, with whatever error; nothing but ``close`` is called afterwards."""

    def close(self) -> None:
        """Let go of the file."""


class SourceOpener(Protocol):
    """Opens one sort of database or data file.

    Attributes:
        name: A slug for lists and messages, such as ``sqlite``.
        about: One sentence: which locations it opens.

    An opener may have a second method like ``opens``, called ``guesses``: it is asked once no opener, of whatever plugin, has accepted the location.
    """

    name: str
    about: str

    def opens(self, location: str) -> bool:
        """Say whether a path or URL is this opener's; it may look at the name and the first bytes, nothing more."""

    def open(self, location: str) -> Any:
        """Open the location, read-only, and return a ``Source``.

        An opener of files of rows may take a second argument, ``told``: a mapping of table names to ``FileReading``, in which the empty name
        stands for all tables. It is given when a binding says how a file is written.

        Raises:
            DataError: It cannot be opened or is not what its name says.
        """


def with_row_numbers(rows: exp.Expr, number: str, columns: Iterable[Column]) -> exp.Subquery | None:
    """Return rows with their number as ``ROW_NUMBER``; ``None`` when a column of their own is called as that of the number."""
    from sqlglot import exp

    if number in {column.name.casefold() for column in columns}:
        return None
    cell = exp.alias_(exp.column(number, quoted=True), ROW_NUMBER, quoted=True)
    return exp.select("*", cell).from_(rows).subquery(exp.to_identifier("numbered", quoted=True))


def open_source(location: str, openers: Iterable[SourceOpener], told: Mapping[str, FileReading] | None = None) -> Source:
    """Open a database by the first opener that accepts its location, or else by the first that guesses that it is its own.

    Args:
        location: A path or URL.
        openers: The openers, in order.
        told: What a binding says about how files are written, by table; the empty name stands for all.

    Raises:
        DataError: There is no such file, no opener accepts it, or the one that does cannot open it.
    """
    from tierwise.plugins.location import refuse_other_formats, refuse_unreadable

    if not location:
        raise DataError("the name of the database is empty", help="name a file, or `.` for the folder that you are in")
    known = list(openers)
    opener = next((o for o in known if o.opens(location)), None) or next((o for o in known if _guesses(o, location)), None)
    if opener is None:
        refuse_unreadable(location)
        refuse_other_formats(location)
        raise DataError(
            f"`{location}` is not a database that can be read",
            help="give a SQLite, DuckDB, CSV, Parquet or Excel file, or a folder of CSV or Parquet files",
        )
    if not told:
        source: Source = opener.open(location)
        return source
    if "told" not in signature(opener.open).parameters:
        raise DataError(
            f"`{location}` is no file of rows: nothing can be said about how it is written", help="leave `file` and `tables` out"
        )
    open_told: Callable[..., Source] = opener.open
    return open_told(location, told)


def _guesses(opener: SourceOpener, location: str) -> bool:
    guesses: Callable[[str], bool] | None = getattr(opener, "guesses", None)
    return guesses is not None and guesses(location)
