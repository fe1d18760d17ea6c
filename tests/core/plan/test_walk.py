"""The one walk: what a tree holds, what lies behind a node, the ways of a value, rankings in order."""

from __future__ import annotations

from collections.abc import Iterator
from random import Random

import pytest

from tests.differential.random_plans import random_plan
from tests.plans import compare, constant, decision, fact, plan, table
from tierwise.core.plan import (
    AS_OF,
    Conditional,
    Constant,
    Cut,
    DecisionRef,
    FactRef,
    HitPolicy,
    Node,
    Not,
    Pick,
    Plan,
    RankCut,
    Ranking,
    behind,
    elsewhere,
    name_of,
    rankings_in_order,
    walk,
    ways,
    with_nodes,
)
from tierwise.core.types import BooleanType, EnumType, NumberType, TextType

GRADES = EnumType(("A", "B"))
USAGE_FACT, USAGE = fact("usage", NumberType())
SALES_FACT, SALES = fact("sales", NumberType())
REGION_FACT, REGION = fact("region", TextType())
ACTIVE_FACT, ACTIVE = fact("active", BooleanType())
HIGH = compare(USAGE, ">", 10)


def ranked(name: str, by: Node, among: Node | None = None, partition: Node | None = None) -> Ranking:
    return Ranking(name, by, True, partition, among)


def cut(ranking: str) -> RankCut:
    return RankCut(ranking, None, None, "top", (Cut("A", None),), constant("floor"), constant("B", GRADES), GRADES)


def a_plan() -> Plan:
    """A table over a column that no rule tests, read by a decision; and a ranking."""
    rows, grade = table(
        "grade", HitPolicy.UNIQUE, [USAGE, SALES], [(HIGH, None, "A"), (Not(HIGH), None, "B")], GRADES, constant("B", GRADES)
    )
    first = decision("grade", GRADES, grade)
    second = decision("shown", GRADES, Conditional(ACTIVE, DecisionRef("grade", GRADES), cut("by sales"), GRADES))
    return plan(
        [USAGE_FACT, SALES_FACT, REGION_FACT, ACTIVE_FACT],
        [first, second],
        [rows],
        rankings=[ranked("by sales", SALES, among=ACTIVE, partition=REGION)],
    )


def names(nodes: Iterator[Node]) -> list[str]:
    return [name for name in map(name_of, nodes) if name]


def test_a_walk_yields_parents_first_in_the_order_written() -> None:
    node = Conditional(HIGH, USAGE, SALES, NumberType())

    assert list(walk(None, node)) == [node, HIGH, USAGE, HIGH.right, USAGE, SALES]


def test_what_lies_elsewhere_is_what_deciding_one_subject_looks_at() -> None:
    held = a_plan()

    assert list(elsewhere(Pick("grade", 0, GRADES), held)) == [
        HIGH,
        constant("A", GRADES),
        Not(HIGH),
        constant("B", GRADES),
        constant("B", GRADES),
    ]
    assert list(elsewhere(cut("by sales"), held)) == [ACTIVE]
    assert list(elsewhere(DecisionRef("grade", GRADES), held)) == [held.decisions["grade"].node]


def test_what_is_declared_besides_is_a_column_that_no_rule_tests_and_what_a_ranking_is_by() -> None:
    held = a_plan()

    assert "sales" in names(elsewhere(Pick("grade", 0, GRADES), held, declared=True))
    assert names(elsewhere(cut("by sales"), held, declared=True)) == ["sales", "region", "active"]


@pytest.mark.parametrize(
    ("decisions", "declared", "expected"),
    [
        (False, True, {"active", "grade", "sales", "region"}),
        (True, False, {"active", "grade", "usage"}),
        (True, True, {"active", "grade", "usage", "sales", "region"}),
    ],
)
def test_behind_a_node_lies_all_it_hangs_on(decisions: bool, declared: bool, expected: set[str]) -> None:
    held = a_plan()

    assert set(names(behind(held.decisions["shown"].node, held, decisions, declared))) == expected


def test_a_name_that_leads_nowhere_yet_is_left_out() -> None:
    empty = plan()

    assert [list(elsewhere(node, empty)) for node in (Pick("t", 0, GRADES), DecisionRef("d", GRADES), cut("r"))] == [[], [], []]


def test_decisions_that_read_each_other_in_a_circle_come_once() -> None:
    circle = plan(decisions=[decision("a", GRADES, DecisionRef("b", GRADES)), decision("b", GRADES, DecisionRef("a", GRADES))])

    assert names(behind(DecisionRef("a", GRADES), circle, decisions=True)) == ["a", "b", "a"]


def test_the_ways_of_a_value_are_the_branches_it_may_be() -> None:
    held = a_plan()

    assert ways(Pick("grade", 0, GRADES), held) == (constant("A", GRADES), constant("B", GRADES), constant("B", GRADES))
    assert ways(cut("by sales"), held) == (Constant("A", GRADES), constant("B", GRADES))
    assert ways(HIGH, held) is None


def test_a_table_that_gathers_has_no_ways() -> None:
    rows, picked = table("words", HitPolicy.COLLECT, [USAGE], [(HIGH, "A")], GRADES)

    assert ways(picked, plan(tables=[rows])) is None


def test_rankings_come_after_those_they_read_also_through_a_decision() -> None:
    held = plan(
        decisions=[decision("class", GRADES, cut("first"))],
        rankings=[ranked("second", SALES, among=compare(DecisionRef("class", GRADES), "=", "A")), ranked("first", USAGE)],
    )

    assert [ranking.name for ranking in rankings_in_order(held)] == ["first", "second"]


def test_rankings_that_read_each_other_all_come() -> None:
    held = plan(rankings=[ranked("a", cut("b")), ranked("b", cut("a"))])

    assert [ranking.name for ranking in rankings_in_order(held)] == ["a", "b"]


def test_a_plan_is_changed_at_every_node_and_only_there() -> None:
    whole = random_plan(Random(3))
    facts = {name: FactRef(f"{name}!", fact.type) for name, fact in whole.facts.items()}

    changed = with_nodes(whole, lambda node: facts.get(node.name, node) if isinstance(node, FactRef) else node)
    read = {part.name for d in changed.decisions.values() for part in behind(d.node, changed, decisions=True) if isinstance(part, FactRef)}

    assert {name for name in read if name != AS_OF} <= {f"{name}!" for name in whole.facts}
    assert read
    same = with_nodes(whole, lambda node: node)
    assert all(same.decisions[name] is decision for name, decision in whole.decisions.items())
    assert all(same.tables[name] is table for name, table in whole.tables.items())
