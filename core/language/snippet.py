"""A text with its place in a file: turns offsets into spans, whatever YAML did to the text between file and policy."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.core.source import Span

__all__ = ["Place", "Snippet"]

ESCAPES = "\\'"
"""Signs that YAML takes away inside quotes."""


@dataclass(frozen=True, slots=True)
class Snippet:
    """An expression or a cell, and the span of all of it."""

    text: str
    whole: Span

    def span(self, start: int, end: int) -> Span:
        """Return the span of ``text[start:end]``; at least one character wide, never over the end of a line."""
        lines = self.whole.source.text.split("\n")
        line, column = self.whole.line - 1, self.whole.column - 1
        if not 0 <= line < len(lines):
            return self.whole
        if "\n" not in self.text[:end] and lines[line].startswith(self.text[:end], column):
            return self.whole.inside(start, end - start)
        found = self._aligned(lines, line, column, start, end)
        return found if found is not None else self.whole

    def _aligned(self, lines: list[str], line: int, column: int, start: int, end: int) -> Span | None:
        """Follow the text through the file: blank space may differ (folding, indentation), and escapes may have gone."""
        begin: tuple[int, int] | None = None
        last = (line, column)
        for offset in range(min(end, len(self.text))):
            sign = self.text[offset]
            if sign.isspace():
                continue
            place = _next(lines, line, column, sign)
            if place is None:
                return None
            if offset >= start:
                begin = begin or place
                if place[0] == begin[0]:
                    last = place
            line, column = place[0], place[1] + 1
        if begin is None:
            return None
        return Span.at(self.whole.source, begin[0] + 1, begin[1] + 1, last[1] - begin[1] + 1)


@dataclass(frozen=True, slots=True)
class Place:
    """A stretch of a snippet. Its span is looked up only when a finding wants it."""

    snippet: Snippet
    start: int
    end: int

    @property
    def span(self) -> Span:
        """Where it stands in the file."""
        return self.snippet.span(self.start, self.end)

    @property
    def text(self) -> str:
        """What was written there."""
        return self.snippet.text[self.start : self.end]

    def to(self, other: Place) -> Place:
        """Return the place from the start of this one to the end of another."""
        return Place(self.snippet, self.start, other.end)


def _next(lines: list[str], line: int, column: int, sign: str) -> tuple[int, int] | None:
    """Return where ``sign`` stands, from a place on, with only blank space and escapes before it."""
    while line < len(lines):
        for position in range(column, len(lines[line])):
            here = lines[line][position]
            if here == sign and not (sign in ESCAPES and lines[line][position + 1 : position + 2] == sign):
                return line, position
            if not here.isspace() and here not in ESCAPES:
                return None
        line, column = line + 1, 0
    return None
