"""Opens a Parquet file, or a folder of Parquet files, each file a table."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tierwise.core.errors import DataError
from tierwise.plugins import hookimpl
from tierwise.plugins.location import files_in, first_bytes, refuse_unreadable
from tierwise.plugins.source import SourceOpener

if TYPE_CHECKING:
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
        for file in files:
            refuse_unreadable(str(file))
            if not first_bytes(str(file)).startswith(b"PAR1"):
                raise DataError(f"`{file}` is not a Parquet file", help="it is damaged or a file of another kind")
            view = exp.to_identifier(file.stem, quoted=True).sql("duckdb")
            with readable(str(file)):
                connection.execute(f"CREATE VIEW {view} AS SELECT * FROM read_parquet({_literal(file)})")
        return DuckdbSource(location, self.name, connection, "memory")


def _literal(file: Path) -> str:
    """Quote a path for SQL so that none of its signs is a wildcard."""
    from sqlglot import exp

    text = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(file.resolve()))
    return exp.Literal.string(text).sql("duckdb")


@hookimpl
def tierwise_sources() -> Iterable[SourceOpener]:
    """Give the opener of Parquet files."""
    return (ParquetOpener(),)
