"""A constant of the policy language is the same value in DuckDB, or unknown; never another."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.plugins.sql_engine.evaluating import NONE, UNKNOWN, told, worked_out
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from tierwise.core.values import Duration
from tierwise.plugins.sql_engine.terms import MOST_DIGITS, constant, none_term, number_of, unknown

EXACT: list[tuple[Any, Type]] = [
    (Decimal("-0.05"), NumberType(2)),
    (Decimal("1E+3"), NumberType(0)),
    (Decimal("9" * MOST_DIGITS), NumberType(0)),
    (Decimal("0." + "0" * 36 + "1"), NumberType(37)),
    (True, BooleanType()),
    ("it's -- no comment", TextType()),
    ("甲", EnumType(("甲",))),
    (date(1, 1, 1), DateType()),
    (date(9999, 12, 31), DateType()),
    (datetime(2026, 1, 1, 23, 59, 59, 1), DateTimeType()),
    (Duration(months=-3), DurationType()),
    ((), ListType(DateType())),
    (("b", "a"), SetType(EnumType(("a", "b")))),
]
LEFT_OPEN: list[tuple[Any, Type]] = [
    (Decimal("9" * (MOST_DIGITS + 1)), NumberType(0)),
    ("a\0b", TextType()),
    (("a\0b",), ListType(TextType())),
    ({"a": Decimal(1)}, RecordType((("a", NumberType(0)),))),
]


@pytest.mark.parametrize(("value", "type"), EXACT, ids=repr)
def test_a_constant_is_exact(value: Any, type: Type) -> None:
    assert told(constant(value, type)) == value


@pytest.mark.parametrize(("value", "type"), LEFT_OPEN, ids=repr)
def test_what_has_no_literal_is_unknown(value: Any, type: Type) -> None:
    assert told(constant(value, type)) == UNKNOWN


def test_none_and_unknown_are_two_things() -> None:
    assert [told(constant(None, DateType())), told(none_term(DateType())), told(unknown(DateType()))] == [NONE, NONE, UNKNOWN]
    assert worked_out([none_term(DateType()).known, unknown(DateType()).known]) == (True, False)


def test_a_number_notes_the_digits_of_its_canonical_type() -> None:
    noted = number_of(unknown(NumberType(2)))

    assert (noted.whole, noted.scale, noted.digits) == (16, 2, 18)
