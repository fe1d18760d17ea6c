"""Reads the cells of an untrusted workbook: bounded, with their addresses; and what Excel made of a text that was typed, read back by the type that is expected."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from tierwise.core.errors import DataError
from tierwise.core.finding import Finding
from tierwise.core.source import Source, Span, Written

__all__ = ["ExcelCell", "SheetCells", "address_of", "cell_text_of", "read_workbook"]

MOST_BYTES = 16_000_000
"""Of all parts of a workbook, unpacked; a policy itself may have two million."""
MOST_ROWS, MOST_COLUMNS, MOST_SHEETS, MOST_CELLS = 20_000, 400, 300, 400_000
CELLS = re.compile(rb"<(?:\w+:)?(?:c|si|xf)[ />]")
"""Where a cell, a text of cells or a format begins."""
PERCENT_FORMATS = (9, 10)
NEEDS_EXCEL = "pip install tierwise[excel]"
SAVE_PLAINLY = "save it from Excel as a workbook (.xlsx)"


@dataclass(frozen=True, slots=True)
class ExcelCell:
    """A cell as it is stored.

    Attributes:
        address: Such as ``tier!C7``.
        value: A text, number, truth value, date or time; ``None`` for nothing.
        kind: openpyxl's letter: ``s`` text, ``n`` number, ``b`` truth value, ``d`` date, ``e`` error, ``f`` formula.
        is_percent: Whether it is shown as a percentage.
    """

    address: str
    value: Any
    kind: str = "s"
    is_percent: bool = False

    @property
    def is_blank(self) -> bool:
        """Whether there is nothing in it but blanks."""
        return self.value is None or (isinstance(self.value, str) and not self.value.strip())

    @property
    def span(self) -> Span:
        """Its place."""
        return self._span(_shown(self.value))

    def written(self, text: str) -> Written:
        """Return a text that stands in it."""
        return Written.at(text, self._span(text))

    def _span(self, text: str) -> Span:
        source = Source(self.address, text, is_cell=True)
        lines = source.lines or ("",)
        return Span(source, 1, 1, len(lines), len(lines[-1]) + 1)


@dataclass(frozen=True, slots=True)
class SheetCells:
    """A sheet: row number and cells by column number, both from 1, of each row that is not blank; the rows that are hidden."""

    name: str
    rows: tuple[tuple[int, dict[int, ExcelCell]], ...]
    hidden: frozenset[int]

    def address(self, row: int, column: int) -> str:
        """Return the address of a cell of it."""
        return address_of(self.name, row, column)


def address_of(sheet: str, row: int, column: int) -> str:
    """Return the address of a cell as Excel writes it, such as ``tier!C7`` or ``'my tier'!C7``."""
    from tierwise.plugins.headings import column_letters

    plain = re.fullmatch(r"[^\W\d]\w*", sheet)
    return f"{sheet if plain else _quoted(sheet)}!{column_letters(column - 1)}{row}"


def _quoted(sheet: str) -> str:
    doubled = sheet.replace("'", "''")
    return f"'{doubled}'"


def read_workbook(path: str) -> dict[str, SheetCells]:
    """Read all sheets of a workbook, by name.

    Raises:
        DataError: It is no workbook, too large, has cells far away or merged ones, or the extra ``excel`` is not installed.
    """
    _refuse_unsafe(path)
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise DataError("workbooks need the package `openpyxl`", help=NEEDS_EXCEL) from error
    try:
        book = load_workbook(path, read_only=True)
    except Exception as error:  # openpyxl raises whatever its parsers raise
        raise DataError(f"`{path}` is not an Excel workbook: {error}", help=SAVE_PLAINLY) from error
    try:
        if len(book.worksheets) > MOST_SHEETS:
            raise DataError(f"`{path}` has {len(book.worksheets)} sheets; at most {MOST_SHEETS} are read")
        cells = 0
        sheets = {}
        for sheet in book.worksheets:
            if sheet.title in sheets:
                raise DataError(f"`{path}` has two sheets called `{sheet.title}`", help=SAVE_PLAINLY)
            read = _Sheet(sheet, MOST_CELLS - cells).read()
            cells += sum(len(row) for _, row in read.rows)
            sheets[read.name] = read
        return sheets
    except DataError:
        raise
    except Exception as error:  # the same
        raise DataError(f"`{path}` cannot be read: {error}", help=SAVE_PLAINLY) from error
    finally:
        book.close()


def _refuse_unsafe(path: str) -> None:
    """Look into a file before anything parses it: its sizes, and what no workbook needs."""
    from tierwise.plugins.location import refuse_unreadable

    refuse_unreadable(path)
    try:
        with zipfile.ZipFile(path) as parts:
            infos = parts.infolist()
            size = sum(info.file_size for info in infos)
            if size > MOST_BYTES or len(infos) > 10 * MOST_SHEETS:
                raise DataError(
                    f"`{path}` is too large for a policy: {size:,} bytes once it is unpacked", help=f"at most {MOST_BYTES:,} are read"
                )
            for info in infos:
                if info.filename.endswith((".xml", ".rels")):
                    with parts.open(info) as stream:
                        part = stream.read(info.file_size)
                    if b"<!DOCTYPE" in part.upper():
                        raise DataError(f"`{path}` holds a document type definition, which no workbook needs", help=SAVE_PLAINLY)
                    if len(CELLS.findall(part)) > MOST_CELLS:  # to find that out while they are read would take seconds
                        raise DataError(f"the workbook holds more than {MOST_CELLS:,} cells")
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError, EOFError) as error:
        raise DataError(f"`{path}` is not an Excel workbook: {error}", help=SAVE_PLAINLY) from error


class _Sheet:
    """Reads one sheet row by row, with openpyxl's own parser: its rows are not padded to the farthest cell."""

    def __init__(self, sheet: Any, most: int) -> None:
        self.sheet = sheet
        self.name = str(sheet.title)
        self.most = most

    def read(self) -> SheetCells:
        from openpyxl.worksheet._reader import WorkSheetParser

        book = self.sheet.parent
        with self.sheet._get_source() as stream:
            parser = WorkSheetParser(
                stream,
                self.sheet._shared_strings,
                epoch=book.epoch,
                date_formats=book._date_formats,
                timedelta_formats=book._timedelta_formats,
            )
            rows = tuple(self._rows(parser))
            if parser.merged_cells is not None and parser.merged_cells.count:
                first = next(iter(parser.merged_cells.mergeCell)).ref
                raise DataError(
                    f"cells of the sheet `{self.name}` are merged: {first}", help="take the merge back: each cell stands for itself"
                )
            hidden = frozenset(int(number) for number, about in parser.row_dimensions.items() if about.get("hidden") in ("1", "true"))
        return SheetCells(self.name, rows, hidden)

    def _rows(self, parser: Any) -> Iterator[tuple[int, dict[int, ExcelCell]]]:
        count = 0
        for number, cells in parser.parse():
            count += len(cells)
            if count > self.most:
                raise DataError(f"the workbook holds more than {MOST_CELLS:,} cells")
            row = {}
            for cell in cells:
                if cell["value"] is None:
                    continue
                if cell["row"] > MOST_ROWS or cell["column"] > MOST_COLUMNS:
                    place = address_of(self.name, cell["row"], cell["column"])
                    raise DataError(
                        f"the cell `{place}` lies too far away", help=f"at most {MOST_ROWS:,} rows and {MOST_COLUMNS} columns are read"
                    )
                read = self._cell(cell)
                if not read.is_blank:
                    row[cell["column"]] = read
            if row:
                yield number, row

    def _cell(self, cell: dict[str, Any]) -> ExcelCell:
        kind = cell["data_type"]
        value = cell["value"]
        if isinstance(value, str):
            value = value.replace("\r\n", "\n").replace("_x000D_", "")
        address = address_of(self.name, cell["row"], cell["column"])
        return ExcelCell(address, value, kind, kind == "n" and self._is_percent(cell["style_id"]))

    def _is_percent(self, style: Any) -> bool:
        book = self.sheet.parent
        try:
            number = book._cell_styles[int(style)].numFmtId
        except (IndexError, ValueError):
            return False
        if number in PERCENT_FORMATS:
            return True
        return number >= 164 and "%" in str(book._number_formats[number - 164])


def cell_text_of(cell: ExcelCell, expected: str, findings: list[Finding]) -> Written | None:
    """Return the text that was meant by a cell; ``None`` for nothing, and where it cannot be told.

    Args:
        cell: The cell.
        expected: What is declared to stand there: ``number``, ``boolean``, ``date``, ``date and time``, ``text`` (words, ids, names), or empty for anything.
        findings: What was found; a cell that is an error, a formula or a date that was none is added to it.
    """
    if cell.is_blank:
        return None
    match cell.kind, cell.value:
        case "e", value:
            findings.append(Finding.error("error-cell", f"this cell holds the error `{value}`", cell.span, "type what it is meant to say"))
        case "f", _:
            help = "copy it and paste its value; text that starts with `=` needs an apostrophe before it"
            findings.append(Finding.error("formula-cell", "this cell holds a formula", cell.span, help))
        case _, bool(value):
            return _read(cell, str(value).lower(), expected in ("boolean", ""), findings)
        case _, int() | float() as number:
            is_text = expected == "text" or (expected in ("boolean", "date", "date and time"))
            return _read(cell, _number_text(number, cell.is_percent), not is_text, findings)
        case _, datetime() | date() | time() | timedelta() as moment:
            return _moment(cell, moment, expected, findings)
        case _, text:
            return cell.written(str(text).strip())  # also of the blanks that pages and forms have
    return None


def _read(cell: ExcelCell, text: str, certain: bool, findings: list[Finding]) -> Written:
    written = cell.written(text)
    if not certain:
        help = "where something else was typed, such as `001`, type it again with an apostrophe before it"
        findings.append(
            Finding.warning("changed-by-excel", f"Excel keeps this cell as a value, which is read as `{text}`", cell.span, help)
        )
    return written


def _moment(cell: ExcelCell, moment: Any, expected: str, findings: list[Finding]) -> Written | None:
    if isinstance(moment, datetime):
        is_day = moment.time() == time()
        if expected == "date" and is_day:
            return cell.written(moment.date().isoformat())
        if expected == "date and time":
            return cell.written(moment.isoformat(timespec="minutes" if not moment.second else "seconds"))
    shown = moment.date().isoformat() if isinstance(moment, datetime) and moment.time() == time() else str(moment)
    help = "type it again with an apostrophe before it: what was typed, such as `1-3`, cannot be told from the date"
    findings.append(Finding.error("changed-by-excel", f"Excel made the date `{shown}` of what was typed here", cell.span, help))
    return None


def _number_text(number: float, is_percent: bool) -> str:
    """Return a number with the 15 digits that Excel keeps, without an exponent."""
    exact = Decimal(f"{number:.15g}") if isinstance(number, float) else Decimal(number)
    plain = (exact * 100 if is_percent else exact).normalize()
    return f"{plain:f}" + ("%" if is_percent else "")


def _shown(value: Any) -> str:
    return "" if value is None else str(value)
