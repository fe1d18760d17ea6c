"""Two rules are taken for disjoint only where no value meets both; where that is not proved, nothing is claimed."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.plans import SIZE, USAGE, compare, constant, grade, interval, is_in
from tierwise.core.plan import Compare, Constant, FactRef, InSet, Node, Rule, Within
from tierwise.core.types import NumberType
from tierwise.plugins.sql_engine.disjoint import are_disjoint

OTHER = FactRef("other", NumberType(2))


def rule(*tests: Node | None) -> Rule:
    """Return a rule with these tests."""
    return Rule("r", tests, (grade("A"),))


@pytest.mark.parametrize(
    ("left", "right", "is_proved"),
    [
        (is_in(SIZE, "large"), is_in(SIZE, "small", "medium"), True),
        (is_in(SIZE, "large"), is_in(SIZE, "small", "large"), False),
        (interval(USAGE, "[1..2)"), interval(USAGE, "[2..3]"), True),
        (interval(USAGE, "[1..2]"), interval(USAGE, "[2..3]"), False),
        (interval(USAGE, "[1..2]"), interval(OTHER, "[5..6]"), False),
        (compare(USAGE, "<", 2), compare(USAGE, ">=", 2), True),
        (compare(USAGE, "<=", 2), compare(USAGE, ">=", 2), False),
        (compare(USAGE, "=", 2), interval(USAGE, "(2..3]"), True),
        (compare(USAGE, "=", 3), interval(USAGE, "(2..3]"), False),
        (compare(USAGE, "!=", 3), compare(USAGE, "=", 3), False),
        (InSet(USAGE, (None,)), interval(USAGE, "(2..3]"), True),
        (InSet(USAGE, (None, Decimal(3))), interval(USAGE, "(2..3]"), False),
        (Within(USAGE, None, constant(2), False, True), Within(USAGE, constant(3), None, True, False), True),
        (Within(USAGE, None, OTHER, False, True), Within(USAGE, constant(3), None, True, False), False),
        (Compare("=", USAGE, Constant(None, NumberType())), compare(USAGE, ">", 1), True),
        (None, compare(USAGE, ">", 1), False),
    ],
)
def test_disjointness_is_proved_from_one_column(left: Node | None, right: Node | None, is_proved: bool) -> None:
    assert are_disjoint(rule(left), rule(right)) is is_proved
    assert are_disjoint(rule(right), rule(left)) is is_proved


def test_one_column_is_enough() -> None:
    same = compare(OTHER, ">", 1)

    assert are_disjoint(rule(same, is_in(SIZE, "large")), rule(same, is_in(SIZE, "small")))
