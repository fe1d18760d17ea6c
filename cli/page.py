"""A page for people as blocks of text and tables, and its text, Markdown and HTML forms."""

from __future__ import annotations

import html
from collections.abc import Iterable

from rich.cells import cell_len

from tierwise.cli.markdown import markdown_row, markdown_text
from tierwise.cli.table import text_table
from tierwise.plugins.policy_page import Block

__all__ = ["render_page"]


def render_page(blocks: Iterable[Block], form: str) -> str:
    """Return a page as ``text``, ``markdown`` or ``html``."""
    render = {"text": _text, "markdown": _markdown, "html": _html}[form]
    return render(tuple(blocks))


def _text(blocks: tuple[Block, ...]) -> str:
    lines: list[str] = []
    for block in blocks:
        if block.header:
            lines += ["", *("  " + line for line in text_table(block.header, block.rows, most=80))]
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
        else:
            parts.append("#" * block.level + " " * bool(block.level) + markdown_text(block.text, code=True))
    return "\n\n".join(parts)


def _html(blocks: tuple[Block, ...]) -> str:
    parts = []
    for block in blocks:
        if block.header:
            head = "".join(f"<th>{html.escape(cell)}</th>" for cell in block.header)
            body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in block.rows)
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
        else:
            tag = f"h{block.level}" if block.level else "p"
            parts.append(f"<{tag}>{html.escape(block.text.replace('`', ''))}</{tag}>")
    title = next((html.escape(block.text) for block in blocks if block.level == 1), "Tierwise")
    style = (
        "body{font:16px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem}"
        "table{border-collapse:collapse;margin:1rem 0}th,td{border:1px solid #ccc;padding:.3rem .6rem;text-align:left}th{background:#f4f4f4}"
    )
    return f'<!doctype html><html><head><meta charset="utf-8"><title>{title}</title><style>{style}</style></head><body>{"".join(parts)}</body></html>'
