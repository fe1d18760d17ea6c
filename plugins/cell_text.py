"""Writes a JSON value as people write it in a cell of a table."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["cell_text"]


def cell_text(value: Any) -> str:
    """Return a JSON value as people write it in a cell."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ", ".join(cell_text(item) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    return str(value)
