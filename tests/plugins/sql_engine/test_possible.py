"""What is taken for a part over facts, for strict or for the few values of a decision is so: a wrong claim would be a wrong grouping key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.differential.comparing import ENVIRONMENT
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tests.plans import GRADES, SAFE, SIZE, USAGE, compare, constant, decision, grade, grade_table, interval, is_in, plan_of
from tests.plugins.sql_engine.test_compile import SAMPLES
from tierwise.core.meaning import Evaluator
from tierwise.core.meaning.unknown import Unknown
from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Constant,
    Cut,
    DecisionRef,
    FactRef,
    Filter,
    ItemRef,
    Logic,
    Node,
    Plan,
    Prefer,
    RankCut,
    Ranking,
    Undecided,
    usage_of,
    walk,
)
from tierwise.core.types import ListType, NumberType, TextType
from tierwise.plugins.sql_engine.possible import (
    Leaf,
    decisions_in,
    facts_in,
    formulas_over_facts,
    is_over_facts,
    is_strict,
    leaves_of,
    possible_parts,
    possible_values,
)

NUMBERS = ListType(NumberType(0))
FEW = settings(max_examples=15, deadline=None)


def parts_of(plan: Plan) -> Iterator[Node]:
    """Yield every node that stands in a plan."""
    rules = (node for table in plan.tables.values() for rule in table.rules for node in (*rule.tests, *rule.outputs))
    return walk(*(d.node for d in plan.decisions.values()), *rules)


@FEW
@given(st.integers(0, 2**32))
def test_a_strict_part_over_facts_is_unknown_without_a_fact_whose_value_matters(seed: int) -> None:
    random = Random(seed)
    plan = random_plan(random)
    evaluator = Evaluator(plan, ENVIRONMENT)
    (facts,) = random_subjects(random, plan, 1, missing=0)
    for part in parts_of(plan):
        if is_over_facts(part) and is_strict(part):
            for name in usage_of(plan, part).exact - {"as_of"}:  # of other facts the reference engine tries every value
                known = {"as_of": AS_OF, **{other: value for other, value in facts.items() if other != name}}
                assert isinstance(evaluator.value_of(part, known), Unknown)


@FEW
@given(st.integers(0, 2**32))
def test_a_part_over_facts_needs_nothing_but_its_facts(seed: int) -> None:
    random = Random(seed)
    plan = random_plan(random)
    (facts,) = random_subjects(random, plan, 1)
    known = {"as_of": AS_OF, **facts}
    formulas = formulas_over_facts(plan)
    alone = replace(plan, decisions={name: plan.decisions[name] for name in formulas}, tables={}, rankings={}, readings={})
    for part in parts_of(plan):
        if is_over_facts(part, formulas):
            own = {name: value for name, value in known.items() if name in set(facts_in(plan, part))}
            here, there = Evaluator(alone, ENVIRONMENT).value_of(part, own), Evaluator(plan, ENVIRONMENT).value_of(part, known)
            assert type(here) is type(there)
            assert isinstance(here, Unknown) or here == there


ITEMS = FactRef("items", NUMBERS)


@pytest.mark.parametrize(
    ("node", "over_facts", "strict"),
    [
        (Arithmetic("+", (USAGE, constant(1)), NumberType(2)), True, True),
        (Logic("or", (SAFE, compare(USAGE, ">", 1))), True, False),
        (Filter(ITEMS, Compare(">", ItemRef(NumberType(0)), USAGE), NUMBERS), True, False),
        (Compare(">", ItemRef(NumberType(0)), USAGE), False, False),
        (Compare("=", DecisionRef("d", GRADES), grade("A")), False, False),
        (Prefer((USAGE, constant(1)), NumberType(2)), False, False),
        (Undecided(Reason.GAP, (), GRADES), False, False),
    ],
)
def test_what_is_over_facts_and_strict(node: Node, over_facts: bool, strict: bool) -> None:
    assert (is_over_facts(node), is_strict(node)) == (over_facts, strict)


def graded() -> Plan:
    """Return a plan in which a decision looks up a grade and another compares it."""
    cells = grade_table([SIZE], [(is_in(SIZE, "large"), "A"), (is_in(SIZE, "small"), Undecided(Reason.VAGUE, ("A", "B"), GRADES))])
    chosen = Conditional(SAFE, DecisionRef("grade", GRADES), grade("C"), GRADES)
    return plan_of(cells, decisions=[decision("grade", GRADES, SAMPLES[17][0]), decision("chosen", GRADES, chosen)])


@pytest.mark.parametrize(
    ("node", "values"),
    [
        (DecisionRef("chosen", GRADES), {"A", "B", "C"}),
        (grade("A"), {"A"}),
        (SIZE, None),
        (Arithmetic("+", (constant(1), constant(2)), NumberType()), None),
    ],
)
def test_the_few_values_of_a_decision(node: Node, values: set[Any] | None) -> None:
    found = possible_values(graded(), node)

    assert (found if found is None else set(found)) == values


def test_the_ends_of_a_decision_are_constants_and_parts_over_facts() -> None:
    price = Conditional(SAFE, USAGE, Prefer((constant(3), USAGE), NumberType(2)), NumberType(2))
    parts = possible_parts(plan_of(decisions=[decision("price", GRADES, price)]), DecisionRef("price", NumberType(2)))

    assert parts is not None
    assert sorted(parts, key=repr) == sorted([USAGE, constant(3)], key=repr)
    assert possible_parts(plan_of(), Prefer(tuple(map(constant, range(8))), NumberType())) is not None
    assert possible_parts(plan_of(), Prefer(tuple(map(constant, range(9))), NumberType())) is None, "they are many"


def test_decisions_are_found_through_others_and_through_tables() -> None:
    assert decisions_in(graded(), [DecisionRef("chosen", GRADES)]) == {"chosen", "grade"}
    assert decisions_in(graded(), [USAGE]) == set()


def test_leaves_are_the_largest_parts_over_facts() -> None:
    found = [leaf.node for leaf in leaves_of(graded(), DecisionRef("chosen", GRADES))]

    assert sorted(found, key=repr) == sorted([SAFE, is_in(SIZE, "large"), is_in(SIZE, "small")], key=repr)


def test_a_leaf_reaches_through_formulas_to_what_is_read_of_a_list() -> None:
    large = Filter(ITEMS, Compare(">", ItemRef(NumberType(0)), constant(5)), NUMBERS)
    count = Call("count", (DecisionRef("large", NUMBERS),), NumberType(0))
    few = Compare("<", DecisionRef("count", NumberType(0)), constant(2))
    kept = decision("kept", GRADES, Conditional(few, DecisionRef("grade", GRADES), grade("C"), GRADES))
    formulas = [decision("large", NUMBERS, large), decision("count", NumberType(0), count)]
    plan = replace(graded(), decisions={**graded().decisions, **{d.name: d for d in (*formulas, kept)}})
    leaves = [leaf for leaf in leaves_of(plan, kept.node) if "items" in leaf.facts]

    assert formulas_over_facts(plan) == {"large", "count"}
    assert [leaf.node for leaf in leaves] == [few], "not the list itself, of which no two subjects have the same"


def test_what_a_preference_looks_at_first_stands_on_the_way() -> None:
    first, second = compare(USAGE, ">", 1), interval(USAGE, "[2..3]")
    found = {leaf.node: leaf for leaf in leaves_of(plan_of(), Prefer((first, second), SAFE.type))}

    assert found[first] == Leaf(first, (), frozenset({"usage"}), is_outcome=True)
    assert found[second] == Leaf(second, ("usage",), frozenset({"usage"}), is_outcome=True)


def test_two_cuts_of_one_ranking_both_count_with_the_facts_in_them() -> None:
    classes = (Cut("A", Decimal(1)), Cut("B", None))
    floor = Constant("floor", TextType())
    cuts = [RankCut("r", rank, None, "top", classes, floor, outside, GRADES) for rank, outside in ((None, None), (USAGE, SIZE))]
    plan = replace(plan_of(), rankings={"r": Ranking("r", USAGE, True, None, SAFE)})
    found = list(leaves_of(plan, Conditional(SAFE, cuts[0], cuts[1], GRADES)))

    assert [leaf.node for leaf in found if leaf.ranking == "r"] == [cuts[1], cuts[0]]
    assert {leaf.node for leaf in found if leaf.ranking is None} >= {USAGE, SIZE, SAFE}
