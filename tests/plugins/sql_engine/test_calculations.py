"""Computing is none where a part is none and all are known; a function without SQL is left to the reference engine."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.plugins.sql_engine.evaluating import AMOUNT, NONE, UNKNOWN, fresh, number, term, told
from tierwise.core.environment import Function
from tierwise.core.types import DateTimeType, DateType, DurationType, ListType, NumberType, SetType, TextType, Type
from tierwise.core.values import Duration
from tierwise.plugins.builtin.functions.by_subject import BUILTIN_FUNCTIONS
from tierwise.plugins.sql_engine import calculations
from tierwise.plugins.sql_engine.calculations import Operator
from tierwise.plugins.sql_engine.numbers import Ratio
from tierwise.plugins.sql_engine.terms import Term

ANY = NumberType(None)
DAY, LENGTH = term(date(2024, 1, 31), DateType()), term(Duration(months=1), DurationType())


@pytest.mark.parametrize(
    ("op", "parts", "result"),
    [
        ("+", ("1", "2.5", "-1"), Decimal("2.5")),
        ("-", ("1", "2.5"), Decimal("-1.5")),
        ("*", ("2", "2.5"), 5),
        ("+", ("1", NONE), NONE),
        ("*", (NONE, NONE), NONE),
        ("+", (NONE, UNKNOWN), UNKNOWN),
        ("-", ("1",), UNKNOWN),
    ],
)
def test_none_in_none_out(op: Operator, parts: tuple[str, ...], result: Any) -> None:
    assert told(calculations.calculate(op, [number(part) for part in parts], ANY, fresh())) == result


@pytest.mark.parametrize(
    ("left", "op", "right", "result"),
    [
        (DAY, "+", LENGTH, date(2024, 2, 29)),
        (LENGTH, "+", DAY, date(2024, 2, 29)),
        (DAY, "-", LENGTH, date(2023, 12, 31)),
        (DAY, "-", DAY, Duration()),
        (LENGTH, "-", LENGTH, Duration()),
        (LENGTH, "*", term(Decimal(3), NumberType(0)), Duration(months=3)),
        (term(Decimal(3), NumberType(0)), "*", LENGTH, Duration(months=3)),
        (LENGTH, "*", term(Decimal("1.5"), NumberType(1)), UNKNOWN),
        (LENGTH, "-", DAY, UNKNOWN),
        (DAY, "-", term(UNKNOWN, DateTimeType()), UNKNOWN),
        (DAY, "+", DAY, UNKNOWN),
    ],
)
def test_dates_and_durations_go_together_as_the_language_has_it(left: Term, op: Operator, right: Term, result: Any) -> None:
    type = DateType() if isinstance(result, date) else DurationType()
    layers = fresh()

    assert told(calculations.calculate(op, [left, right], type, layers), layers) == result


@pytest.mark.parametrize(
    ("above", "below", "result"), [("1", "8", Decimal("0.1")), ("1", "0", NONE), (NONE, "8", NONE), ("1", UNKNOWN, UNKNOWN)]
)
def test_a_quotient_by_zero_is_none(above: str, below: str, result: Any) -> None:
    layers = fresh()

    assert told(calculations.rounded(Ratio(number(above), number(below)), 1, "half even", NumberType(1), layers), layers) == result


def shout(**sql: str) -> Function:
    """Return a function."""
    return Function("shout", "shout(text) -> text", "", lambda types: TextType(), lambda word: word.upper(), sql)


def test_a_function_is_called_by_its_template() -> None:
    word = term("it's", TextType())

    assert told(calculations.called(shout(duckdb="upper({0}) || {0}"), [word], TextType())) == "IT'Sit's"
    assert told(calculations.called(shout(duckdb="coalesce({0}, 'x')"), [term(UNKNOWN, TextType())], TextType())) == UNKNOWN


def test_a_function_without_a_template_or_a_fixed_scale_is_left_to_the_reference_engine() -> None:
    assert told(calculations.called(shout(other="upper({0})"), [term("a", TextType())], TextType())) == UNKNOWN
    assert told(calculations.called(None, [], TextType())) == UNKNOWN
    assert told(calculations.called(shout(duckdb="1.5"), [], ANY)) == UNKNOWN


@pytest.mark.parametrize(
    ("types", "made"),
    [
        ((ListType(AMOUNT), ListType(AMOUNT)), (Decimal(1), Decimal(1))),
        ((ListType(AMOUNT), ListType(AMOUNT), ListType(AMOUNT)), UNKNOWN),
        ((ListType(AMOUNT), ListType(NumberType(0))), UNKNOWN),
        ((ListType(AMOUNT), SetType(AMOUNT)), UNKNOWN),
    ],
)
def test_a_list_is_made_only_of_as_many_lists_as_the_template_names_and_of_its_own_type(types: tuple[Type, ...], made: Any) -> None:
    joined = BUILTIN_FUNCTIONS["concatenate"]

    assert told(calculations.called(joined, [term((Decimal(1),), type) for type in types], ListType(AMOUNT))) == made
