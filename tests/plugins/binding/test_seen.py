"""How values are written is found from the values: the fewest settings by which they read, and none where two would do as well."""

from __future__ import annotations

import pytest

from tierwise.core.types import DateType, NumberType, Type
from tierwise.plugins.binding.seen import format_line, help_for, seen_format
from tierwise.plugins.duckdb_connection import in_memory

MONEY = NumberType(2)

SEEN: list[tuple[Type, list[str], str]] = [
    (MONEY, ["1,234.50", "5"], '{number: "1,234.56"}'),
    (MONEY, ["1.234,50"], '{number: "1.234,56"}'),
    (MONEY, ["999,99", "1.000"], '{number: "1.234,56"}'),
    (MONEY, ["1 234,50"], '{number: "1 234,56"}'),
    (MONEY, ["¥1,234.50", "$5,000"], '{number: "1,234.56", currency: ["¥", "$"]}'),
    (MONEY, ["HK$5"], '{currency: "HK$"}'),
    (MONEY, ["5元", "-"], '{currency: "元", nothing: "-"}'),
    (MONEY, ["(1,500.00)"], '{number: "(1,234.56)"}'),
    (MONEY, ["n/a", "无"], '{nothing: ["n/a", "无"]}'),
    (MONEY, ["about 300"], ""),
    (DateType(), ["31/12/2025", "01/05/2026"], "{date: D/M/YYYY}"),
    (DateType(), ["12/31/2025", "01/05/2026"], "{date: M/D/YYYY}"),
    (DateType(), ["01/05/2026"], ""),
    (DateType(), ["01.05.2026"], "{date: D.M.YYYY}"),
    (DateType(), ["20260501", "1 May 2026"], '{date: [YYYYMMDD, "D MMM YYYY"]}'),
    (DateType(), ["46143", "46144.5"], '{date: "excel"}'),
    (DateType(), ["46143", "2461161.5"], ""),
    (DateType(), ["1777593600"], ""),
    (DateType(), ["soon"], ""),
]


@pytest.mark.parametrize(("type", "values", "line"), SEEN, ids=[f"{v}" for _, v, _ in SEEN])
def test_the_fewest_settings_by_which_the_values_read(type: Type, values: list[str], line: str) -> None:
    form = seen_format(in_memory(), values, type)
    assert (format_line(form) if form else "") == line


@pytest.mark.parametrize(
    ("code", "values", "type", "help"),
    [
        ("bad-number", ["1,234.50"], MONEY, 'add `format: {number: "1,234.56"}` to the binding'),
        ("ambiguous-number", ["20.000"], MONEY, "say which it is"),
        ("bad-date", ["01/05/2026"], DateType(), "`format: {date: D/M/YYYY}` or `format: {date: M/D/YYYY}`"),
        ("bad-date", ["46143"], DateType(), 'add `format: {date: "excel"}` to the binding'),
        ("unreadable-row", ["1777593600"], MONEY, "if it counts seconds since 1970: `format: {date: unix, zone: Asia/Shanghai}`"),
        ("bad-date", ["1777593600000"], DateType(), "`format: {date: unix ms, zone: Asia/Shanghai}`"),
        ("zone-needed", ["2026-06-30T17:00:00Z"], DateType(), "format: {zone: Asia/Shanghai}"),
        ("unreadable-row", ["2026-06-30 17:00:00+08"], MONEY, "format: {zone: Asia/Shanghai}"),
    ],
)
def test_a_finding_says_which_setting_would_read_the_value(code: str, values: list[str], type: Type, help: str) -> None:
    assert help in help_for(in_memory(), values, code, type)


@pytest.mark.parametrize(
    ("code", "values"), [("off-scale", ["1.234"]), ("bad-date", ["2026-02-29", "0000-00-00"]), ("bad-number", ["abc"])]
)
def test_nothing_is_offered_that_would_not_read_it(code: str, values: list[str]) -> None:
    assert help_for(in_memory(), values, code, DateType() if "date" in code else MONEY) == ""
