"""What is asked of a single node."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.plans import compare, constant, decision, fact, interval, is_in, lost, plan, reading, table
from tierwise.core.plan import (
    Arithmetic,
    Compare,
    Comparison,
    Conditional,
    Constant,
    DecisionRef,
    FieldRef,
    HitPolicy,
    Labels,
    Logic,
    Node,
    Not,
    borders_of,
    comparison_of,
    conditions_in,
    constant_of,
    constants_of,
    is_none,
    is_unsettled,
    junction_of,
    leaves_of_logic,
    name_of,
    questions,
    reference_of,
    spelled_out,
    summands_of,
    table_of,
    undecided_of,
)
from tierwise.core.types import EnumType, NumberType, SetType, TextType

_, USAGE = fact("usage", NumberType())
_, SIZE = fact("size", EnumType(("large", "small")))
TEN = constant(10, NumberType())
GRADES = EnumType(("A", "B"))


def test_a_plain_value_is_told_from_what_the_policy_leaves_open() -> None:
    open_ = lost(GRADES, "A")

    assert (constant_of(TEN), constant_of(USAGE), constant_of(None)) == (TEN, None, None)
    assert (undecided_of(open_), undecided_of(TEN)) == (open_, None)
    assert is_none(constant(None, GRADES))
    assert not is_none(TEN)


def test_values_are_plain_only_when_all_of_them_are() -> None:
    assert constants_of([TEN, TEN]) == (TEN, TEN)
    assert constants_of([TEN, USAGE]) is None
    assert constants_of([]) == ()


@pytest.mark.parametrize(
    ("node", "name", "is_reference"),
    [
        (USAGE, "usage", True),
        (DecisionRef("tier", GRADES), "tier", True),
        (reading("how", "this", "that")[1], "how", True),
        (FieldRef(USAGE, "part", NumberType()), "part", False),
        (TEN, "", False),
    ],
)
def test_a_node_that_names_something_tells_its_name(node: Node, name: str, is_reference: bool) -> None:
    assert name_of(node) == name
    assert (reference_of(node) is node) is is_reference


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Compare("<", USAGE, TEN), Comparison(USAGE, "<", TEN)),
        (Compare("<", TEN, USAGE), Comparison(USAGE, ">", TEN)),
        (Compare(">=", TEN, USAGE), Comparison(USAGE, "<=", TEN)),
        (Compare("!=", TEN, USAGE), Comparison(USAGE, "!=", TEN)),
        (Compare("<", USAGE, USAGE), None),
        (Not(USAGE), None),
    ],
)
def test_a_comparison_with_a_plain_value_is_turned_so_that_the_value_stands_on_the_right(node: Node, expected: Comparison | None) -> None:
    assert comparison_of(node) == expected


def test_what_is_tested_is_the_side_that_is_no_plain_value() -> None:
    assert [questions.tested(node) for node in (Compare("<", TEN, USAGE), interval(USAGE, "[1..2]"), is_in(SIZE, "large"))] == [
        USAGE,
        USAGE,
        SIZE,
    ]


def test_borders_are_the_plain_values_that_conditions_compare_with_also_below_and_or_and_not() -> None:
    test = Logic("or", (Not(compare(USAGE, ">", 10)), interval(USAGE, "[1..2]"), is_in(SIZE, "large", None), Compare("<", TEN, USAGE)))

    assert list(borders_of(test)) == [Decimal(10), Decimal(1), Decimal(2), "large", None, Decimal(10)]
    assert list(borders_of(test, SIZE)) == ["large", None]


def test_the_leaves_of_logic_are_the_conditions_that_it_joins() -> None:
    high, low = compare(USAGE, ">", 10), compare(USAGE, "<", 1)

    assert list(leaves_of_logic(Logic("and", (high, Not(Logic("or", (low, high))))))) == [high, low, high]
    assert list(leaves_of_logic(high)) == [high]


def test_conditions_come_with_the_word_of_their_class() -> None:
    high = compare(USAGE, ">", 10)

    assert list(conditions_in(Labels((("big", high),), SetType(TextType())))) == [("big", high)]
    assert list(conditions_in(Conditional(high, TEN, USAGE, NumberType()))) == [("", high)]
    assert list(conditions_in(high)) == []


def test_a_reading_is_unsettled_until_a_company_has_chosen() -> None:
    open_, ref = reading("how", "this", "that")
    settled, other = reading("when", "now", "later", settled="now")
    held = plan(readings=[open_, settled])

    assert [is_unsettled(node, held) for node in (ref, other, TEN)] == [True, False, False]


def test_the_table_that_a_node_picks_from_is_found_by_its_name() -> None:
    made, pick = table("tier", HitPolicy.FIRST, [USAGE], [(None, "A")], GRADES)
    held = plan(decisions=[decision("tier", GRADES, pick)], tables=[made])

    assert table_of(pick, held) is made
    assert table_of(USAGE, held) is None


def test_a_condition_is_joined_by_and_or_or_or_not_or_not_at_all() -> None:
    high, low = compare(USAGE, ">", 10), compare(USAGE, "<", 1)

    assert junction_of(Logic("or", (high, low))) == ("or", (high, low))
    assert junction_of(Not(high)) == ("not", (high,))
    assert junction_of(high) is None


def test_intervals_and_lists_are_spelled_out_as_comparisons_wherever_they_stand() -> None:
    both = Logic("and", (Not(interval(USAGE, "[1..2)")), is_in(SIZE, "large", None)))
    inside = Logic("and", (compare(USAGE, ">=", 1), compare(USAGE, "<", 2)))
    listed = Logic("or", (is_equal(SIZE, "large"), is_equal(SIZE, None)))

    assert spelled_out(both) == Logic("and", (Not(inside), listed))
    assert spelled_out(is_in(SIZE, "large")) == is_equal(SIZE, "large"), "one alone is joined with nothing"


def is_equal(node: Node, value: str | None) -> Node:
    """Return the comparison of a node with a word, or with none."""
    return Compare("=", node, Constant(value, node.type))


def test_a_sum_is_its_summands_with_their_weights() -> None:
    parts = (USAGE, TEN, Arithmetic("*", (USAGE, TEN), NumberType()), Arithmetic("*", (TEN, USAGE), NumberType()))
    found = summands_of(Arithmetic("+", parts, NumberType()))

    assert found == ((USAGE, Decimal(1)), (None, Decimal(10)), (USAGE, Decimal(10)), (USAGE, Decimal(10)))
    assert summands_of(Arithmetic("*", (USAGE, TEN), NumberType())) is None
