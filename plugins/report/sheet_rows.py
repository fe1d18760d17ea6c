"""Puts many rows into a sheet of a finished workbook at once: xlsxwriter takes some 15 µs a cell, which for a list of 100,000 is the most of a run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from tierwise.plugins.report.excel_cells import EXACT_DIGITS, LONGEST_TEXT

__all__ = ["Repeated", "with_rows", "write_pattern"]

SPECIAL = re.compile(r"[&<>\x00-\x08\x0b-\x1f\ufffe\uffff]|_(?=x[0-9A-Fa-f]{4}_)")
"""What stands otherwise in the texts of a sheet; an underscore, where what follows would be read as a sign's number."""
MARKUP = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
FIRST_DAY = date(1899, 12, 30).toordinal()
"""The day that Excel counts from, for days after February 1900."""
FIRST_TOLD = date(1900, 3, 1)
CHUNK = 2_000


@dataclass(slots=True)
class Repeated:
    """A value that stands in many cells of one sheet, so that it is put into words once.

    Attributes:
        value: The value, as any other of a row.
        tail: What its cells are behind their place, once one of them was written; nothing of an empty cell.
    """

    value: Any
    tail: str | None = None


def write_pattern(sheet: Any, text: Any, day: Any) -> None:
    """Write the second row of a sheet of xlsxwriter, from which ``with_rows`` takes the formats; the rows come in its place.

    Args:
        sheet: The sheet, whose first row is written.
        text: The format of texts.
        day: The format of dates.
    """
    sheet.write_blank(1, 0, None, text)
    sheet.write_blank(1, 1, None, day)


def with_rows(book: bytes, rows: Mapping[int, Iterable[Sequence[Any]]]) -> bytes:
    """Return a workbook some of whose sheets have rows below their first one.

    Args:
        book: The workbook as it was written, with a pattern on each of these sheets.
        rows: The number of a sheet, from 1, to its rows: texts, numbers, truth values, dates, and ``None`` for empty cells.
    """
    parts = {f"xl/worksheets/sheet{number}.xml": some for number, some in rows.items()}
    written = BytesIO()
    with ZipFile(BytesIO(book)) as given, ZipFile(written, "w", ZIP_DEFLATED) as made:
        for info in given.infolist():
            same = ZipInfo(info.filename, info.date_time)
            same.compress_type, same.external_attr = ZIP_DEFLATED, info.external_attr
            if info.filename not in parts:
                made.writestr(same, given.read(info))
                continue
            head, pattern, tail = _cut(given.read(info).decode("utf-8"))
            with made.open(same, "w") as sheet:
                sheet.write(head.encode("utf-8"))
                for some in _chunks(_lines(parts[info.filename], *re.findall(r' s="(\d+)"', pattern)[:2])):
                    sheet.write(some.encode("utf-8"))
                sheet.write(tail.encode("utf-8"))
    return written.getvalue()


def _cut(sheet: str) -> tuple[str, str, str]:
    start, end = sheet.index('<row r="2"'), sheet.index("</sheetData>")
    # Which cells there are is said at the top as well; that may be left out.
    return re.sub(r"<dimension [^>]*/>", "", sheet[:start]), sheet[start:end], sheet[end:]


def _chunks(lines: Iterator[str]) -> Iterator[str]:
    some: list[str] = []
    for line in lines:
        some.append(line)
        if len(some) == CHUNK:
            yield "".join(some)
            some = []
    yield "".join(some)


def _lines(rows: Iterable[Sequence[Any]], text: str, day: str) -> Iterator[str]:
    starts: list[str] = []
    for number, cells in enumerate(rows, 2):
        starts = starts or [f'<c r="{_letters(at)}' for at in range(len(cells))]
        written = [f"{start}{number}{tail}" for start, value in zip(starts, cells, strict=True) if (tail := _behind(value, text, day))]
        yield f'<row r="{number}">{"".join(written)}</row>'


def _behind(value: Any, text: str, day: str) -> str:
    """Return what stands behind the place of a cell; nothing where there is to be no cell."""
    if not isinstance(value, Repeated):
        return "" if value is None else _tail(value, text, day)
    if value.tail is None:
        value.tail = "" if value.value is None else _tail(value.value, text, day)
    return value.tail


def _tail(value: Any, text: str, day: str) -> str:
    match value:
        case str():
            shown = value
        case bool():
            return f'" t="b"><v>{int(value)}</v></c>'
        case Decimal() if len(value.as_tuple().digits) <= EXACT_DIGITS:
            return f'"><v>{float(value):.16G}</v></c>'
        case int() if abs(value) < 10**EXACT_DIGITS:
            return f'"><v>{value}</v></c>'
        case datetime():
            shown = value.isoformat(sep=" ")
        case date() if value >= FIRST_TOLD:
            return f'" s="{day}"><v>{value.toordinal() - FIRST_DAY}</v></c>'
        case _:
            shown = str(value)
    shown = shown[:LONGEST_TEXT]
    kept = ' xml:space="preserve"' if shown != shown.strip() else ""
    return f'" s="{text}" t="inlineStr"><is><t{kept}>{SPECIAL.sub(_escaped, shown)}</t></is></c>'


def _escaped(found: re.Match[str]) -> str:
    return MARKUP.get(found[0]) or f"_x{ord(found[0]):04X}_"


def _letters(at: int) -> str:
    letters = ""
    while at >= 0:
        letters, at = chr(65 + at % 26) + letters, at // 26 - 1
    return letters
