"""Single values in the text of a YAML file: listed with their paths, changed and added where they stand, nothing else touched."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from tierwise.core.policy.document import Document, plain
from tierwise.core.source import Path, Written
from tierwise.plugins.console.kept_documents import value_at
from tierwise.plugins.yaml_text.yaml_writing import yaml_line, yaml_scalar

__all__ = ["WrittenValue", "expected_after", "values_of", "with_added", "with_value"]

BLOCK = re.compile(r"[:-]\s+[|>][-+0-9]*\s*(#.*)?$")
"""The end of a line below which a text stands as it is (YAML 1.2, 8.1)."""


@dataclass(frozen=True, slots=True)
class WrittenValue:
    """A value that stands alone, such as a threshold or a formula.

    Attributes:
        path: Where it stands.
        text: What it says.
        line: Its line in the file, and ``column`` its first column.
        is_on_a_line: Whether it can be changed where it stands.
    """

    path: Path
    text: str
    line: int
    column: int
    is_on_a_line: bool


def values_of(document: Document, below: Path) -> Iterator[WrittenValue]:
    """Yield the single values at or below a path, in the order of their places."""
    found = [(path, span) for path, span in document.spans.items() if path[: len(below)] == below]
    for path, span in sorted(found, key=lambda one: (one[1].line, one[1].column)):
        value = value_at(document.root, path)
        if isinstance(value, str) and "\n" not in value.rstrip("\n"):
            whole = value.whole if isinstance(value, Written) and value.whole is not None else span
            lines = {whole.line, whole.end_line}
            yield WrittenValue(path, str(value), whole.line, whole.column, len(lines) == 1 and "\n" not in value)


def expected_after(document: Document, path: Path, value: Any) -> Any:
    """Return what the file reads as once a value stands at a path; mappings on the way are made."""
    root = deepcopy(plain(document.root))
    inner = root
    for part, following in zip(path, (*path[1:], None), strict=True):
        if following is None:
            if isinstance(inner, list) and part == len(inner):
                inner.append(value)
            else:
                inner[part] = value
        elif isinstance(inner, dict) and inner.get(part) is None:
            inner[part] = {}
        inner = inner[part]
    return root


def with_value(document: Document, path: Path, text: str) -> str:
    """Return the file with another text for a value that stands on one line.

    Raises:
        ValueError: No such value stands there alone on a line.
    """
    value = value_at(document.root, path)
    if not isinstance(value, str) or path not in document.spans:
        raise ValueError("there is no such value")
    span = document.span(path)
    if span.line != span.end_line or "\n" in value:
        raise ValueError("this value takes several lines: change it in the text of the file")
    lines = document.source.text.splitlines(keepends=True)
    line = lines[span.line - 1]
    start, end = span.column - 1, span.end_column - 1
    said = " ".join(text.split())
    if not line[:start].strip() and span.line > 1 and BLOCK.search(lines[span.line - 2]) and said:
        lines[span.line - 1] = line[:start] + said + line[end:]  # below `>-` everything is text, quotes as well
        return "".join(lines)
    if start and line[start - 1] in "\"'" and line[end : end + 1] == line[start - 1]:
        start, end = start - 1, end + 1
    lines[span.line - 1] = line[:start] + yaml_scalar(said, in_flow=True) + line[end:]
    return "".join(lines)


def with_added(document: Document, path: Path, value: Any) -> str:
    """Return the file with an entry that was not there: a key of a mapping, or the next item of a list.

    Raises:
        ValueError: What it would be added to is written in a way that cannot be added to.
    """
    text = document.source.text
    lines = text.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    parent, key = path[:-1], path[-1]
    around = value_at(document.root, parent)
    if around is None or around in ({}, []):
        return _with_first(document, lines, path, value)
    children = [span.end_line for inner, span in document.spans.items() if inner[: len(parent)] == parent and len(inner) > len(parent)]
    head = document.key_span(parent)
    flow = _flow_end(lines, head.line, head.end_column) if parent else None
    if flow is not None:
        line, at = flow
        entry = f"{yaml_scalar(str(key), in_flow=True)}: {yaml_line(value)}" if isinstance(around, dict) else yaml_line(value)
        lines[line] = f"{lines[line][:at].rstrip()}, {entry}{lines[line][at:]}"
        return "".join(lines)
    first = min(
        document.key_span(inner).line for inner in document.spans if inner[: len(parent)] == parent and len(inner) == len(parent) + 1
    )
    indent = lines[first - 1][: len(lines[first - 1]) - len(lines[first - 1].lstrip(" "))]
    place = _behind(lines, max(children))
    lines[place:place] = [f"{indent}{line}\n" for line in _entry_lines(key, value, isinstance(around, list))]
    return "".join(lines)


def _entry_lines(key: str | int, value: Any, is_item: bool) -> list[str]:
    if not is_item:
        return [f"{yaml_scalar(str(key), in_flow=True)}: {yaml_line(value)}"]
    if isinstance(value, Mapping) and value:
        entries = [f"{yaml_scalar(str(name), in_flow=True)}: {yaml_line(item)}" for name, item in value.items()]
        return [f"- {entries[0]}", *(f"  {entry}" for entry in entries[1:])]
    return [f"- {yaml_line(value)}"]


def _with_first(document: Document, lines: list[str], path: Path, value: Any) -> str:
    """Add the first entry of a mapping or list that is empty or not there at all; only at the top of the file."""
    if len(path) != 2 or not isinstance(path[0], str):
        raise ValueError("there is no place for it: add it in the text of the file")
    entries = [f"  {line}\n" for line in _entry_lines(path[1], value, isinstance(path[1], int))]
    head = f"{yaml_scalar(path[0], in_flow=True)}:\n"
    if isinstance(document.root, dict) and path[0] in document.root:
        line = document.key_span((path[0],)).line
        comment = lines[line - 1].partition(" #")[2].rstrip("\n")
        lines[line - 1 : line] = [head.rstrip("\n") + (f"  #{comment}\n" if comment else "\n"), *entries]
    else:
        lines += [head, *entries]
    return "".join(lines)


def _flow_end(lines: list[str], line: int, column: int) -> tuple[int, int] | None:
    """Return the line (from 0) and place of the bracket that closes a value in the flow style behind a key; ``None`` for a block."""
    rest = lines[line - 1][column - 1 :].lstrip("\"' :")
    if not rest.startswith(("{", "[")):
        return None
    at = len(lines[line - 1]) - len(rest)
    depth, quote, number = 0, "", line - 1
    while number < len(lines):
        text = lines[number]
        while at < len(text):
            sign = text[at]
            if quote:
                if sign == "\\" and quote == '"':
                    at += 1
                elif sign == quote:
                    quote = ""
            elif sign in "\"'":
                quote = sign
            elif sign in "{[":
                depth += 1
            elif sign in "}]":
                depth -= 1
                if not depth:
                    return number, at
            at += 1
        number, at = number + 1, 0
    return None


def _behind(lines: list[str], line: int) -> int:
    """Return the place behind a line and what continues it: lines that close a value in the flow style."""
    while line < len(lines) and lines[line].strip() and not lines[line].strip().strip("]}, \n"):
        line += 1
    return line
