"""Facts from rows of other tables mean the same whatever the database is."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierwise.core.errors import DataError, PolicyError
from tierwise.core.plan import Plan
from tierwise.core.source import Source as TextSource
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    EnumType,
    ListType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from tierwise.plugins.binding.aggregates import AGGREGATES
from tierwise.plugins.binding.binding_file import Aggregate, read_binding
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.data_source import Source
from tierwise.plugins.facts import FactTable

Opened = Callable[[Path | str], Source]

SCRIPT = """
CREATE TABLE customers (customer_id TEXT PRIMARY KEY, name TEXT, kind TEXT, platform TEXT);
INSERT INTO customers VALUES ('001', '甲', 'organisation', 'GW'), ('002', '乙', 'organisation', 'SW'), ('003', '丙', 'person', NULL);
CREATE TABLE orders (order_id INTEGER, customer_id TEXT, ordered_on TEXT, status TEXT, amount REAL, score REAL);
INSERT INTO orders VALUES
  (1, '001', '2025-11-21', 'delivered', 1000.00, 80.5), (2, '001', '2025-11-22', 'delivered', 0.1, 80.5), (3, '001', '2026-11-21', 'open', 0.2, 91.0),
  (4, '001', '2026-11-22', 'open', 5000.00, 91.0), (5, '001', '2026-05-01', 'cancelled', 7.77, 60.0), (6, '002', '2026-05-01', 'delivered', -3.5, 10.0),
  (7, '009', '2026-05-01', 'delivered', 1.5, 10.0);
CREATE TABLE "Order Details" ("OrderID" INTEGER, "Unit Price" REAL, "数量" INTEGER, "Discount" REAL);
INSERT INTO "Order Details" VALUES (1, 10.5, 3, 0.25), (3, 0.1, 3, 0.1), (6, 99.99, 2, 0.0);
CREATE TABLE payments (customer_id TEXT, due_on TEXT, paid_on TEXT, amount REAL);
INSERT INTO payments VALUES ('001', '2026-03-01', '2026-03-05', 1.0), ('001', '2026-02-01', '2026-02-09 12:00:00', 2.0),
  ('001', '2026-04-01', '2026-04-01', 3.0), ('001', '2026-05-01', NULL, 4.0);
CREATE TABLE judgements (customer_id TEXT, name TEXT, value TEXT, judged_on TEXT, valid_to TEXT);
INSERT INTO judgements VALUES ('001', 'size', 'small', '2026-01-01', NULL), ('001', 'size', 'large', '2026-06-01', NULL),
  ('001', 'size', 'huge', '2026-12-01', NULL), ('002', 'size', 'small', '2026-01-01', '2026-02-01'), ('003', 'size', 'small', '2026-01-01', NULL),
  ('003', 'size', 'large', '2026-01-01', NULL), ('001', 'safe', '是', '2026-01-01', '2026-11-21'), ('002', 'safe', '1', '2026-01-01', NULL);
"""


def as_sqlite(folder: Path) -> Path:
    path = folder / "crm.db"
    connection = sqlite3.connect(path)
    connection.executescript(SCRIPT)
    connection.close()
    return path


def as_duckdb(folder: Path) -> Path:
    path = folder / "crm.duckdb"
    connection = duckdb.connect(str(path))
    connection.execute(SCRIPT)
    for table, name in (("orders", "ordered_on"), ("payments", "due_on"), ("judgements", "judged_on")):
        connection.execute(f"ALTER TABLE {table} ALTER {name} TYPE DATE")
    connection.execute("ALTER TABLE orders ALTER amount TYPE DECIMAL(12, 3)")
    connection.close()
    return path


def as_csv(folder: Path) -> Path:
    path = folder / "tables"
    path.mkdir()
    connection = duckdb.connect()
    connection.execute(SCRIPT)
    for table in ("customers", "orders", "Order Details", "payments", "judgements"):
        connection.execute(f"COPY \"{table}\" TO '{path}/{table}.csv' (HEADER)")
    return path


@pytest.fixture(params=[as_sqlite, as_duckdb, as_csv])
def crm(request: pytest.FixtureRequest, tmp_path: Path, opened: Opened) -> Source:
    """The same customers in each kind of database."""
    return opened(request.param(tmp_path))


def bound(source: Source, plan: Plan, facts: str, as_of: date | None = date(2026, 11, 21)) -> FactTable:
    text = "binding: 1\npolicy: sample\nsubject: {table: customers}\nfacts:\n" + "".join(
        f"  {line}\n" for line in facts.strip().splitlines()
    )
    return bind(source, plan, read_binding(TextSource("binding.yaml", text), plan), as_of)


MONEY = NumberType(2)
RECORDS = ListType(RecordType((("order", TextType()), ("score", NumberType(1)))))
MISSING = object()

FACTS: list[tuple[str, Type | tuple[Type, dict[str, Any]], list[Any]]] = [
    ("{table: orders, aggregate: sum, column: amount}", MONEY, [Decimal("6008.07"), Decimal("-3.50"), 0]),
    ("{table: orders, aggregate: sum, column: amount, empty: missing}", MONEY, [Decimal("6008.07"), Decimal("-3.50"), MISSING]),
    (
        "{table: orders, aggregate: sum, column: amount, where: {status: 'delivered, open'}, window: {column: ordered_on, last: 12 months}}",
        MONEY,
        [Decimal("0.30"), Decimal("-3.50"), 0],
    ),
    (
        "{table: orders, aggregate: sum, column: amount, window: {column: ordered_on, calendar: year}}",
        MONEY,
        [Decimal("7.97"), Decimal("-3.50"), 0],
    ),
    ("{table: orders, aggregate: count, window: {column: ordered_on, previous: half-year}}", NumberType(0), [1, 1, 0]),
    ("{table: orders, aggregate: count, window: {column: ordered_on, since: 2026-05-01, until: 2026-05-01}}", NumberType(0), [1, 1, 0]),
    ("{table: orders, aggregate: count, where: {status: not(cancelled), amount: '> 0'}}", NumberType(0), [4, 0, 0]),
    ("{table: orders, aggregate: count, where: {amount: '[0.1..0.2]'}}", NumberType(0), [2, 0, 0]),
    ("{table: orders, aggregate: count distinct, column: status}", NumberType(0), [3, 1, 0]),
    ("{table: orders, aggregate: min, column: amount}", MONEY, [Decimal("0.10"), Decimal("-3.50"), MISSING]),
    ("{table: orders, aggregate: max, column: ordered_on}", DateType(), [date(2026, 11, 22), date(2026, 5, 1), MISSING]),
    (
        "{table: orders, aggregate: max, column: ordered_on, window: {column: ordered_on}}",
        DateType(),
        [date(2026, 11, 21), date(2026, 5, 1), MISSING],
    ),
    (
        "{table: orders, aggregate: max, column: ordered_on, where: {status: open}, empty: none}",
        (DateType(), {"nullable": True}),
        [date(2026, 11, 22), None, None],
    ),
    ("{table: payments, aggregate: max, column: paid_on}", DateTimeType(), [datetime(2026, 4, 1), MISSING, MISSING]),
    ("{table: orders, aggregate: avg, column: score, where: {order_id: '<= 4'}}", NumberType(1), [Decimal("85.8"), MISSING, MISSING]),
    ("{table: orders, aggregate: exists, where: {status: open}}", BooleanType(), [True, False, False]),
    (
        "{table: payments, aggregate: list, column: paid_on, where: {paid_on: '> due_on'}}",
        ListType(DateType()),
        [(date(2026, 2, 9), date(2026, 3, 5)), (), ()],
    ),
    ("{table: payments, aggregate: count, where: {paid_on: null}}", NumberType(0), [1, 0, 0]),
    ("{table: payments, aggregate: count, where: {paid_on: not(null)}}", NumberType(0), [3, 0, 0]),
    (
        "{table: orders, aggregate: list, column: status}",
        SetType(EnumType(("open", "delivered", "cancelled"))),
        [("open", "delivered", "cancelled"), ("delivered",), ()],
    ),
    (
        "{table: orders, aggregate: list, fields: {order: order_id, score: score}, by: ordered_on, where: {status: 'open, cancelled'}}",
        RECORDS,
        [({"order": "5", "score": Decimal("60.0")}, {"order": "3", "score": Decimal("91.0")}), (), ()],
    ),
    (
        "{table: judgements, aggregate: last, column: value, by: judged_on, where: {name: size}, valid_until: valid_to}",
        EnumType(("large", "small")),
        ["large", MISSING, MISSING],
    ),
    (
        "{table: judgements, aggregate: first, column: value, by: judged_on, where: {name: size}}",
        EnumType(("large", "small")),
        ["small", "small", MISSING],
    ),
    (
        "{table: judgements, aggregate: last, column: value, by: judged_on, where: {name: safe}, valid_until: valid_to}",
        BooleanType(),
        [True, True, MISSING],
    ),
    (
        '{table: Order Details, via: {table: orders, key: {OrderID: order_id}}, aggregate: sum, expression: "Unit Price * 数量 * Discount", round: half up}',
        MONEY,
        [Decimal("7.91"), Decimal("0.00"), 0],
    ),
    (
        "{table: Order Details, via: {table: orders, key: {OrderID: order_id}}, aggregate: sum, column: 数量, where: {orders.status: open}}",
        NumberType(0),
        [3, 0, 0],
    ),
    ("{column: platform, values: {GW: 国网, SW: 省网}}", (EnumType(("国网", "省网")), {"nullable": True}), ["国网", "省网", None]),
    ("{column: platform, values: {GW: 国网, SW: 省网}, empty: 国网}", EnumType(("国网", "省网")), ["国网", "省网", "国网"]),
]


@pytest.mark.parametrize(("binding", "type", "expected"), FACTS, ids=[f[0][:90] for f in FACTS])
def test_an_aggregate_gives_the_same_fact_in_every_database(
    crm: Source, plan_of: Callable[..., Plan], binding: str, type: Any, expected: list[Any]
) -> None:
    table = bound(crm, plan_of(fact=type), f"fact: {binding}")
    assert [subject.facts.get("fact", MISSING) for subject in table.subjects()] == expected


def test_rows_of_nobody_are_found(crm: Source, plan_of: Callable[..., Plan]) -> None:
    table = bound(crm, plan_of(n=NumberType(0)), "n: {table: orders, aggregate: count}")
    assert [(f.code, f.count, f.examples) for f in table.findings] == [("orphan-rows", 1, (("009", ""),))]


def test_two_last_rows_that_differ_are_no_answer(crm: Source, plan_of: Callable[..., Plan]) -> None:
    table = bound(
        crm,
        plan_of(size=EnumType(("large", "small"))),
        "size: {table: judgements, aggregate: last, column: value, by: judged_on, where: {name: size}}",
    )
    assert [(f.code, f.count, f.examples) for f in table.findings] == [("ambiguous-row", 1, (("003", "large / small"),))]


def test_the_subjects_may_be_some_rows_of_their_table(crm: Source, plan_of: Callable[..., Plan]) -> None:
    plan = plan_of(platform=TextType())
    text = "binding: 1\npolicy: sample\nsubject: {table: customers, key: customer_id, name: name, where: {kind: organisation}}\n"
    table = bind(crm, plan, read_binding(TextSource("binding.yaml", text), plan))
    assert [(s.key, s.name, s.facts) for s in table.subjects()] == [("001", "甲", {"platform": "GW"}), ("002", "乙", {"platform": "SW"})]


def test_a_row_that_does_not_read_keeps_the_sum_out(sqlite_file: Callable[..., Path], opened: Opened, plan_of: Callable[..., Plan]) -> None:
    script = """
    CREATE TABLE customers (customer_id TEXT PRIMARY KEY);
    INSERT INTO customers VALUES ('a'), ('b'), ('c'), ('d'), ('e');
    CREATE TABLE orders (customer_id TEXT, amount REAL, ordered_on TEXT, status TEXT);
    INSERT INTO orders VALUES ('a', '12,500', '2026-01-01', 'open'), ('a', 1, '2026-01-01', 'open'), ('b', 0.001, '2026-01-01', 'open'),
      ('c', NULL, '2026-01-01', 'open'), ('d', 5, '2026-02-30', 'open'), ('e', 'x', '2026-01-01', 'closed'), ('e', ' 7.5 ', '2026-01-01', 'open');
    """
    plan = plan_of(total=MONEY)
    table = bound(
        opened(sqlite_file(script)),
        plan,
        "total: {table: orders, aggregate: sum, column: amount, where: {status: open}, window: {column: ordered_on}}",
    )
    assert {s.key: s.facts for s in table.subjects()} == {"a": {}, "b": {}, "c": {}, "d": {}, "e": {"total": Decimal("7.50")}}
    assert [(f.code, f.count, f.examples) for f in table.findings] == [
        ("bad-value", 2, (("a", "12,500"), ("b", "0.001"))),
        ("empty-value", 1, (("c", ""),)),
        ("unreadable-row", 1, (("d", "2026-02-30"),)),
    ]


def test_an_empty_child_table_gives_the_facts_of_no_rows(
    sqlite_file: Callable[..., Path], opened: Opened, plan_of: Callable[..., Plan]
) -> None:
    script = "CREATE TABLE customers (customer_id TEXT PRIMARY KEY); INSERT INTO customers VALUES ('a'); CREATE TABLE orders (customer_id TEXT, x REAL, d TEXT);"
    plan = plan_of(a=MONEY, b=NumberType(0), c=NumberType(0), d=DateType(), e=ListType(MONEY), f=BooleanType(), g=TextType(), h=MONEY)
    facts = """
    a: {table: orders, aggregate: sum, column: x}
    b: {table: orders, aggregate: count}
    c: {table: orders, aggregate: count distinct, column: x}
    d: {table: orders, aggregate: max, column: d}
    e: {table: orders, aggregate: list, column: x}
    f: {table: orders, aggregate: exists}
    g: {table: orders, aggregate: last, column: x, by: d}
    h: {table: orders, aggregate: avg, column: x}
    """
    table = bound(opened(sqlite_file(script)), plan, "\n".join(line.strip() for line in facts.strip().splitlines()))
    assert [s.facts for s in table.subjects()] == [{"a": 0, "b": 0, "c": 0, "e": (), "f": False}]
    assert table.findings == ()


def test_a_window_demands_the_date_of_the_run(crm: Source, plan_of: Callable[..., Plan]) -> None:
    with pytest.raises(DataError, match="needs the date of the run"):
        bound(crm, plan_of(n=NumberType(0)), "n: {table: orders, aggregate: count, window: {column: ordered_on}}", None)


WRONG: list[tuple[str, Type, str, str]] = [
    ("{table: orders, aggregate: sum, column: amount}", TextType(), "aggregate-type", "`sum` gives a number, but fact `fact` is a text"),
    ("{table: orders, aggregate: count, where: {stats: open}}", NumberType(0), "unknown-column", "`orders` has no column `stats`"),
    ("{table: orders, aggregate: max, column: amout}", NumberType(2), "unknown-column", "`orders` has no column `amout`"),
]


@pytest.mark.parametrize(("binding", "type", "code", "message"), WRONG)
def test_a_wrong_binding_says_what_and_where(
    crm: Source, plan_of: Callable[..., Plan], binding: str, type: Type, code: str, message: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        bound(crm, plan_of(fact=type), f"fact: {binding}")
    assert [(f.code, f.message, f.span.line if f.span else 0) for f in caught.value.findings] == [(code, message, 5)]


def test_a_table_that_is_not_there_is_named_with_its_nearest(crm: Source, plan_of: Callable[..., Plan]) -> None:
    with pytest.raises(DataError, match=r"binding.yaml:5:14: .* has no table `order`") as caught:
        bound(crm, plan_of(n=NumberType(0)), "n: {table: order, aggregate: count}")
    assert caught.value.help == "did you mean `orders`?"


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(cents=st.lists(st.integers(-(10**13), 10**13), max_size=40))
def test_a_sum_over_floats_has_no_float_error(cents: list[int], tmp_path: Path, opened: Opened, plan_of: Callable[..., Plan]) -> None:
    path = tmp_path / "sums.db"
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.executescript("CREATE TABLE customers (customer_id TEXT PRIMARY KEY); CREATE TABLE orders (customer_id, amount REAL);")
    connection.execute("INSERT INTO customers VALUES ('a')")
    connection.executemany("INSERT INTO orders VALUES ('a', ?)", [(cent / 100,) for cent in cents])
    connection.commit()
    connection.close()
    source = opened(path)
    table = bound(source, plan_of(total=NumberType(2)), "total: {table: orders, aggregate: sum, column: amount}")
    assert [s.facts["total"] for s in table.subjects()] == [Decimal(sum(cents)).scaleb(-2)]
    source.connection.close()


def test_a_product_beyond_all_whole_numbers_keeps_one_subject_out_and_no_other(
    sqlite_file: Callable[..., Path], opened: Opened, plan_of: Callable[..., Plan]
) -> None:
    script = """
    CREATE TABLE customers (customer_id TEXT PRIMARY KEY); INSERT INTO customers VALUES ('a'), ('b');
    CREATE TABLE lines (customer_id TEXT, price INTEGER, quantity INTEGER);
    INSERT INTO lines VALUES ('a', 9000000000000000000, 9000000000000000000), ('b', 3, 4);
    """
    table = bound(
        opened(sqlite_file(script)), plan_of(total=MONEY), 'total: {table: lines, aggregate: sum, expression: "price * quantity"}'
    )
    assert {s.key: s.facts for s in table.subjects()} == {"a": {}, "b": {"total": 12}}
    assert [(f.code, f.count) for f in table.findings] == [("bad-value", 1)]


def test_values_of_many_sorts_in_one_column_each_count_as_what_they_are(
    sqlite_file: Callable[..., Path], opened: Opened, plan_of: Callable[..., Plan]
) -> None:
    script = """
    CREATE TABLE customers (customer_id TEXT PRIMARY KEY); INSERT INTO customers VALUES ('a'), ('b'), ('c');
    CREATE TABLE orders (customer_id TEXT, amount, ordered_on TEXT);
    INSERT INTO orders VALUES ('a', 0.1 + 0.2, '2026-01-01'), ('a', 9007199254740993, '2026-01-02'), ('a', ' 7.25 ', '2026-01-03'),
      ('b', '1e3', '2026-01-01'), ('c', x'31', '2026-01-01');
    """
    facts = """
    total: {table: orders, aggregate: sum, column: amount}
    last: {table: orders, aggregate: last, column: amount, by: ordered_on}
    """
    plan = plan_of(total=NumberType(2), last=NumberType(2))
    table = bound(opened(sqlite_file(script)), plan, "\n".join(line.strip() for line in facts.strip().splitlines()))
    assert {s.key: s.facts for s in table.subjects()} == {
        "a": {"total": Decimal("9007199254741000.55"), "last": Decimal("7.25")},
        "b": {},
        "c": {},
    }
    assert [(f.code, f.fact, f.count) for f in table.findings] == [("bad-value", "total", 2), ("bad-number", "last", 2)]


def test_every_aggregate_that_a_binding_may_name_is_there() -> None:
    assert set(AGGREGATES) == set(get_args(Aggregate))


def test_an_order_changes_nothing_but_which_row_is_first(opened: Opened, plan_of: Callable[..., Plan], tmp_path: Path) -> None:
    plan = plan_of(spend=NumberType(2))
    told = "binding: 1\npolicy: sample\nsubject: {table: customers}\nfacts: {spend: {table: orders, aggregate: sum, column: score, by: ordered_on}}\n"
    table = bind(opened(as_sqlite(tmp_path)), plan, read_binding(TextSource("b.yaml", told), plan), date(2026, 11, 21))
    assert {subject.key: subject.facts["spend"] for subject in table.subjects()} == {"001": Decimal("312.00"), "002": 10, "003": 0}
