"""Prints the ways of one subject to another grade as indented sentences, as a Markdown list, or as JSON."""

from __future__ import annotations

from typing import Any

from tierwise.cli.output import write_json
from tierwise.cli.visible import on_one_line, say
from tierwise.core.values import to_json
from tierwise.plugins.deciding.result import outcome_document
from tierwise.plugins.paths.path import Paths, Route
from tierwise.plugins.sentences.path_lines import lines_of_paths

__all__ = ["print_paths"]


def print_paths(found: list[Paths], name: str | None, key: str, changed: str, language: str, form: str, most: int) -> None:
    """Print the ways of one subject for some outputs.

    Args:
        found: The ways, one for each output.
        name: What people call the subject.
        key: Its id.
        changed: What may change, in words.
        language: ``en`` or ``zh``.
        form: ``text``, ``markdown`` or ``json``.
        most: How many routes of each sort are told.
    """
    if form == "json":
        write_json({"key": key, "name": name, "outputs": {paths.output.name: _document(paths) for paths in found}})
        return
    head = on_one_line(" ".join(part for part in (key, name) if part))
    say(f"# {head}\n" if form == "markdown" else head)
    for paths in found:
        for indent, text in lines_of_paths(paths, changed, language, most):
            shown = on_one_line(text)
            say(f"{'  ' * indent}- {shown}" if form == "markdown" else f"{'  ' * (indent + 1)}{shown}")


def _document(paths: Paths) -> dict[str, Any]:
    return {
        "present": outcome_document(paths.present),
        "wanted": [to_json(value) for value in paths.wanted],
        "up": [_route(route) for route in paths.up],
        "lose": [_route(route) for route in paths.lose],
        "not_searched": list(paths.not_searched),
        "proved": paths.is_proved,
    }


def _route(route: Route) -> dict[str, Any]:
    return {
        "changes": [
            {"fact": c.fact, "from": to_json(c.before), "to": to_json(c.after), **({} if c.by is None else {"by": to_json(c.by)})}
            for c in route.changes
        ],
        "outcome": outcome_document(route.outcome),
        "gains": [
            {"output": move.output, "from": outcome_document(move.before), "to": outcome_document(move.after)} for move in route.gains
        ],
    }
