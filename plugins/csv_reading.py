"""Reads a CSV file by rule: what it is written like is decided from its bytes or told, and every physical record is accounted for.

Most files are plain: each record stands on one line. Those are read by Arrow, which refuses a row that does not fit, and its rows are counted
against the lines of the file. Whatever is not plain (line breaks in quoted cells, rows of other lengths, rows without a value, quotes in odd
places) is read record by record by Python's ``csv`` module, which says for each where it stands.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv

from tierwise.core.errors import DataError
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import FileReading
from tierwise.plugins.headings import FIRST_ROWS, Headings, find_headings, is_blank
from tierwise.plugins.text_encoding import encoding_of, text_parts

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["CsvFile"]

DELIMITERS = (",", ";", "\t", "|")
SEPARATOR_LINE = re.compile(r"\ufeff?sep=(.)\r?\n?", re.IGNORECASE)
HEAD = 1 << 20
BLOCK = 1 << 22
BATCH = 5_000
LONGEST_CELL = 1 << 20
LINE_ENDS = (b"\r\n", b"\r")


@dataclass(frozen=True, slots=True)
class _Record:
    """One record of the file: its cells, and the lines from which it was made."""

    line: int
    lines: int
    cells: list[str]


@dataclass
class CsvFile:
    """One CSV file, which is a table.

    Attributes:
        path: The file.
        told: How it is written, as far as somebody said so.
        findings: What was found out about it; more of it once it has been read.
    """

    path: Path
    told: FileReading
    findings: list[DataFinding] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Decide how it is written.

        Raises:
            DataError: It is no text, or its delimiter or encoding cannot be told.
        """
        self.name = self.path.stem
        self.encoding = encoding_of(self.path, self.told.encoding)
        self.quote = {"": '"', "none": ""}.get(self.told.quote, self.told.quote)
        head = next(text_parts(self.path, self.encoding), "")[:HEAD].removeprefix("\ufeff")
        separator = SEPARATOR_LINE.match(head)
        self._before = 1 if separator else 0
        self.delimiter = self.told.delimiter or (separator[1] if separator else self._delimiter_of(head))
        self._head = self._first_records(head, self.delimiter)
        self.headings: Headings = find_headings(
            [record.cells for record in self._head], [record.line for record in self._head], self.name, self.told.header
        )
        self.findings += self.headings.findings
        if self.encoding in ("cp1252", "latin-1") and not self.told.encoding:
            message = f"`{self.path.name}` is no UTF-8 and is read as `{self.encoding}`"
            self.findings.append(DataFinding("encoding-found", message, 1, "", self.name))

    @property
    def columns(self) -> Sequence[str]:
        """Its headings."""
        return tuple(self.headings.columns)

    def sample(self, column: str, limit: int) -> list[str]:
        """Return the first values of a column."""
        position = self.headings.columns[column]
        cells = (record.cells[position] for record in self._head[self.headings.last + 1 :] if position < len(record.cells))
        return list(islice((cell for cell in cells if not is_blank(cell)), limit))

    def types(self) -> Mapping[str, str]:
        """Return the DuckDB type of each column: text."""
        return dict.fromkeys(self.headings.columns, "VARCHAR")

    def load(self, into: DuckDBPyConnection, named: str, columns: Sequence[str], stopped: Event) -> Iterator[DataFinding]:
        """Make a table of some columns, and yield what was found on the way.

        Raises:
            DataError: A quote is not closed, or a row has more cells than there are headings.
        """
        expected = self._plain_rows()
        if expected is not None and self._arrived(into, named, columns, lambda: self._by_arrow(columns)) == expected:
            return
        tally = _Tally(self.name)
        failures: list[Exception] = []
        schema = pa.schema([(str(self.headings.columns[name]), pa.string()) for name in columns])
        batches = self._by_record(columns, schema, stopped, tally, failures)
        arrived = self._arrived(into, named, columns, lambda: pa.RecordBatchReader.from_batches(schema, batches))
        if failures:
            raise failures[0]
        if arrived != tally.expected:
            raise DataError(f"`{self.path.name}` has {tally.expected:,} rows, and {arrived} arrived")
        yield from tally.findings()

    def _arrived(
        self, into: DuckDBPyConnection, named: str, columns: Sequence[str], rows: Callable[[], pa.RecordBatchReader]
    ) -> int | None:
        """Make a table of rows, and return how many it has; ``None`` when they cannot be read."""
        import duckdb

        cells = ", ".join(f'"{self.headings.columns[name]}" AS {_quoted(name)}' for name in columns)
        try:
            into.register("tierwise_csv", rows())
            into.execute(f"CREATE OR REPLACE TABLE {named} AS SELECT {cells} FROM tierwise_csv")
            counted = into.execute(f"SELECT count(*) FROM {named}").fetchall()
        except (pa.ArrowException, duckdb.Error):
            return None
        finally:
            into.unregister("tierwise_csv")
        return int(counted[0][0])

    def _plain_rows(self) -> int | None:
        """Return how many lines hold a row; ``None`` when rows and lines are not the same.

        It looks at quotes and line ends only: in a plain file every line has its quotes in pairs.
        """
        if any(record.lines > 1 for record in self._head[: self.headings.last + 1]) or not (self.delimiter + self.quote).isascii():
            return None
        quote, delimiter = self.quote.encode(), self.delimiter.encode()
        others = bytes(sign for sign in range(256) if sign not in quote + b"\n")
        hollow = re.compile(rb"(?m)^[ \t" + re.escape(delimiter + quote) + rb"]+$")
        lines = 0
        for part in self._whole_lines():
            lines += part.count(b"\n")
            if quote and quote in part and quote in part.translate(None, others).replace(quote * 2, b""):
                return None
            if (
                part.startswith((delimiter, quote)) or b"\n" + delimiter in part or (quote and b"\n" + quote * 2 in part)
            ) and hollow.search(part):
                return None
        return lines - self._before - (self.headings.last + 1)

    def _whole_lines(self) -> Iterator[bytes]:
        """Yield the file in pieces of whole lines in UTF-8, each line ended by a line feed, without blank lines."""
        rest = b""
        for part in self._bytes():
            part = rest + part
            end = max(part.rfind(b"\n"), part.rfind(b"\r", 0, len(part) - 1)) + 1
            part, rest = part[:end], part[end:]
            yield _tidy(part)
        yield _tidy(rest + b"\n" if rest.strip(b"\r\n") else b"")

    def _bytes(self) -> Iterator[bytes]:
        if self.encoding not in ("utf-8", "utf-8-sig"):
            yield from (part.encode() for part in text_parts(self.path, self.encoding))
            return
        with self.path.open("rb") as stream:
            start = stream.read(3)
            yield b"" if start == b"\xef\xbb\xbf" else start
            while part := stream.read(BLOCK):
                yield part

    def _by_arrow(self, columns: Sequence[str]) -> pa.RecordBatchReader:
        width = self._width
        names = [str(i) for i in range(width)]
        wanted = [str(self.headings.columns[column]) for column in columns]
        reader: pa.RecordBatchReader = pyarrow.csv.open_csv(
            self.path,
            read_options=pyarrow.csv.ReadOptions(
                block_size=BLOCK,
                skip_rows=self._lines_before_rows,
                column_names=names,
                encoding="utf8" if self.encoding in ("utf-8", "utf-8-sig") else self.encoding,
            ),
            parse_options=pyarrow.csv.ParseOptions(delimiter=self.delimiter, quote_char=self.quote or False, newlines_in_values=False),
            convert_options=pyarrow.csv.ConvertOptions(
                check_utf8=False,
                include_columns=wanted,
                column_types=dict.fromkeys(names, pa.string()),
                null_values=[""],
                strings_can_be_null=True,
            ),
        )
        return reader

    @property
    def _lines_before_rows(self) -> int:
        last = self._head[self.headings.last] if self._head else None
        return self._before if last is None else last.line + last.lines - 1

    @cached_property
    def _width(self) -> int:
        """How many cells a row has: as many as there are headings, or more when most rows do."""
        lengths = Counter(len(record.cells) for record in self._head[self.headings.last + 1 :])
        headed = max((len(record.cells) for record in self._head[self.headings.first : self.headings.last + 1]), default=0)
        return max(headed, max(lengths, key=lambda length: (lengths[length], length), default=0))

    def _by_record(
        self, columns: Sequence[str], schema: pa.Schema, stopped: Event, tally: _Tally, failures: list[Exception]
    ) -> Iterator[pa.RecordBatch]:
        positions = [self.headings.columns[column] for column in columns]
        rows = self._rows(self._width, tally)
        try:
            while part := list(islice(rows, BATCH)):
                if stopped.is_set():
                    raise InterruptedError("stopped")
                tally.expected += len(part)
                arrays = [pa.array([row[i] or None for row in part], pa.string()) for i in positions]
                yield pa.RecordBatch.from_arrays(arrays, schema=schema)
        except Exception as error:  # DuckDB tells only its text
            failures.append(error)
            raise

    def _rows(self, width: int, tally: _Tally) -> Iterator[list[str]]:
        """Yield the rows, each as wide as the table."""
        after = self._lines_before_rows
        for record in self._records(_text_lines(self.path, self.encoding)):
            cells = record.cells
            if record.line <= after:
                continue
            if not any(cell and not cell.isspace() for cell in cells):
                tally.hollow += 1
                continue
            if len(cells) > width:
                if any(not is_blank(cell) for cell in cells[width:]):
                    tally.long.append(record.line)
                    if len(tally.long) == 3:
                        break
                cells = cells[:width]
            elif len(cells) < width:
                tally.short += 1
                if len(tally.short_lines) < 3:
                    tally.short_lines.append(record.line)
                cells = [*cells, *[""] * (width - len(cells))]
            yield cells
        if tally.long:
            raise self._too_long(tally.long, width)

    def _too_long(self, lines: Sequence[int], width: int) -> DataError:
        shown = ", ".join(map(str, lines))
        more = " and others" if len(lines) > 2 else ""
        return DataError(
            f"`{self.path.name}` has more cells than its {width} headings in line {shown}{more}: which value belongs where is not known",
            help=f'put a cell that holds `{self.delimiter}` into quotes `"`, or save the file again from the spreadsheet',
        )

    def _records(self, lines: Iterable[str], delimiter: str | None = None) -> Iterator[_Record]:
        """Yield the records that are not blank.

        Raises:
            DataError: A quote swallows lines: it is not closed, or closed in the middle of other text.
        """
        taken: list[str] = []

        def noted() -> Iterator[str]:
            for line in lines:
                taken.append(line)
                yield line

        form = _Form(delimiter or self.delimiter, self.quote)
        line = 1
        reader = iter(form.reader(noted()))
        while True:
            try:
                cells = next(reader, None)
            except csv.Error as error:
                raise self._unclosed(line, str(error)) from None
            if cells is None:
                return
            fault = form.fault(taken) if len(taken) > 1 or (self.quote and taken and taken[0].count(self.quote) % 2) else ""
            if fault and (len(taken) > 1 or fault == UNCLOSED):
                raise self._unclosed(line, fault)
            if cells and line > self._before:
                yield _Record(line, len(taken), cells)
            line += len(taken)
            taken.clear()

    def _unclosed(self, line: int, fault: str) -> DataError:
        what = "is not closed" if fault == UNCLOSED or "limit" in fault else "is closed in the middle of other text"
        return DataError(
            f"a quote `{self.quote}` that `{self.path.name}` opens in line {line} {what}: rows after it would be swallowed",
            help="close it, or double a quote that belongs to the text; when quotes mean nothing in this file, say so in a binding: "
            "`file: {quote: none}`",
        )

    def _delimiter_of(self, head: str) -> str:
        """Return the delimiter by which most of the first records have the same number of cells.

        Raises:
            DataError: Two do equally well.
        """
        fits: dict[str, tuple[int, int]] = {}
        for delimiter in DELIMITERS:
            if delimiter in head:
                counts = Counter(len(record.cells) for record in self._first_records(head, delimiter))
                several = {count: number for count, number in counts.items() if count > 1}
                if several:
                    best = max(several, key=lambda count: (several[count], count))
                    fits[delimiter] = (several[best], best)
        if not fits:
            return ","
        most = max(number for number, _ in fits.values())
        best_ones = [delimiter for delimiter, (number, _) in fits.items() if number == most]
        if len(best_ones) == 1:
            return best_ones[0]
        by_heading = [d for d in best_ones if (first := self._first_records(head, d)) and len(first[0].cells) == fits[d][1]]
        wider = sorted(by_heading or best_ones, key=lambda d: -fits[d][1])
        if len(wider) > 1 and fits[wider[0]][1] == fits[wider[1]][1]:
            both = " or ".join(f"`{'tab' if d == chr(9) else d}`" for d in wider[:2])
            raise DataError(
                f"the cells of `{self.path.name}` could be divided by {both}", help='say which in a binding: `file: {delimiter: ";"}`'
            )
        return wider[0]

    def _first_records(self, head: str, delimiter: str) -> list[_Record]:
        """Return the first records of the file; a last one that the head cuts off is left out."""
        lines = io.StringIO(head, newline="").readlines()
        if len(head) == HEAD and lines:
            lines.pop()
        found: list[_Record] = []
        with suppress(DataError):  # said when the rows are read, with the whole file at hand
            found.extend(islice(self._records(lines, delimiter=delimiter), FIRST_ROWS))
        return found


UNCLOSED = "unexpected end of data"


@dataclass(frozen=True, slots=True)
class _Form:
    """How records are divided."""

    delimiter: str
    quote: str

    def reader(self, lines: Iterable[str], strict: bool = False) -> Iterator[list[str]]:
        """Return Python's reader."""
        csv.field_size_limit(LONGEST_CELL)
        if not self.quote:
            return csv.reader(lines, delimiter=self.delimiter, quoting=csv.QUOTE_NONE, strict=strict)
        return csv.reader(lines, delimiter=self.delimiter, quotechar=self.quote, strict=strict)

    def fault(self, lines: Sequence[str]) -> str:
        """Say what is wrong with the quotes of one record; empty when nothing is."""
        try:
            list(self.reader(lines, strict=True))
        except csv.Error as error:
            return str(error)
        return ""


@dataclass
class _Tally:
    """What was met while the rows of a file were read."""

    name: str
    expected: int = 0
    hollow: int = 0
    short: int = 0
    short_lines: list[int] = field(default_factory=list)
    long: list[int] = field(default_factory=list)

    def findings(self) -> Iterator[DataFinding]:
        """Yield what people should know."""
        name = self.name
        if self.hollow:
            rows = "row" if self.hollow == 1 else "rows"
            yield DataFinding("blank-row", f"{self.hollow} {rows} of `{name}` without any value: left out", self.hollow, "", name)
        if self.short:
            lines = tuple((f"line {line}", "") for line in self.short_lines)
            rows, have = ("row", "has") if self.short == 1 else ("rows", "have")
            message = f"{self.short} {rows} of `{name}` {have} fewer cells than there are headings: what is left is empty"
            yield DataFinding("short-row", message, self.short, "", name, "", lines)


def _text_lines(path: Path, encoding: str) -> Iterator[str]:
    """Yield the lines of a file with their ends, whichever they are."""
    with path.open(encoding=encoding, newline="") as text:
        first = True
        for line in text:
            yield line.removeprefix("\ufeff") if first else line
            first = False


def _tidy(part: bytes) -> bytes:
    """Return whole lines, each ended by a line feed, without blank ones."""
    if b"\r" in part:
        for end in LINE_ENDS:
            part = part.replace(end, b"\n")
    while b"\n\n" in part:
        part = part.replace(b"\n\n", b"\n")
    return part.removeprefix(b"\n")


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
