"""What is unknown is what every completion says together: value, reason and candidates of tables are those of the oracle, in any order of rules and facts."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations
from random import Random

import pytest

from tests.core.meaning.completions import ORDERLESS, difference_from_oracle, outcome_of, small_table
from tests.plans import GRADES, compare, decision, fact, table
from tests.plans import plan as plan_of_parts
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import DecisionRef, HitPolicy, Undecided
from tierwise.core.types import EnumType, NumberType

pytestmark = pytest.mark.thorough

DRAWS = 240


def test_a_table_with_facts_missing_is_what_all_completions_say() -> None:
    for seed in range(DRAWS):
        assert difference_from_oracle(*small_table(Random(seed))) == "", seed


def test_no_order_of_rules_or_facts_changes_what_a_table_without_order_says() -> None:
    for seed in range(DRAWS // 4):
        plan, facts = small_table(Random(seed))
        rules = plan.tables["grade"].rules
        if plan.tables["grade"].hit not in ORDERLESS:
            continue
        first = outcome_of(plan, facts)
        hit = frozenset(first.rules)
        for order in permutations(rules):
            shuffled = replace(plan, tables={**plan.tables, "grade": replace(plan.tables["grade"], rules=order)})
            found = outcome_of(shuffled, facts)
            assert (_gist(found), frozenset(found.rules)) == (_gist(first), hit), seed
        backwards = replace(plan, facts=dict(reversed(list(plan.facts.items()))))
        assert _gist(outcome_of(backwards, facts)) == _gist(first), seed


@pytest.mark.parametrize("reasons", list(permutations((Reason.TIE, Reason.MISSING_FACT, Reason.GAP, Reason.LOST), 2)), ids=str)
def test_no_order_of_decisions_that_the_policy_leaves_open_changes_the_reason(reasons: tuple[Reason, Reason]) -> None:
    words = EnumType(("p", "q"))
    refs = [DecisionRef(name, words) for name in ("one", "other")]
    left_open = [decision(ref.name, words, Undecided(reason, ("p", "q"), words)) for ref, reason in zip(refs, reasons, strict=True)]
    rows = [(compare(refs[0], "=", "p"), compare(refs[1], "=", "p"), "A"), (compare(refs[0], "=", "q"), None, "B")]
    made, pick = table("grade", HitPolicy.FIRST, refs, rows, GRADES)

    there, back = (
        outcome_of(plan_of_parts([], [*some, decision("grade", GRADES, pick, form="table")], [made]), {})
        for some in (left_open, left_open[::-1])
    )

    assert isinstance(there, Undetermined) and isinstance(back, Undetermined)
    assert (there.reason, there.candidates, set(there.needs)) == (back.reason, back.candidates, set(back.needs))


def _gist(outcome: Outcome) -> object:
    """Return the value of an outcome, or its reason and candidates in their order."""
    return outcome.value if isinstance(outcome, Determined) else (outcome.reason, outcome.candidates)


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_what_overlaps_under_every_completion_overlaps_whatever_is_missing(order: tuple[int, ...]) -> None:
    declared, x = fact("x", NumberType(0))
    rows = [(compare(x, "=", 1), "B"), (None, "A"), (compare(x, "!=", 1), "B")]
    made, pick = table("grade", HitPolicy.UNIQUE, [x], [rows[place] for place in order], GRADES)
    plan = plan_of_parts([declared], [decision("grade", GRADES, pick, form="table")], [made])
    assert outcome_of(plan, {}) == Undetermined(Reason.OVERLAP, ("A", "B"), (), ("1", "2", "3"))
