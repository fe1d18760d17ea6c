"""An example of each finding by its code: a few files and the commands that say it, read once from ``finding_examples.yaml`` beside this module."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

__all__ = ["POLICY_HEAD", "Example", "example_of", "examples", "written_out"]

POLICY_HEAD = "tierwise: 1\npolicy: example\nversion: 1.0.0\ntitle: Example\n"
"""What stands before the text of each ``policy.yaml``."""
_REPEATED = re.compile(r'\{\{(\d+) × "([^"]*)"\}\}')
CHECK = "check ."


@dataclass(frozen=True, slots=True)
class Example:
    """Files of a folder, and what is typed in it.

    Attributes:
        files: Name to content: a text; of a workbook its rows, cells merged and rows hidden; of a text that is no UTF-8 its encoding.
        steps: Commands without the word ``tierwise``, or an edit of a workbook in between. The last one says the finding.
    """

    files: Mapping[str, str | Mapping[str, Any]]
    steps: tuple[str | Mapping[str, Any], ...]

    def lines(self) -> list[tuple[int, str]]:
        """Return what is shown of it: lines, each with how far it is indented."""
        shown = []
        for name, content in self.files.items():
            shown += [(0, name), *((1, line) for line in _content(content))]
        return [*shown, *((0, _step(step)) for step in self.steps)]


def _content(content: str | Mapping[str, Any]) -> list[str]:
    match content:
        case str():
            return [_visible(line) for line in content.splitlines()]
        case {"rows": rows}:
            return [", ".join("" if cell is None else str(cell) for cell in row) for row in rows] + [
                f"{name}: {at}" for name, at in content.items() if name != "rows"
            ]
        case _:
            return [f"({content['encoding']})", *content["text"].splitlines()]


def _visible(line: str) -> str:
    return "".join(sign if sign.isprintable() else f"\\u{ord(sign):04x}" for sign in line)


def _step(step: str | Mapping[str, Any]) -> str:
    match step:
        case str():
            return f"$ tierwise {step}"
        case {"cell": cell, "value": value}:
            return f"{cell} = {'' if value is None else value}"
        case _:
            return ", ".join(f"{name}: {value}" for name, value in step.items())


def written_out(name: str, text: str) -> str:
    """Return the whole text of a file of an example."""
    repeated = _REPEATED.sub(lambda found: "".join(found[2].replace("#", str(number)) for number in range(int(found[1]))), text)
    return (POLICY_HEAD if name == "policy.yaml" else "") + repeated


@cache
def examples() -> Mapping[str, Example]:
    """Return code to example."""
    text = files(__package__).joinpath("finding_examples.yaml").read_text(encoding="utf-8")
    return {code: _example(raw) for code, raw in YAML(typ="safe", pure=True).load(text).items()}


def example_of(code: str) -> Example:
    """Return the example of a finding.

    Raises:
        KeyError: There is no such code.
    """
    return examples()[code]


def _example(raw: Mapping[str, Any]) -> Example:
    run = raw.get("run", CHECK)
    return Example(raw["files"], tuple(run) if isinstance(run, list) else (run,))
