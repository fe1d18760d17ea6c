"""Writes random CSV files, whose rows are known, and reads them; ``python -m tests.plugins.random_csv --minutes 30`` does so for long.

A file is made of a heading and rows of cells; each is written by a random dialect, and late in the file something surprising comes: the first
quote, a line break in a cell, a sign that a sniffer takes for a comment, a blank line. The rows that must arrive are those that were written.
"""

from __future__ import annotations

import argparse
import random
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING

from tierwise.core.errors import DataError
from tierwise.plugins import csv_reading
from tierwise.plugins.data_source import FileReading
from tierwise.plugins.duckdb_connection import in_memory

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["RandomFile", "random_file", "read_rows"]

ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gb18030")
LINE_ENDS = ("\n", "\r\n", "\r")
PLAIN = (
    "a",
    "Ann",
    "12",
    "0.5",
    "#N/A",
    "# 1",
    "//",
    "--",
    "Suite #4",
    "é",
    "客户",
    "null",
    "NaN",
    "O'Neil",
    "'x",
    "\\",
    "a\\b",
    "=1",
    "5 000",
    "%",
)
QUOTED = ('say "x"', '""', '"', "{d}", "a{d}b", '"{d}"', "  padded ", "#{d}#")
BROKEN = ("two\nlines", "two\r\nlines", 'a"\n{d}"b', "\n", "x\r")
INCHES = ('5" pipe', '6"', 'a "b" c')
BLOCKS = (128, 512, 2_048, 20_480, 1 << 22)


@dataclass(frozen=True)
class RandomFile:
    """A file as it is written, and the rows that it holds.

    Attributes:
        content: Its bytes.
        names: Its headings.
        rows: Its rows; an empty cell is ``None``.
        block: How many bytes are read at a time.
    """

    content: bytes
    names: list[str]
    rows: list[tuple[str | None, ...]]
    block: int


def random_file(seed: int) -> RandomFile:
    """Return the file of a seed."""
    choose = random.Random(seed)
    delimiter = choose.choice(",;\t|")
    width = choose.randint(2, 6)
    names = [f"c{i} {choose.choice(['', 'x', '名'])}".strip() for i in range(width)]
    count = choose.choice((0, 1, 3, 20, 200, 2_000 if choose.random() < 0.2 else 50))
    always = choose.random() < 0.2
    surprise = choose.randrange(count + 1)
    end = choose.choice(LINE_ENDS)
    mixed_ends = choose.random() < 0.1
    lines, rows = [_line(choose, names, delimiter, always)], []
    for number in range(count):
        pool = _pool(choose, number, surprise, always)
        cells = [f"K{number}" if choose.random() < 0.9 else f"#{number}", *(_cell(choose, pool, delimiter) for _ in range(width - 1))]
        kept = _shortened(choose, cells)
        lines.append(_line(choose, kept, delimiter, always))
        rows.append(tuple(cell or None for cell in (*kept, *[""] * (width - len(kept)))))
        if choose.random() < 0.01:
            lines.append("")
    ends = [choose.choice(LINE_ENDS) if mixed_ends else end for _ in lines]
    text = "".join(line + mark for line, mark in zip(lines, ends, strict=True))
    if choose.random() < 0.2:
        text = text[: -len(ends[-1])]
    encoding = choose.choice(ENCODINGS)
    return RandomFile(text.encode(encoding), names, rows, choose.choice(BLOCKS))


def _pool(choose: random.Random, number: int, surprise: int, always: bool) -> tuple[str, ...]:
    """Return what a row's cells are drawn from: from the surprise on, anything; before it, nothing that needs quotes."""
    if number < surprise:
        return PLAIN
    if number == surprise or choose.random() < 0.1:
        return choose.choice((QUOTED, BROKEN, *(() if always else (INCHES,))))
    return PLAIN


def _cell(choose: random.Random, pool: tuple[str, ...], delimiter: str) -> str:
    return "" if choose.random() < 0.1 else choose.choice(pool).replace("{d}", delimiter)


def _shortened(choose: random.Random, cells: list[str]) -> list[str]:
    """Leave empty cells at the end out now and then, as some programs do; never all but one, which would be a title."""
    while len(cells) > 2 and not cells[-1] and choose.random() < 0.3:
        cells = cells[:-1]
    return cells


def _line(choose: random.Random, cells: list[str], delimiter: str, always: bool) -> str:
    written = []
    for cell in cells:
        needed = any(sign in cell for sign in (delimiter, "\n", "\r")) or cell.startswith('"')
        if needed or always or (cell and choose.random() < 0.02):
            doubled = cell.replace('"', '""')
            written.append(f'"{doubled}"')
        else:
            written.append(cell)
    return delimiter.join(written)


def read_rows(path: Path, file: RandomFile, into: DuckDBPyConnection) -> tuple[list[str], list[tuple[str | None, ...]]]:
    """Write the file and return the headings and rows that arrive."""
    path.write_bytes(file.content)
    before, csv_reading.BLOCK = csv_reading.BLOCK, file.block
    try:
        table = csv_reading.CsvFile(path, FileReading())
        names = list(table.types())
        list(table.load(into, "arrived", names, Event()))
    finally:
        csv_reading.BLOCK = before
    return names, into.execute("SELECT * FROM arrived").fetchall()


def main() -> None:
    """Read random files until the time is up, and print the seeds whose rows do not arrive."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=30.0)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    told = parser.parse_args()
    into, until, seed, wrong = in_memory(), time.monotonic() + told.minutes * 60, told.first, 0
    with tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < until:
            file = random_file(seed)
            try:
                arrived = read_rows(Path(folder) / "random.csv", file, into)
                fine = arrived == (file.names, file.rows)
            except DataError as refused:
                fine = False
                print(f"seed {seed}: {refused}")
            if not fine:
                wrong += 1
                print(f"seed {seed}: {file.content[:200]!r}")
            seed += 1
    print(f"{seed - told.first:,} files, {wrong} wrong")


if __name__ == "__main__":
    main()
