"""Writes the report of a run that ``--report`` asks for."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import click

from tierwise.cli.destination import write_file
from tierwise.cli.row_columns import flat_columns, headings_of, rows_of
from tierwise.cli.telling import tell
from tierwise.core.errors import DataError
from tierwise.core.outcome import Determined

if TYPE_CHECKING:
    from tierwise.cli.graded_run import Shown
    from tierwise.cli.row_columns import Column
    from tierwise.cli.session import Session
    from tierwise.plugins.policy_page import Block
    from tierwise.plugins.run import Run

__all__ = ["refuse_report", "write_page", "write_report"]

ENDINGS = (".html", ".htm", ".xlsx")


def write_page(path: str, blocks: Iterable[Block], language: str) -> None:
    """Write a page of blocks as a report: a page, or a workbook with a sheet for each table."""
    from tierwise.plugins.report.page_report import page_html, page_workbook

    is_workbook = path.lower().endswith(".xlsx")
    write_file(path, page_workbook(blocks) if is_workbook else page_html(blocks, language).encode("utf-8"), replace=True)
    tell(f"written to {path}", err=True)


def refuse_report(path: str, read: Iterable[str], endings: Sequence[str] = ENDINGS, option: str = "--report") -> None:
    """Refuse a file that is no report, or is one that is read meanwhile, before anything is graded.

    Args:
        path: The file.
        read: What is read.
        endings: Which a report may have.
        option: The option that names it.

    Raises:
        click.BadParameter: Its ending stands for no report.
        DataError: It is read.
    """
    if not path.lower().endswith(tuple(endings)):
        shown = " or ".join(ending for ending in endings if ending != ".htm")
        raise click.BadParameter(f"`{path}` must end with {shown}", param_hint=option)
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
