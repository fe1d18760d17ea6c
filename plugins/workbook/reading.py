"""Reads the sheets of a workbook to documents in which every value knows its cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tierwise.core.errors import DataError
from tierwise.core.finding import Finding
from tierwise.core.policy.document import Document
from tierwise.core.source import Path, Source, Span, Written
from tierwise.plugins.sentences.phrases import words_of
from tierwise.plugins.workbook.cell_values import GRID_BELOW, OTHER_SHEET, path_of
from tierwise.plugins.workbook.grids import GRIDS, GridReader, decoded
from tierwise.plugins.workbook.sheets import FIRST_SHEET
from tierwise.plugins.workbook.untrusted_cells import ExcelCell, SheetCells, read_workbook

__all__ = ["ABOUT", "FILE_ROW", "WorkbookFiles", "declared_types", "read_files"]

FILE_ROW = "file/"
"""What stands before the name of a file on the first sheet."""
ABOUT = ("workbook", "policy", "fingerprint")
"""What the first sheet says besides."""
FIRST_ROW = 3
"""Of a block: above it stand the title and its header."""
NOT_OURS = "this is for workbooks that `tierwise export` made; `tierwise grade` reads any other"


@dataclass(frozen=True, slots=True)
class WorkbookFiles:
    """What a workbook holds.

    Attributes:
        about: What its first sheet says of it, see ``ABOUT``.
        documents: File to document.
        findings: What was found in cells; with errors, the documents hold what could be read.
    """

    about: Mapping[str, str]
    documents: Mapping[str, Document]
    findings: tuple[Finding, ...]


def read_files(path: str, types: Mapping[str, str] | None = None) -> WorkbookFiles:
    """Read a workbook that was exported.

    Args:
        path: The workbook.
        types: Name to what is expected in a cell about it, where the workbook does not declare it itself, such as in one of an overlay.

    Raises:
        DataError: It is no workbook, or none that was exported.
    """
    sheets = read_workbook(path)
    if FIRST_SHEET not in sheets:
        raise DataError(f"`{path}` has no sheet `{FIRST_SHEET}`", help=NOT_OURS)
    first = _Reader(sheets, GridReader(types or {}))
    declared = declared_types(first.files().get("policy.yaml"))
    reader = _Reader(sheets, GridReader({**(types or {}), **declared}))
    documents = {
        name: Document(Source(name, ""), root, reader.spans[name], reader.keys[name])
        for name, root in reader.files().items()
        if root is not None
    }
    reader.unread()
    if not documents and not reader.grids.findings:
        raise DataError(f"the sheet `{FIRST_SHEET}` of `{path}` names no file", help=NOT_OURS)
    return WorkbookFiles(reader.about, documents, tuple(reader.grids.findings))


def declared_types(root: Any) -> dict[str, str]:
    """Return what is expected in a cell about each name that the root of a policy declares, see ``cell_text_of``."""
    if not isinstance(root, dict):
        return {}
    named = {str(name): declared.get("type", "") for name, declared in _mappings(root.get("types"))}
    types: dict[str, str] = {}
    for section in ("facts", "parameters"):
        types |= {str(name): _category(declared.get("type", ""), named) for name, declared in _mappings(root.get(section))}
    for _, module in _mappings(root.get("modules")):
        for name, decision in _mappings(module.get("decisions")):
            types[str(name)] = _category(decision.get("type", ""), named)
            types |= {str(output): _category(one.get("type", ""), named) for output, one in _mappings(decision.get("outputs"))}
    return types


def _mappings(value: Any) -> list[tuple[Any, dict[Any, Any]]]:
    return [(name, item) for name, item in value.items() if isinstance(item, dict)] if isinstance(value, dict) else []


def _category(written: Any, named: Mapping[str, Any]) -> str:
    for _ in range(5):  # a named type may have a named type
        if str(written) not in named:
            break
        written = named[str(written)]
    match " ".join(str(written).split()):
        case "number" | "integer":
            return "number"
        case "boolean" | "date" | "date and time" as same:
            return same
        case "text" | "enum":
            return "text"
    return ""


@dataclass
class _Node:
    """A value that is put together from several rows: a leaf, or what is below it by key."""

    place: Span | None = None
    leaf: Any = None
    is_leaf: bool = False
    below: dict[Any, _Node] = field(default_factory=dict)


@dataclass
class _Reader:
    sheets: Mapping[str, SheetCells]
    grids: GridReader
    about: dict[str, str] = field(default_factory=dict)
    spans: dict[str, dict[Path, Span]] = field(default_factory=dict)
    keys: dict[str, dict[Path, Span]] = field(default_factory=dict)
    named: set[str] = field(default_factory=set)

    def files(self) -> dict[str, Any]:
        """Return the root of each document; ``None`` for one of which nothing can be read."""
        self.hidden()
        roots: dict[str, Any] = {}
        for number, row in self.sheets[FIRST_SHEET].rows:
            name, value = row.get(1), row.get(2)
            if number < FIRST_ROW or name is None or value is None:
                continue
            key, text = str(name.value).strip(), str(value.value).strip()
            if key in ABOUT:
                self.about[key] = text
            elif key.startswith(FILE_ROW):
                roots[key.removeprefix(FILE_ROW)] = self._file(key.removeprefix(FILE_ROW), value)
        return roots

    def hidden(self) -> None:
        """Tell of hidden rows: they count like any other."""
        for sheet in self.sheets.values():
            filled = [row for number, row in sheet.rows if number in sheet.hidden]
            if filled:
                place = next(iter(filled[0].values())).span
                message = f"{len(filled)} hidden {'row counts' if len(filled) == 1 else 'rows count'} like any other"
                self.grids.findings.append(Finding.note("hidden-rows", message, place, "clear what is not to count"))

    def unread(self) -> None:
        """Tell of sheets that no other names, such as a copy of one: what was changed there would be lost without a word."""
        known = {FIRST_SHEET, *self.named, *(words_of("workbook", language)["lists"] for language in ("en", "zh"))}
        for sheet in self.sheets.values():
            if sheet.name not in known and sheet.rows:
                place = next(iter(sheet.rows[0][1].values())).span
                message = f"the sheet `{sheet.name}` is not read: no other sheet names it"
                help = "make the change on the sheet that was exported; a sheet that was renamed gets its name back"
                self.grids.findings.append(Finding.warning("sheet-not-read", message, place, help))

    def _file(self, file: str, cell: ExcelCell) -> Any:
        node = _Node(cell.span)
        self.spans[file], self.keys[file] = {}, {}
        self._pointer(node, cell, ())
        return self._plain(node, file, ())

    # ---- blocks --------------------------------------------------------------------------------------------------------------

    def _pointer(self, node: _Node, cell: ExcelCell, within: tuple[str, ...]) -> None:
        """Put all that another sheet holds at a node."""
        name = str(cell.value).strip().removeprefix(OTHER_SHEET).strip()
        if name not in self.sheets:
            help = "give the sheet its name again" + (
                f": the sheets are {', '.join(f'`{one}`' for one in list(self.sheets)[:8])}" if self.sheets else ""
            )
            self.grids.report("sheet-missing", f"there is no sheet `{name}`", cell, help)
        elif name in within:
            self.grids.report("bad-path", f"the sheet `{name}` would hold itself", cell)
        else:
            self.named.add(name)
            self._sheet(node, self.sheets[name], (*within, name))

    def _sheet(self, node: _Node, sheet: SheetCells, within: tuple[str, ...]) -> None:
        block: list[dict[int, ExcelCell]] = []
        below: list[dict[int, ExcelCell]] = []
        last = FIRST_ROW - 1
        for number, row in sheet.rows:
            if number < FIRST_ROW:
                continue
            (below if below or number > last + 1 else block).append(row)
            last = last if below else number
        has_grid = False
        for row in block:
            has_grid |= self._row(node, row, below, within)
        if below and not has_grid:
            cell = next(iter(below[0].values()))
            help = f"leave no blank row between the rows of a block; a grid is announced by `{GRID_BELOW}…`"
            self.grids.report("cell-without-column", "these rows belong to nothing", cell, help)

    def _row(self, node: _Node, row: dict[int, ExcelCell], below: list[dict[int, ExcelCell]], within: tuple[str, ...]) -> bool:
        """Read one row of a block; say whether it stands for the grid."""
        path_cell, value = row.get(1), row.get(2)
        if path_cell is None or value is None:
            if path_cell is None and value is not None:
                self.grids.report("bad-path", "this value has no path before it", value, "fill the first column, or clear the row")
            return False
        path = path_of(str(path_cell.value))
        if path is None:
            self.grids.report(
                "bad-path", f"`{path_cell.value}` is no path", path_cell, "write keys with `/` between them, `#1` for the first of a list"
            )
            return False
        target = self._at(node, path, path_cell)
        if target is None:
            return False
        text = str(value.value).strip() if value.kind == "s" else ""
        if text.startswith(OTHER_SHEET):
            self._pointer(target, value, within)
        elif text.startswith(GRID_BELOW):
            kind = text.removeprefix(GRID_BELOW).strip()
            if kind not in GRIDS:
                self.grids.report(
                    "wrong-value", f"there is no grid of the kind `{kind}`", value, f"the kinds are {', '.join(f'`{k}`' for k in GRIDS)}"
                )
            else:
                self._grid(target, kind, below, value)
            return True
        elif target.is_leaf or target.below:
            self.grids.report("duplicate-key", f"`{path_cell.value}` is given twice", path_cell)
        else:
            read = self.grids.text(value, _expected(path))
            if read is not None:
                self._fill(target, self._leaf(read), value)
        return False

    def _leaf(self, text: Written) -> Any:
        """Return what a cell of a block says; brackets there are a text's own."""
        return text if text.startswith(("{", "[")) and text not in ("{}", "[]") else decoded(text, self.grids.findings)

    def _grid(self, target: _Node, kind: str, below: list[dict[int, ExcelCell]], cell: ExcelCell) -> None:
        rows = [row for row in below if not (1 in row and str(row[1].value).strip() == "#")]
        if not rows:
            return
        header, *entries = rows
        if not entries and kind in ("rules", "points"):
            return  # a table that nobody has filled yet
        value = GRIDS[kind].give(header, entries, self.grids)
        if value is not None:
            self._fill(target, value, cell)

    def _at(self, node: _Node, path: Path, cell: ExcelCell) -> _Node | None:
        for part in path:
            if node.is_leaf:
                self.grids.report("duplicate-key", f"`{cell.value}` lies within something that has a value itself", cell)
                return None
            node = node.below.setdefault(part, _Node(cell.span))
        return node

    def _fill(self, node: _Node, value: Any, cell: ExcelCell) -> None:
        """Put a value at a node, which may have parts already; nothing of it is lost."""
        if isinstance(value, dict) and value:
            for key, item in value.items():
                place = key.whole if isinstance(key, Written) and key.whole else cell.span
                inner = node.below.setdefault(key, _Node(place))
                self._fill(inner, item, cell)
        elif isinstance(value, list) and value:
            for index, item in enumerate(value):
                self._fill(node.below.setdefault(index, _Node(_place_in(item) or cell.span)), item, cell)
        elif node.is_leaf or node.below:
            self.grids.report("duplicate-key", "a value for this stands in another place, too", cell)
        else:
            node.leaf, node.is_leaf = value, True
            node.place = node.place or cell.span

    # ---- plain values --------------------------------------------------------------------------------------------------------

    def _plain(self, node: _Node, file: str, path: Path) -> Any:
        if node.is_leaf:
            place = node.leaf.whole if isinstance(node.leaf, Written) else None
            self.spans[file][path] = place or node.place or Span(Source(file, ""), 1, 1, 1, 1)
            return node.leaf
        if node.place is not None:
            self.spans[file][path] = node.place
        if not node.below:
            return None
        are_items = [isinstance(key, int) for key in node.below]
        if all(are_items):
            return [self._plain(inner, file, (*path, index)) for index, inner in enumerate(node.below.values())]
        if any(are_items) and node.place is not None:
            message = "some rows make a list of this and others a mapping"
            self.grids.findings.append(Finding.error("wrong-shape", message, node.place, "write `#1` for items of a list only"))
        whole: dict[Any, Any] = {}
        for key, inner in node.below.items():
            if not inner.is_leaf and not inner.below:
                continue  # a grid that nobody has filled yet
            inner_path = (*path, str(key))
            if inner.place is not None:
                self.keys[file][inner_path] = inner.place
            value = self._plain(inner, file, inner_path)
            name = key if isinstance(key, Written) else Written.at(str(key), None)
            whole[Written.at(name, inner.place) if name.whole is None else name] = value
        return whole


def _expected(path: Path) -> str:
    return "number" if path in (("tierwise",), ("overlay",), ("binding",)) or (path and path[-1] in ("scale", "steps", "take")) else ""


def _place_in(value: Any) -> Span | None:
    """Return where the first text of a value stands."""
    if isinstance(value, Written):
        return value.whole
    if isinstance(value, dict):
        return next((key.whole for key in value if isinstance(key, Written)), None)
    if isinstance(value, list):
        return next((place for item in value if (place := _place_in(item)) is not None), None)
    return None
