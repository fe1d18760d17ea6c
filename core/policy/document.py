"""A file as plain values with places: dicts, lists, texts and ``None``; no meaning yet.

Every scalar is a text that knows where it stands (``Written``), keys are, too. How a text becomes a document is up to who reads it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from tierwise.core.finding import Finding
from tierwise.core.limits import Limits
from tierwise.core.source import Path, Source, Span

__all__ = ["Document", "TextReader", "plain"]


@dataclass(frozen=True, slots=True)
class Document:
    """What a YAML file holds, and where.

    Attributes:
        source: The file.
        root: Dicts, lists, texts and ``None``.
        spans: Path to the span of its value. For a text, what is between the quotes; for a text block, from its first line on; for a
            mapping, a list or nothing at all, the key (an item of a list: its first line).
        keys: Path to the span of the mapping key that leads to it.
    """

    source: Source
    root: Any
    spans: Mapping[Path, Span]
    keys: Mapping[Path, Span]

    def span(self, path: Path) -> Span:
        """Return where a value stands; for what does not stand there, where the nearest thing around it stands."""
        while path and path not in self.spans:
            path = path[:-1]
        return self.spans.get(path) or Span(self.source, 1, 1, 1, 1)

    def key_span(self, path: Path) -> Span:
        """Return where a mapping key stands; for what is no key, ``span(path)``."""
        return self.keys.get(path) or self.span(path)


def plain(value: Any) -> Any:
    """Return what a document holds as texts without places."""
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return str(value) if isinstance(value, str) else value


class TextReader(Protocol):
    """Reads the texts of files."""

    def check(self, source: Source, limits: Limits) -> list[Finding]:
        """Find why a text cannot be read at all, such as its size or characters that no policy may hold."""

    def document(self, source: Source, limits: Limits) -> tuple[Document | None, list[Finding]]:
        """Read one document: it and no finding; or errors, and the document as far as it could be understood or ``None``."""
