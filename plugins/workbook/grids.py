"""The kinds of grids: how a part of a document becomes rows of cells under a header, and becomes itself again from them.

    rules      the text of a decision table: a column for each input, ``-> `` before each output, ``# `` before the notes
    csv        the same from a CSV file
    points     the text of the points of a scorecard's characteristic
    scorecard  the characteristics of a scorecard, a row for each band of points
    entries    a mapping: a row for each key, a column for each path below it
    items      a list of mappings: a row for each

Columns are known by their headers and rows by their ids, so both may be moved. A column whose header starts with ``# `` is a remark and is not read, except in ``rules``
and ``points``, where it holds the notes.
"""

from __future__ import annotations

import csv
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import StringIO
from typing import Any, Protocol

from tierwise.core.finding import Finding
from tierwise.core.limits import Limits
from tierwise.core.source import Path, Source, Written, joined, written
from tierwise.plugins.builtin.forms.csv_table import read_csv_table
from tierwise.plugins.builtin.forms.points_bands import read_bands
from tierwise.plugins.builtin.forms.text_table import read_text_table, split_cells
from tierwise.plugins.workbook.cell_values import ITSELF, fits_a_cell, on_a_line, path_of, path_text, quoted_text
from tierwise.plugins.workbook.untrusted_cells import ExcelCell, cell_text_of
from tierwise.plugins.yaml_text.yaml_document import read_document

__all__ = ["ARROW", "GRIDS", "ID", "ITSELF", "NAME", "POINTS", "REMARK", "TEST", "Grid", "GridReader", "decoded"]

ARROW, REMARK, NAME, ID = "-> ", "# ", "name", "id"
TEST, POINTS, CHARACTERISTIC = "test", "points", "characteristic"
LANGUAGES = {"zh", "en"}
FLAT_PARTS = ("facts", "expected", "reasons", "candidates")
"""Mappings of a case that stand in columns of their own."""


@dataclass(frozen=True, slots=True)
class Grid:
    """A header and rows of texts; an empty text is a blank cell."""

    kind: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def is_sound(self) -> bool:
        """Whether cells hold it as it is: no text that they change, no row that is blank."""
        return all(any(row) for row in self.rows) and all(fits_a_cell(cell) for row in (self.header, *self.rows) for cell in row)


@dataclass
class GridReader:
    """What is needed to read a grid: the declared types of names, and where to put what is found.

    Attributes:
        types: Fact, parameter or decision to what is expected in a cell about it, see ``cell_text_of``.
        findings: Added to.
    """

    types: Mapping[str, str]
    findings: list[Finding] = field(default_factory=list)

    def text(self, cell: ExcelCell | None, expected: str = "") -> Written | None:
        """Return what is meant by a cell."""
        return None if cell is None else cell_text_of(cell, expected, self.findings)

    def report(self, code: str, message: str, cell: ExcelCell, help: str = "") -> None:
        """Add an error at a cell."""
        self.findings.append(Finding.error(code, message, cell.span, help))


Row = Mapping[int, ExcelCell]


class GridKind(Protocol):
    """Makes a grid of a value and a value of a grid."""

    def take(self, value: Any) -> Grid | None:
        """Return the grid that stands for a value; ``None`` where no grid of this kind can."""

    def give(self, header: Row, rows: Sequence[Row], reader: GridReader) -> Any:
        """Return the value that a grid stands for; what is wrong with it is reported."""


def decoded(text: Written, findings: list[Finding]) -> Any:
    """Return the value that a cell of a grid or block says; what is in quotes, braces or brackets is read as YAML."""
    if text in ("null", "{}", "[]"):
        return {"null": None, "{}": {}, "[]": []}[text]
    quoted = quoted_text(text)
    if quoted is not None:
        return Written.at(quoted, text.whole)
    if not text.startswith(("{", "[")) or text.whole is None:
        return text
    document, found = read_document(text.whole.source, Limits())
    findings += found
    return None if document is None else document.root


# ---- rules and points ------------------------------------------------------------------------------------------------------------


class _Rules:
    def take(self, value: Any) -> Grid | None:
        if not isinstance(value, str) or "->" not in value:
            return None
        table = read_text_table(Written(value))
        if any(finding.code != "full-width-bar" for finding in table.findings) or not table.outputs:
            return None
        notes = (table.note_header,) if table.note_header else ()
        header = (*((ID,) if table.has_ids else ()), *table.inputs, *(ARROW + output for output in table.outputs), *notes)
        rows = tuple(
            (*((row.id,) if table.has_ids else ()), *(cell or "-" for cell in row.inputs), *row.outputs, *((row.note,) if notes else ()))
            for row in table.rows
        )
        grid = Grid("rules", tuple(map(str, header)), tuple(tuple(map(str, row)) for row in rows))
        return grid if grid.is_sound else None

    def give(self, header: Row, rows: Sequence[Row], reader: GridReader) -> Any:
        names = {column: name for column, cell in header.items() if (name := reader.text(cell, "text")) is not None}
        ids = [column for column, name in names.items() if name.lower() == ID]
        outputs = [column for column, name in names.items() if name.startswith("->")]
        notes = [column for column, name in names.items() if name.startswith("#")]
        inputs = [column for column in names if column not in (*ids, *outputs, *notes)]
        if len(ids) > 1 or len(notes) > 1:
            reader.report(
                "duplicate-column", f"there are two columns `{names[(ids[1:] or notes[1:])[0]]}`", header[(ids[1:] or notes[1:])[0]]
            )
            return None
        expected = {column: reader.types.get(str(names[column]), "") for column in inputs}
        expected |= {column: reader.types.get(names[column].removeprefix("->").strip(), "") for column in outputs}
        expected |= dict.fromkeys([*ids, *notes], "text")
        left, right = [*ids, *inputs], [*outputs, *notes]
        heads = {column: name.part(2, len(name)).stripped() if column in outputs else name for column, name in names.items()}
        lines: list[Line] = [(heads, None)]
        for row in _sound_rows(names, rows, reader):
            cells = {column: reader.text(row.get(column), expected[column]) for column in (*left, *right)}
            lines.append(({column: _one_line(cell) for column, cell in cells.items()}, next(iter(row.values()))))
        return _aligned(lines, left, right, inputs, reader)


def _one_line(cell: Written | None) -> Written | None:
    """Return a cell on one line; a rule has no other."""
    return None if cell is None else cell if "\n" not in cell else Written.at(" ".join(cell.split()), cell.whole)


Line = tuple[Mapping[int, Written | None], ExcelCell | None]


def _aligned(lines: Sequence[Line], left: Sequence[int], right: Sequence[int], inputs: Sequence[int], reader: GridReader) -> Written:
    """Return lines of cells as an aligned text, where every cell reads back as it is."""
    widths = {column: max(_width(cells.get(column) or "") for cells, _ in lines) for column in (*left, *right)}
    texts = []
    for cells, first in lines:
        shown = {column: cells.get(column) or Written("-" if column in inputs else "") for column in (*left, *right)}
        before = joined(" | ", [_padded(shown[column], widths[column]) for column in left])
        after = joined(" | ", [_padded(shown[column], widths[column]) for column in right])
        line = written("{} -> {}", before, after) if left else written("-> {}", after)
        _check_line(line, [shown[column] for column in (*left, *right)], first, reader, bool(left))
        texts.append(line.part(0, len(line.rstrip())))
    return written("{}\n", joined("\n", texts))


def _check_line(line: Written, cells: Sequence[Written], first: ExcelCell | None, reader: GridReader, has_inputs: bool) -> None:
    """Report a cell that holds a sign of the table without quotes."""
    read, _, _ = split_cells(line)
    if first is not None and [str(cell) for cell in read[not has_inputs :]] != [str(cell.strip()) for cell in cells]:
        guilty = next((cell for cell in cells if "|" in cell or "->" in cell or "｜" in cell), None)
        span = guilty.whole if guilty is not None and guilty.whole is not None else first.span
        message = "this row holds `|` or `->`, which divide the cells of a rule"
        reader.findings.append(Finding.error("wrong-number-of-cells", message, span, "put the text of the cell in double quotes"))


def _padded(cell: Written, width: int) -> Written:
    return written("{}" + " " * (width - _width(cell)), cell)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text)


class _Csv:
    """A table that stands in a CSV file of its own."""

    def take(self, value: Any) -> Grid | None:
        if not isinstance(value, str):
            return None
        table = read_csv_table(Source("", value))
        if table.findings or not table.rows:
            return None
        notes = (table.note_header,) if table.note_header else ()
        outputs = tuple(ARROW + output if not at else str(output) for at, output in enumerate(table.outputs))
        header = (*((ID,) if table.has_ids else ()), *map(str, table.inputs), *outputs, *notes)
        rows = tuple(
            tuple(map(str, (*((row.id,) if table.has_ids else ()), *row.inputs, *row.outputs, *((row.note,) if notes else ()))))
            for row in table.rows
        )
        grid = Grid("csv", header, rows)
        return grid if grid.is_sound else None

    def give(self, header: Row, rows: Sequence[Row], reader: GridReader) -> Any:
        names = {column: str(reader.text(cell, "text") or "") for column, cell in header.items()}
        text = StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(names.values())
        for row in _sound_rows(names, rows, reader):
            writer.writerow(
                [
                    reader.text(row.get(column), reader.types.get(name.removeprefix("->").strip(), "")) or ""
                    for column, name in names.items()
                ]
            )
        return Written.at(text.getvalue(), next(iter(header.values())).span)


class _Points:
    """Only ever filled, in an overlay: points that a policy has stand in the grid of their scorecard."""

    def take(self, value: Any) -> Grid | None:
        return None

    def give(self, header: Row, rows: Sequence[Row], reader: GridReader) -> Any:
        names = {str(reader.text(cell, "text")): column for column, cell in header.items()}
        columns = [names.get(TEST), names.get(POINTS)]
        if None in columns:
            first = next(iter(header.values()))
            reader.report("missing-column", f"points demand the columns `{TEST}` and `{POINTS}`", first)
            return None
        note = next((column for name, column in names.items() if name.startswith("#")), None)
        return _band_text([_band(row, names[TEST], names[POINTS], note, "", reader) for row in _sound_rows(header, rows, reader)])


def _band(row: Row, test: int, points: int, note: int | None, expected: str, reader: GridReader) -> list[Written]:
    cells = [reader.text(row.get(test), expected) or Written("-"), reader.text(row.get(points), "number") or Written("")]
    remark = None if note is None else reader.text(row.get(note), "text")
    return [*cells, remark] if remark is not None else cells


def _band_text(bands: Sequence[Sequence[Written]]) -> Written:
    width = max((_width(band[0]) for band in bands), default=0)
    lines = [joined(" | ", [_padded(band[0], width), *band[1:]]) for band in bands]
    return written("{}\n", joined("\n", lines)) if lines else Written("")


# ---- mappings and lists ------------------------------------------------------------------------------------------------------------


def _flat(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Yield the parts of an entry that get a column of their own."""
    if isinstance(value, dict) and value and (not path or set(value) <= LANGUAGES or (path[-1] in FLAT_PARTS and len(path) <= 2)):
        for key, item in value.items():
            yield from _flat(item, (*path, key))
    else:
        yield path, value


def _columns(entries: Sequence[Mapping[Path, Any]]) -> list[Path]:
    """Return every path of the entries, each after those that stand before it in its own entry, where that can be."""
    columns: list[Path] = []
    for entry in entries:
        at = 0
        for path in entry:
            if path in columns:
                at = columns.index(path) + 1
            else:
                columns.insert(at, path)
                at += 1
    return columns


def _grid_of(kind: str, names: Sequence[str] | None, values: Sequence[Any]) -> Grid | None:
    entries = [dict(_flat(value)) for value in values]
    columns = _columns(entries)
    rows = [tuple(on_a_line(entry[path]) if path in entry else "" for path in columns) for entry in entries]
    if names is not None:
        rows = [(on_a_line(name), *row) for name, row in zip(names, rows, strict=True)]
    grid = Grid(kind, ((NAME,) if names is not None else ()) + tuple(map(path_text, columns)), tuple(rows))
    return grid if grid.is_sound else None


class _Entries:
    def take(self, value: Any) -> Grid | None:
        if not isinstance(value, dict) or not value:
            return None
        return _grid_of("entries", list(value), list(value.values()))

    def give(self, header: Row, rows: Sequence[Row], reader: GridReader) -> Any:
        columns = _header_paths(header, reader, (NAME,))
        name = next((column for column, cell in header.items() if str(cell.value).strip() == NAME), None)
        if name is None:
            reader.report("missing-column", f"there is no column `{NAME}`", next(iter(header.values())))
            return None
        entries: dict[Any, Any] = {}
        for row in _sound_rows(header, rows, reader):
            key = reader.text(row.get(name), "text")
            given = decoded(key, reader.findings) if key is not None else None
            if not isinstance(given, str):
                if set(row) & set(columns):
                    reader.report(
                        "row-without-name", "this row has no name", next(iter(row.values())), "fill its first column, or clear the row"
                    )
            elif given in entries:
                reader.report("duplicate-key", f"`{given}` is given twice", row[name])
            else:
                value = _entry(row, columns, header, reader, str(given))
                if value or () not in columns.values():  # a name whose value nobody has filled yet is not there
                    entries[given] = value
        return entries


class _Items:
    def take(self, value: Any) -> Grid | None:
        if not isinstance(value, list) or not value or not all(isinstance(item, dict) and item for item in value):
            return None
        return _grid_of("items", None, value)

    def give(self, header: Row, rows: Sequence[Row], reader: GridReader) -> Any:
        columns = _header_paths(header, reader)
        return [_entry(row, columns, header, reader, "") for row in _sound_rows(header, rows, reader) if set(row) & set(columns)]


def _header_paths(header: Row, reader: GridReader, but: tuple[str, ...] = ()) -> dict[int, Path]:
    columns: dict[int, Path] = {}
    for column, cell in header.items():
        text = reader.text(cell, "text")
        if text is None or text in but or text.startswith(REMARK):
            continue
        path = path_of(text)
        if path is None or any(isinstance(part, int) for part in path):
            reader.report("bad-path", f"`{text}` names no part of an entry", cell, "keep the headers as they were exported")
        elif path in columns.values():
            reader.report("duplicate-column", f"there are two columns `{text}`", cell)
        else:
            columns[column] = path
    return columns


def _entry(row: Row, columns: Mapping[int, Path], header: Row, reader: GridReader, name: str) -> Any:
    whole: dict[Any, Any] = {}
    for column, path in columns.items():
        cell = row.get(column)
        text = reader.text(cell, _expected(path, name, reader.types))
        if text is None or cell is None:
            continue
        value = decoded(text, reader.findings)
        if not path:
            return value  # an entry that is no mapping
        inner = whole
        for part in path[:-1]:
            inner = inner.setdefault(header[column].written(str(part)), {})
            if not isinstance(inner, dict):
                reader.report("duplicate-key", f"another column gives a value for `{part}` itself", cell)
                return whole
        inner[header[column].written(str(path[-1]))] = value
    return whole


def _expected(path: Path, name: str, types: Mapping[str, str]) -> str:
    """Return what is expected in a column of an entry."""
    if path in ((), ("value",), ("default",), ("min",), ("max",)):
        return types.get(name, "")
    if path in (("scale",), ("weight",)):
        return "number"
    if path in (("local",), ("judged",), ("nullable",), ("hidden",)):
        return "boolean"
    if path == ("as_of",):
        return "date"
    if len(path) == 2 and path[0] in ("facts", "expected"):
        return types.get(str(path[1]), "")
    return "text" if path and path[-1] in (*LANGUAGES, "label", "note", "why", "about", "id", "unit") else ""


class _Scorecard:
    """The bands of a characteristic stand in as many rows; what holds for all of them stands in its first."""

    def take(self, value: Any) -> Grid | None:
        if not isinstance(value, dict) or not value or not all(isinstance(one, dict) for one in value.values()):
            return None
        heads = [{key: item for key, item in one.items() if key != POINTS} for one in value.values()]
        bands = [_bands_of(one.get(POINTS)) for one in value.values()]
        grid = _grid_of("scorecard", list(value), heads)
        if grid is None or any(found is None for found in bands) or not any(bands):
            return None
        has_notes = any(band[2] for found in bands for band in found or ())
        rows = []
        for head, found in zip(grid.rows, bands, strict=True):
            for number, band in enumerate(found or [("", "", "")]):
                own = head if not number else (head[0], *[""] * (len(head) - 1))
                rows.append((*own, *band[: 2 + has_notes]))
        header = (CHARACTERISTIC, *grid.header[1:], TEST, POINTS, *((REMARK.strip(),) if has_notes else ()))
        whole = Grid("scorecard", header, tuple(rows))
        return whole if whole.is_sound else None

    def give(self, header: Row, rows: Sequence[Row], reader: GridReader) -> Any:
        own = {str(cell.value).strip(): column for column, cell in header.items()}
        missing = next((name for name in (CHARACTERISTIC, TEST, POINTS) if name not in own), None)
        if missing is not None:
            reader.report("missing-column", f"there is no column `{missing}`", next(iter(header.values())))
            return None
        columns = _header_paths(
            {c: cell for c, cell in header.items() if str(cell.value).strip() != "#"}, reader, (CHARACTERISTIC, TEST, POINTS)
        )
        found: dict[Any, Any] = {}
        bands: dict[Written, list[list[Written]]] = {}
        for row in _sound_rows(header, rows, reader):
            name = reader.text(row.get(own[CHARACTERISTIC]), "text")
            if name is None:
                reader.report("row-without-name", "this row does not say of which characteristic it is", next(iter(row.values())))
                continue
            entry = found.setdefault(name, {})
            for key, item in _entry(row, columns, header, reader, "").items():
                if key in entry and entry[key] != item:
                    reader.report("duplicate-key", f"`{key}` of `{name}` is given twice, and differently", row[own[CHARACTERISTIC]])
                entry.setdefault(key, item)
            if own[TEST] in row or own[POINTS] in row:
                expected = reader.types.get(str(entry.get("of", "")), "")
                bands.setdefault(name, []).append(_band(row, own[TEST], own[POINTS], own.get("#"), expected, reader))
        for owner, lines in bands.items():
            found[owner][Written.at(POINTS, lines[0][0].whole)] = _band_text(lines)
        return found


def _bands_of(points: Any) -> list[tuple[str, str, str]] | None:
    """Return the bands of a characteristic, none without points; ``None`` where they cannot stand in rows."""
    if points is None:
        return []
    if isinstance(points, dict):
        plain = all(isinstance(value, str) for value in points.values())
        points = "\n".join(f"{test} | {value}" for test, value in points.items()) if plain and points else 0
    bands = read_bands(Written(points)) if isinstance(points, str) else None
    if bands is None or bands.findings:
        return None
    return [(str(band.test), str(band.points), band.note) for band in bands.bands]


def _sound_rows(names: Mapping[int, Any], rows: Sequence[Row], reader: GridReader) -> Iterator[Row]:
    """Yield rows; a cell beside the columns is reported."""
    for row in rows:
        for column, cell in row.items():
            if column not in names:
                help = "give the column a header, or clear the cell"
                reader.report("cell-without-column", f"`{cell.value}` stands in no column of the grid", cell, help)
        yield row


GRIDS: Mapping[str, GridKind] = {
    "rules": _Rules(),
    "csv": _Csv(),
    "points": _Points(),
    "scorecard": _Scorecard(),
    "entries": _Entries(),
    "items": _Items(),
}
