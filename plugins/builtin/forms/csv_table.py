"""Reads the same table as ``text_table.py`` from a CSV file: the header cell of the first output starts with ``->``."""

from __future__ import annotations

import csv
import re

from tierwise.core.finding import Finding
from tierwise.core.source import Source, Span, Written
from tierwise.plugins.builtin.forms.text_table import TextTable, make_table
from tierwise.plugins.yaml_text.characters import inside

__all__ = ["read_csv_table"]

_LONGEST_CELL = 10_000
_OPENING = re.compile(r'(?:^|,)"')


def read_csv_table(source: Source) -> TextTable:
    """Read a table from a CSV file; a byte order mark at its start is ignored.

    Args:
        source: The file.

    Returns:
        The table, with findings about its shape in it. A cell's span is the cell where it stands on one line, else its row.
    """
    lines = list(source.lines) or [""]
    whole = Span(source, 1, 1, 1, len(lines[0]) + 1)
    findings: list[Finding] = []
    arrow: int | None = None
    table: list[tuple[list[Written], int | None]] = []
    reader = csv.reader((line + "\n" for line in lines), strict=True)
    first = 1
    try:
        for row in reader:
            cells = [
                Written.at(text.strip(), span)
                for text, span in zip(row, _cell_spans(row, source, lines, first, reader.line_num), strict=True)
            ]
            first = reader.line_num + 1
            while cells and not cells[-1] and arrow is not None and len(cells) > len(table[0][0]):
                cells.pop()
            if not any(cells):
                continue
            if not table:
                cells, arrow = _header(cells)
            table.append((cells, arrow))
    except csv.Error as error:
        findings.append(_unreadable(str(error), source, lines, first))
    return make_table(table, whole, findings)


def _unreadable(error: str, source: Source, lines: list[str], first: int) -> Finding:
    """Say why the row that begins in a line is none: as a rule its last opening quote is not closed, and took the rows below with it."""
    line = lines[min(first, len(lines)) - 1]
    opening = [quote.end() for quote in _OPENING.finditer(line)]
    if line.count('"') % 2 and opening:
        place = inside(source, first, opening[-1], first, len(line) + 1, lines)
        return Finding.error(
            "csv-syntax", "a quote is opened here and not closed in its row", place, 'close it; a quote inside quotes is `""`'
        )
    place = inside(source, first, 1, first, len(line) + 1, lines)
    return Finding.error("csv-syntax", f"this row is not CSV: {error}", place, 'a quote inside quotes is written `""`')


def _header(cells: list[Written]) -> tuple[list[Written], int | None]:
    """Find the cell that starts with ``->``, and drop the sign."""
    cells = [Written.at(cell.removeprefix("\ufeff"), cell.whole) for cell in cells]
    while cells and not cells[-1]:
        cells.pop()
    for index, cell in enumerate(cells):
        if cell.startswith("->"):
            cells[index] = Written.at(cell[2:].strip(), cell.whole)
            return cells, index
    return cells, None


def _cell_spans(row: list[str], source: Source, lines: list[str], first: int, last: int) -> list[Span]:
    """Find every cell of a row in its line; where quotes or line ends make that unclear the row stands for it."""
    whole = inside(source, first, 1, last, len(lines[min(last, len(lines)) - 1]) + 1, lines)
    if first != last:
        return [whole] * len(row)
    spans, at, line = [], 0, lines[first - 1]
    for cell in row:
        text = cell.strip()[:_LONGEST_CELL]
        found = line.find(text, at)
        spans.append(whole if found < 0 else Span(source, first, found + 1, first, found + len(text) + 1))
        at = line.find(",", found + len(text)) + 1 if found >= 0 else at
        at = at or len(line)
    return spans
