"""Reads a sheet of an Excel workbook as a table: where its headings are, what merged and percent cells mean, each cell as people see it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from itertools import islice
from threading import Event
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from tierwise.plugins.arrow_columns import table_of
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import FileReading
from tierwise.plugins.headings import FIRST_ROWS, Headings, column_letters, find_headings, is_blank

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection
    from openpyxl.worksheet._read_only import ReadOnlyWorksheet

__all__ = ["Sheet"]

BATCH = 2_000
MERGED = re.compile(rb'<(?:\w+:)?mergeCell ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
PART, OVERLAP = 1 << 20, 64
MOST_MERGED = 200_000
TYPES = {"bool": "BOOLEAN", "int64": "BIGINT", "double": "DOUBLE", "timestamp[us]": "TIMESTAMP", "date32[day]": "DATE"}


@dataclass
class Sheet:
    """A sheet with at least one filled cell.

    Attributes:
        sheet: openpyxl's, opened to be read row by row.
        has_percents: Whether the workbook has a number format with a percent sign.
        told: What somebody said about it.
        findings: What was found out when it was opened.
    """

    sheet: ReadOnlyWorksheet
    has_percents: bool
    told: FileReading
    findings: list[DataFinding] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Find its headings.

        Raises:
            DataError: It has no such row as was told.
        """
        self.name = str(self.sheet.title)
        self.sheet.reset_dimensions()  # what a file says of its size may be wrong, and rows beyond it would be lost
        head = list(islice(((n, row) for n, row in self._rows() if any(not is_blank(cell) for cell in row)), FIRST_ROWS))
        self._head = [row for _, row in head]
        self.is_empty = not head
        if head:
            self.headings: Headings = find_headings(self._head, [number for number, _ in head], self.name, self.told.header)
            self.findings += self.headings.findings
            self._after = head[self.headings.last][0]

    def types(self) -> Mapping[str, str]:
        """Return the DuckDB type of each column by heading, as its first rows are."""
        return {column.name: TYPES.get(str(column.type), "VARCHAR") for column in self._sampled.schema}

    def sample(self, column: str, limit: int) -> Sequence[Any]:
        """Return the first values of a column that are not blank."""
        return [value for value in self._sampled.column(column).to_pylist() if value is not None][:limit]

    def load(self, into: DuckDBPyConnection, named: str, columns: Sequence[str], stopped: Event) -> Iterator[DataFinding]:
        """Make a table of some columns, and yield what was found on the way."""
        filling = _Filling(self._merged, min(self.headings.columns.values(), default=0), self._after)
        positions = [self.headings.columns[column] for column in columns]
        width = max(positions) + 1
        everything = sorted(self.headings.columns.values())

        def batches() -> Iterator[list[tuple[Any, ...]]]:
            rows = (filling.filled(number, row, width) for number, row in self._rows() if number > self._after)
            kept = (row for row in rows if any(position < len(row) and not is_blank(row[position]) for position in everything))
            while part := list(islice(kept, BATCH)):
                if stopped.is_set():
                    raise InterruptedError("stopped")
                yield [tuple(_cell(row, position) for position in positions) for row in part]

        into.register("tierwise_sheet", table_of(columns, batches()))
        into.execute(f"CREATE OR REPLACE TABLE {named} AS SELECT * FROM tierwise_sheet")
        into.unregister("tierwise_sheet")
        yield from filling.findings(self.name)

    @cached_property
    def _sampled(self) -> pa.Table:
        rows = self._head[self.headings.last + 1 :]
        return table_of(list(self.headings.columns), [[tuple(_cell(row, at) for at in self.headings.columns.values()) for row in rows]])

    def _rows(self) -> Iterator[tuple[int, Sequence[Any]]]:
        """Yield the number and the values of each row; a percentage as text with its sign."""
        if not self.has_percents:
            yield from enumerate(self.sheet.iter_rows(values_only=True), 1)
            return
        for number, row in enumerate(self.sheet.iter_rows(), 1):
            yield number, [_percentage(cell) if _is_percentage(cell) else cell.value for cell in row]

    @cached_property
    def _merged(self) -> Sequence[tuple[int, int, int]]:
        """Column from 0, first and last row of cells merged over rows, as the sheet's own XML has them: openpyxl tells only of whole sheets."""
        found: list[tuple[int, int, int]] = []
        with self.sheet._get_source() as stream:
            rest = b""
            while (part := stream.read(PART)) and len(found) < MOST_MERGED:
                part = rest + part
                for match in MERGED.finditer(part):
                    if match[2] != match[4]:
                        found.append((_position(match[1]), int(match[2]), int(match[4])))
                rest = part[-OVERLAP:] if not part.endswith(b">") else b""
        return list(dict.fromkeys(found))


class _Filling:
    """Gives rows the texts of cells that are merged over them, as people see them.

    Numbers are not given: a sum over the rows would count them more than once. Those of the first column are names of rows.

    Args:
        merged: Column, first and last row.
        first_column: Of the table.
        after: The row of the headings.
    """

    def __init__(self, merged: Sequence[tuple[int, int, int]], first_column: int, after: int) -> None:
        self._starts: dict[int, list[tuple[int, int]]] = {}
        for column, first, last in merged:
            if first > after:
                self._starts.setdefault(first, []).append((column, last))
        self._open: dict[int, tuple[int, Any]] = {}
        self._first_column = first_column
        self._filled: dict[int, int] = {}
        self._left: dict[int, int] = {}

    def filled(self, number: int, row: Sequence[Any], width: int) -> Sequence[Any]:
        """Return a row with the cells that are merged over it."""
        for column, (last, _) in list(self._open.items()):
            if number > last:
                del self._open[column]
        if self._open:
            cells = [*row, *[None] * (width - len(row))]
            for column, (_, value) in self._open.items():
                if column < len(cells) and is_blank(cells[column]) and not is_blank(value):
                    is_name = column == self._first_column or not isinstance(value, int | float)
                    tally = self._filled if is_name else self._left
                    tally[column] = tally.get(column, 0) + 1
                    cells[column] = value if is_name else None
            row = cells
        for column, last in self._starts.get(number, ()):
            self._open[column] = (last, row[column] if column < len(row) else None)
        return row

    def findings(self, table: str) -> Iterator[DataFinding]:
        """Yield what was made of merged cells."""
        for tally, made in (
            (self._filled, "its value is taken for each of them"),
            (self._left, "its number is taken for the first of them only"),
        ):
            for column, count in tally.items():
                message = f"column {column_letters(column)} of `{table}` has cells merged over several rows: {made}"
                yield DataFinding("merged-cells", message, count, "", table)


def _is_percentage(cell: Any) -> bool:
    return isinstance(cell.value, int | float) and not isinstance(cell.value, bool) and "%" in (cell.number_format or "")


def _percentage(cell: Any) -> str:
    number = Decimal(repr(cell.value)) * 100
    return f"{format(number.normalize(), 'f')}%"


def _cell(row: Sequence[Any], position: int) -> Any:
    value = row[position] if position < len(row) else None
    return None if is_blank(value) else value


def _position(letters: bytes) -> int:
    position = 0
    for letter in letters:
        position = position * 26 + letter - 64
    return position - 1
