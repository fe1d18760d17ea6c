"""Without a binding, columns called like facts bind by themselves, from any kind of file."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tierwise.core.errors import DataError
from tierwise.core.plan import Plan
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType, TextType
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.data_source import Source

Opened = Callable[[Path | str], Source]
Facts = dict[str, Any]

CUSTOMERS = """
CREATE TABLE regions (region TEXT, amount REAL);
CREATE TABLE customers (customer_id TEXT PRIMARY KEY, name TEXT, amount REAL, region TEXT, safe INT, seen_on TEXT);
INSERT INTO customers VALUES ('00123', '甲公司', 0.1, '北', 1, '2024-02-29'), ('00124', NULL, 'n/a', '西', 2, '2024-13-01'), ('00125', '丙', NULL, NULL, NULL, NULL);
"""


@pytest.fixture
def plan(plan_of: Callable[..., Plan]) -> Plan:
    return plan_of(
        amount=NumberType(2), region=EnumType(("北", "南")), safe=BooleanType(), seen_on=(DateType(), {"nullable": True}), other=DateType()
    )


def facts_of(source: Source, plan: Plan) -> dict[str, Facts]:
    return {subject.key: dict(subject.facts) for subject in bind(source, plan).subjects()}


def check(source: Source, plan: Plan) -> None:
    table = bind(source, plan)
    rows = {subject.key: (subject.name, dict(subject.facts)) for subject in table.subjects()}
    assert rows["00123"][0] == "甲公司"
    assert {k: v for k, v in rows["00123"][1].items() if k != "seen_on"} == {"amount": Decimal("0.10"), "region": "北", "safe": True}
    assert str(rows["00123"][1]["seen_on"]) == "2024-02-29"
    assert rows["00124"] == (None, {})
    assert rows["00125"] == ("丙", {"seen_on": None})
    assert [(f.code, f.fact, f.count, f.examples) for f in table.findings] == [
        ("bad-number", "amount", 1, (("00124", "n/a"),)),
        ("unknown-word", "region", 1, (("00124", "西"),)),
        ("bad-boolean", "safe", 1, (("00124", "2"),)),
        ("bad-date", "seen_on", 1, (("00124", "2024-13-01"),)),
    ]
    assert table.count() == 3
    assert table.row("00123") == next(iter(table.subjects()))
    assert table.row("'; DROP TABLE customers") is None


def test_sqlite_binds_equal_names(sqlite_file: Callable[..., Path], opened: Opened, plan: Plan) -> None:
    check(opened(sqlite_file(CUSTOMERS)), plan)


def test_odd_signs_in_a_path_do_not_matter(sqlite_file: Callable[..., Path], opened: Opened, plan: Plan) -> None:
    check(opened(sqlite_file(CUSTOMERS, 'o\'d "d" ?mode=rwc#[1]*%41 客户.db')), plan)


@pytest.mark.parametrize("ending", ["csv", "parquet", "duckdb", "xlsx", "folder"])
def test_other_files_bind_the_same(ending: str, tmp_path: Path, opened: Opened, plan: Plan) -> None:
    rows = "('00123', '甲公司', '0.1', '北', 1, '2024-02-29'), ('00124', NULL, 'n/a', '西', 2, '2024-13-01'), ('00125', '丙', NULL, NULL, NULL, NULL)"
    select = f"SELECT * FROM (VALUES {rows}) t(customer_id, name, amount, region, safe, seen_on)"
    path = tmp_path / f"顾 客's [1].{ending}"
    quoted = str(path).replace("'", "''")
    if ending == "duckdb":
        connection = duckdb.connect(str(path))
        connection.execute(f"CREATE TABLE customers AS {select}")
        connection.close()
    elif ending == "xlsx":
        from openpyxl import Workbook

        book = Workbook()
        sheet = book.active
        assert sheet is not None
        sheet.append(["customer_id", "name", "amount", "region", "safe", "seen_on"])
        for row in duckdb.connect().execute(select).fetchall():
            sheet.append(row)
        book.save(path)
    elif ending == "folder":
        path.mkdir()
        (path / "customers.csv").write_text(
            "customer_id,name,amount,region,safe,seen_on\n00123,甲公司,0.1,北,1,2024-02-29\n00124,,n/a,西,2,2024-13-01\n00125,丙,,,,\n",
            "gb18030",
        )
        (path / "other.csv").write_text("region\n北\n", "utf-8-sig")
    else:
        duckdb.sql(f"COPY ({select}) TO '{quoted}' {'(HEADER)' if ending == 'csv' else ''}")
    check(opened(path), plan)


def test_a_repeated_id_and_a_missing_one_are_found_and_their_rows_stay(
    sqlite_file: Callable[..., Path], opened: Opened, plan: Plan
) -> None:
    script = "CREATE TABLE customers (customer_id TEXT, amount REAL); INSERT INTO customers VALUES ('a', 1), ('a', 2), (NULL, 3), (NULL, 4), ('b', 5)"
    table = bind(opened(sqlite_file(script)), plan)
    assert sorted((s.key, s.facts["amount"]) for s in table.subjects()) == [
        ("(no id)", 3),
        ("(no id) #2", 4),
        ("a", 1),
        ("a #2", 2),
        ("b", 5),
    ]
    assert [(f.code, f.count, f.examples) for f in table.findings] == [
        ("subject-without-id", 2, ()),
        ("duplicate-subject", 1, (("a", "2 rows"),)),
    ]


def test_a_database_without_a_fitting_table_is_refused(sqlite_file: Callable[..., Path], opened: Opened, plan: Plan) -> None:
    with pytest.raises(DataError, match="has a column called like a fact of `sample`"):
        bind(opened(sqlite_file("CREATE TABLE t (x)")), plan)


def test_facts_called_like_our_own_columns_keep_apart(
    sqlite_file: Callable[..., Path], opened: Opened, plan_of: Callable[..., Plan]
) -> None:
    script = 'CREATE TABLE t (id INTEGER PRIMARY KEY, "key" REAL, "name" INT, "key_" INT); INSERT INTO t VALUES (1, 2.5, 1, 7)'
    plan = plan_of(key=NumberType(1), name=BooleanType(), key_=NumberType(0))
    table = bind(opened(sqlite_file(script)), plan)
    assert next(iter(table.subjects())).facts == {"key": Decimal("2.5"), "name": True, "key_": 7}
    assert table.columns == {"key": "key_", "name": "name_", "key_": "key__"}


def test_large_whole_numbers_beside_fractions_stay_exact(
    sqlite_file: Callable[..., Path], opened: Opened, plan_of: Callable[..., Plan]
) -> None:
    script = "CREATE TABLE t (id TEXT, amount); INSERT INTO t VALUES ('a', 9007199254740993), ('b', 0.5), ('c', '7.25')"
    table = bind(opened(sqlite_file(script)), plan_of(amount=NumberType(2, high=None)))
    assert [s.facts["amount"] for s in table.subjects()] == [Decimal("9007199254740993.00"), Decimal("0.50"), Decimal("7.25")]


@pytest.mark.parametrize(
    ("head", "key"),
    [
        ("customer_id,parent_id,amount", "1"),
        ("parent_id,customer_id,note", "2"),
        ("parent_id,note_id,amount", "2"),
        ("note,code,amount", "2"),
        ("note,customer_id,id", "3"),
    ],
)
def test_the_id_may_be_a_fact_and_is_not_that_of_the_row_above(
    head: str, key: str, plan_of: Callable[..., Plan], opened: Opened, tmp_path: Path
) -> None:
    plan = plan_of(customer_id=TextType(), amount=NumberType(0))
    (tmp_path / "c.csv").write_text(f"{head}\n1,2,3\n", encoding="utf-8")
    assert [subject.key for subject in bind(opened(tmp_path), plan).subjects()] == [key]


def test_an_id_whose_heading_stands_twice_is_asked_for(plan_of: Callable[..., Plan], opened: Opened, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text("id,amount,id\n1,2,3\n", encoding="utf-8")
    with pytest.raises(DataError) as refusal:
        bind(opened(tmp_path), plan_of(amount=NumberType(0)))
    assert refusal.value.help == "the heading `id` stands 2 times: say in a binding which it is, `id (A)` or `id (C)`"


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ("H,\nS,H\nZ,Q\n", [("unknown-parent", 1, (("Z", "Q"),))]),
        ("H,\nS,H\n", []),
        ("H,R1\nS,R2\n", []),
        ("1, \n2, 1\n3,９\n", [("unknown-parent", 1, (("3", "9"),))]),
    ],
)
def test_a_row_above_that_is_not_there_is_told(
    rows: str, found: list[Any], plan_of: Callable[..., Plan], opened: Opened, tmp_path: Path
) -> None:
    (tmp_path / "c.csv").write_text(f"id,parent_id\n{rows}", encoding="utf-8")
    table = bind(opened(tmp_path), plan_of(parent_id=(TextType(), {"nullable": True})))
    assert [(finding.code, finding.count, finding.examples) for finding in table.findings] == found
