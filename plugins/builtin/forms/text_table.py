"""Tables written as text: a header and rows of cells divided by ``|``, each cell with its exact place.

    id | annual_usage_yuan | usage_size -> tier | # note
    A1 | >= 50万           | large      -> A1   | no upper bound

Nothing here knows what a cell means. ``csv_table.py`` reads the same table from CSV, ``points_bands.py`` the points of a scorecard.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from tierwise.core.finding import Finding
from tierwise.core.source import Span, Written

__all__ = ["TableRow", "TextTable", "is_separator", "make_table", "read_text_table", "split_cells"]

_SEPARATOR = re.compile(r"[-|>\s｜]*")
_QUOTES = {'"': '"', "“": "”"}
_SIGN = re.compile('->|[|｜"“]')


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row: its id (from the ``id`` column, else its number from 1), a cell for each input and output, its note."""

    id: str
    inputs: tuple[Written, ...]
    outputs: tuple[Written, ...]
    note: str
    span: Span | None


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table before anything is made of its cells. ``findings`` are about its shape; a row of the wrong length is left out.

    Attributes:
        has_ids: Whether a first column gives the ids of the rules.
        note_header: What stands above the notes; empty where there are none.
    """

    inputs: tuple[Written, ...]
    outputs: tuple[Written, ...]
    rows: tuple[TableRow, ...]
    span: Span | None
    findings: tuple[Finding, ...] = field(default=())
    has_ids: bool = False
    note_header: str = ""


def read_text_table(text: Written) -> TextTable:
    """Read a table from a text block, with findings about its shape in it."""
    findings: list[Finding] = []
    lines = []
    for line in text.split_lines():
        if not is_separator(line):
            cells, arrow, widened = split_cells(line)
            lines.append((cells, arrow))
            if widened and not findings:
                findings.append(Finding.note("full-width-bar", "`｜` is read as `|`", line.whole, "write `|`"))
    return make_table(lines, text.whole, findings)


def is_separator(line: str) -> bool:
    """Say whether a line only draws a rule or is blank; ``- | - -> -`` is a row."""
    return _SEPARATOR.fullmatch(line) is not None and ("--" in line or "->" not in line)


def make_table(lines: list[tuple[list[Written], int | None]], span: Span | None, findings: list[Finding]) -> TextTable:
    """Make a table of lines of cells.

    Args:
        lines: The header and the rows: their cells, and how many stand before ``->`` (``None`` without one).
        span: Where the table stands.
        findings: What was found so far; it is added to.
    """
    if not lines:
        findings.append(
            Finding.error("empty-table", "the table holds no header", span, "start with a line of column names, `->` before the outputs")
        )
        return TextTable((), (), (), span, tuple(findings))
    header, arrow = lines[0]
    if arrow is None:
        findings.append(Finding.error("no-arrow", "the header has no `->` before the outputs", _across(header), "write `a | b -> result`"))
        return TextTable((), (), (), span, tuple(findings))
    shape = _Shape.of(header, arrow)
    findings += shape.findings(header)
    rows = []
    seen: dict[str, Span | None] = {}
    for number, (cells, at) in enumerate(lines[1:], 1):
        row = shape.row(cells, at, number, findings)
        if row is None:
            continue
        if row.id in seen:
            first = seen[row.id]
            related = (("first given here", first),) if first is not None else ()
            findings.append(
                Finding.error("duplicate-rule", f"there are two rules `{row.id}`", cells[0].whole, "give each its own id", related=related)
            )
        seen.setdefault(row.id, cells[0].whole)
        rows.append(row)
    if not rows and len(lines) == 1:
        findings.append(Finding.error("empty-table", "the table holds no rules", _across(header), "write one rule a line below the header"))
    return TextTable(shape.inputs, shape.outputs, tuple(rows), span, tuple(findings), shape.has_ids, shape.note_header)


def split_cells(line: Written) -> tuple[list[Written], int | None, bool]:
    """Split a line into cells without blanks around them; double quotes protect what is between them.

    Returns:
        The cells, how many of them stand before ``->`` (``None`` without one), and whether a full-width bar was read as ``|``.
    """
    cells: list[Written] = []
    arrow: int | None = None
    start = index = 0
    while found := _SIGN.search(line, index):
        sign, at = found.group(), found.start()
        index = found.end()
        if sign in _QUOTES:
            index = max(_after_quote(line, at), at + 1)
        elif sign != "->" or arrow is None:
            cells.append(line.part(start, at).stripped())
            arrow = len(cells) if sign == "->" else arrow
            start = index
    cells.append(line.part(start, len(line)).stripped())
    return cells, arrow, "｜" in line


def _after_quote(line: str, index: int) -> int:
    """Return the place behind the quoted text that starts at ``index``; a quote that is not closed on its line protects nothing."""
    closing = _QUOTES[line[index]]
    end = index + 1
    while end < len(line) and line[end] != closing:
        end += 2 if line[end] == "\\" else 1
    return end + 1 if end < len(line) else index


def _across(cells: list[Written]) -> Span | None:
    """Return the place of a row: from its first cell to its last where they stand on one line, else that of its first cell with a place."""
    places = [place for cell in cells if (place := cell.whole) is not None]
    if not places:
        return None
    first, last = places[0], places[-1]
    on_one_line = first.source == last.source and first.line == last.end_line and first.column <= last.end_column
    return Span(first.source, first.line, first.column, last.end_line, last.end_column) if on_one_line else first


@dataclass(frozen=True, slots=True)
class _Shape:
    """What the header says about every row."""

    framed: bool
    has_ids: bool
    inputs: tuple[Written, ...]
    outputs: tuple[Written, ...]
    note_header: str

    @property
    def has_notes(self) -> bool:
        return bool(self.note_header)

    @classmethod
    def of(cls, header: list[Written], arrow: int) -> _Shape:
        before, after = header[:arrow], header[arrow:]
        framed = len(before) > 1 and not before[0]
        before = before[1:] if framed else before
        if len(before) == 1 and not before[0]:
            before = []
        has_ids = bool(before) and before[0].lower() == "id"
        if len(after) > 1 and not after[-1]:
            after = after[:-1]
        has_notes = len(after) > 1 and after[-1].startswith("#")
        note_header = str(after[-1]) if has_notes else ""
        return cls(framed, has_ids, tuple(before[has_ids:]), tuple(after[: len(after) - has_notes]), note_header)

    def findings(self, header: list[Written]) -> list[Finding]:
        seen: set[str] = set()
        found = []
        for cell in (*self.inputs, *self.outputs):
            if not cell:
                found.append(
                    Finding.error("empty-header", "a column has no name", cell.whole, "name a fact, a decision, or an output after `->`")
                )
            elif cell in seen:
                found.append(Finding.error("duplicate-column", f"there are two columns `{cell}`", cell.whole, "merge them"))
            seen.add(cell)
        return found

    def row(self, cells: list[Written], arrow: int | None, number: int, findings: list[Finding]) -> TableRow | None:
        if arrow is None:
            findings.append(
                Finding.error("no-arrow", f"row {number} has no `->` before its outputs", _across(cells), "write `a | b -> result`")
            )
            return None
        before, after = cells[:arrow], cells[arrow:]
        expected = len(self.inputs) + self.has_ids
        if before and not before[0] and (len(before) == expected + 1):
            before = before[1:]
        if len(after) > len(self.outputs) + self.has_notes and not after[-1]:
            after = after[:-1]
        if len(before) != expected:
            _wrong_number(findings, number, len(before), expected, "before", cells)
            return None
        if not len(self.outputs) <= len(after) <= len(self.outputs) + self.has_notes:
            _wrong_number(findings, number, len(after), len(self.outputs), "after", cells)
            return None
        note = str(after[-1]) if len(after) > len(self.outputs) else ""
        id = str(before[0]) if self.has_ids and before[0] else str(number)
        return TableRow(id, tuple(before[self.has_ids :]), tuple(after[: len(self.outputs)]), note, _across(cells))


def _wrong_number(findings: list[Finding], number: int, found: int, expected: int, where: str, cells: list[Written]) -> None:
    message = f"row {number} has {found} cells {where} `->`, the header has {expected}"
    help = "put a cell that holds `|` in quotes" if found > expected else "write `-` for a cell that may be anything"
    findings.append(Finding.error("wrong-number-of-cells", message, _across(cells), help))
