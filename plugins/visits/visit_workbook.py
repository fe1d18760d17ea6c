"""A plan of visits as a workbook: the visits with filters, and the load of each owner and week with a sign where there is no time for it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from io import BytesIO
from typing import Any

from tierwise.plugins.report.excel_cells import write_cell
from tierwise.plugins.sentences.phrases import words_of
from tierwise.plugins.visits.visit_plan import VisitPlan
from tierwise.plugins.workbook.writing import new_workbook

__all__ = ["visit_workbook"]


def visit_workbook(plan: VisitPlan, rows: Iterable[Sequence[Any]], language: str) -> bytes:
    """Return the workbook; ``rows`` are the cells of the visits: day, id, name, what, when it was due, owner."""
    words, stream = words_of("visits", language), BytesIO()
    book = new_workbook(stream)
    head = book.add_format({"bold": True, "bg_color": "#DCE6F1", "border": 1, "border_color": "#BFBFBF"})
    text, day = book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"})
    over = book.add_format({"bold": True, "bg_color": "#FCE4D6"})
    listed = book.add_worksheet(words["list"])
    headings = [words[name] for name in ("day", "key", "name", "visit", "due", "owner")]
    for column, name in enumerate(headings):
        listed.write_string(0, column, name, head)
        listed.set_column(column, column, 30 if column in (2, 3) else 14)
    last = 0
    for last, cells in enumerate(rows, 1):
        for column, value in enumerate(cells):
            write_cell(listed, last, column, value, text, day)
    listed.freeze_panes(1, 3)
    listed.autofilter(0, 0, max(last, 1), len(headings) - 1)
    loaded = book.add_worksheet(words["load"])
    for column, name in enumerate((words["owner"], words["week"], words["count"], words["too_many"])):
        loaded.write_string(0, column, name, head)
        loaded.set_column(column, column, 18)
    for row, ((owner, week), count) in enumerate(sorted(plan.load.items()), 1):
        is_over = plan.capacity is not None and count > plan.capacity
        write_cell(loaded, row, 0, owner, text, day)
        write_cell(loaded, row, 1, week, text, day)
        loaded.write_number(row, 2, count, over if is_over else None)
        write_cell(loaded, row, 3, words["too_many"] if is_over else None, text, day)
    loaded.freeze_panes(1, 0)
    book.close()
    return stream.getvalue()
