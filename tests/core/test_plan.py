"""Nodes of the plan can be compared and looked up."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tierwise.core.plan import Constant
from tierwise.core.types import ListType, MapType, NumberType, RecordType, TextType, Type

NUMBERS = MapType(NumberType(1))
RECORDS = ListType(RecordType((("grade", TextType()), ("shares", NUMBERS))))


@pytest.mark.parametrize(
    ("type_", "left", "right"),
    [
        (NUMBERS, {"a": Decimal("1.0"), "b": Decimal(2)}, {"b": Decimal("2.0"), "a": Decimal(1)}),
        (RECORDS, ({"grade": "A", "shares": {"x": Decimal(1)}},), ({"shares": {"x": Decimal("1.0")}, "grade": "A"},)),
        (TextType(), "A", "A"),
    ],
)
def test_constants_that_are_equal_have_the_same_hash_also_maps_and_records(type_: Type, left: Any, right: Any) -> None:
    assert Constant(left, type_) == Constant(right, type_)
    assert hash(Constant(left, type_)) == hash(Constant(right, type_))
