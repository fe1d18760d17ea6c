"""What is made of a list is unknown as soon as an item leaves it open, unless another item decides."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

import pytest
from sqlglot import exp

from tests.plugins.sql_engine.evaluating import NONE, UNKNOWN, told
from tierwise.core.types import ListType, NumberType
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine import lists
from tierwise.plugins.sql_engine.terms import constant, none_term

NUMBERS = ListType(NumberType(0))
ITEM = sql.column("i0")
OPEN_AT_ZERO = sql.call("nullif", ITEM, sql.integer(0))  # stands for an item: unknown where it is 0


def over(body: Sql) -> Sql:
    """Return a lambda over the items."""
    return sql.lambda_of("i0", body)


def items(*values: int) -> Any:
    """Return a list of numbers."""
    return constant(tuple(map(Decimal, values)), NUMBERS)


POSITIVE = sql.binary(exp.GT, OPEN_AT_ZERO, sql.integer(0))


@pytest.mark.parametrize(("values", "kept"), [((3, -1, 2), (3, 2)), ((), ()), ((3, 0), UNKNOWN)])
def test_a_filter_needs_the_test_of_every_item(values: Sequence[int], kept: Any) -> None:
    assert told(lists.filtered(items(*values), over(POSITIVE), over(sql.is_null(POSITIVE)), NUMBERS)) == kept


@pytest.mark.parametrize(("values", "made"), [((3, -1), (6, -2)), ((), ()), ((3, 0), UNKNOWN)])
def test_what_is_made_of_each_item_must_be_known(values: Sequence[int], made: Any) -> None:
    doubled = sql.binary(exp.Mul, OPEN_AT_ZERO, sql.integer(2))

    assert told(lists.projected(items(*values), over(doubled), NUMBERS)) == made


@pytest.mark.parametrize(
    ("op", "values", "holds"),
    [
        ("some", (0, 1), True),
        ("some", (0, -1), UNKNOWN),
        ("some", (), False),
        ("every", (0, -1), False),
        ("every", (0, 1), UNKNOWN),
        ("every", (), True),
    ],
)
def test_one_item_may_decide_though_others_are_open(op: Literal["some", "every"], values: Sequence[int], holds: Any) -> None:
    decisive = POSITIVE if op == "some" else sql.negate(POSITIVE)

    assert told(lists.quantified(op, items(*values), over(decisive), over(sql.is_null(POSITIVE)))) == holds


def test_of_none_none_is_made() -> None:
    none = none_term(NUMBERS)

    assert told(lists.filtered(none, over(POSITIVE), over(sql.is_null(POSITIVE)), NUMBERS)) == NONE
    assert told(lists.projected(none, over(ITEM), NUMBERS)) == NONE


@pytest.mark.parametrize(("op", "holds"), [("some", False), ("every", True)])
def test_none_has_no_items(op: Literal["some", "every"], holds: bool) -> None:
    assert told(lists.quantified(op, none_term(NUMBERS), over(POSITIVE), over(sql.is_null(POSITIVE)))) == holds
