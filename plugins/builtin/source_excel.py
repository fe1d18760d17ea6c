"""Opens an Excel workbook, each sheet a table; needs the extra ``excel``."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from tierwise.core.errors import DataError
from tierwise.plugins import hookimpl
from tierwise.plugins.data_source import FileReading, SourceOpener
from tierwise.plugins.location import first_bytes, refuse_other_formats, refuse_unreadable

if TYPE_CHECKING:
    from tierwise.plugins.loaded_tables import LoadedTables

__all__ = ["ExcelOpener"]

ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".et")
LARGEST = 2 << 30
"""Bytes that a workbook may have once its parts are unpacked; a sheet of a million rows has about half of it."""
PERCENT = re.compile(rb'numFmtId="(9|10)"|formatCode="[^"]*%')
OTHERS = (
    ("xl/workbook.bin", "an Excel binary workbook (.xlsb)"),
    ("content.xml", "an OpenDocument file"),
    ("word/document.xml", "a Word document"),
)


class ExcelOpener:
    """Accepts a file named like a workbook."""

    name = "excel"
    about = "an Excel workbook (.xlsx), each sheet a table"

    def opens(self, location: str) -> bool:
        """Say whether it is named like a workbook; its content is a ZIP file like any other."""
        return location.lower().endswith(ENDINGS)

    def open(self, location: str, told: Mapping[str, FileReading] | None = None) -> LoadedTables:
        """Find the headings of every sheet that is not empty.

        Raises:
            DataError: It is missing, no workbook, protected by a password, too large, or the extra ``excel`` is not installed.
        """
        from tierwise.plugins.excel_reading import Sheet
        from tierwise.plugins.loaded_tables import LoadedTables

        refuse_unreadable(location)
        has_percents = _has_percents(location)
        try:
            from openpyxl import load_workbook
        except ImportError as error:
            raise DataError("Excel files need the package `openpyxl`", help="pip install tierwise[excel]") from error
        try:
            book = load_workbook(location, read_only=True, data_only=True)
        except Exception as error:  # openpyxl raises whatever its parsers raise
            raise DataError(f"`{location}` is not an Excel workbook: {error}") from error
        told = told or {}
        try:
            sheets = [Sheet(sheet, has_percents, told.get(str(sheet.title), told.get("", FileReading()))) for sheet in book.worksheets]
        except DataError:
            book.close()
            raise
        return LoadedTables(location, self.name, [sheet for sheet in sheets if not sheet.is_empty], book.close)


def _has_percents(location: str) -> bool:
    """Say whether the workbook has a number format with a percent sign.

    Raises:
        DataError: The file is no workbook of this sort, or too large once unpacked.
    """
    if not first_bytes(location).startswith(b"PK"):
        refuse_other_formats(location)
        raise DataError(f"`{location}` is not an Excel workbook", help="it is damaged or protected by a password")
    try:
        with zipfile.ZipFile(location) as parts:
            names = set(parts.namelist())
            for part, what in OTHERS:
                if part in names:
                    raise DataError(f"`{location}` is {what}", help="save it as an Excel workbook (.xlsx)")
            if sum(info.file_size for info in parts.infolist()) > LARGEST:
                raise DataError(f"`{location}` is too large once it is unpacked", help="save the sheet as CSV")
            return "xl/styles.xml" in names and bool(PERCENT.search(parts.read("xl/styles.xml")))
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        raise DataError(f"`{location}` is not an Excel workbook: {error}", help="it is damaged: restore it from a copy") from error


@hookimpl
def tierwise_sources() -> Iterable[SourceOpener]:
    """Give the opener of Excel workbooks."""
    return (ExcelOpener(),)
