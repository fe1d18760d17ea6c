"""Sums of items, and what is read off them, with facts missing: exactly what all completions say, and at a cost that does not multiply."""

from __future__ import annotations

from decimal import Decimal
from random import Random
from typing import Any

import pytest

from tests.core.meaning.completions import over_all_completions
from tests.plans import GRADES, compare, decision, fact, interval, plan, reading, table
from tests.strategies import values_of
from tierwise.core.environment import Environment, Limits
from tierwise.core.meaning import Evaluator, decide
from tierwise.core.outcome import Determined, Reason, Undetermined
from tierwise.core.plan import (
    Arithmetic,
    Compare,
    Conditional,
    Constant,
    Decision,
    DecisionRef,
    Fact,
    FactRef,
    HitPolicy,
    Logic,
    Node,
    Plan,
    Table,
)
from tierwise.core.types import BooleanType, EnumType, NumberType, Type

pytestmark = pytest.mark.thorough

TYPES: list[Type] = [EnumType(("p", "q", "r")), BooleanType(), NumberType(0, low=Decimal(0), high=Decimal(3))]
POINTS = NumberType(1)
DRAWS = 120


def some_test(random: Random, ref: FactRef) -> Node:
    if isinstance(ref.type, NumberType):
        return compare(ref, random.choice([">=", "<", "="]), random.choice([1, 2]))
    return compare(ref, "=", random.choice(ref.type.values if isinstance(ref.type, EnumType) else (True, False)))


def item(random: Random, name: str, refs: list[FactRef]) -> tuple[Decision, Table]:
    """Draw points by one fact, sometimes by two; gaps and overlaps among them."""
    columns = random.sample(refs, random.choice([1, 1, 2]))
    rows: list[tuple[Any, ...]] = [
        (*(some_test(random, ref) for ref in columns), random.choice([0, 1, 2, Decimal("2.5"), 4])) for _ in "ab"
    ]
    default = Constant(Decimal(random.choice([0, 1])), POINTS) if random.random() < 0.85 else None
    made, pick = table(name, random.choice([HitPolicy.FIRST, HitPolicy.FIRST, HitPolicy.UNIQUE]), columns, rows, POINTS, default)
    return decision(name, POINTS, pick, output=False), made


def scorecard(random: Random) -> tuple[Plan, dict[str, Any]]:
    """Draw a scorecard, a grade off its sum, and a right off the grade and off facts that may be among those of the items."""
    facts: list[tuple[Fact, FactRef]] = [
        fact(f"f{n}", random.choice(TYPES), nullable=random.random() < 0.2, missing=random.choice([Reason.MISSING_FACT, Reason.VAGUE]))
        for n in range(random.choice([3, 4]))
    ]
    refs = [ref for _, ref in facts]
    items = [item(random, f"item{n}", refs[: random.choice([2, 3, 4])]) for n in range(3)]
    total = Arithmetic("+", (*(DecisionRef(d.name, POINTS) for d, _ in items), Constant(Decimal(1), POINTS)), POINTS)
    score = DecisionRef("score", POINTS)
    cuts = sorted(random.sample(range(1, 9), 2))
    bands = [(compare(score, ">=", cuts[1]), "A"), (interval(score, f"[{cuts[0]}..{cuts[1]})"), "B"), (compare(score, "<", cuts[0]), "C")]
    grades, grade = table("grade", HitPolicy.UNIQUE, [score], bands, GRADES)
    way, way_ref = reading("way", "narrow", "wide")
    asked = random.choice([some_test(random, random.choice(refs)), Compare("=", way_ref, Constant("wide", way_ref.type))])
    better = Logic("and", (compare(DecisionRef("grade", GRADES), "=", random.choice("AB")), asked))
    right = Conditional(better, Constant("A", GRADES), DecisionRef("grade", GRADES), GRADES)
    decisions = [
        *(d for d, _ in items),
        decision("score", POINTS, total),
        decision("grade", GRADES, grade),
        decision("right", GRADES, right),
    ]
    made = plan([f for f, _ in facts], decisions, [*(t for _, t in items), grades], [way])
    return made, {f.name: random.choice(values_of(f)) for f, _ in facts if random.random() < 0.3}


@pytest.mark.parametrize("start", range(0, DRAWS, 20))
def test_scorecards_with_facts_missing_are_what_all_completions_say(start: int) -> None:
    for seed in range(start, start + 20):
        made, facts = scorecard(Random(seed))
        found = decide(made, Environment(), facts, None)
        for output in ("score", "grade", "right"):
            expected, outcome = over_all_completions(made, facts, output), found[output]
            if isinstance(expected, Determined):
                assert isinstance(outcome, Determined) and outcome.value == expected.value, (seed, output)
            else:
                assert isinstance(outcome, Undetermined) and not outcome.is_bound, (seed, output)
                assert (outcome.reason, outcome.candidates) == (expected.reason, expected.candidates), (seed, output)
                assert set(expected.needs) <= set(outcome.needs), (seed, output)
                assert set(outcome.needs) - set(made.decisions) == set(expected.needs), (seed, output)


def many_items(count: int, shared: bool = False) -> Plan:
    """Return a scorecard of many items, each with a fact of its own, of which the grade may read one, too."""
    facts = [fact(f"f{n}", NumberType(0)) for n in range(count)]
    made = []
    for n, (_, ref) in enumerate(facts):
        rows = [(compare(ref, ">=", 10), 3 + n % 4), (compare(ref, ">=", 5), 2)]
        made.append((f"item{n}", *table(f"item{n}", HitPolicy.FIRST, [ref], rows, POINTS, Constant(Decimal(0), POINTS))))
    total = Arithmetic("+", tuple(DecisionRef(name, POINTS) for name, _, _ in made), POINTS)
    score = DecisionRef("score", POINTS)
    high: Node = compare(score, ">=", 2 * count)
    if shared:
        high = Logic("and", (high, compare(facts[0][1], ">=", 7)))
    grade = Conditional(high, Constant("A", GRADES), Constant("B", GRADES), GRADES)
    decisions = [*(decision(name, POINTS, pick, output=False) for name, _, pick in made), decision("score", POINTS, total, output=False)]
    return plan([f for f, _ in facts], [*decisions, decision("grade", GRADES, grade)], [t for _, t, _ in made])


@pytest.mark.parametrize("shared", [False, True])
def test_sixty_missing_items_are_exact_and_within_the_work_of_a_few_hundred_completions(shared: bool) -> None:
    names = tuple(f"f{n}" for n in range(60))
    outcome = decide(many_items(60, shared), Environment(limits=Limits(completions=400)), {}, None)["grade"]
    assert outcome == Undetermined(Reason.MISSING_FACT, ("A", "B"), names)
    assert isinstance(outcome, Undetermined) and not outcome.is_bound


def test_an_item_that_cannot_change_the_grade_is_not_needed() -> None:
    made = many_items(3)  # 6 points make an A; the items give at most 3, 4 and 5
    outcome = decide(made, Environment(), {"f0": Decimal(0), "f1": Decimal(0)}, None)["grade"]
    assert outcome == Determined("B")
    outcome = decide(made, Environment(), {"f0": Decimal(10), "f1": Decimal(0)}, None)["grade"]
    assert outcome == Undetermined(Reason.MISSING_FACT, ("A", "B"), ("f2",))


def test_candidates_that_are_only_a_bound_say_so() -> None:
    number, n = fact("n", NumberType(0))
    flag, f = fact("flag", BooleanType())
    far = Logic("and", (compare(Arithmetic("*", (n, n), NumberType(0)), "<", 0), compare(f, "=", True)))
    made = plan([number, flag], [decision("far", BooleanType(), far)])
    outcome = decide(made, Environment(), {"flag": True}, None)["far"]
    assert outcome == Undetermined(Reason.MISSING_FACT, (True, False), ("n",))
    assert isinstance(outcome, Undetermined) and outcome.is_bound


def test_too_much_work_is_told_as_a_bound() -> None:
    random = Random(1)
    facts = [fact(f"f{n}", NumberType(0)) for n in range(12)]
    refs = [ref for _, ref in facts]
    rows = [(*(compare(ref, "=", random.randrange(90)) for ref in refs), random.choice("ABC")) for _ in range(60)]
    made, pick = table("grade", HitPolicy.PRIORITY, refs, rows, GRADES)
    whole = plan([f for f, _ in facts], [decision("grade", GRADES, pick)], [made])
    outcome = Evaluator(whole, Environment(limits=Limits(completions=20))).decide("grade", {})
    assert isinstance(outcome, Undetermined) and outcome.is_bound
    assert outcome.candidates == ("A", "B", "C")
