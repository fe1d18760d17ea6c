"""A view that is wrong or has no end is a matter of who reads it; the rest of the file is read as ever."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from tests.command_line import POLICY
from tierwise.core.errors import DataError
from tierwise.plugins import view_bounds
from tierwise.plugins.builtin import source_duckdb, source_sqlite
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.run import bound_database

CUSTOMERS = "CREATE TABLE customers (customer_id TEXT PRIMARY KEY, name TEXT, amount REAL, judged_good INT)"
NUMBERS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"


@pytest.fixture
def loaded(tmp_path: Path) -> LoadedPolicy:
    (tmp_path / "small.yaml").write_text(POLICY, encoding="utf-8")
    return load(tmp_path / "small.yaml")


def keys_of(loaded: LoadedPolicy, path: Path, binding: str = "") -> list[str]:
    if binding:
        (path.parent / "b.yaml").write_text(f"binding: 1\npolicy: small\n{binding}", encoding="utf-8")
    with bound_database(loaded, str(path), str(path.parent / "b.yaml") if binding else None, None) as bound:
        return [subject.key for subject in bound.facts.subjects()]


def made(path: Path, *statements: str) -> Path:
    with closing(sqlite3.connect(path)) as database:
        for statement in (CUSTOMERS, "INSERT INTO customers VALUES ('001', 'x', 500000, 1)", *statements):
            database.execute(statement)
        database.commit()
    return path


@pytest.mark.parametrize(
    "views",
    [
        ["CREATE VIEW v AS SELECT * FROM gone"],
        ["CREATE VIEW v AS SELECT nope FROM customers"],
        ["CREATE VIEW v AS SELECT * FROM w", "CREATE VIEW w AS SELECT * FROM v"],
        ["CREATE VIEW v AS SELECT my_function(amount) FROM customers"],
        ["CREATE VIEW v AS SELECT amount FROM customers a, customers b"],
        ["CREATE VIEW v(a, b) AS SELECT amount FROM customers"],
        ["CREATE VIEW v AS SELECT sum(sum(amount)) FROM customers"],
        ["CREATE VIEW v AS SELECT name FROM customers ORDER BY name COLLATE pinyin"],
        [f"CREATE VIEW v AS {NUMBERS} SELECT i AS customer_id FROM n"],
    ],
)
def test_a_view_that_nobody_reads_does_no_harm(views: list[str], loaded: LoadedPolicy, tmp_path: Path) -> None:
    assert keys_of(loaded, made(tmp_path / "crm.db", *views)) == ["001"]


@pytest.mark.parametrize(
    "view",
    ["SELECT * FROM gone", "SELECT amount FROM customers a, customers b", "SELECT sum(sum(amount)) FROM customers", "SELECT * FROM v"],
)
def test_a_wrong_view_that_is_read_is_told(view: str, loaded: LoadedPolicy, tmp_path: Path) -> None:
    path = made(tmp_path / "crm.db", f"CREATE VIEW v AS {view}")
    with pytest.raises(DataError) as raised:
        keys_of(loaded, path, "subject: {table: v, key: customer_id}\n")
    assert "it is a view of what is not there any more, or wrong in another way" in raised.value.help


ENDLESS = {
    "more rows than any table": "SELECT i AS customer_id, 1 AS amount FROM n",
    "types that change": "SELECT CASE WHEN i % 2 THEN i ELSE i || 'x' END AS customer_id, 1 AS amount FROM n",
    "nothing": "SELECT i AS customer_id, 1 AS amount FROM n WHERE i < 0",
    "a few rows and nothing more": "SELECT i AS customer_id, 1 AS amount FROM n WHERE i <= 1000 OR i < 0",
    "some batches and nothing more": "SELECT i AS customer_id, 1 AS amount FROM n WHERE i <= 9000 OR i < 0",
    "a cell that is never worked out": "SELECT i AS customer_id, (SELECT max(i) FROM n) AS amount FROM n LIMIT 3",
}


def endless(folder: Path, database: str, rows: str) -> Path:
    if database == "sqlite":
        return made(folder / "crm.db", f"CREATE VIEW v AS {NUMBERS} {rows}")
    path = folder / "crm.duckdb"
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute(CUSTOMERS)
        connection.execute("INSERT INTO customers VALUES ('001', 'x', 500000, 1)")
        text = rows.replace("i % 2 THEN i ELSE i || 'x' END", "i % 2 = 1 THEN i::VARCHAR ELSE i || 'x' END")
        connection.execute(f"CREATE VIEW v AS WITH RECURSIVE n(i) AS (SELECT 1::BIGINT UNION ALL SELECT i + 1 FROM n) {text}")
    return path


@pytest.mark.parametrize("database", ["sqlite", "duckdb"])
@pytest.mark.parametrize("what", ENDLESS)
def test_a_view_without_end_is_told_in_words(
    what: str, database: str, loaded: LoadedPolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(view_bounds, "MOST_SECONDS", 0.5)
    path = endless(tmp_path, database, ENDLESS[what])

    began = time.monotonic()
    with pytest.raises(DataError, match=r"the view `v` (takes longer than 0.5 seconds|gives more than .* rows): it may have no end"):
        keys_of(loaded, path, "subject: {table: v, key: customer_id}\n")

    assert time.monotonic() - began < 20


@pytest.mark.parametrize("database", ["sqlite", "duckdb"])
def test_a_view_of_more_rows_than_it_may_give_is_told(
    database: str, loaded: LoadedPolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for module in (view_bounds, source_sqlite, source_duckdb):
        monkeypatch.setattr(module, "MOST_ROWS", 20_000)
    path = endless(tmp_path, database, "SELECT i AS customer_id, 1 AS amount FROM n LIMIT 30000")

    with pytest.raises(DataError, match=r"the view `v` gives more than 20,000 rows: it may have no end"):
        keys_of(loaded, path, "subject: {table: v, key: customer_id}\n")


@pytest.mark.parametrize("database", ["sqlite", "duckdb"])
def test_an_endless_view_that_nobody_reads_does_no_harm(database: str, loaded: LoadedPolicy, tmp_path: Path) -> None:
    assert keys_of(loaded, endless(tmp_path, database, ENDLESS["nothing"])) == ["001"]


@pytest.mark.parametrize("database", ["sqlite", "duckdb"])
def test_a_view_with_an_end_is_read_whole(database: str, loaded: LoadedPolicy, tmp_path: Path) -> None:
    path = endless(tmp_path, database, "SELECT i AS customer_id, 1 AS amount FROM n LIMIT 9000")
    assert len(keys_of(loaded, path, "subject: {table: v, key: customer_id}\n")) == 9000


def test_a_view_of_a_schema_is_read_by_its_whole_name(loaded: LoadedPolicy, tmp_path: Path) -> None:
    path = endless(tmp_path, "duckdb", "SELECT 1 AS customer_id LIMIT 1")
    with closing(duckdb.connect(str(path))) as connection:
        connection.execute("CREATE SCHEMA sales")
        connection.execute("CREATE VIEW sales.v AS SELECT * FROM main.customers")
    assert keys_of(loaded, path, "subject: {table: sales.v, key: customer_id}\n") == ["001"]
