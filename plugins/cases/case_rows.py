"""Cases that differ in a few facts only, one a row: a table under ``rows``, or a CSV file, with facts before ``->`` and expected outputs behind it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.limits import Limits
from tierwise.core.outcome import UNDETERMINED
from tierwise.core.policy.document import plain
from tierwise.core.source import Source, Span, Written
from tierwise.plugins.builtin.forms.csv_table import read_csv_table
from tierwise.plugins.builtin.forms.text_table import TableRow, TextTable, read_text_table
from tierwise.plugins.yaml_text.yaml_document import read_document

__all__ = ["AS_OF_COLUMN", "RowCase", "RowTable", "read_rows"]

AS_OF_COLUMN = "as_of"
NOT_GIVEN = ("", "-")
NONE = "none"


@dataclass(frozen=True, slots=True)
class RowCase:
    """One row: what it gives and what it expects, as a case of its own would write it."""

    id: str
    facts: Mapping[str, Any]
    expected: Mapping[str, Any]
    note: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class RowTable:
    """The rows of a table of cases.

    Attributes:
        headers: The names of facts above its columns, with their places.
        findings: What is wrong with its shape.
    """

    headers: tuple[Written, ...]
    rows: tuple[RowCase, ...]
    findings: tuple[Finding, ...]


def read_rows(rows: Written | Source) -> RowTable:
    """Read cases from a table.

    An empty cell, or ``-``, is a fact that is not given or an output that nothing is said of; ``none`` is none. A cell of a list or a record is
    written as in YAML, ``[a, b]``; an expected cell may be ``undetermined``, ``undetermined gap`` or ``undetermined gap [A, B]``.

    Args:
        rows: The table as text, or a CSV file.
    """
    table: TextTable = read_csv_table(rows) if isinstance(rows, Source) else read_text_table(rows)
    findings = [finding for finding in table.findings if finding.code != "duplicate-rule"]  # cases say that of their ids themselves
    return RowTable(table.inputs, tuple(_row(table, row) for row in table.rows), tuple(findings))


def _row(table: TextTable, row: TableRow) -> RowCase:
    facts = {str(header): _value(cell) for header, cell in zip(table.inputs, row.inputs, strict=True) if cell not in NOT_GIVEN}
    expected: dict[str, Any] = {}
    for header, cell in zip(table.outputs, row.outputs, strict=True):
        if cell not in NOT_GIVEN:
            _expect(expected, str(header), cell)
    return RowCase(row.id, facts, expected, row.note, row.span)


def _expect(expected: dict[str, Any], output: str, cell: str) -> None:
    first, _, rest = cell.partition(" ")
    if first != UNDETERMINED:
        expected[output] = _value(cell)
        return
    expected[output] = UNDETERMINED
    reason, _, candidates = rest.strip().partition(" ")
    if reason:
        expected.setdefault("reasons", {})[output] = reason
    if candidates:
        expected.setdefault("candidates", {})[output] = _value(candidates.strip())


def _value(cell: str) -> Any:
    if cell == NONE:
        return None
    if cell[0] in "[{":
        document, findings = read_document(Source("cell", cell), Limits())
        return cell if document is None or findings else plain(document.root)
    return cell[1:-1] if len(cell) > 1 and cell[0] == cell[-1] == '"' else str(cell)
