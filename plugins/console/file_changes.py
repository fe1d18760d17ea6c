"""What differs between two states of a policy's files, cell by cell, and two people's changes put together."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tierwise.core.source import Source
from tierwise.plugins.builtin.forms.csv_table import read_csv_table
from tierwise.plugins.console.kept_documents import document_of
from tierwise.plugins.workbook.changes import Change, changes_between

__all__ = ["Changed", "changes_of", "merged"]

MOST_LINES = 400


@dataclass(frozen=True, slots=True)
class Changed:
    """A file that differs.

    Attributes:
        cells: The values and cells that differ; none where only blanks or comments do, or the file cannot be read.
        lines: The lines that differ, as ``diff -u`` writes them.
    """

    file: str
    cells: tuple[Change, ...]
    lines: tuple[str, ...]


def changes_of(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Changed, ...]:
    """Return the files that differ."""
    return tuple(_changed(name, before.get(name), text) for name, text in after.items() if before.get(name) != text)


def _changed(name: str, before: str | None, after: str) -> Changed:
    lines = list(difflib.unified_diff((before or "").splitlines(), after.splitlines(), lineterm="", n=1))[2:]
    old, new = _root(name, before), _root(name, after)
    cells = changes_between(old, new) if old is not None and new is not None else ()
    return Changed(name, cells, tuple(lines[:MOST_LINES]))


def _root(name: str, text: str | None) -> Any:
    if text is None:
        return {}
    if name.endswith(".csv"):
        table = read_csv_table(Source(name, text))
        heads = [*map(str, table.inputs), *map(str, table.outputs)]
        return {row.id: {**dict(zip(heads, map(str, (*row.inputs, *row.outputs)), strict=True)), "#": row.note} for row in table.rows}
    document = document_of(text, name)
    return None if document is None else document.root


def merged(base: Mapping[str, str], mine: Mapping[str, str], theirs: Mapping[str, str]) -> dict[str, str]:
    """Return the files with both people's changes; where both changed the same lines, mine hold."""
    return {
        name: _merged(base.get(name, ""), mine.get(name, theirs.get(name, "")), theirs.get(name, base.get(name, "")))
        for name in {**theirs, **mine}
    }


def _merged(base: str, mine: str, theirs: str) -> str:
    if base == mine:
        return theirs
    if base in (theirs, ""):
        return mine
    lines = base.splitlines(keepends=True)
    own, other = _hunks(lines, mine.splitlines(keepends=True)), _hunks(lines, theirs.splitlines(keepends=True))
    kept = [hunk for hunk in other if not any(_touch(hunk, one) for one in own)]
    for start, end, text in sorted([*own, *kept], key=lambda hunk: (hunk[0], hunk[1]), reverse=True):
        lines[start:end] = text
    return "".join(lines)


Hunk = tuple[int, int, Sequence[str]]


def _hunks(base: Sequence[str], other: Sequence[str]) -> list[Hunk]:
    matcher = difflib.SequenceMatcher(None, base, other, autojunk=False)
    return [(a, b, other[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]


def _touch(one: Hunk, other: Hunk) -> bool:
    """Say whether two hunks change the same lines; two that put lines in at one place do, too."""
    return (one[0] < other[1] and other[0] < one[1]) or one[0] == other[0]
