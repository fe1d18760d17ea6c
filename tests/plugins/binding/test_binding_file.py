"""The binding that the docs show is read as it stands, and every key and data finding is named there."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tierwise.core.plan import Plan
from tierwise.core.policy.validation import keys_of
from tierwise.core.source import Source
from tierwise.core.types import TextType
from tierwise.plugins.binding.binding_file import FactBinding, Window, read_binding
from tierwise.plugins.binding.data_findings import MESSAGES
from tierwise.plugins.codes import CODES

PAGE = (Path(__file__).parents[3] / "docs" / "data.md").read_text(encoding="utf-8")


BLOCKS = re.findall(r"```yaml\n(.*?)```", PAGE, re.DOTALL)


@pytest.mark.parametrize("text", BLOCKS, ids=[block.split("\n")[0] for block in BLOCKS])
def test_each_binding_of_the_docs_reads(text: str, plan_of: Callable[..., Plan]) -> None:
    whole = text.replace("scorecard-100-rights", "sample") if text.startswith("binding:") else f"binding: 1\npolicy: sample\n{text}"
    names = re.findall(r"^  (\w+):", whole.partition("facts:")[2], re.MULTILINE)
    binding = read_binding(Source("binding.yaml", whole), plan_of(**dict.fromkeys(names, TextType())))
    assert list(binding.facts) == names


@pytest.mark.parametrize("key", [*keys_of(FactBinding), *keys_of(Window)])
def test_the_docs_name_every_key(key: str) -> None:
    assert re.search(rf"`{key}\b|{key}:", PAGE)


def test_every_data_finding_is_in_the_table_of_codes() -> None:
    assert set(MESSAGES) - set(CODES) == set()
