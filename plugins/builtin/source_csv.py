"""Opens a CSV file, or a folder of CSV files, each file a table; every cell is text until its fact types it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from tierwise.plugins import hookimpl
from tierwise.plugins.data_source import FileReading, SourceOpener
from tierwise.plugins.location import files_in, first_bytes, refuse_other_formats, refuse_unreadable

if TYPE_CHECKING:
    from tierwise.plugins.loaded_tables import LoadedTables

__all__ = ["CsvOpener"]

ENDINGS = (".csv", ".tsv")


class CsvOpener:
    """Accepts a file named like a CSV file, or a folder that holds one; text with separators is its own where nobody else wants it."""

    name = "csv"
    about = "a CSV file (UTF-8, UTF-16, GB18030 or a Western code page), or a folder of them, each file a table"

    def opens(self, location: str) -> bool:
        """Say whether it is named like a CSV file, or is a folder that holds one."""
        return location.lower().endswith(ENDINGS) or bool(files_in(location, *ENDINGS))

    def guesses(self, location: str) -> bool:
        """Say whether it is named like text, or is text with separators in its first line."""
        line = first_bytes(location, 4096).split(b"\n")[0]
        if location.lower().endswith(".txt"):
            return True
        if not line or b"\0" in line or line.lstrip().startswith((b"{", b"<", b"PAR1", b"PK")):
            return False
        return any(sign in line for sign in b",\t;")

    def open(self, location: str, told: Mapping[str, FileReading] | None = None) -> LoadedTables:
        """See how each file is written.

        Raises:
            DataError: One is missing, empty or no text, or it cannot be told how it is written.
        """
        from tierwise.plugins.csv_reading import CsvFile
        from tierwise.plugins.loaded_tables import LoadedTables

        files = files_in(location, *ENDINGS) or [Path(location)]
        for file in files:
            refuse_unreadable(str(file))
            refuse_other_formats(str(file))
        told = told or {}
        return LoadedTables(location, self.name, [CsvFile(file, told.get(file.stem, told.get("", FileReading()))) for file in files])


@hookimpl
def tierwise_sources() -> Iterable[SourceOpener]:
    """Give the opener of CSV files."""
    return (CsvOpener(),)
