"""What the page about a policy says in the reader's words."""

from __future__ import annotations

import tierwise
from tierwise.plugins.policy_page import policy_page


def test_a_word_inside_the_label_of_another_word_is_left_alone() -> None:
    # `promotion` is a word whose label, "carry out promotion", holds the word itself.
    loaded = tierwise.load("big-customer-roles")
    cells = [cell for block in policy_page(loaded.policy, loaded.plan, "en") for row in block.rows for cell in row]
    assert '"carry out promotion"' in cells
