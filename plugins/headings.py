"""Finds the row of headings among the first rows of a table of cells, and names its columns as people see them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tierwise.core.errors import DataError
from tierwise.plugins.data_finding import DataFinding

__all__ = ["Headings", "column_letters", "find_headings", "is_blank"]

FIRST_ROWS = 200
"""How many rows are looked at; titles above a table are few."""
MOST_OF_WIDTH = 0.7
"""A row of headings fills at least this share of the columns that most rows fill."""


@dataclass(frozen=True, slots=True)
class Headings:
    """Where the headings of a table stand.

    Attributes:
        first: Row of the headings, from 0.
        last: Their last row: greater than ``first`` where they stand over two rows.
        columns: Heading to its position in a row.
        findings: What had to be found out, or could not be told apart.
    """

    first: int
    last: int
    columns: Mapping[str, int]
    findings: tuple[DataFinding, ...]


def find_headings(rows: Sequence[Sequence[Any]], numbers: Sequence[int], table: str, told: tuple[int, int] | None = None) -> Headings:
    """Find the headings.

    The first row that is filled like most of the others holds them; rows above it with fewer cells are titles. A second row that only names the
    parts of headings above it belongs to them. A heading that stands more than once is told apart by the letter of its column.

    Args:
        rows: The first rows of the table; a cell is a text, a value, or ``None``.
        numbers: What a spreadsheet calls each row, from 1, ascending.
        table: What messages call it.
        told: First and last row of the headings, from 1, when somebody said so.

    Raises:
        DataError: The rows end before the headings that were told.
    """
    if told is not None:
        if told[0] not in numbers or told[1] not in numbers:
            raise DataError(f"`{table}` has no row {told[1]} for its headings", help="give the row's number as the spreadsheet shows it")
        first, last = numbers.index(told[0]), numbers.index(told[1])
    else:
        first = _first_row(rows)
        last = first + 1 if _names_parts(rows, first) else first
    findings = [] if told is not None else _titles(rows[:first], numbers[first : first + 1], table)
    names = _names(rows[first : last + 1]) if rows else []
    columns, found = _columns(names, rows[last + 1 :], table)
    return Headings(first, last, columns, (*findings, *found))


def is_blank(cell: Any) -> bool:
    """Say whether a cell shows nothing."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


def column_letters(position: int) -> str:
    """Return what a spreadsheet calls the column at a position, from 0."""
    letters = ""
    position += 1
    while position:
        position, rest = divmod(position - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _filled(row: Sequence[Any]) -> int:
    return sum(not is_blank(cell) for cell in row)


def _first_row(rows: Sequence[Sequence[Any]]) -> int:
    """Return the row of the headings; the first one that is not blank unless it and what follows are plainly titles."""
    counts = [_filled(row) for row in rows]
    start = next((i for i, count in enumerate(counts) if count), 0)
    wide = Counter(count for count in counts if count > 1)
    if not wide:
        return start
    width = max(wide, key=lambda count: (wide[count], count))
    found = next((i for i, count in enumerate(counts) if count >= max(2, MOST_OF_WIDTH * width)), start)
    plain = all(counts[i] < counts[found] for i in range(start, found))
    return found if found == start or (plain and _are_words(rows[found])) else start


def _are_words(row: Sequence[Any]) -> bool:
    words = [str(cell).strip() for cell in row if not is_blank(cell)]
    return all(isinstance(cell, str) or is_blank(cell) for cell in row) and not any(_is_number(word) for word in words)


def _is_number(word: str) -> bool:
    return word[:1].isdigit() and word.replace(".", "").replace(",", "").replace("-", "").replace("/", "").isdigit()


def _names_parts(rows: Sequence[Sequence[Any]], first: int) -> bool:
    """Say whether the row after the headings only names parts of them: it stands under blanks, and is blank under the first heading."""
    if first + 1 >= len(rows):
        return False
    above, below = rows[first], rows[first + 1]
    under_blank = [i for i, cell in enumerate(below) if not is_blank(cell) and (i >= len(above) or is_blank(above[i]))]
    start = next((i for i, cell in enumerate(above) if not is_blank(cell)), 0)
    return bool(under_blank) and (start >= len(below) or is_blank(below[start])) and _are_words(below)


def _names(rows: Sequence[Sequence[Any]]) -> list[str]:
    """Return the heading of each column; of two rows the upper one, which reaches over the blanks after it, and the lower one."""
    words = [[_word(cell) for cell in row] for row in rows]
    if len(words) == 1:
        return words[0]
    width = max(map(len, words))
    upper, lower = ([*row, *[""] * (width - len(row))] for row in (words[0], words[-1]))
    names, group = [], ""
    for above, below in zip(upper, lower, strict=True):
        group = above or (group if below else "")
        names.append(f"{group} {below}".strip())
    return names


def _word(cell: Any) -> str:
    return "" if cell is None else " ".join(str(cell).replace("\ufeff", "").split())


def _titles(rows: Sequence[Sequence[Any]], number: Sequence[int], table: str) -> list[DataFinding]:
    above = [" ".join(_word(cell) for cell in row if not is_blank(cell)) for row in rows]
    shown = [title for title in above if title]
    if not shown:
        return []
    message = f"the headings of `{table}` stand in row {number[0]}; what is above them is taken for titles: `{shown[0]}`"
    return [DataFinding("heading-row", message, len(shown), "", table)]


def _columns(names: Sequence[str], rows: Sequence[Sequence[Any]], table: str) -> tuple[dict[str, int], list[DataFinding]]:
    counted = Counter(name.casefold() for name in names if name)
    findings: list[DataFinding] = []
    columns: dict[str, int] = {}
    for position, name in enumerate(names):
        if name:
            columns[name if counted[name.casefold()] == 1 else f"{name} ({column_letters(position)})"] = position
    for name in {name.casefold(): name for name in reversed(names) if counted[name.casefold()] > 1}.values():
        known = [f"`{word}`" for word, at in columns.items() if names[at].casefold() == name.casefold()]
        message = f"the heading `{name}` stands {len(known)} times in `{table}`: its columns are known as {' and '.join(known)}"
        findings.append(DataFinding("repeated-heading", message, len(known), "", table, name))
    width = max((len(row) for row in rows), default=0)
    unnamed = [i for i in range(max(width, len(names))) if i >= len(names) or not names[i]]
    used = [i for i in unnamed if any(i < len(row) and not is_blank(row[i]) for row in rows)]
    if used:
        shown = ", ".join(column_letters(i) for i in used[:5])
        message = (
            f"{'column' if len(used) == 1 else 'columns'} {shown} of `{table}` {'has' if len(used) == 1 else 'have'} no heading: not read"
        )
        findings.append(DataFinding("unnamed-column", message, len(used), "", table))
    return columns, findings
