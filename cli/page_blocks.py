"""A page for people as blocks of text and tables, in its text and Markdown forms, and its HTML form as a report has it."""

from __future__ import annotations

from collections.abc import Iterable

from rich.cells import cell_len

from tierwise.cli.markdown import markdown_row, markdown_text
from tierwise.cli.text_tables import text_table
from tierwise.plugins.policy_page import Block
from tierwise.plugins.report.page_report import page_html

__all__ = ["render_page"]


def render_page(blocks: Iterable[Block], form: str, language: str = "en") -> str:
    """Return a page as ``text``, ``markdown`` or ``html``; the language is that of its text."""
    if form == "html":
        return page_html(blocks, language)
    return (_text if form == "text" else _markdown)(tuple(blocks))


def _text(blocks: tuple[Block, ...]) -> str:
    lines: list[str] = []
    for block in blocks:
        if block.header:
            lines += ["", *("  " + line for line in text_table(block.header, block.rows, most=80))]
        elif block.steps:
            lines.append("  " + " > ".join(block.steps))
        elif block.level in (1, 2):
            lines += ["", block.text, ("═" if block.level == 1 else "─") * cell_len(block.text)]
        else:
            lines += ["", block.text.replace("`", "")] if block.level else [block.text]
    return "\n".join(lines).strip("\n")


def _markdown(blocks: tuple[Block, ...]) -> str:
    parts = []
    for block in blocks:
        if block.header:
            lines = [markdown_row(list(row), code=True) for row in (block.header, *block.rows)]
            parts.append("\n".join([lines[0], "|" + " --- |" * len(block.header), *lines[1:]]))
        elif block.steps:
            parts.append(markdown_text(" > ".join(block.steps), code=True))
        else:
            parts.append("#" * block.level + " " * bool(block.level) + markdown_text(block.text, code=True))
    return "\n\n".join(parts)
