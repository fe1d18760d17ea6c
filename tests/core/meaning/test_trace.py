"""A trace holds what deciding found: explanations decide nothing again."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plans import compare, constant, decision, fact, plan, table
from tests.strategies import facts_for, plans
from tierwise.core.environment import Environment
from tierwise.core.meaning import Evaluator, decide
from tierwise.core.meaning.unknown import Unknown
from tierwise.core.outcome import Determined
from tierwise.core.plan import Compare, DecisionRef, FactRef, HitPolicy
from tierwise.core.types import EnumType, NumberType

GRADES = EnumType(("A", "B"))
USAGE_FACT, USAGE = fact("usage", NumberType())
HIGH, LOW = compare(USAGE, ">", 10), compare(USAGE, "<=", 10)
TIERS, TIER = table("tier", HitPolicy.FIRST, [USAGE], [(HIGH, "A"), (LOW, "B")], GRADES)
IS_BEST = Compare("=", DecisionRef("tier", GRADES), constant("A", GRADES))
PLAN = plan([USAGE_FACT], [decision("tier", GRADES, TIER), decision("best", GRADES, IS_BEST)], [TIERS])


def test_every_test_of_a_table_has_a_result_also_those_behind_the_first_hit() -> None:
    trace = Evaluator(PLAN, Environment()).trace({"usage": Decimal(11)})

    assert (trace.truth(HIGH), trace.truth(LOW)) == (True, False)
    assert trace.outcomes == {"tier": Determined("A", ("1",)), "best": Determined(value=True)}
    assert trace.result(IS_BEST) is True


def test_what_hangs_on_something_missing_is_unknown() -> None:
    trace = Evaluator(PLAN, Environment()).trace({})

    assert trace.truth(HIGH) is None
    assert isinstance(trace.result(USAGE), Unknown)


def test_a_part_of_another_plan_has_no_result() -> None:
    with pytest.raises(KeyError):
        Evaluator(PLAN, Environment()).trace({}).result(FactRef("usage", NumberType()))


@settings(max_examples=30, deadline=None)
@given(st.data())
def test_the_outcomes_of_a_trace_are_those_of_deciding(data: st.DataObject) -> None:
    made = data.draw(plans())
    facts = data.draw(facts_for(made))

    trace = Evaluator(made, Environment()).trace(facts)

    assert {decision.name: trace.outcomes[decision.name] for decision in made.outputs} == decide(made, Environment(), facts, None)
