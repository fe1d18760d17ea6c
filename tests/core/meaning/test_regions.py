"""Atoms cover their domain, each once, and no test can tell two members of an atom apart."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.plans import USAGE, compare, interval
from tierwise.core.meaning.regions import atoms_of, domain_of
from tierwise.core.plan import Compare, Constant, FactRef, InSet, Logic, Not, borders_of
from tierwise.core.types import BooleanType, DateTimeType, DateType, DurationType, EnumType, NumberType, SetType, TextType, Type
from tierwise.core.values import Duration

D = Decimal


@pytest.mark.parametrize(
    ("type", "borders", "representatives"),
    [
        pytest.param(NumberType(2, "元", D(0)), [D(200000), D(300000)], [100000, 200000, 250000, 300000, 600000], id="money"),
        pytest.param(NumberType(0), [D(3), D(4), D(6)], [0, 3, 4, 5, 6, 12], id="no integer between 3 and 4"),
        pytest.param(NumberType(2), [D("0.705")], [D("-0.30"), D("1.70")], id="a border off the scale is no value"),
        pytest.param(NumberType(None), [D("0.1"), D("0.2")], [D("-0.9"), D("0.1"), D("0.15"), D("0.2"), D("1.2")], id="dense"),
        pytest.param(NumberType(1, low=D(0), high=D(100)), [D(0), D(100)], [0, 50, 100], id="borders at min and max"),
        pytest.param(NumberType(0, low=D(1), high=D(5)), [D(0), D(9)], [3], id="borders outside min and max"),
        pytest.param(NumberType(0, low=D(1), high=D(1)), [], [1], id="one value only"),
        pytest.param(NumberType(None, high=D(5)), [D(5)], [0, 5], id="dense, border at max"),
        pytest.param(DateType(), [date(2024, 1, 1)], [date(2023, 1, 1), date(2024, 1, 1), date(2024, 12, 31)], id="dates"),
        pytest.param(DateType(), [date.min, date(1, 1, 2)], [date.min, date(1, 1, 2), date(2, 1, 2)], id="the first day"),
        pytest.param(DateType(), [date.max], [date(9998, 12, 31), date.max], id="the last day"),
        pytest.param(DurationType(), [Duration(months=3)], [Duration(), Duration(months=3), Duration(months=6)], id="months"),
        pytest.param(DurationType(), [Duration.of_days(7)], [Duration(), Duration.of_days(7), Duration.of_days(14)], id="days"),
        pytest.param(BooleanType(), [], [True, False], id="boolean"),
        pytest.param(EnumType(("A", "B")), ["B"], ["A", "B"], id="enum"),
        pytest.param(TextType(), ["other", "x", "x"], ["other", "x", "other…"], id="text: the compared ones and any other"),
    ],
)
def test_a_domain_falls_into_points_and_the_pieces_between_them(type: Type, borders: list[Any], representatives: list[Any]) -> None:
    atoms = domain_of(type, borders).atoms

    assert [atom.value for atom in atoms] == representatives


def test_a_nullable_domain_ends_with_none() -> None:
    atoms = atoms_of(BooleanType(), (), nullable=True)

    assert [atom.value for atom in atoms] == [True, False, None]


def test_only_constants_of_the_column_are_borders_when_one_is_named() -> None:
    other = FactRef("other", NumberType(0))
    test = Logic("and", (compare(USAGE, ">", 5), Not(compare(other, "<", 7)), InSet(USAGE, (D(9),)), interval(USAGE, "[1..2)")))

    assert list(borders_of(test, USAGE)) == [5, 9, 1, 2]
    assert list(borders_of(test)) == [5, 7, 9, 1, 2]
    assert list(borders_of(Compare("<", Constant(D(3), NumberType(0)), USAGE), USAGE)) == [3]


def test_borders_of_another_kind_are_ignored() -> None:
    assert len(domain_of(NumberType(0), [True, "x", date(2024, 1, 1), None]).atoms) == 1
    assert len(domain_of(DateType(), [datetime(2024, 1, 1), D(3)]).atoms) == 1
    assert len(domain_of(DateTimeType(), [datetime(2024, 1, 1)]).atoms) == 3


def test_what_cannot_be_known_is_none() -> None:
    of_days = domain_of(DurationType(), [Duration.of_days(7)])

    assert of_days.where("<", Duration(months=1)) is None
    assert domain_of(SetType(TextType()), []).where("=", ("a",)) is None
    assert domain_of(TextType(), ["a"]).where("<", "a") is None


def test_comparisons_with_none_are_false_and_equality_is_not() -> None:
    domain = domain_of(NumberType(0), [D(1)], nullable=True)

    assert domain.where("<", None) == 0
    assert domain.where("=", None) == 0b1000
    assert domain.where("!=", None) == 0b0111
    assert domain.where("!=", D(1)) == 0b1101


PYTHON = {"=": "__eq__", "!=": "__ne__", "<": "__lt__", "<=": "__le__", ">": "__gt__", ">=": "__ge__"}
scaled = st.integers(-40, 40).map(lambda n: D(n) / 4)


@settings(max_examples=100)
@given(
    scale=st.sampled_from([0, 1, 2, None]),
    borders=st.lists(scaled, max_size=5),
    value=st.integers(-1200, 1200),
    op=st.sampled_from(list(PYTHON)),
)
def test_every_value_lies_in_one_atom_and_compares_as_its_representative(
    scale: int | None, borders: list[Decimal], value: int, op: str
) -> None:
    domain = domain_of(NumberType(scale, low=D(-10)), borders)
    number = D(value).scaleb(-(2 if scale is None else scale))
    atoms: Any = domain.atoms
    holding = [
        i
        for i, atom in enumerate(atoms)
        if (number == atom.value if atom.point else (atom.low is None or number > atom.low) and (atom.high is None or number < atom.high))
    ]

    assert len(holding) == 1 or number < -10
    for border in borders if holding else []:
        expected = getattr(number, PYTHON[op])(border)
        where = domain.where(op, border)
        assert where is not None
        assert bool(where >> holding[0] & 1) == expected
        assert getattr(domain.atoms[holding[0]].value, PYTHON[op])(border) == expected


@settings(max_examples=50)
@given(st.sampled_from([0, 1, 2]), st.lists(scaled, max_size=5))
def test_representatives_are_real_values_in_order(scale: int, borders: list[Decimal]) -> None:
    values: list[Any] = [atom.value for atom in domain_of(NumberType(scale, low=D(-10), high=D(10)), borders).atoms]

    assert values == sorted(set(values))
    assert all(value == round(value, scale) and -10 <= value <= 10 for value in values)
