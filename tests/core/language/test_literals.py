"""Values of a known type: output cells, formulas, lookup values; and literals where no names are."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.core.language.conftest import CUSTOMER, GRADE, ORDER
from tests.showing import show
from tierwise.core.finding import Finding
from tierwise.core.language import Scope, compile_value, read_literal
from tierwise.core.plan import Conditional, Constant, Undecided
from tierwise.core.source import Source, Span
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    SetType,
    TextType,
    Type,
)
from tierwise.core.values import Duration

MONEY = NumberType(2, "元", Decimal(0), Decimal(1000))

GOOD: list[tuple[str, Type, str]] = [
    ("A+", GRADE, "A+"),
    ("tier", GRADE, "tier"),
    ('"B"', GRADE, "B"),
    ("undetermined(lost)", GRADE, "(undetermined lost)"),
    ("undetermined(gap, A+, A)", GRADE, "(undetermined gap A+ A)"),
    ("if active then A else undetermined(vague, A, C)", GRADE, "(if active A (undetermined vague A C))"),
    ("amount", MONEY, "amount"),
    ("12.50", MONEY, "12.5"),
    ("0.1千", MONEY, "100"),
    ("round half up(amount * 0.95, 2)", MONEY, "(round half up 2 (* amount 0.95))"),
    ("true", BooleanType(), "true"),
    ("orders > 3", BooleanType(), "(> orders 3)"),
    ("7天", DurationType(), "P7D"),
    ("as_of + 1 quarter", DateType(), "(+ as_of P3M)"),
    ('"金牌"', TextType(), "金牌"),
    ("grade", TextType(), "grade"),
    ("[商场/店铺, VIP客户]", SetType(CUSTOMER), "[VIP客户,商场/店铺]"),
    ("[]", SetType(CUSTOMER), "[]"),
    ("queue.score", ListType(NumberType(2)), "(each queue item.score)"),
    ("best", ORDER, "best"),
    ("spend", MapType(NumberType(2)), "spend"),
]


@pytest.mark.parametrize(("text", "type_", "expected"), GOOD, ids=[text for text, *_ in GOOD])
def test_a_value_compiles_to_its_node(text: str, type_: Type, expected: str, scope: Scope, whole: Callable[[str], Span]) -> None:
    node, findings = compile_value(text, whole(text), type_, scope)

    assert (show(node), findings) == (expected, [])


BAD: list[tuple[str, Type, str, str]] = [
    ("D", GRADE, "unknown-value", "D"),
    ("客户类别", GRADE, "unknown-value", "客户类别"),
    ("amount", GRADE, "type-mismatch", "amount"),
    ("amount * 1.005", MONEY, "scale-too-fine", "amount * 1.005"),
    ("1.005", MONEY, "scale-too-fine", "1.005"),
    ("1001", MONEY, "out-of-range", "1001"),
    ("-1", MONEY, "out-of-range", "-1"),
    ("days_late", MONEY, "unit-mismatch", "days_late"),
    ("3万", NumberType(2, "万元"), "unit-twice", "3万"),
    ("amount / 2", MONEY, "quotient-without-scale", "amount / 2"),
    ("undetermined(later)", GRADE, "unknown-reason", "later"),
    ("undetermined()", GRADE, "wrong-arguments", "undetermined()"),
    ("undetermined(gap, D)", GRADE, "unknown-value", "D"),
    ("undetermined(gap, tier)", GRADE, "syntax", "tier"),
    ("orders + undetermined(lost)", NumberType(0), "undetermined-inside", "undetermined(lost)"),
    ("null", GRADE, "none-not-allowed", "null"),
    ("gold", TextType(), "unknown-name", "gold"),
    ("[A]", SetType(CUSTOMER), "unknown-value", "A"),
]


@pytest.mark.parametrize(("text", "type_", "code", "part"), BAD, ids=[text for text, *_ in BAD])
def test_a_wrong_value_is_reported(
    text: str, type_: Type, code: str, part: str, scope: Scope, whole: Callable[[str], Span], underlined: Callable[[Finding, str], str]
) -> None:
    node, findings = compile_value(text, whole(text), type_, scope)

    assert node is None
    assert [(f.code, underlined(f, text)) for f in findings] == [(code, part)]


@pytest.mark.parametrize("text", [None, "-", "null"])
def test_none_needs_a_nullable_declaration(text: str | None, scope: Scope, whole: Callable[[str], Span]) -> None:
    span = whole("null")

    assert compile_value(text, span, GRADE, scope, nullable=True) == (Constant(None, GRADE), [])
    assert [f.code for f in compile_value(text, span, GRADE, scope)[1]] == ["none-not-allowed"]


def test_an_if_has_the_declared_type(scope: Scope, whole: Callable[[str], Span]) -> None:
    node, _ = compile_value("if active then A else undetermined(lost)", whole(""), GRADE, scope)

    assert isinstance(node, Conditional) and node.type == GRADE
    assert isinstance(node.no, Undecided) and node.no.type == GRADE


# ---- literals --------------------------------------------------------------------------------------------------------------

LITERALS: list[tuple[Any, Type, Any]] = [
    ("0.10", NumberType(2), Decimal("0.1")),
    ("010", NumberType(0), Decimal(10)),
    ("50万", NumberType(0), Decimal(500000)),
    ("5%", NumberType(2), Decimal("0.05")),
    ("-3", NumberType(0), Decimal(-3)),
    ("true", BooleanType(), True),
    ("2024-01-31", DateType(), date(2024, 1, 31)),
    ("2024-01-31T08:30:00", DateTimeType(), datetime(2024, 1, 31, 8, 30)),
    ("2024-01-31 08:30:00", DateTimeType(), datetime(2024, 1, 31, 8, 30)),
    ("7 days", DurationType(), Duration.of_days(7)),
    ("1 half-year", DurationType(), Duration(months=6)),
    ("P1Y3M", DurationType(), Duration(months=15)),
    ("PT36H", DurationType(), Duration(seconds=129600)),
    ("7", DurationType(), Duration.of_days(7)),
    ("3m", DurationType(), Duration(months=3)),
    ("no", TextType(), "no"),
    ("A+", GRADE, "A+"),
    (" 甲 ", GRADE, "A"),
    ('"B"', GRADE, "B"),
    ("[商场/店铺, VIP客户, VIP客户]", SetType(CUSTOMER), ("VIP客户", "商场/店铺")),
    (["商场/店铺", "VIP客户"], SetType(CUSTOMER), ("VIP客户", "商场/店铺")),
    ("[2024-01-02, 2024-01-01]", ListType(DateType()), (date(2024, 1, 2), date(2024, 1, 1))),
    ("[]", SetType(TextType()), ()),
    ('["a,b", c]', ListType(TextType()), ("a,b", "c")),
    ({"a": "1"}, MapType(NumberType(0)), {"a": Decimal(1)}),
    ({"grade": "A", "score": "1.5"}, ORDER, {"grade": "A", "score": Decimal("1.5")}),
    (None, GRADE, None),
]


@pytest.mark.parametrize(("text", "type_", "expected"), LITERALS, ids=[str(text) for text, *_ in LITERALS])
def test_a_literal_reads_as_its_value(text: Any, type_: Type, expected: Any, whole: Callable[[str], Span]) -> None:
    assert read_literal(text, type_, whole(str(text))) == (expected, [])


WRONG_LITERALS: list[tuple[Any, Type, str]] = [
    ("abc", NumberType(2), "bad-literal"),
    ("", NumberType(2), "bad-literal"),
    ("1 2", NumberType(2), "bad-literal"),
    ("7 days", NumberType(2), "bad-literal"),
    ("500,000", NumberType(2), "number-with-comma"),
    ("1.234", NumberType(2), "scale-too-fine"),
    ("1001", MONEY, "out-of-range"),
    ("3万", NumberType(2, "万元"), "unit-twice"),
    ("yes", BooleanType(), "bad-literal"),
    ("2024-02-30", DateType(), "bad-literal"),
    ("2024-01-31T08:30:00", DateType(), "bad-literal"),
    ("2024-01-31T08:30:00+01:00", DateTimeType(), "bad-literal"),
    ("soon", DurationType(), "bad-literal"),
    ("P", DurationType(), "bad-literal"),
    ("D", GRADE, "unknown-value"),
    ("VIP客户", SetType(CUSTOMER), "bad-literal"),
    ("[D]", SetType(GRADE), "unknown-value"),
    ({"scor": "1"}, ORDER, "unknown-field"),
    ("x", ORDER, "bad-literal"),
    (["1"], NumberType(0), "bad-literal"),
]


@pytest.mark.parametrize(("text", "type_", "code"), WRONG_LITERALS, ids=[f"{text} as {type_}" for text, type_, _ in WRONG_LITERALS])
def test_a_wrong_literal_is_reported(text: Any, type_: Type, code: str, whole: Callable[[str], Span]) -> None:
    value, findings = read_literal(text, type_, whole(str(text)))

    assert (value, [f.code for f in findings]) == (None, [code])


SPAN = Span.at(Source("literal", ""), 1, 1)
NUMBERS = st.decimals(min_value=-(10**15), max_value=10**15, places=4, allow_nan=False, allow_infinity=False)
DURATIONS = st.builds(Duration, months=st.integers(-999, 999)) | st.builds(Duration, seconds=st.integers(-(10**6), 10**6).filter(bool))


@settings(max_examples=100)
@given(NUMBERS)
def test_a_number_reads_back_as_it_was_written(number: Decimal) -> None:
    assert read_literal(f"{number:f}", NumberType(4), SPAN) == (number, [])


@settings(max_examples=100)
@given(st.dates(), st.integers(0, 86_399))
def test_dates_read_back_as_they_were_written(day: date, seconds: int) -> None:
    moment = datetime(day.year, day.month, day.day) + timedelta(seconds=seconds)

    assert read_literal(day.isoformat(), DateType(), SPAN) == (day, [])
    assert read_literal(moment.isoformat(), DateTimeType(), SPAN) == (moment, [])


@settings(max_examples=100)
@given(DURATIONS.filter(lambda d: d.months > 0 or d.seconds > 0))
def test_a_duration_reads_back_as_it_was_written(duration: Duration) -> None:
    assert read_literal(str(duration), DurationType(), SPAN) == (duration, [])


@settings(max_examples=100)
@given(st.lists(st.text(min_size=1).filter(lambda word: word == word.strip() and '"' not in word), min_size=1, unique=True))
def test_every_word_of_an_enum_reads_back(words: list[str]) -> None:
    enum = EnumType(tuple(words))

    assert [read_literal(word, enum, SPAN)[0] for word in words] == words
