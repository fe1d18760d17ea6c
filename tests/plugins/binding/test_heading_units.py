"""A column in another unit than its fact is converted exactly when the binding says so, and else a finding; never read as if it were in the fact's."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from openpyxl import Workbook

from tierwise.core.plan import Plan
from tierwise.core.source import Source as TextSource
from tierwise.core.types import NumberType, Type
from tierwise.plugins.binding.binding_file import read_binding
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.binding.draft_binding import bind_draft
from tierwise.plugins.binding.heading_units import conversion
from tierwise.plugins.binding.written import PLAIN_FORMAT, Format
from tierwise.plugins.data_source import Source
from tierwise.plugins.facts import FactTable

Opened = Callable[[Path | str], Source]
Plans = Callable[..., Plan]

YUAN = NumberType(2, unit="元")
HEAD = "binding: 1\npolicy: sample\nsubject: {table: c, key: id}\n"


def bound(opened: Opened, plan: Plan, location: Path, binding: str) -> FactTable:
    return bind(opened(location), plan, read_binding(TextSource("b.yaml", HEAD + binding), plan) if binding else None)


def values(table: FactTable, fact: str) -> dict[str, object]:
    return {subject.key: subject.facts.get(fact, "missing") for subject in table.subjects()}


@pytest.mark.parametrize(
    "heading, unit, factor",
    [
        ("销售额(万元)", "元", "?"),
        ("销售额（万元）", "元", "?"),
        ("销售额【千元】", "元", "?"),
        ("sales, USD", "元", "?"),
        ("sales (thousand EUR)", "eur", "?"),
        ("毛利率(%)", "", "?"),
        ("销售额(万元)", "", "?"),
        ("重量(吨)", "kg", "?"),
        ("销售额(元)", "元", None),
        ("销售额(RMB)", "元", None),
        ("销售额(元)", "", None),
        ("毛利率(%)", "%", None),
        ("销售额(含税)", "元", None),
        ("revenue (M)", "元", None),  # the letter of a column
        ("收入/支出", "元", None),
        ("销售额", "元", None),
    ],
)
def test_a_heading_in_another_unit_leaves_open_what_its_numbers_are(heading: str, unit: str, factor: str | None) -> None:
    found = conversion(heading, PLAIN_FORMAT, NumberType(2, unit=unit))
    assert (found is None) if factor is None else (found is not None and found.factor is None and not found.said)


@pytest.mark.parametrize(
    "told, unit, factor",
    [
        ({"unit": "万元"}, "元", "1E+4"),
        ({"unit": "元"}, "万元", "0.0001"),
        ({"unit": "亿"}, "元", "1E+8"),
        ({"unit": "百万人民币"}, "元", "1E+6"),
        ({"unit": "%"}, "", "0.01"),
        ({"unit": "thousand EUR"}, "€", "1E+3"),
        ({"times": "1000"}, "kg", "1000"),
        ({"times": "7.25"}, "元", "7.25"),
        ({"unit": "USD"}, "元", None),
        ({"unit": "袋"}, "kg", None),
    ],
)
def test_a_binding_says_what_one_is_in_the_unit_of_the_fact(told: dict[str, str], unit: str, factor: str | None) -> None:
    found = conversion("x (万元)" if "times" in told else "x", Format.model_validate(told), NumberType(2, unit=unit))
    assert found is not None and found.factor == (None if factor is None else Decimal(factor)) and found.said


def as_csv(folder: Path) -> Path:
    (folder / "c.csv").write_text("id,sales(万元)\n1,123.4567\n2,0.1\n3,100\n4,35万\n5,x\n6,\n7,1.23456789\n", encoding="utf-8")
    return folder / "c.csv"


def as_excel(folder: Path) -> Path:
    book = Workbook()
    book.worksheets[0].title = "c"
    for row in (("id", "sales(万元)"), (1, 123.4567), (2, 0.1), (3, 100), (4, "35万"), (5, "x"), (6, None), (7, 1.23456789)):
        book.worksheets[0].append(row)
    book.save(folder / "c.xlsx")
    return folder / "c.xlsx"


def as_sqlite(folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "c.db")) as connection, connection:
        connection.execute('CREATE TABLE c (id TEXT, "sales(万元)")')
        rows = [("1", 123.4567), ("2", 0.1), ("3", 100), ("4", "35万"), ("5", "x"), ("6", None), ("7", 1.23456789)]
        connection.executemany("INSERT INTO c VALUES (?, ?)", rows)
    return folder / "c.db"


WAYS = [
    "",
    "facts: {sales: {column: 'sales(万元)'}}\n",
    "facts: {sales: {table: c, aggregate: sum, column: 'sales(万元)', where: {'sales(万元)': not(null)}}}\n",
    "facts: {sales: {table: c, aggregate: max, column: 'sales(万元)'}}\n",
    "facts: {sales: {table: c, aggregate: last, by: id, column: 'sales(万元)'}}\n",
]


@pytest.mark.parametrize("way", WAYS, ids=["equal name", "column", "sum", "max", "last"])
@pytest.mark.parametrize("write", [as_csv, as_excel, as_sqlite])
def test_numbers_are_converted_exactly_once_it_is_said(
    write: Callable[[Path], Path], way: str, plan_of: Plans, opened: Opened, tmp_path: Path
) -> None:
    location, plan = write(tmp_path), plan_of(sales=YUAN)
    table = bound(opened, plan, location, "columns: {'sales(万元)': {unit: 万元}}\n" + way)
    right = {"1": "1234567.00", "2": "1000.00", "3": "1000000.00", "4": "missing", "5": "missing", "7": "missing"}
    assert {key: str(value) for key, value in values(table, "sales").items() if key != "6"} == right  # 7 has more digits than the fact
    assert table.findings


@pytest.mark.parametrize("way", WAYS, ids=["equal name", "column", "sum", "max", "last"])
@pytest.mark.parametrize("write", [as_csv, as_excel, as_sqlite])
def test_until_then_each_is_missing_with_the_line_to_add(
    write: Callable[[Path], Path], way: str, plan_of: Plans, opened: Opened, tmp_path: Path
) -> None:
    table = bound(opened, plan_of(sales=YUAN), write(tmp_path), way)
    assert set(values(table, "sales").values()) <= {"missing", Decimal(0)} and values(table, "sales")["1"] == "missing"
    (finding,) = [finding for finding in table.findings if finding.code == "unit-differs"]
    assert finding.fact == "sales" and finding.count >= 6
    assert "`万元`" in finding.help and "`元`" in finding.help and 'columns: {"sales(万元)": {unit: "万元"}}' in finding.help


@pytest.mark.parametrize("type", [NumberType(2), NumberType(2, unit="吨")], ids=str)
def test_a_unit_that_no_rule_leads_to_is_asked_for_by_times(type: Type, plan_of: Plans, opened: Opened, tmp_path: Path) -> None:
    table = bound(opened, plan_of(sales=type), as_csv(tmp_path), "")
    (finding,) = [finding for finding in table.findings if finding.code == "unit-differs"]
    assert "times: …" in finding.help
    table = bound(opened, plan_of(sales=type), as_csv(tmp_path), "columns: {'sales(万元)': {times: 2.5}}\n")
    assert values(table, "sales")["3"] == Decimal(250)


def test_a_draft_says_the_unit_of_a_heading(plan_of: Plans, opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,销售额（万元）\n1,123.4567\n", encoding="utf-8")
    plan = plan_of(revenue=YUAN)
    plan = replace(plan, facts={"revenue": replace(plan.facts["revenue"], label={"zh": "销售额", "en": "sales"})})
    draft = bind_draft(opened(tmp_path / "c.csv"), plan)
    assert 'revenue: {column: "销售额（万元）", format: {unit: "万元"}}' in draft
    table = bind(opened(tmp_path / "c.csv"), plan, read_binding(TextSource("b.yaml", draft), plan))
    assert values(table, "revenue") == {"1": Decimal("1234567.00")} and table.findings == ()
