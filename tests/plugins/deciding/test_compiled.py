"""The compiled function decides as the reference does, or leaves a subject to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

import pytest

import tierwise
from tests.differential.comparing import ENVIRONMENT
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tests.differential.test_shipped_policies import cases_of
from tests.plans import compare, constant, decision, fact, interval, plan, table
from tierwise.core.environment import Environment
from tierwise.core.meaning import Evaluator
from tierwise.core.plan import Arithmetic, DecisionRef, HitPolicy, Plan
from tierwise.core.types import BooleanType, EnumType, NumberType
from tierwise.plugins.deciding.compiled import Compiled, compiled
from tierwise.plugins.deciding.decider import Decider
from tierwise.plugins.loading import shipped_policies

POINTS = NumberType(1)
SALES = NumberType(2, "元", low=Decimal(0), high=Decimal(10_000_000))
MODES = EnumType(("direct", "mixed"), (("直营", "direct"),))


def compile_(made: Plan) -> Compiled | None:
    return compiled(Evaluator(made, ENVIRONMENT).evaluation)


def same_as_reference(made: Plan, environment: Environment, function: Compiled, raw: Mapping[str, Any], day: date | None) -> bool:
    """Check one subject; say whether the function decided it."""
    found = function(raw, day)
    if found is None:
        return False
    expected = Decider(made, environment).decide_by_reference(raw, day)
    assert expected.findings == (), raw
    assert found == expected.outcomes, raw
    assert {name: [type(o.value), o.rules] for name, o in found.items()} == {  # type: ignore[union-attr]  # it only gives determined ones
        name: [type(o.value), o.rules]  # type: ignore[union-attr]  # as above
        for name, o in expected.outcomes.items()
    }, raw
    return True


def test_random_plans_are_decided_as_the_reference_decides_them() -> None:
    decided = 0
    for seed in range(150):
        random = Random(seed)
        made = random_plan(random)
        made = replace(made, readings={name: replace(r, settled=r.values[0]) for name, r in made.readings.items()})
        function = compile_(made)
        if function is None:
            continue
        for facts in random_subjects(random, made, 6, missing=0.01):
            decided += same_as_reference(made, ENVIRONMENT, function, facts, AS_OF)
    assert decided > 100


@pytest.mark.parametrize("name", shipped_policies())
def test_cases_of_shipped_policies_are_decided_as_the_reference_decides_them(name: str) -> None:
    policy = tierwise.load(name)
    function = compiled(Evaluator(policy.plan, policy.environment).evaluation)
    if function is None:
        return  # it hangs on more than the facts of one subject
    for case in cases_of(policy, name):
        same_as_reference(policy.plan, policy.environment, function, case.facts, case.as_of)


def scorecard() -> Plan:
    sales, s = fact("sales", SALES)
    years, y = fact("years", NumberType(0, low=Decimal(0)))
    mode, m = fact("mode", MODES)
    known, k = fact("known", BooleanType())
    rows: dict[str, tuple[Any, list[tuple[Any, ...]]]] = {
        "by_sales": (
            s,
            [(compare(s, ">=", 1000), 25), (interval(s, "[99.99..1000)"), Decimal("7.5")), (compare(s, "<", Decimal("99.99")), 0)],
        ),
        "by_years": (y, [(compare(y, ">=", 5), 10), (compare(y, "<", 5), 1)]),
        "by_mode": (m, [(compare(m, "=", "direct"), 3)]),
    }
    made = {name: table(name, HitPolicy.UNIQUE, [ref], of, POINTS) for name, (ref, of) in rows.items()}
    total = Arithmetic("+", (*(DecisionRef(name, POINTS) for name in made), constant(1)), POINTS)
    grades = EnumType(("A", "B"))
    score = DecisionRef("score", POINTS)
    grade_rows = [(compare(score, ">=", 20), compare(k, "=", True), "A"), (compare(score, "<", 20), None, "B")]
    graded, grade = table("grade", HitPolicy.UNIQUE, [score, k], grade_rows, grades)
    decisions = [*(decision(name, POINTS, pick, output=False) for name, (_, pick) in made.items())]
    decisions += [decision("score", POINTS, total), decision("grade", grades, grade)]
    return plan([sales, years, mode, known], decisions, [*(t for t, _ in made.values()), graded])


USUAL: dict[str, Any] = {"sales": 1000, "years": 5, "mode": "direct", "known": True}


@pytest.mark.parametrize(
    "sales", [0, 0.0, 99.98, 99.99, "100", 999.99, 1000, 1000.0, Decimal("999.99"), Decimal("1E+3"), 1000.000000001, 10_000_000]
)
@pytest.mark.parametrize("more", [{}, {"years": 4}, {"years": 5.0}, {"mode": "直营"}, {"years": Decimal(7)}])
def test_values_at_every_border_are_decided(sales: Any, more: dict[str, Any]) -> None:
    made = scorecard()
    function = compile_(made)
    assert function is not None
    assert same_as_reference(made, Environment(), function, {**USUAL, "sales": sales, **more}, None) is not isinstance(sales, str)


@pytest.mark.parametrize(
    "odd",
    [
        {"sales": -0.01},
        {"sales": 10_000_000.01},
        {"sales": 0.001},
        {"sales": 1e-300},
        {"sales": float("nan")},
        {"sales": float("inf")},
        {"sales": 10**400},
        {"sales": Decimal("NaN")},
        {"sales": Decimal("sNaN")},
        {"sales": Decimal("1E+999999")},
        {"sales": Decimal("1." + "0" * 40)},
        {"sales": True},
        {"sales": None},
        {"sales": "1千"},
        {"sales": [1]},
        {"years": 4.5},
        {"years": 10**40},
        {"mode": "other"},
        {"mode": " direct "},
        {"mode": ["direct"]},
        {"mode": "mixed"},
        {"known": 1},
        {"known": "true"},
        {"known": False},
        {"unknown": 1},
    ],
    ids=str,
)
def test_what_is_not_as_usual_is_left_to_the_reference(odd: dict[str, Any]) -> None:
    made = scorecard()
    function, decider = compile_(made), Decider(made, Environment())
    assert function is not None
    raw = {**USUAL, **odd}
    assert function(raw, None) is None
    for _ in range(5):
        assert decider.decide(USUAL).outcomes == decider.decide_by_reference(USUAL, None).outcomes
    assert decider.decide(raw) == decider.decide_by_reference(raw, None)
    del raw["years"]
    assert function(raw, None) is None


@pytest.mark.parametrize("facts", [None, [], "text", 5, {}])
def test_what_are_no_facts_is_refused_as_before(facts: Any) -> None:
    function = compile_(scorecard())
    assert function is not None and function(facts, None) is None


def test_nothing_that_an_author_wrote_stands_in_the_generated_text() -> None:
    name = 'x"]; import os #'
    one, ref = fact(name, BooleanType())
    made = plan([one], [decision(name + "\n", BooleanType(), compare(ref, "=", True))])
    function = compile_(made)
    assert function is not None
    outcomes = function({name: True}, None)
    assert outcomes is not None and list(outcomes) == [name + "\n"]
