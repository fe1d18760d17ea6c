"""Looks at the raw text of a file before anything parses it: its size, and characters that no policy may hold."""

from __future__ import annotations

import re
from itertools import islice

from tierwise.core.finding import Finding
from tierwise.core.limits import Limits
from tierwise.core.source import Source, Span

__all__ = ["check_text", "has_forbidden", "inside"]

# Control characters, separators that editors and parsers count differently as line ends, a lone carriage return, marks that turn the
# direction of text or have no width (they make two texts look alike), byte order marks, and surrogates.
_FORBIDDEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\ufffe\uffff]|\r(?!\n)"
)
_SHOWN = 5
_LONGEST_LINE = 100_000
"""The parser takes quadratic time for some texts of one line, such as ``!!!!…``; this bounds it, and no person writes longer lines."""


def check_text(source: Source, limits: Limits) -> list[Finding]:
    """Find why a text cannot be read at all; fast even for a text that is far too large.

    Args:
        source: The file.
        limits: ``file_bytes`` bounds its size.

    Returns:
        Findings of severity error; empty when the text may be parsed.
    """
    start = Span(source, 1, 1, 1, 1)
    if _exceeds(source.text, limits.file_bytes):
        return [
            Finding.error("file-too-large", f"`{source.name}` is larger than the {limits.file_bytes:,} bytes that a file may have", start)
        ]
    findings = _long_lines(source)
    for match in islice(_FORBIDDEN.finditer(source.text), _SHOWN):
        before = source.text[: match.start()]
        line = before.count("\n") + 1
        column = match.start() - (before.rfind("\n") + 1) + 1
        findings.append(
            Finding.error(
                "character-not-allowed",
                f"the character U+{ord(match[0]):04X} is not allowed in a policy file",
                inside(source, line, column, line, column + 1),
                "save the file as plain UTF-8 text and remove hidden characters",
            )
        )
    return findings


def has_forbidden(text: str) -> bool:
    """Say whether a text, such as a quoted one with escapes, holds a character that no policy may hold."""
    return _FORBIDDEN.search(text) is not None


def inside(source: Source, line: int, column: int, end_line: int, end_column: int, lines: list[str] | None = None) -> Span:
    """Return a span that lies inside the text, whatever the parser said (it points past the end of an unfinished text)."""
    lines = source.text.splitlines() if lines is None else lines
    lines = lines or [""]

    def clamp(at_line: int, at_column: int) -> tuple[int, int]:
        if at_line > len(lines):
            return len(lines), len(lines[-1]) + 1
        return max(at_line, 1), min(max(at_column, 1), len(lines[max(at_line, 1) - 1]) + 1)

    start, end = clamp(line, column), clamp(end_line, end_column)
    return Span(source, *start, *max(start, end))


def _long_lines(source: Source) -> list[Finding]:
    if len(source.text) <= _LONGEST_LINE:
        return []
    lines = source.text.splitlines()
    number = next((index for index, line in enumerate(lines, 1) if len(line) > _LONGEST_LINE), None)
    if number is None:
        return []
    message = f"line {number} has more than {_LONGEST_LINE:,} characters"
    return [Finding.error("line-too-long", message, inside(source, number, 1, number, 2, lines), "break it into several lines")]


def _exceeds(text: str, size: int) -> bool:
    if len(text) > size:
        return True
    # A character is at most four bytes: encode only what could be over.
    return len(text) * 4 > size and len(text.encode("utf-8", "surrogatepass")) > size
