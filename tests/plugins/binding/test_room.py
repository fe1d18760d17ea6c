"""What is bound where the tables are is what comes of it when they are brought: facts, findings, and what stands where it does not fit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.postgres_server import postgres_server
from tierwise.core.plan import Plan
from tierwise.core.source import Source as TextSource
from tierwise.core.types import BooleanType, DateTimeType, DateType, EnumType, NumberType, TextType, Type
from tierwise.plugins.binding.binding_file import read_binding
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.builtin.source_postgres import PostgresSource
from tierwise.plugins.data_source import open_source
from tierwise.plugins.facts import FactTable
from tierwise.plugins.manager import Plugins
from tierwise.plugins.postgres import connected

__all__ = ["postgres_server"]

AS_OF = date(2026, 11, 21)
SCRIPT = """
CREATE TABLE there_customers (customer_id text PRIMARY KEY, name text, kind text, seen timestamp, rate numeric, limit_of int, flag smallint);
INSERT INTO there_customers VALUES ('001', '甲', 'organisation', '2026-01-01 10:00:00.5', 1.25, 5, 1), ('002', '乙', 'Organisation', NULL, NULL, -5, 0),
  ('003', '丙', 'person', '10000-01-01', 1.255, NULL, 7), ('004', NULL, NULL, NULL, 10000000000000000000000000, 2000000000, NULL);
CREATE TABLE there_orders (order_id int PRIMARY KEY, customer_id text, ordered_on date, at timestamp, status text, amount numeric(12, 3), wide numeric,
  product_id int);
INSERT INTO there_orders VALUES
  (1, '001', '2025-11-21', '2026-01-01', 'delivered', 1000.00, 1.5, 7), (2, '001', '2025-11-22', '2026-01-01', 'delivered', 0.1, 1.25, 8),
  (3, '001', '2026-11-21', '2026-05-01', 'open', 0.2, 2, 7), (4, '001', '2026-11-22', '2026-06-01', 'open', 5000.00, 0.123456789012345678901, 9),
  (5, '001', '2026-05-01', '2026-06-01', 'cancelled', 7.774, NULL, NULL), (6, ' 002', '2026-05-01', NULL, 'delivered', -3.5, 3, 8),
  (7, '009', '2026-05-01', '2026-05-01', NULL, 1.5, 3, 8), (8, '002', '10000-01-01', '2026-05-01', 'Öffen', NULL, 3, 8), (9, '002', NULL, NULL, 'ä', 5, 9, 8);
CREATE TABLE there_products (product_id int PRIMARY KEY, kind text, price numeric(8, 2), listed boolean);
INSERT INTO there_products VALUES (7, 'A', 9.99, true), (8, 'b', 0.5, false);
CREATE TABLE there_judgements (customer_id text, value text, judged_on date, valid_to date);
INSERT INTO there_judgements VALUES ('001', 'small', '2026-01-01', NULL), ('001', 'large', '2026-06-01', NULL), ('001', 'huge', '2026-12-01', NULL),
  ('002', 'small', '2026-01-01', '2026-02-01'), ('003', 'small', '2026-01-01', NULL), ('003', 'large', '2026-01-01', NULL), ('003', NULL, '2026-01-01', NULL),
  ('004', NULL, '2026-01-01', NULL), ('004', 'small', '2026-01-01', NULL)
"""
TABLES = ("there_customers", "there_orders", "there_products", "there_judgements")

MONEY, COUNT, SIZE = NumberType(scale=2), NumberType(scale=0), EnumType(("small", "large", "huge"))

THERE: dict[str, tuple[Type, str]] = {
    "sum": (NumberType(scale=3), "{table: there_orders, aggregate: sum, column: amount}"),
    "sum off scale": (NumberType(scale=1), "{table: there_orders, aggregate: sum, column: amount}"),
    "sum rounded": (NumberType(scale=1), "{table: there_orders, aggregate: sum, column: amount, round: half up}"),
    "sum of open numerics": (MONEY, "{table: there_orders, aggregate: sum, column: wide}"),
    "sum within bounds": (NumberType(scale=3, high=Decimal(1)), "{table: there_orders, aggregate: sum, column: amount}"),
    "average": (MONEY, "{table: there_orders, aggregate: avg, column: amount}"),
    "least": (NumberType(scale=3), "{table: there_orders, aggregate: min, column: amount}"),
    "first day": (DateType(), "{table: there_orders, aggregate: min, column: ordered_on}"),
    "last moment": (DateTimeType(), "{table: there_orders, aggregate: max, column: at}"),
    "count": (COUNT, "{table: there_orders, aggregate: count}"),
    "count where": (COUNT, '{table: there_orders, aggregate: count, where: {status: "delivered, open"}}'),
    "count more": (COUNT, '{table: there_orders, aggregate: count, where: {amount: ">= 0.2", ordered_on: "<= 2026-06-01"}}'),
    "different": (COUNT, "{table: there_orders, aggregate: count distinct, column: status}"),
    "any": (BooleanType(), '{table: there_orders, aggregate: exists, where: {status: "cancelled"}}'),
    "in a window": (NumberType(scale=3), "{table: there_orders, aggregate: sum, column: amount, window: {column: ordered_on, last: 12 months}}"),
    "in a quarter": (COUNT, "{table: there_orders, aggregate: count, window: {column: at, previous: 2 quarters}}"),
    "last": (SIZE, "{table: there_judgements, aggregate: last, column: value, by: judged_on}"),
    "first": (TextType(), "{table: there_judgements, aggregate: first, column: value, by: judged_on}"),
    "last valid": (SIZE, "{table: there_judgements, aggregate: last, column: value, by: judged_on, valid_until: valid_to}"),
    "last words": (SIZE, "{table: there_judgements, aggregate: last, column: value, by: judged_on, values: {small: large, large: small}}"),
    "last amount": (NumberType(scale=3), "{table: there_orders, aggregate: last, column: amount, by: at}"),
    "product": (
        MONEY, "{table: there_products, aggregate: sum, column: price, via: {table: there_orders, key: product_id}, key: customer_id}"
    ),
    "products listed": (
        COUNT,
        "{table: there_products, aggregate: count, where: {listed: true}, via: {table: there_orders, key: product_id}, key: customer_id}",
    ),
    "of all": (NumberType(scale=3), "{table: there_orders, aggregate: max, column: amount, of: all}"),
    "by id": (COUNT, "{table: there_orders, aggregate: count, key: customer_id, where: {customer_id: 001}}"),
    "kind": (EnumType(("organisation", "person")), "{column: kind}"),
    "kind in words": (EnumType(("company", "person")), "{column: kind, values: {organisation: company}}"),
    "rate": (MONEY, "{column: rate}"),
    "rate wide": (NumberType(scale=3), "{column: rate}"),
    "seen": (DateTimeType(), "{column: seen}"),
    "day": (DateType(), "{column: seen}"),
    "limit": (NumberType(scale=0, low=Decimal(0)), "{column: limit_of}"),
    "limit or": (NumberType(scale=0), "{column: limit_of, empty: 12}"),
    "flag": (BooleanType(), "{column: flag}"),
    "words": (TextType(), "{column: limit_of}"),
}  # fmt: skip
BROUGHT: dict[str, tuple[Type, str]] = {
    "an expression": (MONEY, "{table: there_orders, aggregate: sum, expression: 'amount * 2'}"),
    "a text as a number": (MONEY, "{column: customer_id}"),
}


@pytest.fixture(scope="module")
def filled(postgres_server: str) -> Iterator[str]:
    """The server with customers, orders, products and judgements, and with what does not fit in each."""
    _run(postgres_server, SCRIPT)
    yield postgres_server
    _run(postgres_server, f"DROP TABLE {', '.join(TABLES)}")


def _run(location: str, script: str) -> None:
    with connected(location) as connection, connection.cursor() as cursor:
        for statement in script.split(";\n"):
            cursor.execute(statement)
        connection.commit()


@contextmanager
def bound(location: str, plan: Plan, facts: dict[str, str], is_brought: bool = False) -> Iterator[tuple[PostgresSource, FactTable]]:
    """Bind facts, where the tables are if that can be."""
    lines = "\n".join(f'  "{name}": {told}' for name, told in facts.items())
    text = f"binding: 1\npolicy: sample\nsubject: {{table: there_customers, key: customer_id, name: name}}\nfacts:\n{lines}\n"
    source = open_source(location, Plugins().sources().values())
    assert isinstance(source, PostgresSource)
    if is_brought:
        source.server = lambda: None  # type: ignore[method-assign]  # as a source without one
    try:
        yield source, bind(source, plan, read_binding(TextSource("binding.yaml", text), plan), AS_OF)
    finally:
        source.close()


def told(table: FactTable) -> tuple[Any, ...]:
    """Return all that a table tells."""
    keys = [subject.key for subject in table.subjects()]
    problems = table.problems_of(keys)
    return list(table.subjects()), table.findings, problems, {key: table.unread(key) for key in keys}


def test_facts_are_the_same_bound_there_or_brought(filled: str, plan_of: Callable[..., Plan]) -> None:
    plan, facts = plan_of(**{name: type for name, (type, _) in THERE.items()}), {name: fact for name, (_, fact) in THERE.items()}
    with bound(filled, plan, facts, is_brought=True) as (_, brought), bound(filled, plan, facts) as (source, there):
        assert there.lies is not None
        assert told(there) == told(brought)
        assert source._loaded == {}, "one row a subject is all that came"
        assert len({finding.code for finding in there.findings}) >= 6


@pytest.mark.parametrize("name", BROUGHT)
def test_what_cannot_be_said_there_is_brought(filled: str, plan_of: Callable[..., Plan], name: str) -> None:
    type, fact = BROUGHT[name]
    with bound(filled, plan_of(**{name: type}), {name: fact}) as (_, brought):
        assert brought.lies is None
        assert len(list(brought.subjects())) == 4
