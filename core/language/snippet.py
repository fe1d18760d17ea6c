"""A stretch of a text of the language; where it stands in a file is looked up only when a finding wants it."""

from __future__ import annotations

from dataclasses import dataclass

from tierwise.core.source import Span, Written

__all__ = ["Place"]


@dataclass(frozen=True, slots=True)
class Place:
    """``text[start:end]`` of an expression or a cell."""

    snippet: Written
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
