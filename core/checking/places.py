"""Answers where a text stands that a kind passed on into a decision: at the same text among the module's own keys."""

from __future__ import annotations

from typing import Any

from tierwise.core.environment import Path

__all__ = ["path_of_text", "value_at"]


def value_at(document: Any, path: Path) -> Any:
    """Return the value at a path, or ``None`` when the document does not reach that far."""
    for part in path:
        if isinstance(document, dict):
            document = document.get(part)
        elif isinstance(document, list) and isinstance(part, int) and part < len(document):
            document = document[part]
        else:
            return None
    return document


def path_of_text(document: Any, text: str, last: str | int | None = None) -> Path | None:
    """Return the path of the first value that is ``text``; one under the key ``last`` is preferred."""
    paths = list(_paths(document, text, ()))
    return next((path for path in paths if path[-1:] == (last,)), paths[0] if paths else None)


def _paths(document: Any, text: str, path: Path) -> list[Path]:
    if isinstance(document, dict):
        return [found for key, value in document.items() for found in _paths(value, text, (*path, key))]
    if isinstance(document, list):
        return [found for position, value in enumerate(document) for found in _paths(value, text, (*path, position))]
    return [path] if document == text else []
