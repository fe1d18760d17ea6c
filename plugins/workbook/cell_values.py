"""What a path and a value are called in a cell, so that each reads back as the same.

A path is its keys divided by ``/``, an item of a list ``#1``, the whole ``.``. A text stands as it is, unless it could be read as something else; then it stands in
double quotes. ``null`` is none, ``{}`` and ``[]`` are empty; in a grid a list or mapping may stand on one line.
"""

from __future__ import annotations

import json
import re
from typing import Any

from tierwise.core.source import Path
from tierwise.plugins.yaml_text.yaml_writing import yaml_line

__all__ = ["GRID_BELOW", "ITSELF", "LONGEST", "OTHER_SHEET", "fits_a_cell", "in_cell", "on_a_line", "path_of", "path_text", "quoted_text"]

GRID_BELOW, OTHER_SHEET, ITSELF = "↓ ", "→ ", "."
LONGEST = 32_000
"""Characters that a cell of Excel holds, with some room."""
_RESERVED = ("null", "{}", "[]", "")
_PART = re.compile(r'"(?:[^"\\]|\\.)*"|[^/]*')
_ITEM = re.compile(r"#([1-9][0-9]{0,5})")
_EXCEL_ESCAPE = re.compile(r"_x[0-9A-Fa-f]{4}_")


def path_text(path: Path) -> str:
    """Return what a path is called in a cell."""
    return "/".join(f"#{part + 1}" if isinstance(part, int) else _key_text(part) for part in path) or ITSELF


def _key_text(key: str) -> str:
    odd = not key or "/" in key or key[0] in '#"↓→' or key != key.strip() or key == ITSELF or "\n" in key or bool(_EXCEL_ESCAPE.search(key))
    return _quoted(key) if odd else str(key)


def path_of(text: str) -> Path | None:
    """Return the path that a cell names; ``None`` where it names none."""
    text = text.strip()
    if text == ITSELF:
        return ()
    parts: list[str | int] = []
    at = 0
    while at <= len(text):
        match = _PART.match(text, at)
        part = match[0] if match else ""
        at += len(part)
        if not part or (at < len(text) and text[at] != "/"):
            return None
        item = _ITEM.fullmatch(part)
        key = quoted_text(part)
        if part.startswith(('"', "#")) and key is None and item is None:
            return None
        parts.append(int(item[1]) - 1 if item else key if key is not None else part)
        at += 1
    return tuple(parts)


def in_cell(value: Any) -> str:
    """Return what a text, none, or something empty is called in a cell of a block."""
    if value is None:
        return "null"
    if not isinstance(value, str):
        return "{}" if isinstance(value, dict) else "[]"
    odd = (
        value in _RESERVED
        or value.startswith((GRID_BELOW, OTHER_SHEET, '"'))
        or value != value.strip()
        or bool(_EXCEL_ESCAPE.search(value))
    )
    return _quoted(value) if odd else str(value)


def on_a_line(value: Any) -> str:
    """Return what any value is called in a cell of a grid."""
    if isinstance(value, dict | list) and value:
        return yaml_line(value)
    text = in_cell(value)
    return _quoted(text) if isinstance(value, str) and text[:1] in ("{", "[") else text


def fits_a_cell(text: str) -> bool:
    """Say whether a cell of Excel keeps a text as it is: it has a greatest length, and reads `_x0041_` as one character."""
    return len(text) <= LONGEST and not _EXCEL_ESCAPE.search(text)


def quoted_text(text: str) -> str | None:
    """Return the text that stands in double quotes; ``None`` where it does not."""
    if len(text) < 2 or not (text.startswith('"') and text.endswith('"')):
        return None
    try:
        read = json.loads(text)
    except ValueError:
        return None
    return read if isinstance(read, str) else None


def _quoted(text: str) -> str:
    # Excel reads `_x0041_` as one character: an escape of the underscore keeps it from that.
    return _EXCEL_ESCAPE.sub(lambda found: "\\u005f" + found[0][1:], json.dumps(text, ensure_ascii=False))
