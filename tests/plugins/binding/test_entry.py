"""Stored values enter facts exactly, or not at all with a reason."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlglot import exp

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
from tierwise.plugins.binding.entry import enter
from tierwise.plugins.duckdb_connection import in_memory
from tierwise.plugins.sql import column

MONEY = NumberType(2)
PERCENT = NumberType(2, low=Decimal(0), high=Decimal(100))
COUNT = NumberType(0, low=Decimal(0))
GRADE = EnumType(("A", "B", "甲"), (("a级", "A"),))
OPEN_GRADE = EnumType(("A", "甲"), (), "甲")
QUEUE = ListType(RecordType((("order", TextType()), ("score", NumberType(1)))))

ENTRIES: list[tuple[str, Type, Any, str | None]] = [
    ("5", MONEY, Decimal("5.00"), None),
    ("1.005::DECIMAL(6,3)", MONEY, None, "off-scale"),
    ("1.50::DECIMAL(6,4)", MONEY, Decimal("1.50"), None),
    ("0.1::DOUBLE + 0.2::DOUBLE", MONEY, Decimal("0.30"), None),
    ("499999.995::DOUBLE", MONEY, None, "off-scale"),
    ("123456789012.34::DOUBLE", MONEY, Decimal("123456789012.34"), None),
    ("0.1::FLOAT", MONEY, Decimal("0.10"), None),
    ("'nan'::DOUBLE", MONEY, None, "not-finite"),
    ("'-inf'::DOUBLE", MONEY, None, "not-finite"),
    ("1e300::DOUBLE", MONEY, None, "value-out-of-range"),
    ("' 12.5 '", MONEY, Decimal("12.50"), None),
    ("'12.500'", MONEY, Decimal("12.50"), None),
    ("'12.505'", MONEY, None, "off-scale"),
    ("'  '", MONEY, None, "bad-number"),
    ("'1,234'", MONEY, None, "bad-number"),
    ("'1_000'", MONEY, None, "bad-number"),
    ("'1e3'", MONEY, None, "bad-number"),
    ("'abc'", MONEY, None, "bad-number"),
    ("true", MONEY, None, "bad-number"),
    ("DATE '2024-01-01'", MONEY, None, "bad-number"),
    ("100.01::DECIMAL(6,2)", PERCENT, None, "value-out-of-range"),
    ("100", PERCENT, Decimal("100.00"), None),
    ("-1", COUNT, None, "value-out-of-range"),
    ("99999999999999999999999::HUGEINT", MONEY, None, "value-out-of-range"),
    ("1", BooleanType(), True, None),
    ("0.0::DOUBLE", BooleanType(), False, None),
    ("'是'", BooleanType(), True, None),
    ("' N '", BooleanType(), False, None),
    ("'maybe'", BooleanType(), None, "bad-boolean"),
    ("2", BooleanType(), None, "bad-boolean"),
    ("'2024-02-29'", DateType(), date(2024, 2, 29), None),
    ("'2024/1/5'", DateType(), date(2024, 1, 5), None),
    ("'2024年1月5日'", DateType(), date(2024, 1, 5), None),
    ("'2024-01-05 10:00:00'", DateType(), date(2024, 1, 5), None),
    ("TIMESTAMP '2024-01-05 23:59:59'", DateType(), date(2024, 1, 5), None),
    ("'2024-13-01'", DateType(), None, "bad-date"),
    ("'0000-00-00'", DateType(), None, "bad-date"),
    ("'2023-02-29'", DateType(), None, "bad-date"),
    ("'2024-01-05T10:00:00Z'", DateType(), None, "bad-date"),
    ("'infinity'::DATE", DateType(), None, "bad-date"),
    ("'epoch'", DateType(), None, "bad-date"),
    ("20240105", DateType(), None, "bad-date"),
    ("'2024-01-05T10:00'", DateTimeType(), datetime(2024, 1, 5, 10), None),
    ("TIMESTAMP '2024-01-05 10:00:00.7'", DateTimeType(), datetime(2024, 1, 5, 10, 0, 0, 700_000), None),
    ("'2024-01-05 10:00:00.123456'", DateTimeType(), datetime(2024, 1, 5, 10, 0, 0, 123_456), None),
    ("'2024-01-05 10:00:00.1234567'", DateTimeType(), None, "bad-date"),
    ("TIMESTAMPTZ '2024-01-05 10:00:00+00'", DateType(), None, "bad-date"),
    ("30", DurationType(), {"months": 0, "seconds": 2592000}, None),
    ("'3 months'", DurationType(), {"months": 3, "seconds": 0}, None),
    ("'P1Y'", DurationType(), {"months": 12, "seconds": 0}, None),
    ("INTERVAL 3 MONTH", DurationType(), {"months": 3, "seconds": 0}, None),
    ("'soon'", DurationType(), None, "bad-duration"),
    ("' A '", GRADE, "A", None),
    ("'a级'", GRADE, "A", None),
    ("'甲'", GRADE, "甲", None),
    ("'a'", GRADE, None, "unknown-word"),
    ("''", GRADE, None, "unknown-word"),
    ("' A '", OPEN_GRADE, "A", None),
    ("'a'", OPEN_GRADE, "甲", None),
    ("''", OPEN_GRADE, None, "unknown-word"),
    ('\'["A", "b"]\'', SetType(OPEN_GRADE), ["A", "甲"], None),
    ("12.0::DOUBLE", TextType(), "12", None),
    ("'00123'", TextType(), "00123", None),
    ("['2024-01-02', '2024-01-01']", ListType(DateType()), [date(2024, 1, 2), date(2024, 1, 1)], None),
    ("'[\"2024-01-02\"]'", ListType(DateType()), [date(2024, 1, 2)], None),
    ("'[\"2024-13-02\"]'", ListType(DateType()), None, "bad-list"),
    ("'甲; A、甲'", SetType(GRADE), ["A", "甲"], None),
    ("'[]'", SetType(GRADE), [], None),
    ("''", SetType(GRADE), [], None),
    ("'[\"A\"'", SetType(GRADE), None, "bad-list"),
    ("'b, a, b'", SetType(TextType()), ["a", "b"], None),
    ("[1, NULL]", ListType(COUNT), None, "bad-list"),
    ("[1.5, 2]", ListType(MONEY), [Decimal("1.50"), Decimal("2.00")], None),
    ("5", ListType(MONEY), None, "bad-list"),
    ("[['o1', '1.5'], ['o2', NULL]]", QUEUE, [{"order": "o1", "score": Decimal("1.5")}, {"order": "o2", "score": None}], None),
    ('\'[{"order": "o1", "score": 2}]\'', QUEUE, [{"order": "o1", "score": Decimal("2.0")}], None),
    ("[['o1', 'x']]", QUEUE, None, "bad-list"),
    ("'{\"a\": 1.5}'", MapType(MONEY), {"a": Decimal("1.50")}, None),
    ("MAP {'a': 1}", MapType(MONEY), {"a": Decimal("1.00")}, None),
    ("'[1]'", MapType(MONEY), None, "bad-map"),
]


@pytest.mark.parametrize(("stored", "type", "value", "problem"), ENTRIES, ids=[f"{s} as {t}" for s, t, _, _ in ENTRIES])
def test_a_stored_value_enters_exactly_or_not_at_all(stored: str, type: Type, value: Any, problem: str | None) -> None:
    connection = in_memory()
    connection.execute(f"CREATE TABLE t AS SELECT {stored} AS v UNION ALL SELECT NULL")
    raw_type = str(connection.execute("DESCRIBE t").fetchall()[0][1])
    entered = enter(column("v"), raw_type, type)
    query = exp.select(exp.alias_(entered.value, "value"), exp.alias_(entered.problem, "problem")).from_("t")
    assert connection.execute(query.sql("duckdb")).fetchall() == [(value, problem), (None, None)]
