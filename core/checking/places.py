"""Answers where a text stands that a kind passed on into a decision: at the same text among the module's own keys."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tierwise.core.environment import Path

__all__ = ["path_of_key", "path_of_text", "texts_in", "value_at"]


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
    paths = [path for path, value in _values(document, ()) if value == text]
    return next((path for path in paths if path[-1:] == (last,)), paths[0] if paths else None)


def path_of_key(document: Any, key: str) -> Path | None:
    """Return the path of the first value that stands under ``key``."""
    return next((path for path, _ in _values(document, ()) if path[-1:] == (key,)), None)


def texts_in(document: Any) -> Iterator[tuple[Path, str]]:
    """Yield every text of a document and its path."""
    for path, value in _values(document, ()):
        if isinstance(value, str):
            yield path, value


def _values(document: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    inner = document.items() if isinstance(document, dict) else enumerate(document) if isinstance(document, list) else ()
    for part, value in inner:
        yield (*path, part), value
        yield from _values(value, (*path, part))
