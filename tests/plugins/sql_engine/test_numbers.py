"""Arithmetic on decimals is exact or unknown: nothing is rounded and nothing overflows."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Context, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plugins.sql_engine.evaluating import UNKNOWN, told, worked_out
from tierwise.core.plan import CompareOp
from tierwise.core.types import NumberType
from tierwise.plugins.sql_engine.numbers import Ratio, add, common, compare, compare_ratios, multiply, subtract
from tierwise.plugins.sql_engine.terms import Term, constant, unknown

ANY = NumberType(None)
EXACT = Context(prec=200)
NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, places=4, min_value=-(10**18), max_value=10**18)
WAYS: dict[str, tuple[Callable[[Term, Term], Term], Callable[[Decimal, Decimal], Decimal]]] = {
    "+": (lambda a, b: add([a, b], ANY), EXACT.add),
    "-": (lambda a, b: subtract(a, b, ANY), EXACT.subtract),
    "*": (lambda a, b: multiply([a, b], ANY), EXACT.multiply),
}


def term(number: Decimal | int | str) -> Term:
    """Return a literal."""
    return constant(Decimal(number), ANY)


@pytest.mark.parametrize("way", WAYS)
@settings(max_examples=20, deadline=None)
@given(left=NUMBERS, right=NUMBERS)
def test_a_result_is_exact_or_unknown(way: str, left: Decimal, right: Decimal) -> None:
    in_sql, exact = WAYS[way]

    assert told(in_sql(term(left), term(right))) in (exact(left, right), UNKNOWN)


def test_what_fits_is_told() -> None:
    assert told(add([term("0.10"), term("9.9"), term(-10)], ANY)) == 0
    assert told(multiply([term("-0.5"), term("0.5"), term(4)], ANY)) == -1
    assert told(subtract(term(1), term("0.0000001"), ANY)) == Decimal("0.9999999")


def test_too_many_digits_are_unknown_instead_of_wrong() -> None:
    huge = term("9" * 30)

    assert told(multiply([huge, huge], ANY)) == UNKNOWN
    assert common([huge, term("0." + "1" * 33)]) is None
    assert worked_out([compare("<", term("0." + "1" * 30), huge)]) == (None,)
    assert told(add([huge] * 11, ANY)) == EXACT.multiply(Decimal("9" * 30), Decimal(11))


@pytest.mark.parametrize(("op", "holds"), [("<", True), ("<=", True), ("=", False), ("!=", True), (">", False), (">=", False)])
def test_numbers_of_different_scales_compare_exactly(op: CompareOp, holds: bool) -> None:
    assert worked_out([compare(op, term("0.1"), term("0.10000000000000000001"))]) == (holds,)


@pytest.mark.parametrize(
    ("left", "op", "right", "holds"),
    [
        (("1", "3"), ">", ("3333", "10000"), True),
        (("-1", "3"), "<", ("-3333", "10000"), True),
        (("1", "-3"), "<", ("-3333", "10000"), True),
        (("2", "4"), "=", ("1", "2"), True),
        (("1", "0"), ">=", ("1", "2"), False),
        (("1", "0"), "!=", ("1", "2"), False),
    ],
)
def test_quotients_compare_by_cross_multiplication(left: tuple[str, str], op: CompareOp, right: tuple[str, str], holds: bool) -> None:
    sides = [Ratio(term(above), term(below)) for above, below in (left, right)]

    assert worked_out([compare_ratios(op, *sides)]) == (holds,)


def test_a_quotient_with_an_unknown_part_is_unknown() -> None:
    missing = unknown(NumberType(0))

    assert worked_out([compare_ratios("<", Ratio(term(1), missing), Ratio(term(1)))]) == (None,)
