"""Changes of a draft as data: what the browser sends, and what becomes of the texts of the files."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from typing import Annotated, Any, Literal, Protocol, assert_never

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from tierwise.core.policy.document import plain
from tierwise.core.source import Path, Source
from tierwise.plugins.console.kept_documents import document_of, value_at
from tierwise.plugins.console.written_table import WrittenTable, csv_table, tables_of
from tierwise.plugins.console.written_value import expected_after, with_added, with_value
from tierwise.plugins.yaml_text.characters import has_forbidden

__all__ = ["Edit", "Refused", "applied", "read_edit", "table_at", "tables_in"]

MOST_CELLS = 50_000
MOST_ROWS = 5_000
ShortText = Annotated[str, StringConstraints(max_length=10_000)]
Name = Annotated[str, StringConstraints(max_length=200)]
PathPart = Name | Annotated[int, Field(ge=0, le=1_000_000)]
Count = Annotated[int, Field(ge=0, le=MOST_ROWS)]


class Refused(Exception):
    """A change that cannot be made; the text says why, for people."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class _InTable(_Part):
    file: Name
    path: Annotated[list[PathPart], Field(max_length=40)]


class Cell(_Part):
    """A cell, and what is to stand in it."""

    row: Count
    column: Annotated[int, Field(ge=0, le=1_000)]
    text: ShortText


class SetCells(_InTable):
    """Other texts in cells; rows of a paste that the table does not have yet are put behind it."""

    do: Literal["cells"]
    cells: Annotated[list[Cell], Field(max_length=MOST_CELLS)]


class AddRows(_InTable):
    """New rows before a row."""

    do: Literal["add"]
    at: Count
    rows: Annotated[list[Annotated[list[ShortText], Field(max_length=1_000)]], Field(min_length=1, max_length=MOST_ROWS)]


class DropRows(_InTable):
    """Rows taken away."""

    do: Literal["drop"]
    first: Count
    count: Count


class MoveRows(_InTable):
    """Rows moved up or down."""

    do: Literal["move"]
    first: Count
    count: Count
    by: Annotated[int, Field(ge=-MOST_ROWS, le=MOST_ROWS)]


class SetValue(_InTable):
    """Another text for a single value; one that is not there is added."""

    do: Literal["value"]
    text: ShortText


class AddEntry(_InTable):
    """An entry that was not there, given as JSON with texts alone: a case, a parameter of an overlay."""

    do: Literal["entry"]
    value: Annotated[str, StringConstraints(max_length=100_000)]


class SetText(_Part):
    """Another text of a whole file."""

    do: Literal["text"]
    file: Name
    text: Annotated[str, StringConstraints(max_length=2_000_000)]


class AddOverlay(_Part):
    """An overlay that was not there."""

    do: Literal["overlay"]
    file: Annotated[str, StringConstraints(pattern=r"^[a-z0-9㐀-鿿]+(-[a-z0-9㐀-鿿]+)*\.yaml$", max_length=80)]
    policy: Name


Edit = Annotated[SetCells | AddRows | DropRows | MoveRows | SetValue | AddEntry | SetText | AddOverlay, Field(discriminator="do")]
_EDIT: TypeAdapter[Any] = TypeAdapter(Edit)


class Files(Protocol):
    """The files of a draft by name."""

    def __getitem__(self, name: str) -> str: ...
    def __contains__(self, name: object) -> bool: ...


def read_edit(text: bytes | str) -> Any:
    """Read what the browser sends.

    Raises:
        Refused: It is no change.
    """
    try:
        return _EDIT.validate_json(text)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        raise Refused(f"this is no change that can be made: {first['msg']}") from error


@lru_cache(maxsize=64)
def tables_in(text: str, file: str) -> tuple[WrittenTable, ...]:
    """Return the tables of a file of a policy."""
    if file.endswith(".csv"):
        table = csv_table(Source(file, text), file)
        return () if table is None else (table,)
    document = document_of(text, file)
    return () if document is None else tuple(tables_of(document, file))


def table_at(files: Mapping[str, str], file: str, path: Path) -> WrittenTable:
    """Return a table of a file.

    Raises:
        Refused: There is none.
    """
    for table in tables_in(files[file], file) if file in files else ():
        if table.path == path:
            return table
    raise Refused("there is no such table any more")


def applied(edit: Any, files: Mapping[str, str]) -> dict[str, str]:
    """Return the files after a change.

    Raises:
        Refused: It cannot be made.
    """
    try:
        file, text = _text_after(edit, files)
    except ValueError as error:
        raise Refused(str(error)) from error
    if has_forbidden(text.replace("\r\n", "\n")) or "\0" in text:
        raise Refused("the text holds a hidden character that no policy may hold")
    return {**files, file: text}


def _text_after(edit: Any, files: Mapping[str, str]) -> tuple[str, str]:
    """Return the file that changes and its text."""
    match edit:
        case SetText():
            if edit.file not in files:
                raise ValueError("there is no such file")
            end = "\r\n" if "\r\n" in files[edit.file] else "\n"
            return edit.file, edit.text.replace("\r\n", "\n").replace("\n", end)
        case AddOverlay():
            if edit.file in files:
                raise ValueError(f"there is a file `{edit.file}` already")
            return edit.file, f"overlay: 1\npolicy: {edit.policy}\n"
        case SetValue() | AddEntry():
            return edit.file, _with_value(edit, files)
        case SetCells():
            return edit.file, _with_cells(edit, files)
        case AddRows():
            return edit.file, table_at(files, edit.file, tuple(edit.path)).with_rows(edit.at, edit.rows)
        case DropRows():
            return edit.file, table_at(files, edit.file, tuple(edit.path)).without_rows(edit.first, edit.count)
        case MoveRows():
            return edit.file, table_at(files, edit.file, tuple(edit.path)).with_moved(edit.first, edit.count, edit.by)
        case _:
            assert_never(edit)


def _with_cells(edit: SetCells, files: Mapping[str, str]) -> str:
    path = tuple(edit.path)
    table = table_at(files, edit.file, path)
    given = {(cell.row, cell.column): cell.text for cell in edit.cells}
    known = {place: text for place, text in given.items() if place[0] < len(table.rows)}
    text = table.with_cells(known)
    behind: dict[int, dict[int, str]] = {}
    for (row, column), cell in given.items():
        if row >= len(table.rows):
            behind.setdefault(row, {})[column] = cell
    if not behind:
        return text
    if max(max(row) for row in behind.values()) >= len(table.header):
        raise ValueError(f"the table has {len(table.header)} columns")
    rows = [[cells.get(column, "") for column in range(len(table.header))] for _, cells in sorted(behind.items())]
    changed = table_at({edit.file: text}, edit.file, path)
    return changed.with_rows(len(changed.rows), rows)


def _with_value(edit: SetValue | AddEntry, files: Mapping[str, str]) -> str:
    path = tuple(edit.path)
    document = document_of(files[edit.file], edit.file) if edit.file in files else None
    if document is None or not path:
        raise ValueError("the file cannot be read: mend its text first")
    there = value_at(document.root, path)
    if isinstance(edit, AddEntry):
        value = _texts_of(edit.value)
        if there is not None:
            raise ValueError(f"there is a `{path[-1]}` already")
        if isinstance(path[-1], int) and path[-1] != len(value_at(document.root, path[:-1]) or ()):
            raise ValueError("this cannot be written here: it is not the next item of its list")
        text = with_added(document, path, value)
    else:
        value = " ".join(edit.text.split())
        text = with_value(document, path, value) if there is not None else with_added(document, path, value)
    after = document_of(text, edit.file)
    if after is None or plain(after.root) != expected_after(document, path, value):
        raise ValueError("this cannot be written here: change it in the text of the file")
    return text


def _texts_of(given: str) -> Any:
    """Return a value of JSON with every scalar as the text that a policy's file holds."""
    try:
        value = json.loads(given, parse_int=str, parse_float=str, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise ValueError("this is no value") from error

    def texts(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: texts(item) for key, item in value.items()}
        if isinstance(value, list):
            return [texts(item) for item in value]
        return {True: "true", False: "false"}[value] if isinstance(value, bool) else value

    return texts(value)
