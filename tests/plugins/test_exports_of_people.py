"""What people's files and databases hold, end to end: each customer gets the right grade, or a finding that says why not; never a wrong one."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import duckdb
import pytest

from tierwise.core.outcome import Determined
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.run import bound_database, choose_engine, grade_bound

POLICY = """\
tierwise: 1
policy: p
version: 1.0.0
title: tiers
subject: customer
facts:
  sales: {type: number, scale: 2}
  before: {type: number, scale: 2}
  margin: {type: number, scale: 4, unit: "%"}
  seen: {type: date, nullable: true}
modules:
  tier:
    kind: module
    decisions:
      size: {type: enum, values: [A, B, C], formula: "if sales >= 10000 then A else if sales >= 1000 then B else C"}
      falling: {type: boolean, formula: "sales < 5000 and before < 5000"}
      rich: {type: boolean, formula: "margin >= 10"}
      recency: {type: enum, values: [never, recent, quiet], formula: "if seen = null then never else if seen >= 2026-04-01 then recent else quiet"}
"""
HEAD = "binding: 1\npolicy: p\n"
ORDERS = HEAD + "subject: {table: customers, key: id}\nfacts:\n"
Grades = dict[str, str | bool | None]


@dataclass(frozen=True)
class Case:
    """Files (name to text), a binding, the outcome of one output for each customer (``None``: undetermined), and the codes of what is found."""

    name: str
    files: dict[str, str]
    output: str
    right: Grades
    codes: set[str] = field(default_factory=set)
    binding: str = ""
    encoding: str = "utf-8"


GERMAN = {"kunden.csv": "id;name;sales\n1;Müller;12.345,60\n2;Größe & Söhne;1.000,00\n3;Café;999,99\n4;x;20.000\n"}
UTC = {
    "customers.csv": "id\nC1\n",
    "orders.csv": "id,amount,at\nC1,20000,2026-06-30T17:00:00Z\nC1,5000,2026-03-31T17:00:00Z\n",
}
IN_Q2 = "sales: {table: orders, aggregate: sum, column: amount, window: {column: at, calendar: quarter}}\n"
LAST_YEAR = "  sales: {table: orders, aggregate: sum, column: amount, window: {column: at, last: 12 months}}\n"
SEEN = "  seen: {table: orders, aggregate: max, column: at, empty: none}\n"
EMPTY = {"customers.csv": "id,x\n1,\n2,\n", "orders.csv": "id,amount,at\n"}
ODD = {"customers.csv": "id,x\n1,\n2,\n", "orders.csv": "id,amount,at\n1,9999,2026-05-01\n1,2,n/a\n2,5,01/05/2026\n"}
QUARTERS = {
    "customers.csv": "id,x\n1,\n2,\n3,\n",
    "orders.csv": "id,amount,at\n1,4999.99,2026-02-01\n1,4000,2025-11-01\n2,4000,2026-03-31\n2,5000,2025-12-31\n3,9000,2025-09-30\n",
}
TWO_QUARTERS = (
    "  sales: {table: orders, aggregate: sum, column: amount, window: {column: at, previous: quarter}}\n"
    "  before: {table: orders, aggregate: sum, column: amount, window: {column: at, previous: quarter, skip: 1}}\n"
)

CASES = [
    Case(
        "German, Latin-1", GERMAN, "size", dict.fromkeys("1234"), {"bad-number", "ambiguous-number", "encoding-found"}, encoding="latin-1"
    ),
    Case(
        "German, said",
        GERMAN,
        "size",
        {"1": "A", "2": "B", "3": "C", "4": "A"},
        {"encoding-found"},
        HEAD + 'format: {number: "1.234,56"}\n',
        "latin-1",
    ),
    Case("points that could group", {"c.csv": "id,sales\n1,20.000\n2,1.500\n"}, "size", {"1": None, "2": None}, {"ambiguous-number"}),
    Case(
        "grouping and currency",
        {"c.csv": 'id,sales\n1,"12,345.50"\n2,"￥1,234.50"\n3,(500.00)\n4,1.2万\n5,１２３４\n6,-\n7,"1,23"\n'},
        "size",
        {"1": "A", "2": "B", "3": "C", "4": "A", "5": "B", "6": None, "7": None},
        {"bad-number"},
        HEAD + 'format: {number: "(1,234.56)", currency: "￥", nothing: "-"}\n',
    ),
    Case("per cent", {"c.csv": "id,margin\n1,15%\n2,7.5%\n3,10\n4,0.15\n"}, "rich", {"1": True, "2": False, "3": True, "4": False}),
    Case(
        "a heading twice, said",
        {"c.csv": "id,sales,name,sales\n1,20000,a,10\n"},
        "size",
        {"1": "C"},
        {"repeated-heading"},
        HEAD + "facts: {sales: {column: sales (D)}}\n",
    ),
    Case(
        "dates of many forms",
        {"c.csv": "id,seen\n1,2026-05-01\n2,01/05/2026\n3,20260501\n4,\n5,2026-02-29\n6,2026年5月1日\n7,2026-05-01 10:00:00.000\n"},
        "recency",
        {"1": "recent", "2": None, "3": None, "4": "never", "5": None, "6": "recent", "7": "recent"},
        {"bad-date"},
    ),
    Case("UTC, no zone", UTC, "size", {"C1": None}, {"unreadable-row"}, ORDERS + "  " + IN_Q2),
    Case("UTC, Shanghai", UTC, "size", {"C1": "B"}, set(), HEAD + "format: {zone: Asia/Shanghai}\n" + ORDERS[len(HEAD) :] + "  " + IN_Q2),
    Case("an order number with #", {"c.csv": "id,sales\n1,20000\n#2,500\n"}, "size", {"1": "A", "#2": "C"}),
    Case("no orders", EMPTY, "size", {"1": "C", "2": "C"}, set(), ORDERS + LAST_YEAR + SEEN),
    Case("no orders, never seen", EMPTY, "recency", {"1": "never", "2": "never"}, set(), ORDERS + SEEN),
    Case("no orders, a condition", EMPTY, "size", {"1": "C", "2": "C"}, set(), ORDERS + LAST_YEAR[:-2] + ', where: {amount: "> 0"}}\n'),
    Case("odd dates are their rows' fault", ODD, "size", {"1": None, "2": None}, {"unreadable-row"}, ORDERS + LAST_YEAR),
    Case("the last two quarters", QUARTERS, "falling", {"1": True, "2": False, "3": True}, set(), ORDERS + TWO_QUARTERS),
    Case("a total", {"c.csv": "id,sales\n1,5\nTotal,20000\n"}, "size", {"1": "C", "Total": "A"}, {"total-row"}),
    Case(
        "a total left out",
        {"c.csv": "id,sales\n1,5\nTotal,20000\n"},
        "size",
        {"1": "C"},
        set(),
        HEAD + "subject: {table: c, key: id, where: {id: not(Total)}}\n",
    ),
    Case("a computed column", {"c.csv": "id,sales\n1,999.994999999\n2,999.995\n"}, "size", {"1": None, "2": None}, {"off-scale"}),
    Case(
        "a computed column, rounded",
        {"c.csv": "id,sales\n1,999.994999999\n2,999.995\n"},
        "size",
        {"1": "C", "2": "B"},
        set(),
        HEAD + "facts: {sales: {column: sales, round: half up}}\n",
    ),
    Case(
        "an expression, rounded",
        {"c.csv": "id,price,share\n1,3333.30,0.3\n2,3333.35,0.3\n"},
        "size",
        {"1": "C", "2": "B"},
        set(),
        HEAD + 'subject: {table: c, key: id}\nfacts: {sales: {expression: "price * share", round: half up}}\n',
    ),
]


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> LoadedPolicy:
    folder = tmp_path_factory.mktemp("policy")
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return load(folder)


def graded(policy: LoadedPolicy, location: Path, binding: Path | None, output: str, as_of: date) -> tuple[Grades, set[str]]:
    with bound_database(policy, str(location), str(binding) if binding else None, as_of) as bound:
        run = grade_bound(bound, choose_engine(policy, "duckdb"))
        rows = {result.key: result.outcomes[output] for result in run.grading.rows()}
    found = {key: outcome.value if isinstance(outcome, Determined) else None for key, outcome in rows.items()}
    return json.loads(json.dumps(found)), {finding.code for finding in bound.facts.findings}


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_each_customer_gets_the_right_grade_or_a_finding(case: Case, policy: LoadedPolicy, tmp_path: Path) -> None:
    for name, text in case.files.items():
        (tmp_path / name).write_text(text, encoding=case.encoding)
    binding = tmp_path / "binding.yaml" if case.binding else None
    if binding is not None:
        binding.write_text(case.binding, encoding="utf-8")
    location = tmp_path if len(case.files) > 1 else tmp_path / next(iter(case.files))
    as_of = date(2026, 5, 15) if "quarters" in case.name else date(2026, 6, 30)
    assert graded(policy, location, binding, case.output, as_of) == (case.right, case.codes)


def test_a_moment_with_a_zone_is_read_in_the_zone_of_the_binding(policy: LoadedPolicy, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "crm.duckdb")) as connection:
        connection.execute("CREATE TABLE customers AS SELECT 'C1' id, 0 AS x")
        connection.execute('CREATE TABLE orders (id VARCHAR, amount DECIMAL(12, 2), "at" TIMESTAMPTZ)')
        connection.execute("INSERT INTO orders VALUES ('C1', 20000, '2026-06-30 17:00:00+00'), ('C1', 5000, '2026-03-31 17:00:00+00')")
    for zone, right, codes in (("", None, {"unreadable-row"}), ("format: {zone: Asia/Shanghai}\n", "B", set())):
        (tmp_path / "b.yaml").write_text(HEAD + zone + ORDERS[len(HEAD) :] + "  " + IN_Q2, encoding="utf-8")
        found = graded(policy, tmp_path / "crm.duckdb", tmp_path / "b.yaml", "size", date(2026, 6, 30))
        assert found == ({"C1": right}, codes)


def test_an_untyped_column_of_a_database_holds_what_each_cell_is(policy: LoadedPolicy, tmp_path: Path) -> None:
    stored = [("1", 9000), ("2", "9000"), ("3", 9000.0), ("4", " 12345 "), ("5", b"9000"), ("6", "1,234.50"), ("7", "1.2万")]
    with closing(sqlite3.connect(tmp_path / "c.db")) as connection, connection:
        connection.execute("CREATE TABLE customers (id, sales)")
        connection.executemany("INSERT INTO customers VALUES (?, ?)", stored)
    (tmp_path / "b.yaml").write_text(HEAD + 'format: {number: "1,234.56"}\n', encoding="utf-8")
    right = {"1": "B", "2": "B", "3": "B", "4": "A", "5": None, "6": "B", "7": "A"}
    assert graded(policy, tmp_path / "c.db", tmp_path / "b.yaml", "size", date(2026, 6, 30)) == (right, {"bad-number"})
