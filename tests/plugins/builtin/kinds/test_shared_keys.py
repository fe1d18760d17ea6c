"""A label of what is none of a module's words is found where it stands, by every kind that has labels."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests import short_policies
from tests.plugins.builtin.kinds.modules import FACTS
from tierwise.plugins.builtin.kinds import tierwise_kinds

SPENT = "  spent: {type: map of number, scale: 2}\n"
KEYS: Mapping[str, tuple[str, str]] = {
    "approval": ("steps: {first: late >= 2}, give: {valid: out}", "first"),
    "completeness": ("fields: [last_on], give: {missing: out}", "last_on"),
    "composition": ("of: spent, scale: [A, B], faults: {equal: alike, inverted: turned}, give: {fault: out}", "alike"),
    "constraint-check": ("must: {enough: late >= 2}, give: {broken: out}", "enough"),
    "duty-owner": ("by: grade, owners: {us: [A, B, C]}, give: {owner: out}", "us"),
    "eligibility-gate": ("gates: {first: late >= 2}, give: {failed: out}", "first"),
    "transition": ("states: [A, B, C], from: grade, at_end: end, give: {next: out}", "B"),
}
"""Kind to a module of it without labels, and one of its words."""


def test_every_kind_with_labels_is_here() -> None:
    assert {kind.name for kind in tierwise_kinds() if "labels" in kind.keys.model_fields} == KEYS.keys()


@pytest.mark.parametrize("kind", KEYS)
def test_a_label_of_no_word_is_found_where_it_stands(kind: str) -> None:
    keys, word = KEYS[kind]
    labels = f"{word}: the first, {word}x: the second, elsewhere: the third"
    facts = FACTS.replace("modules:\n", f"{SPENT}modules:\n")
    found = short_policies.found(f"{facts}  m: {{kind: {kind}, {keys}, labels: {{{labels}}}}}\n")
    strange = [(short_policies.underlined(f.span), f.help) for f in found if f.code == "unknown-key"]

    assert [text for text, _ in strange] == [f"{word}x", "elsewhere"]
    assert strange[0][1] == f"did you mean `{word}`?" or len(word) == 1
    assert not [f for f in found if f.severity == "error" and f.code != "unknown-key"]
