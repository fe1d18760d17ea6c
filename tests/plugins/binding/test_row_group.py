"""Rows of a table that points to another are counted with what they point to; what points to nothing keeps its subject's fact out, and is told."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tierwise.core.plan import Plan
from tierwise.core.source import Source as TextSource
from tierwise.core.types import BooleanType, EnumType, NumberType, Type
from tierwise.plugins.binding.binding_file import read_binding
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.data_source import Source

Rows = tuple[str, ...]
Found = set[tuple[str, tuple[str, ...]]]

CUSTOMERS = ("id,account,kind", "1,X,firm", "2,Q,firm", "3,,firm", "4,Y,person")
ACCOUNTS = ("id,credit,state", "X,500,open", "Y,5,shut", "Z,9,open")
ORDERS = (
    "no,customer,product,status",
    "o1,1,p1,done",
    "o2,1,p2,done",
    "o3,2,p1,done",
    "o4,2,gone,done",
    "o5,3,gone,void",
    "o6,4,,done",
    "o7,1,p1,done",
)
PRODUCTS = ("product,price", "p1,10", "p2,5", "p3,99")
LINES = ("order,amount", "o1,1", "o1,2", "o3,4", "lost,8")
ALONE = ("order,amount", "o1,1", "o3,4")
TABLES = {"customers": CUSTOMERS, "accounts": ACCOUNTS, "orders": ORDERS, "products": PRODUCTS, "lines": LINES, "alone": ALONE}

NUMBER, MISSING = NumberType(0), "missing"
ACCOUNT = "table: accounts, via: {table: customers, key: {id: account}}, key: id"
PRODUCT = "table: products, via: {table: orders, key: product}, key: customer"
LINE = "via: {table: orders, key: {order: no}}, key: customer"
CASES: list[tuple[str, str, Type, dict[str, Any], Found]] = [
    (
        "most",
        f"{ACCOUNT}, aggregate: max, column: credit",
        NUMBER,
        {"1": 500, "2": MISSING, "3": MISSING, "4": 5},
        {("unknown-row", ("2",))},
    ),
    (
        "a sum is not zero",
        f"{ACCOUNT}, aggregate: sum, column: credit",
        NUMBER,
        {"1": 500, "2": MISSING, "3": 0, "4": 5},
        {("unknown-row", ("2",))},
    ),
    ("nor is a number", f"{ACCOUNT}, aggregate: count", NUMBER, {"1": 1, "2": MISSING, "3": 0, "4": 1}, {("unknown-row", ("2",))}),
    (
        "whether it is there with a condition",
        f"{ACCOUNT}, aggregate: exists, where: {{state: open}}",
        BooleanType(),
        {"1": True, "2": MISSING, "3": False, "4": False},
        {("unknown-row", ("2",))},
    ),
    (
        "the last",
        f"{ACCOUNT}, aggregate: last, column: state, by: credit",
        EnumType(("open", "shut")),
        {"1": "open", "2": MISSING, "3": MISSING, "4": "shut"},
        {("unknown-row", ("2",))},
    ),
    (
        "each order adds the price of its product",
        f"{PRODUCT}, aggregate: sum, column: price",
        NUMBER,
        {"1": 25, "2": MISSING, "3": MISSING, "4": 0},
        {("unknown-row", ("2", "3"))},
    ),
    (
        "an order that a condition leaves out anyway",
        f"{PRODUCT}, aggregate: sum, column: price, where: {{orders.status: done}}",
        NUMBER,
        {"1": 25, "2": MISSING, "3": 0, "4": 0},
        {("unknown-row", ("2",))},
    ),
    (
        "orders without lines are none",
        f"table: lines, {LINE}, aggregate: sum, column: amount",
        NUMBER,
        {"1": 3, "2": 4, "3": 0, "4": 0},
        {("orphan-rows", ())},
    ),
    (
        "nor where each has one line at most",
        f"table: alone, {LINE}, aggregate: sum, column: amount",
        NUMBER,
        {"1": 1, "2": 4, "3": 0, "4": 0},
        set(),
    ),
]


def write_csv(folder: Path) -> Path:
    for name, lines in TABLES.items():
        (folder / f"{name}.csv").write_text("\n".join((*lines, "")), encoding="utf-8")
    return folder


def write_sqlite(folder: Path) -> Path:
    with sqlite3.connect(folder / "shop.db") as connection:
        for name, (head, *lines) in TABLES.items():
            columns = ", ".join(f'"{word}"' for word in head.split(","))
            connection.execute(f"CREATE TABLE {name} ({columns})")
            for line in lines:
                cells = [cell or None for cell in line.split(",")]
                connection.execute(f"INSERT INTO {name} VALUES ({', '.join('?' * len(cells))})", cells)
    connection.close()
    return folder / "shop.db"


@pytest.mark.parametrize("write", [write_csv, write_sqlite])
@pytest.mark.parametrize(("told", "type", "right", "found"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_points_nowhere_is_not_known(
    told: str, type: Type, right: dict[str, Any], found: Found, write: Callable[[Path], Path],
    plan_of: Callable[..., Plan], opened: Callable[[Path], Source], tmp_path: Path,
) -> None:  # fmt: skip
    plan = plan_of(it=type)
    binding = f"binding: 1\npolicy: sample\nsubject: {{table: customers, key: id}}\nfacts:\n  it: {{{told}}}\n"
    table = bind(opened(write(tmp_path)), plan, read_binding(TextSource("b.yaml", binding), plan))
    assert {subject.key: subject.facts.get("it", MISSING) for subject in table.subjects()} == right
    assert {(f.code, tuple(key for key, _ in f.examples if key != "None")) for f in table.findings} == found


def test_rows_of_subjects_that_a_condition_leaves_out_are_nobodys_only_when_the_table_has_none_such(
    plan_of: Callable[..., Plan], opened: Callable[[Path], Source], tmp_path: Path
) -> None:
    location, plan = write_csv(tmp_path), plan_of(it=NUMBER)
    (location / "orders.csv").write_text("no,customer\no1,1\no2,4\no3,gone\n", encoding="utf-8")
    subject = "subject: {table: customers, key: id, where: {kind: firm}}"
    binding = f"binding: 1\npolicy: sample\n{subject}\nfacts:\n  it: {{table: orders, key: customer, aggregate: count}}\n"
    table = bind(opened(location), plan, read_binding(TextSource("b.yaml", binding), plan))
    assert [(finding.code, finding.count, finding.examples) for finding in table.findings] == [("orphan-rows", 1, (("gone", ""),))]
