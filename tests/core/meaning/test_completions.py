"""What is unknown is what every completion says together: value, reason and candidates of tables are those of the oracle, in any order of rules and facts."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from itertools import permutations
from random import Random
from typing import Any

import pytest

from tests.core.meaning.completions import over_all_completions
from tests.plans import GRADES, compare, constant, decision, fact, table
from tests.plans import plan as plan_of_parts
from tests.strategies import values_of
from tierwise.core.environment import Environment
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import CompareOp, Fact, FactRef, HitPolicy, Node, Plan, Undecided
from tierwise.core.types import BooleanType, EnumType, NumberType, Type

ENVIRONMENT = Environment()
TYPES: list[Type] = [EnumType(("p", "q", "r")), BooleanType(), NumberType(0, low=Decimal(0), high=Decimal(3))]
ORDERLESS = (HitPolicy.UNIQUE, HitPolicy.ANY)
DRAWS = 1_500


def outcome_of(plan: Plan, facts: dict[str, Any]) -> Outcome:
    return decide(plan, ENVIRONMENT, facts, None)["grade"]


def some_test(random: Random, column: FactRef) -> Node | None:
    """Return a test of a column against one of its few borders, or none at all."""
    if random.random() < 0.35:
        return None
    ordered: list[CompareOp] = ["<", ">="] if isinstance(column.type, NumberType) else []
    values: tuple[Any, ...] = (Decimal(1), Decimal(2)) if isinstance(column.type, NumberType) else (True, False)
    values = column.type.values if isinstance(column.type, EnumType) else values
    return compare(column, random.choice(["=", "!=", *ordered]), random.choice(values))


def value_of(random: Random) -> Any:
    if random.random() < 0.85:
        return random.choice("AABBC")
    return Undecided(random.choice([Reason.LOST, Reason.GAP, Reason.VAGUE]), tuple(random.sample("ABC", random.choice([0, 0, 2]))), GRADES)


def small_table(random: Random) -> tuple[Plan, dict[str, Any]]:
    """Draw a table over one to three facts of few values, and facts of which most are missing."""
    declared: list[tuple[Fact, FactRef]] = [
        fact(f"f{number}", random.choice(TYPES), nullable=random.random() < 0.2) for number in range(random.choice([1, 2, 2, 3]))
    ]
    columns = [ref for _, ref in declared]
    rows = [(*(some_test(random, column) for column in columns), value_of(random)) for _ in range(random.choice([2, 3, 3, 4]))]
    hit = random.choice([*ORDERLESS, HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.PRIORITY])
    made, pick = table("grade", hit, columns, rows, GRADES, constant("C", GRADES) if random.random() < 0.3 else None)
    plan = plan_of_parts([one for one, _ in declared], [decision("grade", GRADES, pick, form="table")], [made])
    return plan, {one.name: random.choice(values_of(one)) for one, _ in declared if random.random() < 0.25}


def test_a_table_with_facts_missing_is_what_all_completions_say() -> None:
    for seed in range(DRAWS):
        plan, facts = small_table(Random(seed))
        expected, found = over_all_completions(plan, facts, "grade"), outcome_of(plan, facts)
        if isinstance(expected, Determined):
            assert isinstance(found, Determined) and found.value == expected.value, seed
        else:
            assert isinstance(found, Undetermined), seed
            assert (found.reason, found.candidates, found.needs) == (expected.reason, expected.candidates, expected.needs), seed
            assert not found.is_bound, seed


def test_no_order_of_rules_or_facts_changes_what_a_table_without_order_says() -> None:
    for seed in range(DRAWS // 4):
        plan, facts = small_table(Random(seed))
        rules = plan.tables["grade"].rules
        if plan.tables["grade"].hit not in ORDERLESS:
            continue
        first = outcome_of(plan, facts)
        hit = frozenset(first.rules)
        for order in permutations(rules):
            shuffled = replace(plan, tables={"grade": replace(plan.tables["grade"], rules=order)})
            found = outcome_of(shuffled, facts)
            assert (_gist(found), frozenset(found.rules)) == (_gist(first), hit), seed
        backwards = replace(plan, facts=dict(reversed(list(plan.facts.items()))))
        assert _gist(outcome_of(backwards, facts)) == _gist(first), seed


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
