"""A view that is wrong or has no end is a matter of who reads it; the rest of the file is read as ever."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.command_line import POLICY
from tierwise.core.errors import DataError
from tierwise.plugins.builtin import source_sqlite
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


@pytest.mark.parametrize("column", ["i", "CASE WHEN i < 2000 THEN i ELSE 'many' END", "CASE WHEN i % 2 THEN i ELSE i || 'x' END"])
def test_a_view_without_end_is_told_in_words(column: str, loaded: LoadedPolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_sqlite, "MOST_ROWS_OF_VIEW", 20_000)
    path = made(tmp_path / "crm.db", f"CREATE VIEW v AS {NUMBERS} SELECT {column} AS customer_id, 1 AS amount FROM n")
    with pytest.raises(DataError, match=r"the view `v` gives more than 20,000 rows: it may have no end"):
        keys_of(loaded, path, "subject: {table: v, key: customer_id}\n")


def test_a_view_that_gives_nothing_and_never_ends_is_told(loaded: LoadedPolicy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_sqlite, "MOST_STEPS", 1_000_000)
    path = made(tmp_path / "crm.db", f"CREATE VIEW v AS {NUMBERS} SELECT i AS customer_id, 1 AS amount FROM n WHERE i < 0")
    with pytest.raises(DataError, match=r"the view `v` gives nothing for minutes: it may have no end"):
        keys_of(loaded, path, "subject: {table: v, key: customer_id}\n")


def test_a_view_with_an_end_is_read_whole(loaded: LoadedPolicy, tmp_path: Path) -> None:
    path = made(tmp_path / "crm.db", f"CREATE VIEW v AS {NUMBERS} SELECT i AS customer_id, 1 AS amount FROM n LIMIT 9000")
    assert len(keys_of(loaded, path, "subject: {table: v, key: customer_id}\n")) == 9000
