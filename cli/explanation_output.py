"""Prints an explanation as indented sentences, as a Markdown list, as an HTML page, or as JSON."""

from __future__ import annotations

import html
from collections.abc import Sequence

from tierwise.cli.options import check_outputs
from tierwise.cli.output import write_json
from tierwise.cli.visible import on_one_line, say
from tierwise.core.explaining import Explanation
from tierwise.plugins.sentences.lines import Line, lines_of

__all__ = ["print_explanation"]


def print_explanation(explanation: Explanation, name: str | None, key: str, language: str, form: str, outputs: Sequence[str] = ()) -> None:
    """Print why a subject got its outcomes.

    Args:
        explanation: The explanation.
        name: What people call the subject.
        key: Its id.
        language: ``en`` or ``zh``.
        form: ``text``, ``markdown``, ``html`` or ``json``.
        outputs: Only these, hidden decisions too; all outputs when empty.
    """
    if outputs:
        check_outputs(outputs, explanation.decisions)
        explanation = explanation.only(outputs)
    lines = [(indent, on_one_line(text)) for indent, text in lines_of(explanation, language)]
    head = on_one_line(" ".join(part for part in (key, name) if part))
    match form:
        case "json":
            from tierwise.plugins.sentences.explained import explanation_document

            write_json({"key": key, "name": name, **explanation_document(explanation, language)})
        case "html":
            say(_html(head, lines))
        case "markdown":
            say(f"# {head}\n")
            for indent, text in lines:
                say(f"{'  ' * indent}- {text}")
        case _:
            say(head)
            for indent, text in lines:
                say(f"{'  ' * (indent + 1)}{text}")


def _html(head: str, lines: Sequence[Line]) -> str:
    """Return a page of nested lists."""
    parts, depth = [], -1
    for indent, text in lines:
        while depth < indent:
            parts.append("<ul>")
            depth += 1
        while depth > indent:
            parts.append("</ul>")
            depth -= 1
        parts.append(f"<li>{html.escape(text)}</li>")
    body = "".join(parts) + "</ul>" * (depth + 1)
    style = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}"
    start = f'<!doctype html><html><head><meta charset="utf-8"><title>{html.escape(head)}</title><style>{style}</style></head>'
    return f"{start}<body><h1>{html.escape(head)}</h1>{body}</body></html>"
