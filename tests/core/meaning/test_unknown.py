"""What comes of parts that are unknown."""

from __future__ import annotations

from tierwise.core.meaning.unknown import Need, Unknown, either, for_each
from tierwise.core.outcome import Reason

GAP = Unknown(frozenset({Need("policy", "dont", Reason.GAP)}), ())


def test_a_gap_that_may_be_nothing_leaves_what_is_made_of_it_a_gap() -> None:
    assert for_each(GAP, []) == GAP


def test_options_that_all_have_one_value_decide() -> None:
    assert either([True, True], GAP.needs) is True
    assert either([True, False], GAP.needs) == Unknown(GAP.needs, (True, False))
