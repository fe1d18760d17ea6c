"""Divides documents into sheets: which parts get a grid, what the sheets are called, and the rows of their blocks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tierwise.core.errors import PolicyError
from tierwise.core.source import Path
from tierwise.plugins.workbook.cell_values import GRID_BELOW, LONGEST, OTHER_SHEET, in_cell, path_text
from tierwise.plugins.workbook.grids import GRIDS, Grid

__all__ = ["FIRST_SHEET", "ReservedNames", "Sheet", "free_name", "sheets_of"]

FIRST_SHEET = "Tierwise"
"""The sheet that says which files the workbook holds; reading starts there."""
_FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f]")
LONGEST_NAME = 31
_NEVER = ("history", FIRST_SHEET.casefold())
"""Excel keeps the first for itself."""

ReservedNames = Sequence[str]


@dataclass
class Sheet:
    """One sheet.

    Attributes:
        name: Its name in the workbook.
        title: What people call it.
        file: The file of whose document it holds a part.
        path: Which part.
        block: Path (from that part on) and value of each row of its block, as texts of cells.
        grid: The grid below, if there is one.
        to_fill: Whether a company has to fill it.
    """

    name: str
    title: str
    file: str
    path: Path
    block: list[tuple[str, str]] = field(default_factory=list)
    grid: Grid | None = None
    to_fill: bool = False


Titles = Callable[[str, Path], str]
"""What a part of a file is called: for the name and the title of its sheet."""

_SECTIONS = ("types", "facts", "parameters", "readings")


def sheets_of(files: Mapping[str, Any], titles: Titles, reserved: ReservedNames = ()) -> list[Sheet]:
    """Divide documents into sheets; together they hold everything.

    Args:
        files: The root of each document, by the name of its file.
        titles: What a part of a file is called.
        reserved: Names that no sheet may have.

    Returns:
        The sheets; the first of each file holds the whole of it, directly or by naming others.

    Raises:
        PolicyError: A single text is longer than a cell holds.
    """
    divider = _Divider(titles, {name.casefold() for name in reserved})
    for file, root in files.items():
        divider.divide(file, root)
    return divider.sheets


@dataclass
class _Divider:
    titles: Titles
    taken: set[str]
    sheets: list[Sheet] = field(default_factory=list)

    def divide(self, file: str, root: Any) -> None:
        whole = self._sheet(file, ())
        whole.grid = GRIDS["csv"].take(root) if file.endswith(".csv") else None
        if whole.grid is not None:
            whole.block = [(path_text(()), GRID_BELOW + whole.grid.kind)]
            return
        whole.block = list(self._rows(file, root, (), whole))

    def _rows(self, file: str, value: Any, path: Path, sheet: Sheet) -> Iterator[tuple[str, str]]:
        """Yield the rows of a block for a value; parts that have a grid become sheets of their own."""
        relative = path_text(path[len(sheet.path) :])
        own = self._own_sheet(file, value, path) if path != sheet.path or not path else None
        if own is not None:
            yield relative, OTHER_SHEET + own.name
        elif isinstance(value, dict | list) and value:
            for key, item in value.items() if isinstance(value, dict) else enumerate(value):
                if sheet.grid is not None and path == sheet.path and key == _GRID_KEYS.get(sheet.grid.kind):
                    yield path_text((key,)), GRID_BELOW + sheet.grid.kind
                else:
                    yield from self._rows(file, item, (*path, key), sheet)
        else:
            text = in_cell(value)
            if len(text) > LONGEST:
                raise PolicyError(f"the text at `{path_text(path)}` is longer than the {LONGEST:,} characters that a cell holds")
            yield relative, text

    def _own_sheet(self, file: str, value: Any, path: Path) -> Sheet | None:
        """Make a sheet for a value that has a grid, or holds one beside what else it says."""
        if _is_section(file, path):
            grid = GRIDS["items" if isinstance(value, list) else "entries"].take(value)
            if grid is None:
                return None
            sheet = self._sheet(file, path)
            sheet.grid, sheet.block = grid, [(path_text(()), GRID_BELOW + grid.kind)]
            return sheet
        if not isinstance(value, dict):
            return None
        for kind, key in _GRID_KEYS.items():
            grid = GRIDS[kind].take(value[key]) if key in value else None
            if grid is not None:
                sheet = self._sheet(file, path)
                sheet.grid = grid
                sheet.block = list(self._rows(file, value, path, sheet))
                return sheet
        return None

    def _sheet(self, file: str, path: Path) -> Sheet:
        title = self.titles(file, path)
        sheet = Sheet(free_name(title, self.taken), title, file, path)
        self.sheets.append(sheet)
        return sheet


def free_name(title: str, taken: set[str]) -> str:
    """Return a name that Excel admits for a sheet and that none of ``taken`` (case-folded, added to) is, from what people call its content."""
    wanted = " ".join(_FORBIDDEN.sub(" ", title).split()).strip("' ") or "sheet"
    name, number = wanted[:LONGEST_NAME].rstrip("' "), 1
    while name.casefold() in {*taken, *_NEVER}:
        number += 1
        name = f"{wanted[: LONGEST_NAME - len(str(number)) - 1].rstrip()} {number}"
    taken.add(name.casefold())
    return name


_GRID_KEYS = {"rules": "rules", "scorecard": "characteristics"}
"""Kind of grid to the key of the mapping whose value it stands for."""


def _is_section(file: str, path: Path) -> bool:
    return len(path) == 1 and (path[0] in _SECTIONS or (file == "cases.yaml" and path[0] == "cases"))
