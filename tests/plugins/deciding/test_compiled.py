"""The compiled function decides as the reference does, or leaves a subject to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product
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
from tierwise.core.outcome import Determined
from tierwise.core.plan import Arithmetic, DecisionRef, HitPolicy, Plan
from tierwise.core.types import BooleanType, EnumType, NumberType
from tierwise.plugins.deciding.compiled import Compiled, compiled
from tierwise.plugins.deciding.decider import Decider
from tierwise.plugins.loading import shipped_policies

POINTS = NumberType(1)
SALES = NumberType(2, "元", low=Decimal(0), high=Decimal(10_000_000))
MODES = EnumType(("direct", "mixed"), (("直营", "direct"),))


def compile_(made: Plan) -> Compiled | None:
    return compiled(Evaluator(made, ENVIRONMENT))


def same_as_reference(reference: Decider, function: Compiled, raw: Mapping[str, Any], day: date | None) -> bool:
    """Check one subject; say whether the function decided it."""
    found = function(raw, day)
    if found is None:
        return False
    expected = reference.decide_by_reference(raw, day)
    assert expected.findings == (), raw
    assert list(found.items()) == list(expected.outcomes.items()), raw
    for outcome, other in zip(found.values(), expected.outcomes.values(), strict=True):
        if isinstance(outcome, Determined):
            assert type(outcome.value) is type(other.value), raw  # type: ignore[union-attr]  # they are equal
        else:
            assert outcome.is_bound is other.is_bound, raw  # type: ignore[union-attr]  # as above
    return True


@pytest.mark.parametrize("missing", [0.01, 0.15, 0.5])
def test_random_plans_are_decided_as_the_reference_decides_them(missing: float) -> None:
    decided = 0
    for seed in range(100):
        random = Random(seed)
        made = random_plan(random)
        made = replace(made, readings={name: replace(r, settled=r.values[0]) for name, r in made.readings.items()})
        function = compile_(made)
        if function is None:
            continue
        reference = Decider(made, ENVIRONMENT)
        for facts in random_subjects(random, made, 5, missing):
            for _ in range(2):  # what is found out, and what is remembered
                decided += same_as_reference(reference, function, facts, AS_OF)
    assert decided > 200


@pytest.mark.parametrize("name", shipped_policies())
def test_cases_of_shipped_policies_are_decided_as_the_reference_decides_them(name: str) -> None:
    policy = tierwise.load(name)
    function = compiled(Evaluator(policy.plan, policy.environment))
    if function is None:
        return  # it hangs on more than the facts of one subject
    random, reference = Random(name), Decider(policy.plan, policy.environment)
    for case in cases_of(policy, name):
        for share in (0, 0.5):
            given = {fact: value for fact, value in case.facts.items() if random.random() >= share}
            same_as_reference(reference, function, given, case.as_of)


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
    assert same_as_reference(Decider(made, Environment()), function, {**USUAL, "sales": sales, **more}, None) is not isinstance(sales, str)


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
        {"sales": "1千"},
        {"sales": [1]},
        {"years": 4.5},
        {"years": 10**40},
        {"mode": "other"},
        {"mode": " direct "},
        {"mode": ["direct"]},
        {"known": 1},
        {"known": "true"},
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


def test_what_is_missing_and_what_the_policy_leaves_open_is_told_as_the_reference_tells_it() -> None:
    made = scorecard()
    function = compile_(made)
    assert function is not None
    values: dict[str, tuple[Any, ...]] = {"sales": (0, 99.99, 5000), "years": (1, 9), "mode": ("direct", "mixed"), "known": (True, False)}
    reference = Decider(made, Environment())
    for given in product(*((*known, None, ...) for known in values.values())):
        raw = {name: value for name, value in zip(values, given, strict=True) if value is not ...}
        assert same_as_reference(reference, function, raw, None)


def sums_of_sums(factor: Any) -> Plan:
    """Five facts in two sums, one of which is weighted in the other; a grade reads both, so that their unknowns meet."""
    facts = [fact(f"f{n}", NumberType(0, low=Decimal(0), high=Decimal(9))) for n in range(5)]
    made = {}
    for n, (_, ref) in enumerate(facts):
        rows = [(compare(ref, ">=", 5), n + 1), (interval(ref, "[2..5)"), n % 3), (compare(ref, "<", 2), 0)]
        made[f"p{n}"] = table(f"p{n}", HitPolicy.UNIQUE, [ref], rows, POINTS)
    parts = [DecisionRef(name, POINTS) for name in made]
    inner = DecisionRef("inner", POINTS)
    outer = Arithmetic("+", (Arithmetic("*", (constant(factor), inner), POINTS), *parts[3:], constant(2)), POINTS)
    grades = EnumType(("A", "B", "C"))
    total = DecisionRef("outer", POINTS)
    graded, grade = table(
        "grade",
        HitPolicy.FIRST,
        [total, inner],
        [(compare(total, ">=", 7), None, "A"), (None, compare(inner, ">=", 4), "B"), (None, None, "C")],
        grades,
    )
    ranked, rank = table("rank", HitPolicy.UNIQUE, [total], [(compare(total, ">=", 6), "A"), (interval(total, "[3..6)"), "B")], grades)
    decisions = [decision(name, POINTS, pick, output=False) for name, (_, pick) in made.items()]
    decisions += [decision("inner", POINTS, Arithmetic("+", tuple(parts[:3]), POINTS)), decision("outer", POINTS, outer)]
    decisions += [decision("grade", grades, grade), decision("rank", grades, rank)]
    return plan([one for one, _ in facts], decisions, [*(t for t, _ in made.values()), graded, ranked])


@pytest.mark.parametrize("factor", [2, -1, Decimal("0.5")])
def test_sums_of_sums_with_missing_parts_are_told_as_the_reference_tells_them(factor: Any) -> None:
    made = sums_of_sums(factor)
    function, reference, random = compile_(made), Decider(made, Environment()), Random(7)
    assert function is not None
    for _ in range(300):
        raw = {f"f{n}": random.randrange(10) for n in range(5) if random.random() < 0.6}
        assert same_as_reference(reference, function, raw, None)


@pytest.mark.parametrize("facts", [None, [], "text", 5])
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
