"""Nodes of the plan can be compared and looked up, and tell their type and children."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, get_args

import pytest

from tierwise.core.plan import Agree, Compare, Constant, FactRef, Node, Not, ReadingRef
from tierwise.core.types import BooleanType, EnumType, ListType, MapType, NumberType, RecordType, TextType, Type

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


def test_every_node_has_a_type() -> None:
    assert [node.__name__ for node in get_args(Node) if "type" not in dir(node)] == []


def test_a_condition_is_true_or_false_and_a_reading_is_one_of_its_words() -> None:
    one = Constant(Decimal(1), NumberType())

    assert Not(Compare("<", one, one)).type == BooleanType()
    assert ReadingRef("period", ("calendar", "rolling")).type == EnumType(("calendar", "rolling"))


def test_children_are_the_nodes_inside_also_those_beside_words_and_none_where_a_part_is_left_out() -> None:
    classes, one, two = FactRef("classes", TextType()), Constant(Decimal(1), NumberType()), Constant(Decimal(2), NumberType())

    assert Agree(classes, (("x", one), ("y", two)), None, NumberType()).children == (classes, one, two)
    assert Constant((one.value, two.value), ListType(NumberType())).children == ()
