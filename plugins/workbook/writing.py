"""Writes sheets as an Excel workbook: texts stay texts, what is to be edited is not locked, words are offered; the same sheets give the same bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tierwise.core.errors import DataError
from tierwise.plugins.headings import column_letters
from tierwise.plugins.workbook.cell_values import GRID_BELOW, OTHER_SHEET
from tierwise.plugins.workbook.sheets import FIRST_SHEET, Sheet
from tierwise.plugins.workbook.untrusted_cells import NEEDS_EXCEL

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

__all__ = ["ColumnHelp", "Helps", "new_workbook", "workbook_bytes"]

FIRST_BLOCK_ROW = 2
"""From 0: above it stand the title and the header of the block."""
SPARE_ROWS = 200
WIDEST, LAST_COLUMN = 60, 16_383
CREATED = datetime(2000, 1, 1)
PROTECTED = {
    "insert_rows": True,
    "delete_rows": True,
    "format_columns": True,
    "format_rows": True,
    "format_cells": True,
    "sort": True,
    "autofilter": True,
}
MOST_MESSAGE, MOST_COMMENT = 255, 2_000


@dataclass(frozen=True, slots=True)
class ColumnHelp:
    """What is said about a column of a grid, or a row of a block.

    Attributes:
        label: What people call it.
        about: What may stand there: type, unit.
        choices: Words that are offered, each with its label.
        is_strict: Whether nothing else may be typed.
    """

    label: str = ""
    about: str = ""
    choices: tuple[tuple[str, str], ...] = ()
    is_strict: bool = False


Helps = Callable[[Sheet, str], ColumnHelp | None]
"""What is said about a header of a sheet's grid, or a path of its block."""


def new_workbook(into: BytesIO) -> Any:
    """Return an empty workbook of xlsxwriter in which texts stay texts and nothing depends on the clock.

    Raises:
        DataError: The extra ``excel`` is not installed.
    """
    try:
        from xlsxwriter import Workbook
    except ImportError as error:
        raise DataError("workbooks need the package `xlsxwriter`", help=NEEDS_EXCEL) from error
    book = Workbook(into, {"strings_to_numbers": False, "strings_to_formulas": False, "strings_to_urls": False, "in_memory": True})
    book.set_properties({"created": CREATED})
    return book


def workbook_bytes(sheets: Sequence[Sheet], first: Sequence[tuple[str, str]], helps: Helps, words: Mapping[str, str]) -> bytes:
    """Return the workbook.

    Args:
        sheets: What it holds.
        first: The rows of its first sheet: what it is, and ``file/…`` for each file.
        helps: What is said about columns and rows.
        words: The words of the frame, in the reader's language.
    """
    stream = BytesIO()
    book = new_workbook(stream)
    _Writer(book, words, helps).write(sheets, first)
    book.close()
    return stream.getvalue()


class _Writer:
    def __init__(self, book: Any, words: Mapping[str, str], helps: Helps) -> None:
        self.book = book
        self.words = words
        self.helps = helps
        text = {"num_format": "@", "valign": "top", "text_wrap": True}
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.header = book.add_format({**text, "bold": True, "bg_color": "#DCE6F1", "border": 1, "border_color": "#BFBFBF"})
        self.fixed = book.add_format({**text, "font_color": "#595959"})
        self.label = book.add_format({**text, "italic": True, "font_color": "#595959"})
        self.free = book.add_format({**text, "locked": False})
        self.open = book.add_format({**text, "locked": False, "bg_color": "#FFF2CC", "border": 1, "border_color": "#BFBFBF"})
        self.column = book.add_format({"num_format": "@", "valign": "top", "text_wrap": True, "locked": False})
        self.lists: dict[tuple[tuple[str, str], ...], str] = {}

    def write(self, sheets: Sequence[Sheet], first: Sequence[tuple[str, str]]) -> None:
        guide = Sheet(FIRST_SHEET, self.words["title"], "", (), list(first))
        self._sheet(guide, self.fixed)
        self.lists_name = self.words["lists"]
        for sheet in sheets:
            self._sheet(sheet, self.free)
        self._lists()
        self.book.worksheets()[0].activate()

    def _sheet(self, sheet: Sheet, values: Format) -> None:
        at = self.book.add_worksheet(sheet.name)
        at.set_column(0, LAST_COLUMN, None, self.column)  # a row can be deleted only where no cell of it is locked, to the last column
        at.dim_colmin = at.dim_colmax = None  # xlsxwriter would look at all of them in every row
        at.protect("", PROTECTED)
        if sheet.to_fill:
            at.set_tab_color("#FFC000")
        at.write_string(0, 0, sheet.title, self.title)
        if sheet.name == FIRST_SHEET:
            at.write_string(0, 2, self.words["guide"], self.fixed)
        for column, text in enumerate((self.words["path"], self.words["value"])):
            at.write_string(1, column, text, self.header)
        for number, (path, value) in enumerate(sheet.block, FIRST_BLOCK_ROW):
            is_fixed = value.startswith((GRID_BELOW, OTHER_SHEET))
            at.write_string(number, 0, path, self.fixed)
            at.write_string(number, 1, value, self.fixed if is_fixed else self.open if sheet.to_fill else values)
            self._say(at, sheet, path, number, 1)
        widths = {
            0: max((_width(path) for path, _ in sheet.block), default=0),
            1: max((_width(value) for _, value in sheet.block), default=0),
        }
        if sheet.grid is not None:
            self._grid(at, sheet, widths)
        else:
            at.freeze_panes(FIRST_BLOCK_ROW, 1)
        for column, width in widths.items():
            at.set_column(column, column, min(max(width + 3, 9), WIDEST), self.column)

    def _grid(self, at: Worksheet, sheet: Sheet, widths: dict[int, int]) -> None:
        grid = sheet.grid
        assert grid is not None
        top = FIRST_BLOCK_ROW + len(sheet.block) + 1
        shown = [self.helps(sheet, name) for name in grid.header]
        labels = [one.label if one is not None else "" for one in shown]
        if any(labels[1:]):
            at.write_string(top, 0, "#", self.label)
            for column, label in enumerate(labels[1:], 1):
                at.write_string(top, column, label, self.label)
            top += 1
        last = top + len(grid.rows) + SPARE_ROWS
        for column, name in enumerate(grid.header):
            at.write_string(top, column, name, self.header)
            one = shown[column]
            if one is not None and (one.label or one.about):
                at.write_comment(top, column, f"{one.label}\n{one.about}".strip()[:MOST_COMMENT], {"author": "", "x_scale": 2})
            if one is not None and one.choices:
                self._offer(at, one, top + 1, column, last)
            longest = max((_width(row[column]) for row in grid.rows), default=0)
            widths[column] = max(_width(name), longest, min(_width(labels[column]), 24), widths.get(column, 0) if column > 1 else 0)
        for number, row in enumerate(grid.rows, top + 1):
            for column, cell in enumerate(row):
                format = self.label if grid.header[column].startswith("# ") and sheet.to_fill else self.open if sheet.to_fill else self.free
                if cell:
                    at.write_string(number, column, cell, format)
                elif sheet.to_fill:
                    at.write_blank(number, column, None, format)
        at.freeze_panes(top + 1, 1)
        if grid.rows:
            at.autofilter(top, 0, top + len(grid.rows), len(grid.header) - 1)

    def _say(self, at: Worksheet, sheet: Sheet, path: str, row: int, column: int) -> None:
        one = self.helps(sheet, path)
        if one is None:
            return
        if one.label or one.about:
            at.write_comment(row, column, f"{one.label}\n{one.about}".strip()[:MOST_COMMENT], {"author": "", "x_scale": 2})
        if one.choices:
            self._offer(at, one, row, column, row)

    def _offer(self, at: Worksheet, one: ColumnHelp, first: int, column: int, last: int) -> None:
        """Offer the words of a list; where more than a word may stand, they are no more than offered."""
        source = self.lists.setdefault(one.choices, self._range(one.choices))
        message = ", ".join(f"{word} = {label}" if label and label != word else word for word, label in one.choices)
        options: dict[str, Any] = {"validate": "list", "source": source, "ignore_blank": True}
        if one.is_strict:
            options |= {"error_title": self.words["not offered"], "error_message": message[:MOST_MESSAGE]}
        else:
            options["show_error"] = False
        if message:
            options["input_message"] = message if len(message) <= MOST_MESSAGE else message[: MOST_MESSAGE - 1] + "…"
        at.data_validation(first, column, last, column, options)

    def _range(self, choices: tuple[tuple[str, str], ...]) -> str:
        letters = column_letters(2 * len(self.lists))
        name = self.lists_name.replace("'", "''")
        return f"='{name}'!${letters}$2:${letters}${len(choices) + 1}"

    def _lists(self) -> None:
        if not self.lists:
            return
        at = self.book.add_worksheet(self.lists_name)
        at.protect("", {"format_columns": True})
        for number, choices in enumerate(self.lists):
            at.write_string(0, 2 * number, self.words["word"], self.header)
            at.write_string(0, 2 * number + 1, self.words["label"], self.header)
            for row, (word, label) in enumerate(choices, 1):
                at.write_string(row, 2 * number, word, self.fixed)
                at.write_string(row, 2 * number + 1, label, self.fixed)


def _width(text: str) -> int:
    """Return the width of the longest line of a text in columns."""
    return max((sum(2 if ord(sign) > 0x2E7F else 1 for sign in line) for line in text.split("\n")), default=0)
