"""Writes texts into Markdown so that they stay texts: no markup, no link, no new line of a table."""

from __future__ import annotations

import re

__all__ = ["markdown_row", "markdown_text"]

# Underscores inside a word are no markup (GitHub's Markdown), and names are full of them.
_MARKUP = re.compile(r"[\\*\[\]<~#|]|(?<!\w)_|_(?!\w)|&(?=#?\w+;)")
_LINE_ENDS = re.compile(r"\r\n|[\n\r\v\f\x1c-\x1e\x85\u2028\u2029]")


def markdown_text(text: str, code: bool = False) -> str:
    """Return a text in one line whose signs are no markup.

    Args:
        text: Any text.
        code: Whether what stands between backquotes is meant as code.
    """
    line = _LINE_ENDS.sub(" ", text)
    pieces = line.split("`")
    if not code or len(pieces) % 2 == 0:
        return _MARKUP.sub(r"\\\g<0>", line).replace("`", "\\`")
    return "`".join(piece.replace("|", "\\|") if place % 2 else _MARKUP.sub(r"\\\g<0>", piece) for place, piece in enumerate(pieces))


def markdown_row(cells: list[str], code: bool = False) -> str:
    """Return a row of a table."""
    return "| " + " | ".join(markdown_text(cell, code) for cell in cells) + " |"
