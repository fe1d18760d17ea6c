"""How a result stands on a line of CSV or of JSON lines, for engines that write all of them themselves: the same text as row by row."""

from __future__ import annotations

import json

from tierwise.cli.distribution import outcome_parts
from tierwise.cli.output import csv_cells, csv_start
from tierwise.cli.row_columns import Row, flat_columns
from tierwise.cli.visible import escaped
from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Outcome
from tierwise.plugins.grading import Grading, LineForm

__all__ = ["csv_head", "csv_lines", "json_lines"]


def csv_head(grading: Grading) -> str:
    """Return what stands before the first row."""
    return csv_start([column.name for column in flat_columns(grading)])


def csv_lines(grading: Grading) -> LineForm:
    """Return the form of CSV: a cell with the value of each output, and one with what is open of it."""
    columns = flat_columns(grading)[2:]

    def outcome(place: int, found: Outcome) -> str:
        row = Row(SubjectResult("", None, {grading.outputs[place].name: found}), {})
        return csv_cells([column.read(row) for column in columns[2 * place : 2 * place + 2]])

    before = ["", *("," for _ in range(1 + len(grading.outputs)))]
    return LineForm(before, "\r\n", "", lambda word: csv_cells([word]), outcome, shows_rules=False)


def json_lines(grading: Grading) -> LineForm:
    """Return the form of JSON lines: an object with the outcomes as objects, and their rules."""
    names = [f"{_text(decision.name)}: " for decision in grading.outputs]
    before = ['{"key": ', ', "name": ', *((", " if place else ', "outputs": {') + name for place, name in enumerate(names))]
    end = "}}\n" if names else ', "outputs": {}}\n'
    return LineForm(before, end, '"', _text, lambda _, outcome: _text(outcome_parts(outcome)), shows_rules=True)


def _text(value: object) -> str:
    return escaped(json.dumps(value, ensure_ascii=False))
