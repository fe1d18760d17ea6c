"""Writes the report of a run that ``--report`` asks for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

import click

from tierwise.cli.columns import flat_columns, headings_of, rows_of
from tierwise.cli.files import write_file
from tierwise.core.errors import DataError
from tierwise.core.outcome import Determined

if TYPE_CHECKING:
    from tierwise.cli.columns import Column
    from tierwise.cli.grading import Shown
    from tierwise.cli.session import Session
    from tierwise.plugins.run import Run

__all__ = ["refuse_report", "write_report"]

ENDINGS = (".html", ".htm", ".xlsx")


def refuse_report(path: str, read: Iterable[str]) -> None:
    """Refuse a file that is no report, or is one that is read meanwhile, before anything is graded.

    Raises:
        click.BadParameter: Its ending stands for no report.
        DataError: It is read.
    """
    if not path.lower().endswith(ENDINGS):
        raise click.BadParameter(f"`{path}` must end with .html or .xlsx", param_hint="--report")
    if os.path.realpath(path) in map(os.path.realpath, read):
        raise DataError(f"`{path}` is read by this run", help="name another file for the report")


def write_report(session: Session, run: Run, shown: Shown, path: str) -> None:
    """Write the report of a run: a page, or a workbook."""
    from tierwise.plugins.report.run_report import run_report

    report = run_report(run, shown.grading, session.language, shown.chosen_by)
    if not path.lower().endswith(".xlsx"):
        from tierwise.plugins.report.html_report import html_report

        write_file(path, html_report(report).encode("utf-8"), replace=True)
        return
    from tierwise.plugins.report.excel_report import excel_report

    columns = shown.columns or flat_columns(shown.grading)
    write_file(path, excel_report(report, headings_of(columns, session.language), _cells(session, run, shown, columns)), replace=True)


def _cells(session: Session, run: Run, shown: Shown, columns: Iterable[Column]) -> Iterator[list[Any]]:
    """Yield the cells of the list: numbers, dates and truth values as such, reasons in words."""
    from tierwise.plugins.sentences.phrases import phrase

    of_outputs = {decision.name: decision.name for decision in shown.grading.outputs}
    for row in rows_of(shown.grading, run.bound.facts, list(columns)):
        cells: list[Any] = []
        for column in columns:
            outcome = row.result.outcomes.get(of_outputs.get(column.name.removesuffix("?"), ""))
            if column.of_fact:
                value = row.facts.get(column.name)
                cells.append(
                    value if isinstance(value, int | float) or not isinstance(value, (list, tuple, dict, frozenset)) else column.cell(row)
                )
            elif outcome is None:
                cells.append(column.read(row))
            elif isinstance(outcome, Determined):
                simple = not isinstance(outcome.value, (list, tuple, dict, frozenset)) and not column.name.endswith("?")
                cells.append(outcome.value if simple else None if column.name.endswith("?") else column.cell(row))
            elif column.name.endswith("?"):
                candidates = column.read(row) or ""
                reason = str(outcome.reason)
                words = phrase("reason tie" if reason == "tie" else reason, session.language)
                cells.append(words + str(candidates).removeprefix(reason))
            else:
                cells.append(None)
        yield cells
