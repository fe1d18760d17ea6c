"""A share is read exactly, or left to the policy language."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tierwise.plugins.builtin.kinds.shared_keys import share_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [("5%", "0.05"), ("0.05", "0.05"), (" 12.5 % ", "0.125"), ("5％", "0.05"), ("0%", "0"), ("100%", "1"), ("1.05", "1.05")],
)
def test_a_share_is_a_number(text: str, expected: str) -> None:
    assert share_of(text) == Decimal(expected)


@pytest.mark.parametrize("text", ["discount_of_a", "5% + 1%", "", "%", "NaN", "Infinity", "五成"])
def test_anything_else_is_an_expression(text: str) -> None:
    assert share_of(text) is None
