"""Where a piece of text came from: a named source, and a span of lines and columns in it."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Path", "Source", "Span"]

Path = tuple[str | int, ...]
"""Where a value stands in a document, such as ``("modules", "tier", "decisions", "tier", "table")``."""


@dataclass(frozen=True, slots=True)
class Source:
    """A named text, such as one file of a policy.

    Attributes:
        name: What messages call it, such as ``policy.yaml``; never an absolute path that the user did not type.
        text: Its whole content.
    """

    name: str
    text: str

    def line(self, number: int) -> str:
        """Return line ``number`` (from 1) without its end, or an empty text past the end."""
        lines = self.text.splitlines()
        return lines[number - 1] if 0 < number <= len(lines) else ""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a source, from ``(line, column)`` up to but not including ``(end_line, end_column)``.

    Lines and columns count from 1; columns count characters, not bytes and not terminal cells.
    """

    source: Source
    line: int
    column: int
    end_line: int
    end_column: int

    @classmethod
    def at(cls, source: Source, line: int, column: int, length: int = 1) -> Span:
        """Return the span of ``length`` characters on one line."""
        return cls(source, line, column, line, column + max(length, 1))

    @property
    def place(self) -> str:
        """``file:line:column``, as editors and compilers write it."""
        return f"{self.source.name}:{self.line}:{self.column}"

    @property
    def text(self) -> str:
        """The text it covers."""
        lines = [self.source.line(number) for number in range(self.line, self.end_line + 1)]
        lines[-1] = lines[-1][: self.end_column - 1]
        lines[0] = lines[0][self.column - 1 :]
        return "\n".join(lines)

    def inside(self, offset: int, length: int = 1) -> Span:
        """Return the part of a one-line span that starts ``offset`` characters in."""
        return Span.at(self.source, self.line, self.column + offset, length)
