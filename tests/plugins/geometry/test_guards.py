"""What is sure where a condition is met or is not: which values are not none, and which are not 0."""

from __future__ import annotations

import pytest

from tests.plans import SAFE, SIZE, USAGE, compare, interval, is_in
from tierwise.core.plan import Conditional, Logic, Node, Not
from tierwise.core.types import NumberType
from tierwise.plugins.geometry.guards import guarded, sure_where

THERE, NOT_ZERO = {USAGE}, {USAGE}
NOTHING: set[Node] = set()


@pytest.mark.parametrize(
    ("condition", "is_met", "there", "not_zero"),
    [
        (compare(USAGE, ">", 5), True, THERE, NOT_ZERO),
        (compare(USAGE, ">", 5), False, NOTHING, NOTHING),  # 0, or none
        (compare(USAGE, ">=", 0), True, THERE, NOTHING),
        (compare(USAGE, ">=", 0), False, NOTHING, NOT_ZERO),  # less, or none
        (compare(USAGE, "!=", 0), True, NOTHING, NOT_ZERO),
        (compare(USAGE, "!=", 0), False, THERE, NOTHING),
        (is_in(USAGE, None), False, THERE, NOTHING),
        (interval(USAGE, "[1..2]"), True, THERE, NOT_ZERO),
        (interval(USAGE, "[0..2]"), True, THERE, NOTHING),
        (interval(USAGE, "[0..2]"), False, NOTHING, NOT_ZERO),
        (Not(compare(USAGE, "<=", 5)), False, THERE, NOTHING),
        (Logic("and", (SAFE, compare(USAGE, ">", 5))), True, {SAFE, USAGE}, NOT_ZERO),
        (Logic("and", (SAFE, compare(USAGE, "!=", 0))), False, NOTHING, NOTHING),
        (Logic("or", (compare(USAGE, ">", 5), compare(USAGE, "<", 0))), True, THERE, NOT_ZERO),
        (Logic("or", (SAFE, compare(USAGE, ">", 5))), True, NOTHING, NOTHING),
        (SAFE, True, {SAFE}, NOTHING),
    ],
    ids=lambda given: str(given) if isinstance(given, bool) else "nodes",  # the repr of a set has no order: workers would name tests apart
)
def test_what_is_sure_where_a_condition_is_met_or_not(condition: Node, is_met: bool, there: set[Node], not_zero: set[Node]) -> None:
    found = sure_where(condition, is_met)

    assert found.there == there
    assert found.not_zero == not_zero


def test_what_stands_beside_a_part_or_decides_about_it_is_sure_of_it() -> None:
    known = compare(USAGE, "!=", None)
    beside = Logic("and", (known, SAFE))
    branches = Conditional(known, USAGE, SIZE, NumberType())

    assert {part: sure.there for part, sure in guarded(beside)}[SAFE] == {USAGE}
    assert [(part, set(sure.there)) for part, sure in guarded(branches) if part in (USAGE, SIZE)] == [
        (USAGE, set()),  # in the condition itself
        (USAGE, {USAGE}),
        (SIZE, set()),
    ]
