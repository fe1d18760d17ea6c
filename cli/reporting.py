"""Writes the report of a run that ``--report`` asks for."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import TYPE_CHECKING, Any

import click

from tierwise.cli.destination import write_file
from tierwise.cli.row_columns import Row, flat_columns, headings_of, rows_of
from tierwise.cli.telling import tell
from tierwise.core.errors import DataError
from tierwise.core.outcome import Determined

if TYPE_CHECKING:
    from tierwise.cli.graded_run import Shown
    from tierwise.cli.row_columns import Column
    from tierwise.cli.session import Session
    from tierwise.core.outcome import Outcome
    from tierwise.plugins.policy_page import Block
    from tierwise.plugins.run import Bound, Run

__all__ = ["is_workbook", "page_text", "refuse_report", "write_page", "write_report"]

ENDINGS = (".html", ".htm", ".xlsx")


def is_workbook(path: str) -> bool:
    """Say whether a report is a workbook, by its ending."""
    return path.lower().endswith(".xlsx")


def page_text(blocks: Iterable[Block], language: str, made_from: Iterable[Bound]) -> str:
    """Return a page of blocks, with what it was made from, as HTML."""
    from tierwise.plugins.report.page_report import page_html

    return page_html(_with_receipts(blocks, language, made_from), language)


def write_page(path: str, blocks: Iterable[Block], language: str, made_from: Iterable[Bound]) -> None:
    """Write a page of blocks as a report, with what it was made from: a page, or a workbook with a sheet for each table."""
    from tierwise.plugins.report.page_report import page_workbook

    if is_workbook(path):
        written = page_workbook(_with_receipts(blocks, language, made_from))
    else:
        written = page_text(blocks, language, made_from).encode("utf-8")
    write_file(path, written, replace=True)
    tell(f"written to {path}", err=True)


def _with_receipts(blocks: Iterable[Block], language: str, made_from: Iterable[Bound]) -> list[Block]:
    from tierwise.plugins.policy_page import Block
    from tierwise.plugins.report.receipt import receipt_of
    from tierwise.plugins.sentences.phrases import words_of

    words = words_of("report", language)
    receipts = [Block("", header=(words["output"], words["made from"]), rows=receipt_of(bound, language), keys=2) for bound in made_from]
    return [*blocks, *([Block(words["receipt"], 2)] if receipts else []), *receipts]


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


def write_report(session: Session, run: Run, shown: Shown, path: str, by: Sequence[str] = ()) -> None:
    """Write the report of a run: a page, or a workbook; also by groups of what ``by`` names."""
    from tierwise.plugins.report.run_report import run_report

    report = run_report(run, shown.grading, session.language, shown.chosen_by, by)
    if not is_workbook(path):
        from tierwise.plugins.report.html_report import html_report

        write_file(path, html_report(report).encode("utf-8"), replace=True)
        return
    from tierwise.plugins.report.excel_report import excel_report

    columns = shown.columns or flat_columns(shown.grading)
    write_file(path, excel_report(report, headings_of(columns, session.language), _cells(session, run, shown, columns)), replace=True)


def _cells(session: Session, run: Run, shown: Shown, columns: Sequence[Column]) -> Iterable[Sequence[Any]]:
    """Return the rows of the list: numbers, dates and truth values as such, reasons in words."""
    from tierwise.plugins.sentences.phrases import words_of

    phrases = words_of("explanation", session.language)
    named = {decision.name for decision in shown.grading.outputs}
    readers = [
        _of_fact(column)
        if column.of_fact
        else _of_open(column, phrases)
        if column.name.endswith("?") and column.name[:-1] in named
        else _of_output(column)
        if column.name in named
        else column.read
        for column in columns
    ]
    in_bulk = _in_bulk(shown, readers) if shown.columns is None else None
    return in_bulk or ([read(row) for read in readers] for row in rows_of(shown.grading, run.bound.facts, columns))


def _in_bulk(shown: Shown, readers: Sequence[Callable[[Row], Any]]) -> Iterator[Sequence[Any]] | None:
    """Yield the rows of all columns, each different outcome read once, where the engine can tell them apart; else ``None``."""
    from tierwise.core.meaning.subjects import SubjectResult
    from tierwise.plugins.grading import LineForm, Writing
    from tierwise.plugins.report.sheet_rows import Repeated

    grading, outcomes = shown.grading, list[list[Repeated]]()

    def number(place: int, outcome: Outcome) -> str:
        row = Row(SubjectResult("", None, {grading.outputs[place].name: outcome}), {})
        outcomes.append([Repeated(read(row)) for read in readers[2 + 2 * place : 4 + 2 * place]])
        return str(len(outcomes) - 1)

    form = LineForm(["[", *("," for _ in readers[1::2])], "]\n", '"', json.dumps, number, shows_rules=False)
    lines = grading.lines(form) if isinstance(grading, Writing) else None
    if lines is None:
        return None
    return (
        [key, name, *chain.from_iterable(outcomes[number] for number in numbers)]
        for some in lines
        for key, name, *numbers in json.loads(b"[" + some.rstrip().replace(b"\n", b",") + b"]")
    )


def _of_fact(column: Column) -> Callable[[Row], Any]:
    def cell(row: Row) -> Any:
        value = row.facts.get(column.name)
        return column.cell(row) if isinstance(value, list | tuple | dict | frozenset) else value

    return cell


def _of_output(column: Column) -> Callable[[Row], Any]:
    def cell(row: Row) -> Any:
        outcome = row.result.outcomes[column.name]
        if not isinstance(outcome, Determined):
            return None
        return column.cell(row) if isinstance(outcome.value, list | tuple | dict | frozenset) else outcome.value

    return cell


def _of_open(column: Column, phrases: Mapping[str, str]) -> Callable[[Row], Any]:
    """Return what writes why an output is undetermined, in words, and what it may still be."""
    output = column.name[:-1]

    def cell(row: Row) -> Any:
        outcome = row.result.outcomes[output]
        if isinstance(outcome, Determined):
            return None
        reason = str(outcome.reason)
        return phrases["reason tie" if reason == "tie" else reason] + str(column.read(row) or "").removeprefix(reason)

    return cell
