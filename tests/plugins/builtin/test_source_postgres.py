"""A PostgreSQL database is read as it stands: exactly, in one state of it, and never written to."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.command_line import tierwise
from tests.postgres_server import postgres_server
from tierwise import load
from tierwise.core.errors import DataError
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.builtin.source_postgres import PostgresSource
from tierwise.plugins.data_source import open_source
from tierwise.plugins.facts import FactTable
from tierwise.plugins.manager import Plugins
from tierwise.plugins.postgres import connected

__all__ = ["postgres_server"]

CUSTOMERS = """
CREATE TABLE stored (id int PRIMARY KEY, turnover numeric, paid numeric(10, 3), odd numeric, since date, seen timestamp,
                        tags text[], kind char(5), "中文 ""名" text);
INSERT INTO stored VALUES
  (1, 12345678901234567890.5, 1.500, 'NaN', '2024-02-29', '2024-01-01 10:00', ARRAY['a', NULL], 'ab', '金'),
  (2, NULL, NULL, 5, 'infinity', '-infinity', NULL, NULL, NULL);
CREATE SCHEMA crm;
CREATE TABLE crm.orders (id bigint, customer_id int, total numeric(38, 30), due date, paid_at timestamp);
INSERT INTO crm.orders VALUES (1, 1, 1.000000000000000000000000000001, NULL, NULL);
CREATE VIEW endless AS SELECT * FROM generate_series(1, 5000) AS g;
"""


def run(location: str, statements: str) -> None:
    """Run statements on a server."""
    with connected(location) as connection, connection.cursor() as cursor:
        for statement in filter(str.strip, statements.split(";\n")):
            cursor.execute(statement)
        connection.commit()


@pytest.fixture(scope="module")
def filled(postgres_server: str) -> Iterator[str]:
    """The server with some tables."""
    run(postgres_server, CUSTOMERS)
    yield postgres_server
    run(postgres_server, "DROP VIEW endless;\nDROP SCHEMA crm CASCADE;\nDROP TABLE stored;\n")


@pytest.fixture
def source(filled: str) -> Iterator[PostgresSource]:
    """The open database."""
    opened = open_source(filled, Plugins().sources().values())
    assert isinstance(opened, PostgresSource)
    yield opened
    opened.close()


def loaded(source: PostgresSource, table: str, column: str) -> list[Any]:
    source.load(table, [column])
    name = column.replace('"', '""')
    return [value for (value,) in source.connection.execute(f'SELECT "{name}" FROM {source.named(table).sql("duckdb")}').fetchall()]


@pytest.mark.parametrize(
    ("table", "column", "values"),
    [
        ("stored", "turnover", [Decimal("12345678901234567890.5"), None]),
        ("stored", "paid", [Decimal("1.500"), None]),
        ("stored", "odd", ["NaN", "5"]),
        ("stored", "kind", ["ab", None]),
        ("stored", "tags", [["a", None], None]),
        ("stored", '中文 "名', ["金", None]),
        ("crm.orders", "total", [Decimal("1.000000000000000000000000000001")]),
        ("crm.orders", "due", [None]),
        ("crm.orders", "paid_at", [None]),
    ],
)
def test_a_value_arrives_as_it_stands(source: PostgresSource, table: str, column: str, values: list[Any]) -> None:
    assert loaded(source, table, column) == values


def test_a_date_without_end_is_no_date_of_the_calendar_but_not_lost(source: PostgresSource) -> None:
    source.load("stored", ["since"])
    known, endless = source.connection.execute("SELECT since, since > DATE '9999-12-31' FROM customer_database.stored").fetchall()

    assert known == (date(2024, 2, 29), False)
    assert endless[1] is True


def test_tables_have_their_keys_and_those_of_other_schemas_their_schema(source: PostgresSource) -> None:
    assert {name: [c.name for c in table.columns if c.key] for name, table in source.tables().items()} == {
        "stored": ["id"],
        "endless": [],
        "crm.orders": [],
    }


def test_nothing_can_be_written(source: PostgresSource) -> None:
    with pytest.raises(DataError, match="read-only transaction"):
        source._fetched("CREATE TABLE mine AS SELECT 1 AS one")


def test_what_another_writes_meanwhile_is_not_seen(source: PostgresSource, filled: str) -> None:
    assert len(loaded(source, "crm.orders", "id")) == 1
    run(filled, "INSERT INTO crm.orders VALUES (2, 1, 1);\n")

    assert len(loaded(source, "crm.orders", "customer_id")) == 1
    run(filled, "DELETE FROM crm.orders WHERE id = 2;\n")


def test_a_view_without_end_is_not_read_to_its_end(source: PostgresSource, monkeypatch: pytest.MonkeyPatch) -> None:
    for place in ("builtin.source_postgres", "view_bounds"):
        monkeypatch.setattr(f"tierwise.plugins.{place}.MOST_ROWS", 1000)

    with pytest.raises(DataError, match="may have no end"):
        source.load("endless", ["g"])


@pytest.mark.parametrize(
    ("location", "said"),
    [
        ("postgresql://me:secret@nowhere/db", "holds a password"),
        ("postgresql://nowhere/db?user=me&password=secret", "holds a password"),
        ("postgresql:///postgres?host=/tmp/no-such-folder", "cannot be read"),
    ],
)
def test_what_cannot_be_opened_is_told_without_its_password(location: str, said: str) -> None:
    if said == "cannot be read":
        pytest.importorskip("adbc_driver_postgresql", reason="needs the extra `postgres`")
    with pytest.raises(DataError, match=said) as error:
        PostgresSource(location)

    assert "secret" not in str(error.value)


def test_both_engines_grade_a_database_of_the_server_alike(filled: str) -> None:
    run(
        filled,
        "CREATE TABLE customers (customer_id text PRIMARY KEY, sales_yuan numeric);\n"
        "INSERT INTO customers SELECT 'K' || n, CASE WHEN n % 7 > 0 THEN n * 1000.01 END FROM generate_series(1, 500) n;\n",
    )
    asked = ("grade", filled, "--policy", "abc-5-20-80-care", "--format", "jsonl", "--engine")
    try:
        by_duckdb, by_postgres = tierwise(*asked, "duckdb"), tierwise(*asked, "postgres")
    finally:
        run(filled, "DROP TABLE customers;\n")

    assert by_duckdb.code == by_postgres.code == 0, by_postgres.err
    assert len(by_duckdb.out.splitlines()) == 500
    assert by_duckdb.out == by_postgres.out


ROWS = "INSERT INTO lying SELECT 'K' || n, 'name ' || n, CASE WHEN n % 7 > 0 THEN n * 1000.01 END FROM generate_series(1, 40) n;\n"


@pytest.fixture
def lying(postgres_server: str) -> Iterator[str]:
    """A server with customers whose every value fits as it stands."""
    run(postgres_server, "CREATE TABLE lying (customer_id text PRIMARY KEY, name text, sales_yuan numeric(12, 2));\n" + ROWS)
    yield postgres_server
    run(postgres_server, "DROP VIEW IF EXISTS seen;\nDROP TABLE lying CASCADE;\n")


def bound_facts(location: str) -> tuple[PostgresSource, FactTable]:
    """Open a server and bind its customers."""
    opened = open_source(location, Plugins().sources().values())
    assert isinstance(opened, PostgresSource)
    return opened, bind(opened, load("abc-5-20-80-care").plan)


def test_facts_that_fit_are_graded_where_they_lie_in_the_state_in_which_they_were_found_to_fit(lying: str) -> None:
    policy = load("abc-5-20-80-care")
    source, facts = bound_facts(lying)
    assert facts.lies is not None
    run(lying, "INSERT INTO lying VALUES ('late', 'late', 1), ('odd', 'odd', 2);\nUPDATE lying SET sales_yuan = -5;\n")
    engines = Plugins().engines()
    found = list(engines["postgres"].grade(policy.plan, policy.environment, facts, None).rows())

    assert len(found) == 40
    assert found == list(engines["duckdb"].grade(policy.plan, policy.environment, facts, None).rows()), "one row each is brought"
    assert source._loaded == {}, "no table was brought"
    source.close()


@pytest.mark.parametrize(
    ("change", "is_there"),
    [
        ("INSERT INTO lying VALUES (' K99', 'blank', 1)", True),
        ("INSERT INTO lying VALUES (' K9 ', 'twice', 1)", False),
        ("INSERT INTO lying VALUES ('Ｋ９', 'wide', 1); DELETE FROM lying WHERE customer_id = 'K9'", True),
        ("INSERT INTO lying VALUES ('Total', 'x', 1)", True),
        ("INSERT INTO lying VALUES ('x', '合计', 1)", True),
        ("INSERT INTO lying VALUES ('x', 'nan', 'NaN')", False),
        ("ALTER TABLE lying ALTER sales_yuan TYPE numeric; UPDATE lying SET sales_yuan = 1.001 WHERE customer_id = 'K1'", True),
        ("ALTER TABLE lying ALTER sales_yuan TYPE numeric; UPDATE lying SET sales_yuan = 1e30 WHERE customer_id = 'K1'", True),
        ("ALTER TABLE lying ALTER sales_yuan TYPE text", False),
        ("ALTER TABLE lying ALTER sales_yuan TYPE double precision", False),
        ("ALTER TABLE lying DROP CONSTRAINT lying_pkey", True),
        ("ALTER TABLE lying DROP CONSTRAINT lying_pkey; INSERT INTO lying VALUES ('K9', 'twice', 1)", False),
        ("ALTER TABLE lying ALTER customer_id TYPE char(8)", False),
        ("CREATE TABLE heir () INHERITS (lying); INSERT INTO heir VALUES ('K9', 'twice', 1)", False),
    ],
)
def test_what_is_to_be_found_is_found_there_or_brought(lying: str, change: str, is_there: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    run(lying, change.replace("; ", ";\n") + ";\n")
    found = []
    for _ in range(2):
        source, facts = bound_facts(lying)
        try:
            found.append((list(facts.subjects()), facts.findings, facts.lies is not None))
        finally:
            source.close()
        monkeypatch.setattr(PostgresSource, "server", lambda source: None)

    assert found[0][2] is is_there
    assert found[0][:2] == found[1][:2]


def test_whole_numbers_dates_words_and_what_is_missing_lie_where_they_are(lying: str) -> None:
    run(
        lying,
        "ALTER TABLE lying ALTER sales_yuan TYPE bigint;\nALTER TABLE lying ALTER customer_id TYPE int USING substr(customer_id, 2)::int;\n",
    )
    source, facts = bound_facts(lying)
    policy = load("abc-5-20-80-care")
    engines = Plugins().engines()
    graded = {name: list(engines[name].grade(policy.plan, policy.environment, facts, None).rows()) for name in ("postgres", "duckdb")}

    assert facts.lies is not None
    assert facts.lies.stored.whole == frozenset()
    assert graded["postgres"] == graded["duckdb"]
    source.close()
