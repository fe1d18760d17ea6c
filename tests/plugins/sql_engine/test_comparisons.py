"""Comparisons with none are false but for ``=`` and ``!=``; sets have no order; what SQL cannot compare is unknown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.plugins.sql_engine.evaluating import NONE, UNKNOWN, number, told, truth, worked_out
from tierwise.core.plan import CompareOp
from tierwise.core.types import DurationType, EnumType, ListType, NumberType, RecordType, SetType, TextType, Type
from tierwise.plugins.sql_engine.comparisons import choose, compare, with_none
from tierwise.plugins.sql_engine.terms import constant, unknown

WORDS = SetType(EnumType(("a", "b")))


@pytest.mark.parametrize(
    ("op", "left", "right", "holds"),
    [
        ("=", NONE, NONE, True),
        ("!=", NONE, NONE, False),
        ("=", NONE, "1", False),
        ("!=", "1", NONE, True),
        ("<", NONE, "1", False),
        (">=", NONE, NONE, False),
        ("=", NONE, UNKNOWN, None),
        ("<", UNKNOWN, "1", None),
        ("<=", "1", "1.00", True),
    ],
)
def test_none_equals_none_only(op: CompareOp, left: str, right: str, holds: bool | None) -> None:
    a, b = number(left), number(right)

    assert worked_out([with_none(op, a, b, compare(op, a, b))]) == (holds,)


@pytest.mark.parametrize(
    ("op", "type", "left", "right", "holds"),
    [
        ("=", WORDS, ("a", "b"), ("b", "a"), True),
        ("=", ListType(TextType()), ("a", "b"), ("b", "a"), False),
        ("!=", WORDS, ("a",), ("a", "b"), True),
        ("<", WORDS, ("a",), ("a", "b"), None),
        ("=", ListType(DurationType()), (), (), None),
        ("<", TextType(), "a", "b", True),
    ],
)
def test_sets_compare_without_order(op: CompareOp, type: Type, left: Any, right: Any, holds: bool | None) -> None:
    assert worked_out([compare(op, constant(left, type), constant(right, type))]) == (holds,)


def test_records_are_left_to_the_reference_engine() -> None:
    record = unknown(RecordType((("a", TextType()),)))

    assert worked_out([compare("=", record, record)]) == (None,)


def test_a_choice_brings_numbers_to_one_type_and_keeps_none_apart() -> None:
    options = [(truth(False), number("1")), (truth(True), constant(Decimal("12345.678"), NumberType(3)))]

    assert told(choose(options, NumberType(3))) == Decimal("12345.678")
    assert told(choose([(truth(True), number(NONE)), (truth(True), number("2"))], NumberType(2))) == NONE
    assert told(choose([(truth(None), number("2"))], NumberType(2))) == UNKNOWN
    assert told(choose([(truth(None), number("2"))], NumberType(2), number("3"))) == 3


def test_numbers_without_a_common_type_are_unknown() -> None:
    wide, fine = (constant(Decimal(text), NumberType()) for text in ("9" * 30, "0." + "1" * 30))

    assert told(choose([(truth(True), wide), (truth(False), fine)], NumberType())) == UNKNOWN
