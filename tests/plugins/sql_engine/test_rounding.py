"""An exact quotient is rounded in whole numbers as the reference engine rounds it, or it is unknown."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plugins.sql_engine.evaluating import UNKNOWN, fresh, told, worked_out
from tierwise.core.meaning.exact import round_to
from tierwise.core.plan import RoundMode
from tierwise.core.types import NumberType
from tierwise.plugins.sql_engine.numbers import Ratio
from tierwise.plugins.sql_engine.rounding import round_ratio, unscaled
from tierwise.plugins.sql_engine.terms import constant

ANY = NumberType(None)
MODES: list[RoundMode] = ["up", "down", "half up", "half down", "half even", "floor", "ceiling"]
HALVES = [Decimal(n) / 4 for n in range(-7, 8)]
PARTS = st.decimals(allow_nan=False, allow_infinity=False, places=3, min_value=-(10**12), max_value=10**12)


@pytest.mark.parametrize("mode", MODES)
def test_every_half_goes_where_its_mode_says(mode: RoundMode) -> None:
    layers = fresh()
    rounded = [round_ratio(Ratio(constant(n, ANY)), 0, mode, NumberType(0), layers) for n in HALVES]

    assert list(worked_out([r.sql for r in rounded], layers)) == [round_to(n, 0, mode) for n in HALVES]


@pytest.mark.parametrize("mode", MODES)
@settings(max_examples=10, deadline=None)
@given(above=PARTS, below=PARTS, scale=st.integers(0, 6))
def test_a_quotient_is_rounded_as_the_reference_engine_does(mode: RoundMode, above: Decimal, below: Decimal, scale: int) -> None:
    layers = fresh()
    rounded = round_ratio(Ratio(constant(above, ANY), constant(below, ANY)), scale, mode, NumberType(scale), layers)

    exact = round_to(Fraction(above) / Fraction(below), scale, mode) if below else UNKNOWN
    assert told(rounded, layers) == exact


def test_a_number_of_fewer_digits_stays_as_it_is() -> None:
    plain = constant(Decimal("1.5"), ANY)

    assert round_ratio(Ratio(plain), 2, "half up", ANY, fresh()) == plain


def test_a_number_is_written_in_its_smallest_units() -> None:
    units = unscaled(constant(Decimal("-12.34"), ANY), 3)

    assert units is not None
    assert worked_out([units[0]]) == (-1_234_000,)
    assert unscaled(constant(Decimal("9" * 38), ANY), 33) is None
