"""Exact arithmetic, rounding and comparison."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, ROUND_UP, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierwise.core.meaning.exact import add, compare, equal, multiply, quotient, round_to, subtract
from tierwise.core.values import Duration

MODES = {
    "up": ROUND_UP,
    "down": ROUND_DOWN,
    "half up": ROUND_HALF_UP,
    "half down": ROUND_HALF_DOWN,
    "half even": ROUND_HALF_EVEN,
    "floor": ROUND_FLOOR,
    "ceiling": ROUND_CEILING,
}


@given(st.decimals(-1000, 1000, places=3), st.integers(0, 3), st.sampled_from(sorted(MODES)))
def test_rounding_is_that_of_exact_decimals(number: Decimal, scale: int, mode: str) -> None:
    assert round_to(number, scale, mode) == number.quantize(Decimal(1).scaleb(-scale), rounding=MODES[mode])


def test_a_quotient_is_rounded_and_compared_exactly() -> None:
    third = quotient(Decimal(1), Decimal(3))
    assert third == Fraction(1, 3)
    assert round_to(third, 4, "half up") == Decimal("0.3333")
    assert compare("<", Decimal("0." + "3" * 60), third)
    assert compare(">=", quotient(Decimal("-0.5"), Decimal(-5)), Decimal("0.1"))
    assert equal(quotient(Decimal(1), Decimal(4)), Decimal("0.25"))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=10, min_value=-(10**20), max_value=10**20), st.integers(-999, 999))
def test_sums_and_products_are_never_rounded(number: Decimal, other: int) -> None:
    assert add(number, Decimal(other)) == Fraction(number) + other
    assert multiply(number, Decimal(other)) == Fraction(number) * other
    assert subtract(number, Decimal(other)) == Fraction(number) - other


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (add(date(2026, 1, 31), Duration(months=1)), date(2026, 2, 28)),
        (add(Duration.of_days(1), date(2026, 12, 31)), date(2027, 1, 1)),
        (add(date(9999, 12, 31), Duration.of_days(1)), None),
        (subtract(date(1, 1, 1), Duration(months=1)), None),
        (add(date(2026, 1, 1), Duration(seconds=10**15)), None),
        (subtract(date(2026, 3, 1), date(2026, 2, 1)), Duration.of_days(28)),
        (subtract(datetime(2026, 1, 1, 12), date(2026, 1, 1)), Duration(seconds=43_200)),
        (add(Duration(months=1), Duration(months=2)), Duration(months=3)),
        (add(Duration(months=1), Duration.of_days(1)), None),
        (multiply(Duration.of_days(7), Decimal(2)), Duration.of_days(14)),
        (multiply(Duration.of_days(7), Decimal("1.5")), None),
        (add(None, Decimal(1)), None),
        (quotient(Decimal(1), Decimal(0)), None),
        (round_to(None, 2, "up"), None),
        (multiply(Decimal("1E+999000"), Decimal("1E+999000")), None),
    ],
)
def test_what_is_undefined_is_none(result: Any, expected: Any) -> None:
    assert result == expected


@pytest.mark.parametrize(
    ("op", "left", "right", "expected"),
    [
        ("<", None, Decimal(1), False),
        (">=", Decimal(1), None, False),
        ("<", Duration(months=1), Duration.of_days(60), False),
        (">", Duration(months=1), Duration.of_days(1), False),
        ("<=", Duration(), Duration(months=1), True),
        ("<", date(2026, 1, 1), datetime(2026, 1, 1, 0, 0, 1), True),
        ("<", "a", Decimal(1), False),
    ],
)
def test_what_has_no_order_does_not_compare(op: str, left: Any, right: Any, expected: bool) -> None:
    assert compare(op, left, right) is expected


@pytest.mark.parametrize(
    ("left", "right", "unordered", "expected"),
    [
        (None, None, False, True),
        (None, Decimal(0), False, False),
        (True, Decimal(1), False, False),
        (("a", "b"), ("b", "a"), True, True),
        (("a", "b"), ("b", "a"), False, False),
        (Decimal("1.0"), Decimal(1), False, True),
    ],
)
def test_equality(left: Any, right: Any, unordered: bool, expected: bool) -> None:
    assert equal(left, right, unordered) is expected
