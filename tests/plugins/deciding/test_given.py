"""Reading facts from outside."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from tests.plans import fact, plan
from tierwise.core.errors import DataError
from tierwise.core.plan import Plan
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
from tierwise.plugins.deciding.given import read_as_of, read_facts

MONEY = NumberType(2, "元", Decimal(0), Decimal(100000000))
WORDS = EnumType(("large", "small"), (("大", "large"),))
OPEN = EnumType(("国网", "other"), (("国家电网", "国网"),), "other")


def one(type: Type, **more: Any) -> Plan:
    return plan([fact("x", type, **more)[0]])


@pytest.mark.parametrize(
    ("type", "raw", "value"),
    [
        (MONEY, 400000, Decimal(400000)),
        (MONEY, 0.1, Decimal("0.1")),
        (MONEY, "0.10", Decimal("0.10")),
        (MONEY, "50万", Decimal(500000)),
        (MONEY, 2.3000000001, Decimal("2.30")),
        (MONEY, -0.0, Decimal(0)),
        (NumberType(0), 5.0, Decimal(5)),
        (BooleanType(), True, True),
        (BooleanType(), "false", False),
        (WORDS, "大", "large"),
        (WORDS, " small ", "small"),
        (OPEN, "国家电网", "国网"),
        (OPEN, "南方电网", "other"),
        (SetType(OPEN), ["国网", "南方电网", "华能"], ("国网", "other")),
        (DateType(), "2026-11-21", date(2026, 11, 21)),
        (DateType(), "2026-11-21 00:00:00", date(2026, 11, 21)),
        (DateType(), "2026/11/2", date(2026, 11, 2)),
        (DateType(), "2026年11月21日", date(2026, 11, 21)),
        (DateType(), "2026-11-21 10:00:00", date(2026, 11, 21)),
        (DateTimeType(), "2026-11-21", datetime(2026, 11, 21)),
        (DateTimeType(), "2026-11-21T09:30:00.250", datetime(2026, 11, 21, 9, 30, 0, 250_000)),
        (DateTimeType(), datetime(2026, 11, 21, 9, 30, 0, 1), datetime(2026, 11, 21, 9, 30, 0, 1)),
        (NumberType(2, "%"), "15%", Decimal(15)),
        (NumberType(4), "15%", Decimal("0.15")),
        (NumberType(2, "万元"), "35万", Decimal(35)),
        (DateTimeType(), "2026-11-21T09:30:00", datetime(2026, 11, 21, 9, 30)),
        (DateTimeType(), "2026-11-21 09:30", datetime(2026, 11, 21, 9, 30)),
        (DurationType(), 7, Duration.of_days(7)),
        (DurationType(), "3m", Duration(months=3)),
        (DurationType(), "7 days", Duration.of_days(7)),
        (DurationType(), "P2D", Duration.of_days(2)),
        (TextType(), "00123", "00123"),
        (TextType(), 123, "123"),
        (TextType(), 123.0, "123"),
        (TextType(), 0.05, "0.05"),
        (SetType(WORDS), ["small", "大", "small"], ("large", "small")),
        (ListType(DateType()), ["2026-01-02", "2026-01-01"], (date(2026, 1, 2), date(2026, 1, 1))),
        (ListType(RecordType((("a", TextType()), ("n", NumberType(0))))), [{"a": "x", "n": None}], ({"a": "x"},)),
        (MapType(NumberType(0)), {"北京": 3}, {"北京": Decimal(3)}),
    ],
)
def test_a_value_that_fits_is_typed(type: Type, raw: Any, value: Any) -> None:
    facts, findings = read_facts(one(type), {"x": raw})
    assert (facts, findings) == ({"x": value}, [])


@pytest.mark.parametrize(
    ("type", "raw", "why"),
    [
        (MONEY, "much", "is `much`, which is no number"),
        (MONEY, True, "is `True`, which is no number"),
        (MONEY, float("nan"), "is no number"),
        (MONEY, float("inf"), "is no number"),
        (MONEY, "1.234", "is `1.234`, but only 2 decimals are allowed"),
        (MONEY, -1, "is `-1`, which is below the least value `0`"),
        (MONEY, 10**9, "is `1000000000`, which is above the greatest value `100000000`"),
        (NumberType(0), Decimal("1E+50"), "is `1E+50`, which has more than 38 digits"),
        (NumberType(0), 1.5, "is `1.5`, but only no decimals are allowed"),
        (WORDS, "largo", "is `largo`, which is none of large, small"),
        (DateType(), "2026-02-30", "is `2026-02-30`, which is no date of the calendar"),
        (DateType(), "21.11.2026", "is `21.11.2026`, where a date such as `2026-11-21` is needed"),
        (DateType(), "2026-11-21T10:00:00Z", "is `2026-11-21T10:00:00Z`, whose zone says only with another on which day it is"),
        (
            DateTimeType(),
            "2026-11-21T10:00:00.1234567",
            "is `2026-11-21T10:00:00.1234567`, where a date and time such as `2026-11-21T09:30:00` is needed",
        ),
        (BooleanType(), 1, "is `1`, where `true` or `false` is needed"),
        (TextType(), True, "is `True`, which is no text"),
        (ListType(DateType()), ["2026-01-02", None], "holds an item without a value"),
        (ListType(WORDS), ["huge"], "holds an item that is `huge`, which is none of large, small"),
        (ListType(RecordType((("a", TextType()),))), [{"b": 1}], "holds an item that has a field `b` that is not declared"),
        (MapType(NumberType(0)), {"a": "x"}, "has a field `a` that is `x`, which is no number"),
        (MapType(NumberType(0)), {"a": 1, "b": None}, "has a key `b` without a value"),
    ],
)
def test_a_value_that_does_not_fit_is_missing_with_a_finding(type: Type, raw: Any, why: str) -> None:
    facts, findings = read_facts(one(type), {"x": raw})
    assert facts == {}
    assert [(f.code, f.message) for f in findings] == [("bad-value", f"fact `x` {why}; it counts as missing")]


@pytest.mark.parametrize(
    ("more", "raw", "facts"),
    [
        ({}, {}, {}),
        ({}, {"x": None}, {}),
        ({"nullable": True}, {}, {}),
        ({"nullable": True}, {"x": None}, {"x": None}),
        ({"nullable": True, "absent_is_none": True}, {}, {"x": None}),
    ],
)
def test_null_is_missing_or_none_as_declared(more: dict[str, bool], raw: dict[str, Any], facts: dict[str, Any]) -> None:
    assert read_facts(one(MONEY, **more), raw) == (facts, [])


def test_an_unknown_fact_is_an_error_with_a_suggestion() -> None:
    made = plan([fact("annual_usage", MONEY)[0]])
    (finding,) = read_facts(made, {"anual_usage": 1})[1]
    assert (finding.code, finding.message, finding.help) == (
        "unknown-fact",
        "the policy has no fact `anual_usage`",
        "did you mean `annual_usage`?",
    )


def test_the_date_of_the_run_is_a_date_without_a_zone() -> None:
    assert read_as_of("2026-11-21") == read_as_of(date(2026, 11, 21)) == read_as_of(datetime(2026, 11, 21, 8)) == date(2026, 11, 21)
    assert read_as_of(None) is None
    for bad in ("tomorrow", "2026-11-21T10:00:00+08:00", datetime(2026, 11, 21, tzinfo=UTC)):
        with pytest.raises(DataError, match="`as_of` is"):
            read_as_of(bad)


@pytest.mark.parametrize("sign", [1, -1])
def test_a_number_with_more_digits_than_python_writes_out_is_told_by_its_first(sign: int) -> None:
    facts, findings = read_facts(one(NumberType(0)), {"x": sign * 10**4_400})

    assert facts == {}
    assert "000…`, which has more than 38 digits" in findings[0].message
