"""A page of blocks (headings, paragraphs, tables) as a report: an HTML file, or a workbook with a sheet for each table."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import BytesIO
from typing import Any

from tierwise.plugins.policy_page import Block
from tierwise.plugins.report.html_frame import escaped, html_frame, html_table
from tierwise.plugins.report.sheet_names import SheetNames
from tierwise.plugins.report.sheet_rows import with_rows, write_pattern
from tierwise.plugins.sentences.border_lines import StandingText
from tierwise.plugins.workbook.writing import new_workbook

__all__ = ["page_html", "page_workbook"]

NUMBER = re.compile(r"[+−-]?\d{1,3}(,\d{3})*(\.\d+)?|[+−-]?\d+(\.\d+)?")
"""A number as pages write it, its digits grouped or not."""
BAR_WIDTH, HIGHEST_BAR = 10, 32
"""In pixels."""


def page_html(blocks: Iterable[Block], language: str) -> str:
    """Return the page as one file."""
    shown = tuple(blocks)
    title = next((_plain(block.text) for block in shown if block.level == 1), "Tierwise")
    return html_frame(title, "".join(map(_block, shown)), language)


def page_workbook(blocks: Iterable[Block]) -> bytes:
    """Return the workbook: each table on a sheet under the heading that stands over it, numbers as numbers, what else is said on the first sheet.

    Raises:
        DataError: The extra is not installed.
    """
    stream = BytesIO()
    book = new_workbook(stream)
    head = book.add_format(
        {"bold": True, "bg_color": "#DCE6F1", "border": 1, "border_color": "#BFBFBF", "text_wrap": True, "valign": "top"}
    )
    text = book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
    bold = book.add_format({"bold": True, "font_size": 13})
    told, names = None, SheetNames()
    row, heading = 0, ""
    tables: dict[int, Iterator[list[Any]]] = {}
    for block in blocks:
        if not block.header:
            if told is None:
                told = book.add_worksheet(names.name(_plain(block.text)))
                told.set_column(0, 0, 100)
            told.write_string(row, 0, _plain(block.text or " > ".join(block.steps)), bold if block.level else text)
            row, heading = row + 1, _plain(block.text) if block.level else heading
            continue
        sheet = book.add_worksheet(names.name(heading or block.header[0]))
        for column, name in enumerate(block.header):
            sheet.write_string(0, column, _plain(name), head)
            sheet.set_column(column, column, min(max([2 * len(name), 10, *(len(cells[column]) for cells in block.rows[:200])]), 50))
        write_pattern(sheet, text, text)
        tables[len(book.worksheets())] = _values(block)
        sheet.freeze_panes(1, 0)
        sheet.autofilter(0, 0, max(len(block.rows), 1), len(block.header) - 1)
    book.close()
    return with_rows(stream.getvalue(), tables)


def _block(block: Block) -> str:
    if block.header:
        numbers = [
            at
            for at in range(block.keys, len(block.header))
            if block.rows and all(_is_number(row[at]) or row[at] in ("", "–", "·") for row in block.rows)
        ]
        return html_table([_plain(name) for name in block.header], _rows(block.rows, numbers), *numbers)
    if block.steps:
        return f'<ol class="steps">{"".join(f"<li>{escaped(_plain(step))}</li>" for step in block.steps)}</ol>\n'
    tag = f"h{block.level}" if block.level else "p"
    return f"<{tag}>{escaped(_plain(block.text))}</{tag}>\n"


def _rows(rows: Sequence[Sequence[str]], numbers: Sequence[int]) -> Iterator[str]:
    for row in rows:
        yield "".join(
            f"<td{' class=n' if at in numbers else ''}>{_drawn(cell) or escaped(_plain(cell))}</td>" for at, cell in enumerate(row)
        )


def _drawn(cell: str) -> str:
    """Return the picture of a cell that has one, which says its numbers; nothing for another cell."""
    if not isinstance(cell, StandingText):
        return ""
    most = max(cell.parts) or 1
    half, top = len(cell.parts) // 2, HIGHEST_BAR + 1
    heights = [-(-HIGHEST_BAR * part // most) for part in cell.parts]
    bars = "".join(
        f'<rect x="{BAR_WIDTH * at + 1}" y="{top - high}" width="{BAR_WIDTH - 2}" height="{high}" fill="#1f5f9e"/>'
        for at, high in enumerate(heights)
    )
    border = f'<path d="M{BAR_WIDTH * half} 0v{top}" stroke="#1a1a1a" stroke-dasharray="3 2"/>'
    said = " ".join(map(str, (*cell.parts[:half], "│", *cell.parts[half:])))
    return f'<svg role="img" aria-label="{said}" width="{BAR_WIDTH * len(heights)}" height="{top}">{bars}{border}</svg>'


def _values(block: Block) -> Iterator[list[Any]]:
    """Yield the rows of a table with numbers as such."""
    for cells in block.rows:
        yield [*(_plain(cell) for cell in cells[: block.keys]), *map(_value, cells[block.keys :])]


def _plain(text: str) -> str:
    return text.replace("`", "")


def _is_number(text: str) -> bool:
    return bool(NUMBER.fullmatch(text))


def _value(cell: str) -> Any:
    """Return a number as such, whose text stays the same; an id such as ``001`` is none."""
    plain = cell.replace(",", "").replace("−", "-")
    if not _is_number(cell) or (len(plain) > 1 and plain.lstrip("+-").startswith("0") and not plain.lstrip("+-").startswith("0.")):
        return _plain(cell) or None
    return Decimal(plain)
