"""What the page about a policy says in the reader's words."""

from __future__ import annotations

from tierwise.plugins.policy_page import policy_page
from tierwise.plugins.testing import policy_from

POLICY = """\
tierwise: 1
policy: duties
version: 1.0.0
title: Duties
facts:
  duty: {type: enum, values: {promotion: {zh: 推广, en: carry out promotion}, other: {zh: 其他, en: anything else}}}
modules:
  m:
    kind: module
    decisions:
      owner:
        type: enum
        values: [manager, clerk]
        table: {hit: unique, rules: "duty -> owner\\npromotion -> manager\\nother -> clerk\\n"}
"""


def test_a_word_inside_the_label_of_another_word_is_left_alone() -> None:
    # `promotion` is a word whose label, "carry out promotion", holds the word itself.
    checked = policy_from(POLICY)
    cells = [cell for block in policy_page(checked.policy, checked.require_plan(), "en") for row in block.rows for cell in row]

    assert "carry out promotion" in cells
    assert not any("carry out carry out" in cell for cell in cells)
