"""Changes values in the text of a YAML file and leaves the rest as it is: comments, order, blanks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tierwise.core.limits import Limits
from tierwise.core.policy.document import Document, plain
from tierwise.core.source import Path, Source, Span
from tierwise.plugins.yaml_text.yaml_document import read_document
from tierwise.plugins.yaml_text.yaml_writing import yaml_scalar

__all__ = ["patched"]

Edit = tuple[Span, str]


def patched(text: str, before: Any, after: Any) -> str | None:
    """Return a text that reads as ``after``, where it differs from what it says now in values alone.

    Args:
        text: The file.
        before: The root that it reads as.
        after: The root that it is to read as; table texts that differ in blanks only are the same.

    Returns:
        The text, unchanged where the two say the same; ``None`` where keys or items differ, so that the file has to be written anew.
    """
    document, findings = read_document(Source("", text), Limits())
    if document is None or findings:
        return None
    try:
        edits = list(_edits(document, before, after, ()))
    except _Elsewhere:
        return None
    lines = document.source.text.splitlines(keepends=True)
    for span, new in sorted(edits, key=lambda edit: (edit[0].line, edit[0].column), reverse=True):
        if not _replace(lines, span, new):
            return None
    result = "".join(lines)
    return result if _reads_as(result, after) else None


class _Elsewhere(Exception):
    """The documents differ in more than values."""


def _edits(document: Document, before: Any, after: Any, path: Path) -> Iterator[Edit]:
    if isinstance(before, dict) and isinstance(after, dict):
        if list(before) != list(after) and set(before) != set(after):
            raise _Elsewhere
        for key in before:
            yield from _edits(document, before[key], after[key], (*path, key))
    elif isinstance(before, list) and isinstance(after, list):
        if len(before) != len(after):
            raise _Elsewhere
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _edits(document, one, other, (*path, index))
    elif isinstance(before, str) and isinstance(after, str):
        if "\n" in before or "\n" in after:
            yield from _block_edits(document.span(path), before, after)
        elif str(before) != str(after):
            yield document.span(path), yaml_scalar(str(after), in_flow=True)
    elif before != after or type(before) is not type(after):
        raise _Elsewhere


def _block_edits(span: Span, before: str, after: str) -> Iterator[Edit]:
    """Yield the lines of a block that differ in more than blanks; a line keeps its blanks where it can."""
    old, new = before.rstrip("\n").split("\n"), after.rstrip("\n").split("\n")
    if _squeezed(before) == _squeezed(after):
        return
    old_lines = [line for line in old if _says(line)]
    if len(old_lines) != len([line for line in new if _says(line)]) or span.end_line - span.line + 1 < len(old):
        raise _Elsewhere
    numbered = [number for number in range(span.line, span.end_line + 1) if _says(span.source.line(number))]
    for number, line in zip(numbered, (line for line in new if _says(line)), strict=False):
        text = span.source.line(number)
        start = len(text) - len(text.lstrip(" "))
        if _squeezed(text) != _squeezed(line):
            yield Span(span.source, number, start + 1, number, len(text) + 1), _in_columns(text[start:], line)


def _in_columns(old: str, new: str) -> str:
    """Return a new row of a table with its cells in the columns of the old one, where they fit."""
    if old.count("|") != new.count("|") or old.count("->") != new.count("->"):
        return new
    cells, shown = _cells(old), ""
    for (cell, sign), (fresh, _) in zip(cells, _cells(new), strict=False):
        lead = cell[: len(cell) - len(cell.lstrip(" "))]
        shown += (lead + fresh.strip()).ljust(len(cell)) if fresh.strip() != cell.strip() else cell
        shown += ("" if not sign or shown.endswith(" ") else " ") + sign
    return shown.rstrip()


def _cells(line: str) -> list[tuple[str, str]]:
    """Divide a row into its cells, each with the sign behind it."""
    found, start, at = [], 0, 0
    while at < len(line):
        sign = "->" if line.startswith("->", at) else "|" if line[at] == "|" else ""
        if sign:
            found.append((line[start:at], sign))
            start = at + len(sign)
        at += len(sign) or 1
    return [*found, (line[start:], "")]


def _says(line: str) -> bool:
    """Say whether a line is more than a rule that is drawn in a table; ``- | - -> -`` is a row of it."""
    return bool(line.strip(" -|>")) or ("->" in line and "--" not in line)


def _squeezed(text: str) -> list[str]:
    return [" ".join(line.replace("|", " | ").replace("->", " -> ").split()) for line in text.split("\n") if _says(line)]


def _replace(lines: list[str], span: Span, new: str) -> bool:
    if span.line != span.end_line:
        return False
    line = lines[span.line - 1]
    start, end = span.column - 1, span.end_column - 1
    if start and line[start - 1] in "\"'" and line[end : end + 1] == line[start - 1]:
        start, end = start - 1, end + 1
    lines[span.line - 1] = line[:start] + new + line[end:]
    return True


def _reads_as(text: str, after: Any) -> bool:
    document, findings = read_document(Source("", text), Limits())
    return document is not None and not findings and _same(plain(document.root), plain(after))


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, dict) and isinstance(other, dict):
        return set(one) == set(other) and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, str) and isinstance(other, str) and "\n" in one + other:
        return _squeezed(one) == _squeezed(other)
    return bool(one == other)
