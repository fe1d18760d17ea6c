"""What is a value of a type, and in which words it is said that something is none."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from tierwise.core.language.type_rules import misfit
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from tierwise.core.values import Duration

GRADES = EnumType(("A", "B"))
RECORD = RecordType((("n", NumberType(0)), ("w", GRADES)))
BOUNDED = NumberType(2, low=Decimal(0), high=Decimal(100))

FITS: list[tuple[Any, Type]] = [
    *((None, type_) for type_ in (NumberType(0), GRADES, RECORD, ListType(GRADES))),
    (Decimal("1.5"), NumberType(2)),
    (Decimal("1.500"), NumberType(1)),
    (Decimal("1E+3"), NumberType(0)),
    (Decimal("0.1234567"), NumberType()),
    (Decimal(100), BOUNDED),
    (True, BooleanType()),
    (date(2026, 1, 1), DateType()),
    (datetime(2026, 1, 1, 9), DateTimeType()),
    (Duration(months=1), DurationType()),
    ("", TextType()),
    ("A", GRADES),
    (("A", "A"), ListType(GRADES)),
    (("A", "B"), SetType(GRADES)),
    ({"n": Decimal(1)}, RECORD),
    ({}, RECORD),
    ({"x": Decimal(1)}, MapType(NumberType(0))),
]
FITS_NOT: list[tuple[Any, Type, str]] = [
    ("abc", NumberType(0), "`'abc'`, where a `Decimal` is needed"),
    (0.30000000000000004, NumberType(), "`0.30000000000000004`, where a `Decimal` is needed"),
    (1, NumberType(0), "`1`, where a `Decimal` is needed"),
    (True, NumberType(0), "`True`, where a `Decimal` is needed"),
    (Fraction(1, 3), NumberType(), "`Fraction(1, 3)`, where a `Decimal` is needed"),
    (Decimal("NaN"), NumberType(), "`Decimal('NaN')`, where a finite number is needed"),
    (Decimal("-Infinity"), NumberType(2), "`Decimal('-Infinity')`, where a finite number is needed"),
    (Decimal("1.123456"), NumberType(2), "`Decimal('1.123456')`, where a number of scale 2 is needed"),
    (Decimal("100.01"), BOUNDED, "`Decimal('100.01')`, where a number within its bounds is needed"),
    (1, BooleanType(), "`1`, where `True` or `False` is needed"),
    ("true", BooleanType(), "`'true'`, where `True` or `False` is needed"),
    (datetime(2026, 1, 1), DateType(), "`datetime.datetime(2026, 1, 1, 0, 0)`, where a `date` is needed"),
    ("2026-01-01", DateType(), "`'2026-01-01'`, where a `date` is needed"),
    (date(2026, 1, 1), DateTimeType(), "`datetime.date(2026, 1, 1)`, where a `datetime` without a zone is needed"),
    (7, DurationType(), "`7`, where a `Duration` is needed"),
    (b"x", TextType(), "`b'x'`, where a `str` is needed"),
    (True, GRADES, "`True`, where one of A, B is needed"),
    ("C", GRADES, "`'C'`, where one of A, B is needed"),
    (["A"], ListType(GRADES), "`['A']`, where a `tuple` is needed"),
    (("A", "C"), ListType(GRADES), "a list that holds `'C'`, where one of A, B is needed"),
    (("A", None), ListType(GRADES), "a list that holds `None` in it"),
    (("A", "A"), SetType(GRADES), "`('A', 'A')`, where a set without repeats is needed"),
    ({"m": Decimal(1)}, RECORD, "a mapping with the key `m`, which is not declared"),
    ({"n": 1}, RECORD, "a mapping whose `n` is `1`, where a `Decimal` is needed"),
    ({"x": "y"}, MapType(NumberType(0)), "a mapping whose `x` is `'y'`, where a `Decimal` is needed"),
    ({1: Decimal(1)}, MapType(NumberType(0)), "a mapping with the key `1`, which is not declared"),
]


@pytest.mark.parametrize(("value", "type_"), FITS)
def test_a_value_of_a_type_fits_it(value: Any, type_: Type) -> None:
    assert misfit(value, type_) == ""


@pytest.mark.parametrize(("value", "type_", "said"), FITS_NOT)
def test_anything_else_is_told(value: Any, type_: Type, said: str) -> None:
    assert misfit(value, type_) == said


def test_a_moment_with_a_zone_is_none_without() -> None:
    assert misfit(datetime(2026, 1, 1, tzinfo=UTC), DateTimeType()).endswith("where a `datetime` without a zone is needed")


def test_what_is_long_is_cut() -> None:
    assert len(misfit("x" * 10_000, NumberType(0))) < 150
