"""Opens a Parquet file, or a folder of Parquet files, each file a table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tierwise.core.errors import DataError
from tierwise.plugins import hookimpl
from tierwise.plugins.data_source import SourceOpener
from tierwise.plugins.location import files_in, first_bytes, refuse_unreadable

if TYPE_CHECKING:
    from sqlglot import exp

    from tierwise.plugins.builtin.source_duckdb import DuckdbSource

__all__ = ["ParquetOpener"]


class ParquetOpener:
    """Accepts what starts as a Parquet file does, is named like one, or is a folder that holds one."""

    name = "parquet"
    about = "a Parquet file, or a folder of them, each file a table"

    def opens(self, location: str) -> bool:
        """Say whether it is a Parquet file or a folder that holds one."""
        return first_bytes(location).startswith(b"PAR1") or location.lower().endswith(".parquet") or bool(files_in(location, ".parquet"))

    def open(self, location: str) -> DuckdbSource:
        """Make a view of each file.

        Raises:
            DataError: It is missing, empty or not a Parquet file.
        """
        from sqlglot import exp

        from tierwise.plugins.builtin.source_duckdb import DuckdbSource
        from tierwise.plugins.duckdb_connection import in_memory, readable

        files = files_in(location, ".parquet") or [Path(location)]
        connection = in_memory()
        numbered: dict[str, tuple[exp.Expr, str]] = {}
        for file in files:
            refuse_unreadable(str(file))
            if not first_bytes(str(file)).startswith(b"PAR1"):
                raise DataError(f"`{file}` is not a Parquet file", help="it is damaged or a file of another kind")
            read = exp.Anonymous(this="read_parquet", expressions=[_literal(file)])
            view = exp.to_identifier(file.stem, quoted=True).sql("duckdb")
            with readable(str(file)):
                connection.execute(f"CREATE VIEW {view} AS SELECT * FROM {read.sql('duckdb')}")
            numbered[file.stem] = read, "file_row_number"
        return DuckdbSource(location, self.name, connection, "memory", numbered, Unchanged(files))


class Unchanged:
    """Sees to it that files are the same as when they were opened: they are read several times.

    Args:
        files: The files.
    """

    def __init__(self, files: Iterable[Path]) -> None:
        self._files = {file: _mark(file) for file in files}

    def __call__(self) -> None:
        """Refuse files that are others now.

        Raises:
            DataError: One is.
        """
        for file, mark in self._files.items():
            if _mark(file) != mark:
                raise DataError(f"`{file}` was changed while it was read", help="run it again, or grade a copy")


def _mark(file: Path) -> tuple[int, ...]:
    """Return what tells a file from what is written in its place."""
    try:
        found = file.stat()
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns


def _literal(file: Path) -> exp.Expr:
    """Return a path so that none of its signs is a wildcard."""
    from sqlglot import exp

    text = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(file.resolve()))
    return exp.Literal.string(text)


@hookimpl
def tierwise_sources() -> Iterable[SourceOpener]:
    """Give the opener of Parquet files."""
    return (ParquetOpener(),)
