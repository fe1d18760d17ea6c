"""What a part of a plan reads, and which of its facts are only ever tested against constants."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.plans import compare, constant, decision, fact, interval, is_in, plan, table
from tierwise.core.plan import Arithmetic, Compare, Conditional, DecisionRef, HitPolicy, Node, Prefer, usage_of
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType, TextType
from tierwise.core.values import Duration

GRADES = EnumType(("A", "B"))
USAGE_FACT, USAGE = fact("usage", NumberType())
SIZE_FACT, SIZE = fact("size", GRADES)
DAY_FACT, DAY = fact("day", DateType())
NOTE_FACT, NOTE = fact("note", TextType())
FLAG_FACT, FLAG = fact("flag", BooleanType())
PLAN = plan([USAGE_FACT, SIZE_FACT, DAY_FACT, NOTE_FACT, FLAG_FACT])


@pytest.mark.parametrize(
    "test",
    [
        compare(USAGE, ">", 10),
        Compare("<", constant(10), USAGE),
        interval(USAGE, "[1..2]"),
        is_in(SIZE, "A", None),
        Compare("<", DAY, constant(date(2026, 1, 1), DateType())),
        Compare("=", NOTE, constant("a")),
    ],
)
def test_a_fact_that_is_tested_against_plain_values_of_its_kind_is_not_loose(test: Node) -> None:
    usage = usage_of(PLAN, test)

    ((name, tests),) = usage.tests.items()
    assert tests == (test,)
    assert (usage.facts, usage.loose, usage.exact) == ((name,), frozenset(), frozenset())


@pytest.mark.parametrize(
    ("test", "exact"),
    [
        (Compare("<", USAGE, Arithmetic("+", (USAGE, constant(1)), NumberType())), {"usage"}),
        (Compare("<", NOTE, constant("a")), {"note"}),
        (Compare("<", DAY, constant(datetime(2026, 1, 1), DateType())), {"day"}),
        (Compare("=", USAGE, constant(Duration(months=1), NumberType())), {"usage"}),
        (FLAG, set()),
        (SIZE, set()),
    ],
)
def test_a_fact_that_stands_elsewhere_is_loose_and_exact_unless_it_has_few_values(test: Node, exact: set[str]) -> None:
    usage = usage_of(PLAN, test)

    assert usage.loose == set(usage.facts)
    assert usage.exact == exact


def test_decisions_are_followed_and_told_in_the_plans_order() -> None:
    made, pick = table("tier", HitPolicy.FIRST, [USAGE], [(compare(USAGE, ">", 1), "A")], GRADES)
    first = decision("tier", GRADES, pick)
    second = decision("shown", GRADES, Conditional(FLAG, DecisionRef("tier", GRADES), SIZE, GRADES))
    held = plan([FLAG_FACT, SIZE_FACT, USAGE_FACT], [first, second], [made])

    usage = usage_of(held, DecisionRef("shown", GRADES))

    assert usage.decisions == ("tier", "shown")
    assert usage.facts == ("flag", "size", "usage")


def test_what_only_a_preference_reads_is_no_decision_to_settle_first() -> None:
    held = plan([USAGE_FACT], [decision("computed", NumberType(), USAGE)])
    preference = Prefer((DecisionRef("computed", NumberType()), constant(1)), NumberType())

    usage = usage_of(held, preference)

    assert usage.prefers
    assert usage.facts == ("usage",)
