"""A table in the text of a file: its cells with their places, and changes of it that leave every other line as it is.

Three sorts are the same here: rules and points in a text block of ``policy.yaml`` or an overlay, and rules in a CSV file.
"""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from io import StringIO

from tierwise.core.policy.document import Document
from tierwise.core.source import Path, Source, Written
from tierwise.plugins.builtin.forms.text_table import is_separator, split_cells
from tierwise.plugins.console.kept_documents import value_at

__all__ = ["Line", "WrittenTable", "csv_table", "tables_of"]

_SIGN = re.compile(r"\||｜|->")
_POINTS = ("test", "points", "#")


@dataclass(frozen=True, slots=True)
class Line:
    """A header or a row.

    Attributes:
        first: Its first line in the file, from 1, and ``last`` its last.
        cells: The texts of its cells.
        columns: The first column of each cell and the one behind it, from 1; nothing where a line of CSV does not say.
    """

    first: int
    last: int
    cells: tuple[str, ...]
    columns: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class WrittenTable:
    """A table where it stands.

    Attributes:
        file: The file.
        path: Where in a YAML file it stands; nothing for a CSV file.
        header: What stands above the columns.
        rows: Its rows.
        inputs: How many columns stand before ``->``.
        lines: All lines of the file, with their ends.
        written_header: The line of the header; points have none.
        first: The first line of the file where a row may stand.
    """

    file: str
    path: Path
    header: tuple[str, ...]
    rows: tuple[Line, ...]
    inputs: int
    lines: tuple[str, ...]
    written_header: Line | None
    first: int

    @property
    def is_csv(self) -> bool:
        """Whether it is a file of its own."""
        return not self.path

    @property
    def has_ids(self) -> bool:
        """Whether its first column holds the ids of the rules."""
        return bool(self.header) and self.header[0].lower() == "id"

    def at(self, line: int, column: int) -> tuple[int, int | None] | None:
        """Return the row and the cell of a place of the file; row -1 is the header, ``None`` where there is neither."""
        for number, row in (*enumerate(self.rows), *(((-1, self.written_header),) if self.written_header else ())):
            if row.first <= line <= row.last:
                cell = next((at for at, (start, end) in enumerate(row.columns) if start <= column <= max(end, start + 1)), None)
                return number, cell
        return None

    # ---- changes: each gives the text of the whole file ----------------------------------------------------------------------------

    def with_cells(self, changed: Mapping[tuple[int, int], str]) -> str:
        """Return the file with other texts in cells, by row and column.

        Raises:
            ValueError: There is no such cell, or the text of one would be read as several.
        """
        lines = list(self.lines)
        by_row: dict[int, dict[int, str]] = {}
        for (row, column), text in changed.items():
            if not (0 <= row < len(self.rows) and 0 <= column < len(self.header)):
                raise ValueError("there is no such cell")
            by_row.setdefault(row, {})[column] = " ".join(text.split())
        for row in sorted(by_row, reverse=True):
            line = self.rows[row]
            if any(
                (column < len(line.cells) and line.cells[column] != text) or column >= len(line.cells)
                for column, text in by_row[row].items()
            ):
                lines[line.first - 1 : line.last] = [self._changed(line, by_row[row])]
        return "".join(lines)

    def with_rows(self, at: int, rows: Sequence[Sequence[str]]) -> str:
        """Return the file with new rows before row ``at``; ``len(rows)`` puts them at the end."""
        if not 0 <= at <= len(self.rows):
            raise ValueError("there is no such row")
        lines = list(self.lines)
        new = [self._new(cells) for cells in rows]
        place = self.rows[at].first - 1 if at < len(self.rows) else self.rows[-1].last if self.rows else self.first - 1
        if place and not lines[place - 1].endswith("\n"):
            lines[place - 1] += "\n"
        lines[place:place] = new
        return "".join(lines)

    def without_rows(self, first: int, count: int) -> str:
        """Return the file without some rows."""
        if not (first >= 0 and count > 0 and first + count <= len(self.rows)):
            raise ValueError("there are no such rows")
        lines = list(self.lines)
        for row in reversed(self.rows[first : first + count]):
            del lines[row.first - 1 : row.last]
        return "".join(lines)

    def with_moved(self, first: int, count: int, by: int) -> str:
        """Return the file with some rows moved up (``by`` below zero) or down."""
        if not (first >= 0 and count > 0 and first + by >= 0 and first + by + count <= len(self.rows)):
            raise ValueError("there are no such rows")
        order = list(range(len(self.rows)))
        taken = order[first : first + count]
        del order[first : first + count]
        order[first + by : first + by] = taken
        texts = ["".join(self.lines[row.first - 1 : row.last]) for row in self.rows]
        texts = [text if text.endswith("\n") else text + "\n" for text in texts]
        lines = list(self.lines)
        for place, source in reversed(list(zip(self.rows, order, strict=True))):
            lines[place.first - 1 : place.last] = [texts[source]]
        return "".join(lines)

    # ---- lines ---------------------------------------------------------------------------------------------------------------------

    def _changed(self, line: Line, cells: Mapping[int, str]) -> str:
        given = [cells.get(at, line.cells[at] if at < len(line.cells) else "") for at in range(max(len(line.cells), max(cells) + 1))]
        end = _end(self.lines[line.last - 1])
        if self.is_csv:
            return _csv_line(given) + end
        text = self.lines[line.first - 1].rstrip("\r\n")
        parts = _parts(text)
        while len(parts) < len(given):  # a row that has no note yet
            parts[-1] = (parts[-1][0].ljust(len(parts[-1][0].rstrip()) + 1), "|")
            parts.append((" ", ""))
        wide = self._is_wide
        shown = ""
        for at, (part, sign) in enumerate(parts):
            shown += (part if at not in cells or part.strip() == given[at] else _fitted(part, given[at], wide)) + sign
        return self._checked(shown.rstrip(), given) + end

    def _new(self, cells: Sequence[str]) -> str:
        given = [" ".join(cell.split()) for cell in cells]
        given += [""] * (len(self.header) - len(given))
        if len(given) > len(self.header):
            raise ValueError(f"the table has {len(self.header)} columns")
        like = self.rows[-1] if self.rows else self.written_header
        end = _end(self.lines[like.last - 1]) if like is not None else "\n"
        if self.is_csv:
            return _csv_line(given) + (end or "\n")
        given = [cell or "-" if at < self.inputs and not (at == 0 and self.has_ids) else cell for at, cell in enumerate(given)]
        if like is None:
            raise ValueError("a table without a row is changed in its text")
        parts = _parts(self.lines[like.first - 1].rstrip("\r\n"))
        while len(parts) < len(given):
            parts[-1] = (parts[-1][0] + " ", "|")
            parts.append((" ", ""))
        indent = re.match(r"\s*", parts[0][0])
        parts[0] = ((indent[0] if indent else "") + parts[0][0].lstrip(), parts[0][1])
        shown = "".join(_fitted(part, cell, self._is_wide) + sign for (part, sign), cell in zip(parts, given, strict=False))
        return self._checked(shown.rstrip(), given) + (end or "\n")

    def _checked(self, text: str, cells: Sequence[str]) -> str:
        """Return a line, if it reads back as its cells."""
        read, _, _ = split_cells(Written(text.strip()))
        texts = [str(cell) for cell in read]
        if texts[: len(cells)] != [cell.strip() for cell in cells][: len(texts)] or any(cells[len(texts) :]) or len(texts) > len(cells):
            raise ValueError("a cell holds `|` or `->`, which divide cells: put its text in double quotes")
        return text

    @property
    def _is_wide(self) -> bool:
        """Whether its columns are aligned by what is seen, where a Chinese sign is as wide as two letters, and not by counting signs."""
        texts = [self.lines[line.first - 1] for line in (*self.rows, *((self.written_header,) if self.written_header else ()))]
        ends = [[_parts(text.rstrip("\r\n"))[: self.inputs or 1] for text in texts]]
        seen = {sum(_width(part) for part, _ in parts) for parts in ends[0]}
        counted = {sum(len(part) for part, _ in parts) for parts in ends[0]}
        return len(seen) <= len(counted)


def tables_of(document: Document, file: str) -> Iterator[WrittenTable]:
    """Yield the tables that stand in text blocks of a YAML file, in the order of their places."""
    for path, span in sorted(document.spans.items(), key=lambda one: (one[1].line, one[1].column)):
        value = value_at(document.root, path)
        if isinstance(value, Written) and "\n" in value:
            table = _text_table(value, file, path, span.source)
            if table is not None:
                yield table


def _text_table(text: Written, file: str, path: Path, source: Source) -> WrittenTable | None:
    """Return the table that a text block is, if all its lines are lines of cells and stand in the file as they are."""
    found: list[Line] = []
    inputs = 0
    for line in text.split_lines():
        if is_separator(line):
            continue
        place = line.stripped().whole
        cells, arrow, _ = split_cells(line)
        if place is None or source.line(place.line).strip() != line.strip() or len(cells) < 2:
            return None
        if found and place.line <= found[-1].last:
            return None
        inputs = arrow or 0 if not found else inputs
        spans = [cell.whole for cell in cells]
        columns = tuple(
            (span.column, span.end_column) if span is not None and cell else _blank(source.line(place.line), at)
            for at, (cell, span) in enumerate(zip(cells, spans, strict=True))
        )
        found.append(Line(place.line, place.line, tuple(map(str, cells)), columns))
    if not found:
        return None
    lines = tuple(source.text.splitlines(keepends=True))
    if inputs:
        head = found[0]
        return WrittenTable(file, path, head.cells, tuple(found[1:]), inputs, lines, head, head.last + 1)
    if path[-1] != "points":
        return None
    width = max(len(line.cells) for line in found)
    return (
        WrittenTable(file, path, _POINTS[: max(width, 2)], tuple(found), 1, lines, None, found[0].first) if width <= len(_POINTS) else None
    )


def _blank(text: str, at: int) -> tuple[int, int]:
    """Return the place of a blank cell: all of what stands between its signs."""
    start = 0
    for number, (part, sign) in enumerate(_parts(text)):
        if number == at:
            return start + 1, start + len(part) + 1
        start += len(part) + len(sign)
    return start + 1, start + 2


def csv_table(source: Source, file: str) -> WrittenTable | None:
    """Return the table that a CSV file is, if it can be read."""
    texts = source.text.splitlines(keepends=True)
    reader = csv.reader(source.text.splitlines(keepends=True))
    found: list[Line] = []
    first = 1
    try:
        for cells in reader:
            last = reader.line_num
            if any(cell.strip() for cell in cells):
                found.append(Line(first, last, tuple(cell.strip() for cell in cells), _csv_columns(texts[first - 1], cells, first == last)))
            first = last + 1
    except csv.Error:
        return None
    if not found or not any(cell.startswith("->") for cell in found[0].cells):
        return None
    head = replace(found[0], cells=tuple(cell.removeprefix("\ufeff") for cell in found[0].cells))
    inputs = next(at for at, cell in enumerate(head.cells) if cell.startswith("->"))
    shown = tuple(cell.removeprefix("->").strip() for cell in head.cells)
    width = len(shown)
    rows = tuple(replace(row, cells=(*row.cells, *[""] * (width - len(row.cells)))) for row in found[1:])
    return WrittenTable(file, (), shown, rows, inputs, tuple(texts), head, head.last + 1)


def _csv_columns(line: str, cells: Sequence[str], is_one_line: bool) -> tuple[tuple[int, int], ...]:
    columns, at = [], 0
    for cell in cells if is_one_line else ():
        found = line.find(cell, at)
        if found < 0:
            return ()
        columns.append((found + 1, found + len(cell) + 1))
        at = line.find(",", found + len(cell)) + 1 or len(line)
    return tuple(columns)


def _csv_line(cells: Sequence[str]) -> str:
    text = StringIO()
    csv.writer(text, lineterminator="").writerow(cells)
    return text.getvalue()


def _parts(line: str) -> list[tuple[str, str]]:
    """Divide a line into what stands between the signs of a table, each with the sign behind it; what is quoted holds none."""
    cells, _, _ = split_cells(Written(line))
    found, start = [], 0
    for cell in cells[:-1]:
        at = line.index(str(cell), start) + len(cell) if cell else start
        sign = _SIGN.search(line, at)
        assert sign is not None, "INVARIANT: a sign stands between two cells"
        found.append((line[start : sign.start()], sign[0]))
        start = sign.end()
    return [*found, (line[start:], "")]


def _fitted(part: str, text: str, wide: bool) -> str:
    """Return a cell with another text that takes the room of the old one, if it can."""
    lead = part[: len(part) - len(part.lstrip())] if part.strip() else " "
    measure = _width if wide else len
    room = measure(part)
    shown = lead + text
    return shown + " " * max(room - measure(shown), 1)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


def _end(line: str) -> str:
    return line[len(line.rstrip("\r\n")) :]
