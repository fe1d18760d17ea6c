"""Opens an Excel workbook, each sheet a table whose first row names the columns; needs the extra ``excel``."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from tierwise.core.errors import DataError
from tierwise.plugins import hookimpl
from tierwise.plugins.location import first_bytes, refuse_unreadable
from tierwise.plugins.source import SourceOpener

if TYPE_CHECKING:
    from tierwise.plugins.builtin.source_duckdb import DuckdbSource

__all__ = ["ExcelOpener"]

ENDINGS = (".xlsx", ".xlsm")
BATCH = 10_000


class ExcelOpener:
    """Accepts a file named like an Excel workbook."""

    name = "excel"
    about = "an Excel workbook (.xlsx), each sheet a table"

    def opens(self, location: str) -> bool:
        """Say whether it is named like a workbook; its content is a ZIP file like any other."""
        return location.lower().endswith(ENDINGS)

    def open(self, location: str) -> DuckdbSource:
        """Read every sheet.

        Raises:
            DataError: It is missing, no workbook, protected by a password, or the extra ``excel`` is not installed.
        """
        from sqlglot import exp

        from tierwise.plugins.arrow_columns import table_of
        from tierwise.plugins.builtin.source_duckdb import DuckdbSource
        from tierwise.plugins.duckdb_connection import in_memory

        refuse_unreadable(location)
        connection = in_memory()
        for title, rows in _sheets(location):
            header, filled = _header(next(rows, ()))
            table = table_of(header, _batches(rows, filled))
            connection.register("tierwise_sheet", table)
            connection.execute(f"CREATE TABLE {exp.to_identifier(title, quoted=True).sql('duckdb')} AS SELECT * FROM tierwise_sheet")
            connection.unregister("tierwise_sheet")
        return DuckdbSource(location, self.name, connection, "memory")


def _sheets(location: str) -> Iterator[tuple[str, Iterator[tuple[Any, ...]]]]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise DataError("Excel files need the package `openpyxl`", help="pip install tierwise[excel]") from error
    if not first_bytes(location).startswith(b"PK"):
        raise DataError(f"`{location}` is not an Excel workbook", help="it is damaged or protected by a password")
    try:
        book = load_workbook(location, read_only=True, data_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise DataError(f"`{location}` is not an Excel workbook: {error}") from error
    try:
        for sheet in book.worksheets:
            rows = sheet.iter_rows(values_only=True)
            if sheet.max_row:
                yield sheet.title, iter(rows)
    finally:
        book.close()


def _header(row: Iterable[Any]) -> tuple[list[str], list[int]]:
    cells = {position: str(cell).strip() for position, cell in enumerate(row) if cell is not None and str(cell).strip()}
    if len(set(cells.values())) < len(cells):
        raise DataError("two columns of an Excel sheet have the same name", help="rename one of them")
    return list(cells.values()), list(cells)


def _batches(rows: Iterator[tuple[Any, ...]], filled: list[int]) -> Iterator[list[tuple[Any, ...]]]:
    while part := list(islice(rows, BATCH)):
        kept = [tuple(row[i] if i < len(row) else None for i in filled) for row in part]
        yield [row for row in kept if any(cell is not None for cell in row)]


@hookimpl
def tierwise_sources() -> Iterable[SourceOpener]:
    """Give the opener of Excel workbooks."""
    return (ExcelOpener(),)
