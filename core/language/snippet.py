"""A text with its place in a file: turns offsets into spans, also over several lines."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.core.source import Span

__all__ = ["Snippet"]


@dataclass(frozen=True, slots=True)
class Snippet:
    """An expression or a cell, and the span of all of it."""

    text: str
    whole: Span

    def span(self, start: int, end: int) -> Span:
        """Return the span of ``text[start:end]``; at least one character wide."""
        before = self.text[:start]
        if "\n" not in self.text.rstrip():
            return self.whole.inside(start, end - start)
        line = before.count("\n")
        column_in_text = start - (before.rfind("\n") + 1)
        column = self.whole.column if line == 0 else self._indent(line)
        first_line_end = self.text.find("\n", start)
        stop = end if first_line_end < 0 else min(end, first_line_end)
        return Span.at(self.whole.source, self.whole.line + line, column + column_in_text, stop - start)

    def _indent(self, line: int) -> int:
        # A block scalar loses its indentation when it is read; the file still has it.
        text = self.text.split("\n")[line]
        return max(self.whole.source.line(self.whole.line + line).find(text), 0) + 1
