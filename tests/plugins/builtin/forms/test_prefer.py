"""Recorded values in the shipped policies: they stand in for computed ones only where nothing of the computation is given."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined
from tierwise.core.plan import DecisionRef, FactRef, Plan, Prefer, facts_behind
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType, Type
from tierwise.plugins.loading import shipped_policies
from tierwise.plugins.policy import load

AS_OF = date(2024, 5, 20)


def computed_or_recorded(plan: Plan) -> dict[str, tuple[str, str]]:
    """Return the decisions that prefer a computed decision to a fact on record: name to the two."""
    found = {}
    for decision in plan.decisions.values():
        if isinstance(decision.node, Prefer) and len(decision.node.parts) == 2:
            computed, recorded = decision.node.parts
            if isinstance(computed, DecisionRef) and isinstance(recorded, FactRef):
                found[decision.name] = (computed.name, recorded.name)
    return found


def random_value(random: Random, type: Type) -> Any:
    """Return a value of a plain type, ``None`` of any other."""
    match type:
        case BooleanType():
            return random.choice([True, False])
        case EnumType():
            return random.choice(type.values)
        case NumberType():
            return Decimal(random.randint(0, 12))
        case DateType():
            return AS_OF + timedelta(days=random.randint(-400, 400))
        case _:
            return None


def random_facts(random: Random, plan: Plan) -> Mapping[str, Any]:
    share = random.choice([0.05, 0.3, 0.8])
    given = {name: random_value(random, fact.type) for name, fact in plan.facts.items() if random.random() < share}
    absent = {name: None for name, fact in plan.facts.items() if fact.absent_is_none}
    return {**absent, **{name: value for name, value in given.items() if value is not None}}


SLUGS = [slug for slug in shipped_policies() if computed_or_recorded(load(slug).plan)]


def test_some_shipped_policies_have_recorded_values() -> None:
    assert len(SLUGS) >= 3


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_recorded_stands_in_only_where_nothing_of_the_computation_is_given(slug: str) -> None:
    policy = load(slug)
    shown = {name: replace(decision, output=not decision.population) for name, decision in policy.plan.decisions.items()}
    plan, random = replace(policy.plan, decisions=shown), Random(slug)
    wrong, stood_in = [], 0
    for _ in range(50):
        facts = random_facts(random, plan)
        outcomes = decide(plan, policy.environment, facts, AS_OF)
        for name, (computed, recorded) in computed_or_recorded(plan).items():
            is_given = any(facts.get(fact) is not None for fact in facts_behind(plan.decisions[computed].node, plan))
            stood_in += not is_given and recorded in facts
            if is_given and not alike(outcomes[name], outcomes[computed]):
                wrong.append((dict(facts), name))
            if not is_given and facts.get(recorded) is not None and outcomes[name] != Determined(facts[recorded]):
                wrong.append((dict(facts), name))
    assert wrong == []
    assert stood_in


def alike(left: Any, right: Any) -> bool:
    """Say whether two outcomes are one, by whichever rules."""
    if isinstance(left, Determined) or isinstance(right, Determined):
        return isinstance(left, Determined) and isinstance(right, Determined) and left.value == right.value
    return bool(left.reason == right.reason and left.candidates == right.candidates)
