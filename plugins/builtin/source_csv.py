"""Opens a CSV file, or a folder of CSV files, each file a table; every cell is text until its fact types it."""

from __future__ import annotations

import codecs
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from tierwise.core.errors import DataError
from tierwise.plugins import hookimpl
from tierwise.plugins.builtin.source_duckdb import DuckdbSource
from tierwise.plugins.location import files_in, first_bytes, refuse_unreadable
from tierwise.plugins.source import SourceOpener

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["CsvOpener", "CsvSource"]

ENDINGS = (".csv", ".tsv", ".txt")
CHUNK = 1 << 20


class CsvOpener:
    """Accepts a file named like a CSV file, or a folder that holds one."""

    name = "csv"
    about = "a CSV file (UTF-8, UTF-16 or GB18030), or a folder of them, each file a table"

    def opens(self, location: str) -> bool:
        """Say whether it is named like a CSV file, or is a folder that holds one, or is text with separators."""
        if location.lower().endswith(ENDINGS) or files_in(location, *ENDINGS[:2]):
            return True
        line = first_bytes(location, 4096).split(b"\n")[0]
        return bool(line) and b"\0" not in line and not line.startswith((b"{", b"<", b"PAR1")) and line.count(b",") + line.count(b"\t") > 0

    def open(self, location: str) -> CsvSource:
        """Make a view of each file.

        Raises:
            DataError: It is missing, empty, no text, or its rows do not fit its header.
        """
        from tierwise.plugins.duckdb_connection import in_memory

        source = CsvSource(location, self.name, in_memory(), "memory")
        try:
            for file in files_in(location, *ENDINGS[:2]) or [Path(location)]:
                source.add(file)
        except DataError:
            source.close()
            raise
        return source


class CsvSource(DuckdbSource):
    """Views over CSV files; what is not UTF-8 is read through a UTF-8 copy that lives as long as the source."""

    def __init__(self, location: str, kind: str, connection: DuckDBPyConnection, catalog: str) -> None:
        super().__init__(location, kind, connection, catalog)
        self._copies = tempfile.TemporaryDirectory(prefix="tierwise-")

    def add(self, file: Path) -> None:
        """Make a view of one file.

        Raises:
            DataError: It is missing, empty, no text, or its rows do not fit its header.
        """
        from sqlglot import exp

        from tierwise.plugins.duckdb_connection import readable

        refuse_unreadable(str(file))
        path = self._in_utf8(file).resolve()
        text = "".join(f"[{sign}]" if sign in "*?[" else sign for sign in str(path))
        view = exp.to_identifier(file.stem, quoted=True).sql("duckdb")
        # A quoted cell may hold a line break, which DuckDB reads beside short rows with one thread only.
        alone = ", parallel = false" if _has_quotes(path) else ""
        read = f"read_csv({exp.Literal.string(text).sql('duckdb')}, all_varchar = true, header = true, null_padding = true{alone})"
        with readable(str(file)):
            self.connection.execute(f"CREATE VIEW {view} AS SELECT * FROM {read}")

    def close(self) -> None:
        """Let go of the file and remove the copies."""
        super().close()
        self._copies.cleanup()

    def _in_utf8(self, file: Path) -> Path:
        encoding = _encoding_of(file)
        if encoding == "utf-8":
            return file
        copy = Path(self._copies.name) / f"{len(list(Path(self._copies.name).iterdir()))}.csv"
        with file.open(encoding=encoding, newline="") as text, copy.open("w", encoding="utf-8", newline="") as out:
            while part := text.read(CHUNK):
                out.write(part)
        return copy


def _encoding_of(file: Path) -> str:
    head = first_bytes(str(file), 4)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    for encoding in ("utf-8", "gb18030"):
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            with file.open("rb") as stream:
                while part := stream.read(CHUNK):
                    if b"\0" in part:
                        raise DataError(f"`{file}` is not a CSV file: it holds binary data")
                    decoder.decode(part)
                decoder.decode(b"", final=True)
            return encoding
        except UnicodeDecodeError:
            continue
    raise DataError(f"`{file}` is neither UTF-8 nor GB18030 text", help="save it as UTF-8")


def _has_quotes(file: Path) -> bool:
    with file.open("rb") as stream:
        return any(b'"' in part for part in iter(lambda: stream.read(CHUNK), b""))


@hookimpl
def tierwise_sources() -> Iterable[SourceOpener]:
    """Give the opener of CSV files."""
    return (CsvOpener(),)
