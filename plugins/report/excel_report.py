"""A report as a workbook: the graded list under people's headings, what was counted with charts over real cells, and the receipt."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from tierwise.core.errors import DataError
from tierwise.plugins.report.excel_cells import write_cell
from tierwise.plugins.report.run_report import RunReport
from tierwise.plugins.sentences.phrases import words_of
from tierwise.plugins.workbook.writing import new_workbook

__all__ = ["excel_report"]

MOST_ROWS = 1_048_575


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
    words = words_of("report", report.language)
    head = book.add_format(
        {"bold": True, "bg_color": "#DCE6F1", "border": 1, "border_color": "#BFBFBF", "text_wrap": True, "valign": "top"}
    )
    title = book.add_format({"bold": True, "font_size": 14})
    percent = book.add_format({"num_format": "0.0%"})
    text = book.add_format({"num_format": "@"})
    day = book.add_format({"num_format": "yyyy-mm-dd"})

    summary = book.add_worksheet(words["summary"])
    summary.write_string(0, 0, report.title, title)
    summary.set_column(0, 0, 44)
    row = 2
    for output in report.outputs:
        for column, name in enumerate((output.label, words["count"], words["share"])):
            summary.write_string(row, column, name, head)
        first = row + 1
        for bar in output.bars:
            row += 1
            summary.write_string(row, 0, f"{'? ' if bar.is_open else ''}{bar.text}", text)
            summary.write_number(row, 1, bar.count)
            summary.write_number(row, 2, bar.count / report.count if report.count else 0, percent)
        if output.bars:
            chart = book.add_chart({"type": "bar"})
            series = {
                "name": [summary.name, first - 1, 0],
                "categories": [summary.name, first, 0, row, 0],
                "values": [summary.name, first, 1, row, 1],
                "fill": {"color": "#1F5F9E"},
                "data_labels": {"value": True},
            }
            chart.add_series(series)
            chart.set_legend({"none": True})
            chart.set_y_axis({"reverse": True})
            chart.set_size({"width": 560, "height": max(180, 60 + 26 * len(output.bars))})
            summary.insert_chart(first - 1, 4, chart)
        row = max(row + 2, first + 3 + (max(180, 60 + 26 * len(output.bars)) // 20))

    listed = book.add_worksheet(words["list"])
    for column, name in enumerate(headings):
        listed.write_string(0, column, name, head)
        listed.set_column(column, column, min(max(2 * len(name), 10), 30))
    last = 0
    for last, cells in enumerate(rows, 1):
        for column, value in enumerate(cells):
            write_cell(listed, last, column, value, text, day)
    listed.freeze_panes(1, 2)
    if last:
        listed.autofilter(0, 0, last, len(headings) - 1)

    receipt = book.add_worksheet(words["receipt"])
    receipt.set_column(0, 1, 30)
    for at, (name, said) in enumerate(report.receipt):
        receipt.write_string(at, 0, name, head)
        receipt.write_string(at, 1, said, text)
    book.close()
    return stream.getvalue()
