"""Every form and every kind that is built in has its section in the policy format."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tierwise.plugins.manager import Plugins

PAGE = (Path(__file__).parents[2] / "docs" / "policy-format.md").read_text(encoding="utf-8")
PLUGINS = Plugins(entry_points=False)


def headings(part: str) -> set[str]:
    """Return what the headings of a part of the page name."""
    text = PAGE.split(f"\n## {part}\n")[1].split("\n## ")[0]
    return {name for heading in re.findall(r"^### (.*)$", text, re.MULTILINE) for name in heading.split(", ")}


@pytest.mark.parametrize(("part", "built_in"), [("Forms", PLUGINS.forms()), ("Kinds", PLUGINS.kinds())])
def test_the_page_has_a_section_for_each_and_for_nothing_else(part: str, built_in: dict[str, object]) -> None:
    assert headings(part) == built_in.keys() - {"module"}, "`module`, which adds nothing, stands in the introduction"
