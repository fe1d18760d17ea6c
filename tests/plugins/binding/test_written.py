"""What is written in a cell reads as what people mean by it, or not at all."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError
from sqlglot import exp

from tierwise.core.plan import Fact
from tierwise.core.types import BooleanType, DateTimeType, DateType, EnumType, NumberType, Type
from tierwise.plugins.binding.entry import enter
from tierwise.plugins.binding.entry.entered import MIXED
from tierwise.plugins.binding.fact_supply import supply_stored
from tierwise.plugins.binding.written import Format, written
from tierwise.plugins.duckdb_connection import in_memory
from tierwise.plugins.sql import column

MONEY, PER_CENT, IN_WAN = NumberType(2), NumberType(4, unit="%"), NumberType(2, unit="万元")

PLAIN: dict[str, Any] = {}
GERMAN = {"number": "1.234,56"}
ENGLISH = {"number": "(1,234.56)", "currency": ["¥", "$", "元", "RMB"]}
FRENCH = {"number": "1 234,56", "currency": "€"}
SWISS = {"number": "1'234.56"}
SHANGHAI = {"zone": "Asia/Shanghai"}

VALUES: list[tuple[dict[str, Any], Type, str, str | None]] = [
    (PLAIN, MONEY, "1234.5", "1234.50"),
    (PLAIN, MONEY, "35万", "350000.00"),
    (PLAIN, MONEY, "1.2亿", "120000000.00"),
    (PLAIN, MONEY, "-0.5 万", "-5000.00"),
    (PLAIN, MONEY, "１２３４．５", "1234.50"),
    (PLAIN, MONEY, "12%", "0.12"),
    (PLAIN, MONEY, "1,234.50", None),
    (PLAIN, MONEY, "¥5", None),
    (PLAIN, MONEY, "(5.00)", None),
    (PLAIN, MONEY, "1e3", None),
    (PLAIN, MONEY, "-", None),
    (PLAIN, MONEY, "万", None),
    (PLAIN, MONEY, "5万万", None),
    (PLAIN, MONEY, "0.123456789012万", None),
    (PLAIN, PER_CENT, "15%", "15.0000"),
    (PLAIN, PER_CENT, "7.5％", "7.5000"),
    (PLAIN, PER_CENT, "15", "15.0000"),
    (PLAIN, NumberType(4), "15%", "0.1500"),
    (PLAIN, IN_WAN, "35万", "35.00"),
    (PLAIN, IN_WAN, "1.2亿", "12000.00"),
    (GERMAN, MONEY, "12.345,60", "12345.60"),
    (GERMAN, MONEY, "20.000", "20000.00"),
    (GERMAN, MONEY, "1.234.567", "1234567.00"),
    (GERMAN, MONEY, "999,99", "999.99"),
    (GERMAN, MONEY, "12.5", None),
    (GERMAN, MONEY, "1.23.456", None),
    (GERMAN, MONEY, "-1.000,5", "-1000.50"),
    (ENGLISH, MONEY, "12,345.50", "12345.50"),
    (ENGLISH, MONEY, "1,23", None),
    (ENGLISH, MONEY, "12,34,567.00", "1234567.00"),
    (ENGLISH, MONEY, "￥999.00", "999.00"),
    (ENGLISH, MONEY, "$5,000", "5000.00"),
    (ENGLISH, MONEY, "-$5,000", "-5000.00"),
    (ENGLISH, MONEY, "$-5,000", "-5000.00"),
    (ENGLISH, MONEY, "5,000 元", "5000.00"),
    (ENGLISH, MONEY, "rmb 12", "12.00"),
    (ENGLISH, MONEY, "12RMB", "12.00"),
    (ENGLISH, MONEY, "35万元", "350000.00"),
    (ENGLISH, MONEY, "(500.00)", "-500.00"),
    (ENGLISH, MONEY, "($1,500.00)", "-1500.00"),
    (ENGLISH, MONEY, "500.00-", "-500.00"),
    (ENGLISH, MONEY, "€5", None),
    (FRENCH, MONEY, "1 234,50", "1234.50"),
    (FRENCH, MONEY, "1\u202f234,50 €", "1234.50"),
    (FRENCH, MONEY, "12 34,50", None),
    (SWISS, MONEY, "1’234.50", "1234.50"),
    ({"number": "1234,56"}, MONEY, "1234,5", "1234.50"),
    ({"number": "1234,56"}, MONEY, "1.234,5", None),
    (PLAIN, DateType(), "2026年5月1日", "2026-05-01"),
    (PLAIN, DateType(), "01/05/2026", None),
    ({"date": "DD/MM/YYYY"}, DateType(), "01/05/2026", "2026-05-01"),
    ({"date": "MM/DD/YYYY"}, DateType(), "01/05/2026", "2026-01-05"),
    ({"date": "DD/MM/YYYY"}, DateType(), "31/12/2025 10:30", "2025-12-31"),
    ({"date": "DD/MM/YYYY"}, DateType(), "12/31/2025", None),
    ({"date": "D.M.YYYY"}, DateType(), "1.5.2026", "2026-05-01"),
    ({"date": "YY-MM-DD"}, DateType(), "26-05-01", "2026-05-01"),
    ({"date": "YYYYMMDD"}, DateType(), "20260501", "2026-05-01"),
    ({"date": "YYYYMMDD"}, DateType(), "20260231", None),
    ({"date": "D MMM YYYY"}, DateType(), "1 May 2026", "2026-05-01"),
    ({"date": ["DD/MM/YYYY", "YYYYMMDD"]}, DateType(), "20260501", "2026-05-01"),
    ({"date": ["DD/MM/YYYY", "YYYYMMDD"]}, DateType(), "2026-05-02", "2026-05-02"),
    ({"date": "excel"}, DateType(), "46143", "2026-05-01"),
    ({"date": "excel"}, DateTimeType(), "46143.75", "2026-05-01 18:00:00"),
    ({"date": "excel"}, DateType(), "1", "1900-01-01"),
    ({"date": "excel"}, DateType(), "60", None),
    ({"date": "excel"}, DateType(), "61", "1900-03-01"),
    ({"date": "excel 1904"}, DateType(), "44681", "2026-05-01"),
    ({"date": "unix", **SHANGHAI}, DateTimeType(), "1777593600", "2026-05-01 08:00:00"),
    ({"date": "unix ms", **SHANGHAI}, DateTimeType(), "1777593600500", "2026-05-01 08:00:00.500000"),
    (PLAIN, DateType(), "2026-06-30T17:00:00Z", None),
    (SHANGHAI, DateType(), "2026-06-30T17:00:00Z", "2026-07-01"),
    (SHANGHAI, DateType(), "2026-06-30 17:00:00 UTC", "2026-07-01"),
    (SHANGHAI, DateType(), "2026-06-30 15:59:59.999+00", "2026-06-30"),
    (SHANGHAI, DateTimeType(), "2026-07-01T01:00:00.25+08:00", "2026-07-01 01:00:00.250000"),
    (SHANGHAI, DateType(), "2026-07-01", "2026-07-01"),
    (SHANGHAI, DateType(), "2026-05-01T23:30:00-0800", "2026-05-02"),
    (PLAIN, DateTimeType(), "2026-05-01 10:00:00.123456", "2026-05-01 10:00:00.123456"),
    ({"nothing": ["-", "n/a", "无"]}, MONEY, " N/A ", None),
    ({"nothing": "无"}, EnumType(("A", "B")), "无", None),
    ({"nothing": "-"}, DateType(), "-", None),
    ({"nothing": "-"}, BooleanType(), "是", "True"),
]


@pytest.mark.parametrize(("told", "type", "stored", "value"), VALUES, ids=[f"{s} as {t} with {f}" for f, t, s, _ in VALUES])
def test_a_written_value_reads_as_it_is_meant(told: dict[str, Any], type: Type, stored: str, value: str | None) -> None:
    connection = in_memory()
    read = written(column("v"), "VARCHAR", type, Format.model_validate(told))
    entered = enter(read.value, read.type, type)
    query = exp.select(entered.value).from_("t").sql("duckdb")
    connection.execute("CREATE TABLE t (v VARCHAR)")
    connection.execute("INSERT INTO t VALUES (?), (NULL)", [stored])
    found = connection.execute(query).fetchall()
    assert [None if cell is None else str(cell) for (cell,) in found] == [value, None]


@pytest.mark.parametrize(
    ("values", "doubtful"),
    [
        (["20.000", "1.500"], ["20.000", "1.500"]),
        (["20.000", "1.500", "7"], ["20.000", "1.500"]),
        (["20.000", "12.5"], []),
        (["20.000", "0.500"], []),
        (["20.000", "1234.500"], []),
        (["20.000", "1.500,00"], ["20.000"]),
        (["12.50", "3"], []),
    ],
)
def test_a_point_that_could_group_digits_is_no_decimal_point_in_silence(values: list[str], doubtful: list[str]) -> None:
    connection = in_memory()
    connection.execute("CREATE TABLE t (v VARCHAR)")
    connection.executemany("INSERT INTO t VALUES (?)", [(value,) for value in values])
    read = written(column("v"), "VARCHAR", MONEY, Format(), exp.to_table("t"))
    ((fault, code),) = read.faults
    rows = connection.execute(exp.select(column("v"), fault).from_("t").sql("duckdb")).fetchall()
    assert code == "ambiguous-number"
    assert [value for value, is_doubtful in rows if is_doubtful] == doubtful


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"number": "abc"}, "no example of a number"),
        ({"number": "1.234"}, "could be either"),
        ({"number": "1,234"}, "could be either"),
        ({"date": "DD/MM"}, "no order of a date"),
        ({"date": "unix"}, "add `zone`"),
    ],
)
def test_a_setting_that_could_mean_two_things_is_refused(told: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Format.model_validate(told)


def test_what_a_format_leaves_out_comes_from_the_one_below() -> None:
    below = Format.model_validate({"number": "1.234,56", "zone": "Asia/Shanghai"})
    assert Format.model_validate({"number": "1,234.56"}).over(below) == Format.model_validate(
        {"number": "1,234.56", "zone": "Asia/Shanghai"}
    )


@pytest.mark.parametrize("stored_type", ["VARCHAR", MIXED, "DOUBLE", "BIGINT", "DECIMAL(18, 2)"])
def test_what_stands_there_is_read_once_however_often_a_number_is_looked_at(stored_type: str) -> None:
    # of a column of mixed sorts the query of the facts once held the same reading dozens of times, and took seconds to plan
    fact = Fact("amount", MONEY, {})
    supply = supply_stored(fact, column("amount"), stored_type, {}, ("t", "amount"), None, rows=exp.table_("t"))
    above = [part.sql("duckdb").lower() for part in (*supply.named.values(), supply.value, supply.problem)]
    below = [reading.sql("duckdb").lower() for reading in supply.readings.values()]
    assert not any("translate" in part for part in above)
    assert any("translate" in part for part in below) == (stored_type in ("VARCHAR", MIXED))
