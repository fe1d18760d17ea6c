"""Tables arrive in a thread while others are aggregated: what is wrong with a later one comes out all the same."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tierwise.core.errors import DataError
from tierwise.core.plan import Plan
from tierwise.core.source import Source as TextSource
from tierwise.core.types import DateType, ListType, NumberType, SetType, TextType
from tierwise.plugins.binding.binding_file import read_binding
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.binding.room import Loading, TypesChanged
from tierwise.plugins.data_source import Source
from tierwise.plugins.facts import FactTable
from tierwise.plugins.sqlite_reading import FIRST_ROWS

MANY = FIRST_ROWS + 10


@pytest.fixture
def crm(tmp_path: Path) -> Path:
    """Orders of one type throughout, and payments that are of another type late in their table."""
    path = tmp_path / "crm.db"
    with sqlite3.connect(path) as connection:
        connection.executescript("""
            CREATE TABLE customers (customer_id TEXT PRIMARY KEY); INSERT INTO customers VALUES ('a'), ('b');
            CREATE TABLE orders (customer_id TEXT, amount); CREATE TABLE payments (customer_id TEXT, amount);
        """)
        connection.executemany("INSERT INTO orders VALUES ('a', ?)", [(1,)] * MANY)
        connection.executemany("INSERT INTO payments VALUES ('a', ?)", [*[(1,)] * MANY, (" 2.50 ",)])
    connection.close()
    return path


def bound(source: Source, plan: Plan, *facts: str) -> FactTable:
    text = "binding: 1\npolicy: sample\nsubject: {table: customers}\nfacts:\n" + "".join(f"  {line}\n" for line in facts)
    return bind(source, plan, read_binding(TextSource("binding.yaml", text), plan), date(2026, 11, 21))


SUMS = ("ordered: {table: orders, aggregate: sum, column: amount}", "paid: {table: payments, aggregate: sum, column: amount}")


def test_a_type_that_changes_after_others_were_aggregated(
    crm: Path, opened: Callable[[Path], Source], plan_of: Callable[..., Plan]
) -> None:
    table = bound(opened(crm), plan_of(ordered=NumberType(2), paid=NumberType(2)), *SUMS)
    assert {s.key: s.facts for s in table.subjects()} == {
        "a": {"ordered": MANY, "paid": MANY + Decimal("2.50")},
        "b": {"ordered": 0, "paid": 0},
    }
    assert table.findings == ()


def test_all_tables_are_there_when_types_changed(crm: Path, opened: Callable[[Path], Source]) -> None:
    source = opened(crm)
    source.type_of("payments", source.tables()["payments"].columns[1])
    with Loading(source, {"payments": ["amount"], "orders": ["amount"]}) as loading:
        with pytest.raises(TypesChanged):
            loading.await_tables(["payments"])
        assert source.load("orders", ["amount"]) is False
        counted = source.connection.execute(f"SELECT count(*) FROM {source.named('orders').sql('duckdb')}").fetchone()
    assert counted == (MANY,)


def test_what_nobody_waits_for_any_more_is_not_read_to_its_end(crm: Path, opened: Callable[[Path], Source]) -> None:
    with sqlite3.connect(crm) as connection:
        connection.execute("CREATE VIEW endless AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n")
    connection.close()
    source = opened(crm)
    with pytest.raises(KeyboardInterrupt), Loading(source, {"orders": ["amount"], "endless": ["i"], "payments": ["amount"]}) as loading:
        loading.await_tables(["orders"])
        raise KeyboardInterrupt


def test_a_damaged_page_of_a_later_table_says_so(crm: Path, opened: Callable[[Path], Source], plan_of: Callable[..., Plan]) -> None:
    with sqlite3.connect(crm) as connection:
        root, size = (
            connection.execute(q).fetchone()[0] for q in ("SELECT rootpage FROM sqlite_master WHERE name = 'payments'", "PRAGMA page_size")
        )
    connection.close()
    with crm.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with pytest.raises(DataError, match=r"is damaged or encrypted: .*malformed"):
        bound(opened(crm), plan_of(ordered=NumberType(2), paid=NumberType(2)), *SUMS)


CONSTANTS = [
    (ListType(DateType()), "2026-01-02; 2026年1月1日", (date(2026, 1, 2), date(2026, 1, 1))),
    (SetType(TextType()), '["b", "a", "b"]', ("a", "b")),
    (ListType(NumberType(1)), "[]", ()),
]


@pytest.mark.parametrize(("type", "empty", "expected"), CONSTANTS)
def test_what_no_row_means_is_entered_like_a_stored_value(
    type: ListType, empty: str, expected: object, crm: Path, opened: Callable[[Path], Source], plan_of: Callable[..., Plan]
) -> None:
    fact = f"fact: {{table: orders, aggregate: list, column: amount, where: {{amount: '> 5'}}, empty: '{empty}'}}"
    table = bound(opened(crm), plan_of(fact=type), fact)
    assert [s.facts for s in table.subjects()] == [{"fact": expected}] * 2
