"""SQLite types each cell; what arrives in DuckDB is what was stored, wherever in a column it stands."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tierwise.plugins.binding.entry.entered import MIXED
from tierwise.plugins.builtin.source_sqlite import SqliteSource
from tierwise.plugins.sqlite_reading import BATCH, FIRST_ROWS

LARGE = 2**53 + 1
TYPES = ("", "TEXT", "INTEGER", "REAL", "NUMERIC", "DATE", "BLOB")
AFTER = (0, 1, FIRST_ROWS, BATCH, 2 * BATCH + 1)


def stored(path: Path, declared: str, values: list[Any]) -> list[tuple[Any, str]]:
    """Store values in a column and return them as SQLite keeps them, with their type there."""
    path.unlink(missing_ok=True)
    with sqlite3.connect(path) as connection:
        connection.execute(f"CREATE TABLE t (x {declared})")
        connection.executemany("INSERT INTO t VALUES (?)", [(value,) for value in values])
        kept = connection.execute("SELECT x, typeof(x) FROM t ORDER BY rowid").fetchall()
    connection.close()
    return kept


def arrived(path: Path) -> tuple[str, bool, list[Any]]:
    """Return the type first said, whether it changed, and what arrived."""
    source = SqliteSource(str(path))
    column = source.tables()["t"].columns[0]
    said = source.type_of("t", column)
    changed = source.load("t", ["x"])
    assert (source.type_of("t", column) != said) == changed
    rows = source.connection.execute(f"SELECT x FROM {source.named('t').sql('duckdb')}").fetchall()
    said = source.type_of("t", column)
    source.close()
    return said, changed, [row[0] for row in rows]


def shown(value: Any) -> Any:
    return f"x'{value[:32].hex()}'" if isinstance(value, bytes) else value


LATER: list[tuple[Any, Any, str]] = [
    (1, 2, "BIGINT"),
    (1, 1.5, "DOUBLE"),
    (1, "x", MIXED),
    (LARGE, 0.5, MIXED),
    (0.5, 7, "DOUBLE"),
    (0.5, LARGE, MIXED),
    (0.1 + 0.2, "n/a", MIXED),
    ("a", 5, MIXED),
    ("a", 0.1 + 0.2, MIXED),
    (None, 0.5, "DOUBLE"),
    (None, "a", "VARCHAR"),
    ("2026-01-01", 1e300, MIXED),
]


@pytest.mark.parametrize("after", AFTER)
@pytest.mark.parametrize(("first", "later", "type"), LATER)
def test_a_value_of_another_type_is_never_bent(first: Any, later: Any, type: str, after: int, tmp_path: Path) -> None:
    values = [first] * (after + 1) + [later, None, first]
    kept = stored(tmp_path / "x.db", "", values)
    found, _, arriving = arrived(tmp_path / "x.db")
    assert found == type
    assert arriving == [value for value, _ in kept]
    if type != "DOUBLE":
        assert [None if v is None else v.__class__ for v in arriving] == [None if v is None else v.__class__ for v, _ in kept]


ANY = (
    st.none()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
    | st.binary()
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(values=st.lists(ANY, max_size=8), declared=st.sampled_from(TYPES))
def test_whatever_is_stored_arrives(values: list[Any], declared: str, tmp_path: Path) -> None:
    kept = stored(tmp_path / "any.db", declared, values)
    _, _, arriving = arrived(tmp_path / "any.db")
    assert arriving == [shown(value) for value, _ in kept]


def test_text_that_is_no_utf_8_is_kept_readable(tmp_path: Path) -> None:
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("CREATE TABLE t (x TEXT)")
        connection.execute("INSERT INTO t VALUES ('甲'), (CAST(x'ff41' AS TEXT))")
    connection.close()
    assert arrived(tmp_path / "x.db") == ("VARCHAR", False, ["甲", "\ufffdA"])


@pytest.fixture
def growing(tmp_path: Path) -> Iterator[SqliteSource]:
    with sqlite3.connect(tmp_path / "x.db") as connection:
        connection.execute("CREATE TABLE t (a INTEGER, b TEXT)")
        connection.execute("INSERT INTO t VALUES (1, 'x')")
    connection.close()
    source = SqliteSource(str(tmp_path / "x.db"))
    yield source
    source.close()


def test_columns_that_are_asked_for_later_come_too(growing: SqliteSource) -> None:
    for columns, rows in ((["a"], [(1,)]), (["b"], [(1, "x")]), (["a"], [(1, "x")])):
        assert growing.load("t", columns) is False
        assert growing.connection.execute(f"SELECT * FROM {growing.named('t').sql('duckdb')}").fetchall() == rows
