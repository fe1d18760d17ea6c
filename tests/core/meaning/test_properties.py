"""What holds of the reference engine for any plan and any facts."""

from __future__ import annotations

from dataclasses import replace
from itertools import product
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.strategies import facts_for, plans, settlings, single_table_plans, values_of
from tierwise.core.environment import Environment
from tierwise.core.meaning import Evaluator, decide
from tierwise.core.outcome import Determined, Outcome, Undetermined, distinct
from tierwise.core.plan import HitPolicy, Plan

ENVIRONMENT = Environment()


def completed(plan: Plan, facts: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    return {**data.draw(facts_for(plan, complete=True)), **facts}


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_a_determined_outcome_holds_under_every_completion(data: st.DataObject) -> None:
    plan = data.draw(plans())
    facts = data.draw(facts_for(plan))
    before = decide(plan, ENVIRONMENT, facts, None)
    whole = completed(plan, facts, data)
    for settled in settlings(plan):
        after = decide(settled, ENVIRONMENT, whole, None)
        for name, outcome in before.items():
            if isinstance(outcome, Determined):
                now = after[name]
                assert isinstance(now, Determined) and now.value == outcome.value, name


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_candidates_hold_the_value_of_every_completion(data: st.DataObject) -> None:
    plan = data.draw(plans())
    facts = data.draw(facts_for(plan))
    before = decide(plan, ENVIRONMENT, facts, None)
    whole = completed(plan, facts, data)
    for settled in settlings(plan):
        after = decide(settled, ENVIRONMENT, whole, None)
        for name in ("grade", "right", "holds", "size"):
            outcome, now = before[name], after[name]
            if isinstance(outcome, Undetermined):
                possible = (now.value,) if isinstance(now, Determined) else now.candidates
                assert all(value in outcome.candidates for value in possible), name


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_an_outcome_is_determined_exactly_when_all_completions_agree(data: st.DataObject) -> None:
    plan = data.draw(single_table_plans())
    facts = data.draw(facts_for(plan))
    missing = [fact for fact in plan.facts.values() if fact.name not in facts]
    ways = product(*(values_of(fact) for fact in missing))
    found: list[Outcome] = [
        decide(plan, ENVIRONMENT, {**facts, **dict(zip((f.name for f in missing), way, strict=True))}, None)["grade"] for way in ways
    ]
    outcome = decide(plan, ENVIRONMENT, facts, None)["grade"]
    values = distinct(o.value for o in found if isinstance(o, Determined))
    if isinstance(outcome, Determined):
        assert all(isinstance(o, Determined) and o.value == outcome.value for o in found)
    else:
        assert len(values) != 1 or any(isinstance(o, Undetermined) for o in found)
        possible = {*values, *(c for o in found if isinstance(o, Undetermined) for c in o.candidates)}
        assert possible <= set(outcome.candidates)
        if values:  # else it is open whatever the facts are, and the candidates are bounded by Kleene's logic
            assert possible == set(outcome.candidates)


@settings(max_examples=60, deadline=None)
@given(st.data(), st.randoms(use_true_random=False))
def test_the_order_of_the_rules_of_a_unique_table_does_not_matter(data: st.DataObject, random: Random) -> None:
    plan = data.draw(single_table_plans(hits=(HitPolicy.UNIQUE, HitPolicy.ANY)))
    table = plan.tables["grade"]
    rules = list(table.rules)
    random.shuffle(rules)
    shuffled = replace(plan, tables={"grade": replace(table, rules=tuple(rules))})
    facts = data.draw(facts_for(plan))
    one, other = (decide(p, ENVIRONMENT, facts, None)["grade"] for p in (plan, shuffled))
    if isinstance(one, Determined) or isinstance(other, Determined):
        assert isinstance(one, Determined) and isinstance(other, Determined)
        assert (one.value, set(one.rules)) == (other.value, set(other.rules))
    else:
        assert (one.reason, set(one.candidates), one.needs) == (other.reason, set(other.candidates), other.needs)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_remembering_changes_nothing(data: st.DataObject) -> None:
    plan = data.draw(plans())
    evaluator = Evaluator(plan, ENVIRONMENT)
    for facts in data.draw(st.lists(facts_for(plan), min_size=2, max_size=6)):
        fresh = decide(plan, ENVIRONMENT, facts, None)
        assert {name: evaluator.decide(name, facts) for name in fresh} == fresh
