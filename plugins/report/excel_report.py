"""A report as a workbook: the graded list under people's headings, what was counted with charts over real cells, and the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from itertools import groupby
from typing import Any

from tierwise.core.errors import DataError
from tierwise.plugins.report.run_report import OutputReport, RunReport, Split
from tierwise.plugins.report.sheet_names import SheetNames
from tierwise.plugins.report.sheet_rows import with_rows, write_pattern
from tierwise.plugins.sentences.phrases import words_of
from tierwise.plugins.workbook.writing import new_workbook

__all__ = ["excel_report"]

MOST_ROWS = 1_048_575
LIST = 2
"""The number of the sheet of the list."""
COLOURS = ("#1F5F9E", "#E69F00", "#56B4E9", "#009E73", "#D55E00", "#CC79A7", "#F0E442", "#767676")
"""Told apart by the colour-blind as well (Okabe and Ito), after the colour of all charts."""
ROW_HEIGHT = 20
"""Of a row of a sheet, in pixels."""


def excel_report(report: RunReport, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """Return the workbook.

    Args:
        report: What was counted.
        headings: Of the list.
        rows: The list: texts, numbers, truth values, dates and ``None``.

    Raises:
        DataError: There are more rows than a sheet holds, or the extra is not installed.
    """
    if report.count > MOST_ROWS:
        raise DataError(
            f"a sheet holds {MOST_ROWS:,} rows, not {report.count:,}", help="choose some by `--where`, or write CSV by `--output`"
        )
    stream = BytesIO()
    book = new_workbook(stream)
    _Report(book, report).write(headings)
    book.close()
    return with_rows(stream.getvalue(), {LIST: rows})


class _Report:
    """Writes a report into a workbook of xlsxwriter, sheet by sheet; the list gets its rows afterwards."""

    def __init__(self, book: Any, report: RunReport) -> None:
        self._book = book
        self._report = report
        self._words: Mapping[str, str] = words_of("report", report.language)
        self._names = SheetNames()
        self._head = book.add_format(
            {"bold": True, "bg_color": "#DCE6F1", "border": 1, "border_color": "#BFBFBF", "text_wrap": True, "valign": "top"}
        )
        self._text = book.add_format({"num_format": "@"})

    def write(self, headings: Sequence[str]) -> None:
        words, report = self._words, self._report
        self._summary()
        self._list(headings)
        opened = [
            (output.label, bar.text, bar.count, ", ".join(f"{name} ({count})" for name, count in output.settled_by.get(bar.value, ())))
            for output in report.outputs
            for bar in output.bars
            if bar.is_open and bar.count
        ]
        opened += [(label, reasons, report.count, "") for label, reasons in report.unknown]
        self._table(words["undetermined"], (words["output"], words["reason"], words["count"], words["settle"]), opened)
        for by, splits in groupby(report.splits, key=lambda split: split.by):
            self._split(words["by"].format(by=by), tuple(splits))
        near = [(one.label, one.number, one.below, one.at, one.above) for one in report.near]
        self._table(words["near"], tuple(words[name] for name in ("meaning", "border", "below", "on it", "above")), near)
        receipt = self._sheet(words["receipt"])
        receipt.set_column(0, 1, 30)
        for at, (name, said) in enumerate(report.receipt):
            receipt.write_string(at, 0, name, self._head)
            receipt.write_string(at, 1, said, self._text)

    def _sheet(self, name: str) -> Any:
        return self._book.add_worksheet(self._names.name(name))

    def _summary(self) -> None:
        sheet = self._sheet(self._words["summary"])
        sheet.write_string(0, 0, self._report.title, self._book.add_format({"bold": True, "font_size": 14}))
        sheet.set_column(0, 0, 44)
        percent = self._book.add_format({"num_format": "0.0%"})
        row = 2
        for output in self._report.outputs:
            row = self._distribution(sheet, row, output, percent)

    def _distribution(self, sheet: Any, row: int, output: OutputReport, percent: Any) -> int:
        """Write an output from a row on, with its chart, and return the row of the next one."""
        for column, name in enumerate((output.label, self._words["count"], self._words["share"])):
            sheet.write_string(row, column, name, self._head)
        head, total = row, self._report.count
        for bar in output.bars:
            row += 1
            sheet.write_string(row, 0, f"{'? ' if bar.is_open else ''}{bar.text}", self._text)
            sheet.write_number(row, 1, bar.count)
            sheet.write_number(row, 2, bar.count / total if total else 0, percent)
        height = max(180, 60 + 26 * len(output.bars))
        if output.bars:
            self._chart(sheet, (head, 4), height, "bar", ((head, head + 1, row, 1),))
        return max(row + 2, head + 4 + height // ROW_HEIGHT)

    def _chart(self, sheet: Any, place: tuple[int, int], height: int, kind: str, series: Iterable[tuple[int, int, int, int]]) -> None:
        """Draw the numbers of columns, each told by the row of its head, its first and last row, and itself."""
        chart = self._book.add_chart({"type": "bar", **({} if kind == "bar" else {"subtype": kind})})
        shown = list(series)
        for number, (head, first, last, column) in enumerate(shown):
            chart.add_series(
                {
                    "name": [sheet.name, head, 0 if len(shown) == 1 else column],
                    "categories": [sheet.name, first, 0, last, 0],
                    "values": [sheet.name, first, column, last, column],
                    "fill": {"color": COLOURS[number % len(COLOURS)]},
                    "data_labels": {"value": len(shown) == 1},
                }
            )
        chart.set_legend({"none": True} if len(shown) == 1 else {"position": "bottom"})
        chart.set_y_axis({"reverse": True})
        chart.set_size({"width": 560, "height": height})
        sheet.insert_chart(*place, chart)

    def _list(self, headings: Sequence[str]) -> None:
        """Write the head of the list; its rows come afterwards."""
        sheet = self._sheet(self._words["list"])
        for column, name in enumerate(headings):
            sheet.write_string(0, column, name, self._head)
            sheet.set_column(column, column, min(max(2 * len(name), 10), 30))
        write_pattern(sheet, self._text, self._book.add_format({"num_format": "yyyy-mm-dd"}))
        sheet.freeze_panes(1, 2)
        if self._report.count:
            sheet.autofilter(0, 0, self._report.count, len(headings) - 1)

    def _table(self, name: str, head: Sequence[str], rows: Sequence[Sequence[str | int]]) -> None:
        if not rows:
            return
        sheet = self._sheet(name)
        sheet.set_column(0, len(head) - 1, 24)
        sheet.freeze_panes(1, 0)
        self._cells(sheet, 0, [head, *rows])
        sheet.autofilter(0, 0, len(rows), len(head) - 1)

    def _split(self, name: str, splits: Sequence[Split]) -> None:
        sheet = self._sheet(name)
        sheet.set_column(0, 0, 24)
        row = 0
        for split in splits:
            sheet.write_string(row, 0, split.output, self._book.add_format({"bold": True, "font_size": 13}))
            counted: list[Sequence[str | int]] = [(group, *counts, sum(counts)) for group, counts in split.groups]
            self._cells(sheet, row + 1, [(split.by, *split.bars, self._words["all"]), *counted])
            head, last = row + 1, row + 1 + len(counted)
            height = max(200, 100 + 26 * len(counted))
            if counted:
                columns = range(1, len(split.bars) + 1)
                self._chart(
                    sheet, (row, len(split.bars) + 3), height, "percent_stacked", [(head, head + 1, last, column) for column in columns]
                )
            row = max(last + 3, row + 2 + height // ROW_HEIGHT)

    def _cells(self, sheet: Any, row: int, rows: Iterable[Sequence[str | int]]) -> None:
        """Write a table whose first row is its head."""
        for at, cells in enumerate(rows, row):
            for column, cell in enumerate(cells):
                if isinstance(cell, int):
                    sheet.write_number(at, column, cell)
                else:
                    sheet.write_string(at, column, cell, self._head if at == row else self._text)
