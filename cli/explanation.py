"""Prints an explanation as indented sentences, as a Markdown list, or as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tierwise.cli.options import check_outputs
from tierwise.cli.output import write_json
from tierwise.cli.visible import on_one_line, say
from tierwise.core.explaining import Explanation
from tierwise.plugins.sentences.explained import explanation_document
from tierwise.plugins.sentences.lines import lines_of

__all__ = ["print_explanation"]


def print_explanation(explanation: Explanation, name: str | None, key: str, language: str, form: str, outputs: Sequence[str] = ()) -> None:
    """Print why a subject got its outcomes.

    Args:
        explanation: The explanation.
        name: What people call the subject.
        key: Its id.
        language: ``en`` or ``zh``.
        form: ``text``, ``markdown`` or ``json``.
        outputs: Only these; all when empty.
    """
    explanation = _only(explanation, outputs)
    if form == "json":
        write_json({"key": key, "name": name, **explanation_document(explanation, language)})
        return
    lines = lines_of(explanation, language)
    head = on_one_line(" ".join(part for part in (key, name) if part))
    say(f"# {head}\n" if form == "markdown" else head)
    for indent, text in lines:
        shown = on_one_line(text)
        say(f"{'  ' * indent}- {shown}" if form == "markdown" else f"{'  ' * (indent + 1)}{shown}")


def _only(explanation: Explanation, outputs: Sequence[str]) -> Explanation:
    if not outputs:
        return explanation
    known = explanation.outcomes
    check_outputs(outputs, known)
    decisions = {n: replace(trace, is_output=trace.is_output and n in outputs) for n, trace in explanation.decisions.items()}
    return replace(explanation, decisions=decisions)
