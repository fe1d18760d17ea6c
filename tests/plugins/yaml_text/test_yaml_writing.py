"""What is written as YAML reads back as the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierwise.core.limits import Limits
from tierwise.core.policy.document import plain
from tierwise.core.source import Source
from tierwise.plugins.yaml_text.characters import has_forbidden
from tierwise.plugins.yaml_text.yaml_document import read_document
from tierwise.plugins.yaml_text.yaml_writing import yaml_text

ROOT = Path(__file__).parents[3]
FILES = sorted((ROOT / "policies").glob("*/policy.yaml"))
SIGNS = "abAB 0159.-+=<>[](){}:,#|&*!%@`~'\"?\\/\n\t大客户，（）＞_→"
TEXTS = st.text(SIGNS, max_size=12).filter(lambda text: not has_forbidden(text)) | st.sampled_from(
    [
        "null",
        "~",
        "",
        "true",
        "no",
        "010",
        "0.10",
        "- a",
        "a: b",
        "a #b",
        "[1..2)",
        ">= 5万",
        "<<",
        "a\n",
        "a\n\n",
        " a\nb",
        "a\n b",
        "(1..2]",
        "---",
    ]
)
KEYS = TEXTS.filter(bool)
VALUES = st.recursive(
    st.none() | TEXTS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


def read(text: str) -> Any:
    document, findings = read_document(Source("f.yaml", text), Limits())
    assert document is not None, [f"{finding.message} {finding.span.text if finding.span else ''}" for finding in findings]
    assert not findings, findings
    return plain(document.root)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5) | st.lists(VALUES, min_size=1, max_size=5))
def test_a_value_reads_back_as_the_same(value: Any) -> None:
    assert read(yaml_text(value)) == value


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_shipped_file_reads_back_as_the_same(path: Path) -> None:
    value = read(path.read_text(encoding="utf-8"))

    assert read(yaml_text(value)) == value
