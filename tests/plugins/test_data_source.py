"""What cannot be opened says why, and nothing that is opened is ever written to."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tierwise.core.errors import DataError
from tierwise.plugins.builtin import source_csv, source_duckdb, source_excel, source_parquet, source_sqlite
from tierwise.plugins.data_source import Source, SourceOpener, open_source

OPENERS: list[SourceOpener] = [
    opener for module in (source_sqlite, source_duckdb, source_parquet, source_csv, source_excel) for opener in module.tierwise_sources()
]


def sqlite(path: Path) -> Path:
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (id INTEGER PRIMARY KEY, x)")
    connection.executemany("INSERT INTO t (x) VALUES (?)", [("y" * 500,) for _ in range(500)])
    connection.commit()
    connection.close()
    return path


def damaged(path: Path) -> Path:
    content = bytearray(sqlite(path).read_bytes())
    content[4096:40000] = b"\xff" * (40000 - 4096)
    path.write_bytes(content)
    return path


def written(content: bytes) -> Callable[[Path], Path]:
    def write(path: Path) -> Path:
        path.write_bytes(content)
        return path

    return write


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def missing(path: Path) -> Path:
    sqlite(path.with_name("crm.db"))
    return path.with_name("crn.db")


REFUSED: list[tuple[Callable[[Path], Path], str, str]] = [
    (missing, "x.db", "there is no file"),
    (folder, "x.db", "is a folder without CSV or Parquet files"),
    (written(b""), "x.db", "is empty"),
    (written(b""), "x.csv", "is empty"),
    (written(b"\x13\x37" * 4096), "x.db", "is not a SQLite database"),
    (written(b"\x13\x37" * 4096), "x.duckdb", "is not a DuckDB database"),
    (written(b"\x13\x37" * 4096), "x.parquet", "is not a Parquet file"),
    (written(b"PAR1" + b"\0" * 100), "x.parquet", "cannot be read"),
    (written(b"\x13\x37" * 4096), "x.xlsx", "is not an Excel workbook"),
    (written(b"PK\3\4 no zip"), "x.xlsx", "is not an Excel workbook"),
    (written(b"\0\1\2\3" * 100), "x.csv", "holds binary data"),
    (written(b"\x13\x37" * 4096), "x.bin", "is not a database that can be read"),
    (written(b'{"a": 1, "b": 2}'), "x.json", "is not a database that can be read"),
]


@pytest.mark.parametrize(("make", "name", "message"), REFUSED, ids=[f"{n}: {m}" for _, n, m in REFUSED])
def test_what_cannot_be_opened_says_why(make: Callable[[Path], Path], name: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        open_source(str(make(tmp_path / name)), OPENERS)


def test_a_near_name_is_offered(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        open_source(str(missing(tmp_path / "x.db")), OPENERS)
    assert caught.value.help == "did you mean `crm.db`?"


def supply(source: Source) -> None:
    from sqlglot import exp

    source.load("t", [column.name for column in source.tables()["t"].columns])
    source.connection.execute(exp.select(exp.Star()).from_(source.named("t")).sql("duckdb")).fetchall()


def test_a_damaged_database_says_so(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="is damaged or encrypted"):
        supply(open_source(str(damaged(tmp_path / "x.db")), OPENERS))


def test_a_locked_database_says_so_after_a_short_wait(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_sqlite, "WAIT_SECONDS", 0.1)
    path = sqlite(tmp_path / "x.db")
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("BEGIN EXCLUSIVE")
    with pytest.raises(DataError, match="is locked by another process"):
        open_source(str(path), OPENERS)
    writer.close()
    supply(open_source(str(path), OPENERS))


def test_the_content_decides_not_the_name(tmp_path: Path) -> None:
    sqlite(tmp_path / "x.db").rename(tmp_path / "x.csv")
    assert open_source(str(tmp_path / "x.csv"), OPENERS).kind == "sqlite"
    connection = duckdb.connect(str(tmp_path / "y.duckdb"))
    connection.execute("CREATE TABLE t (id INTEGER)")
    connection.close()
    (tmp_path / "y.duckdb").rename(tmp_path / "y.db")
    assert open_source(str(tmp_path / "y.db"), OPENERS).kind == "duckdb"


@pytest.mark.parametrize("make", [sqlite, None])
def test_nothing_is_ever_written(make: Callable[[Path], Path] | None, tmp_path: Path) -> None:
    path = tmp_path / "x.db"
    if make is not None:
        make(path)
    else:
        connection = duckdb.connect(str(path))
        connection.execute("CREATE TABLE t (id INTEGER)")
        connection.close()
    before = hashlib.sha256(path.read_bytes()).digest()
    source = open_source(str(path), OPENERS)
    supply(source)
    if isinstance(source, source_sqlite.SqliteSource):
        with pytest.raises(sqlite3.Error):
            source._sqlite.execute("DELETE FROM t")
    else:
        with pytest.raises(duckdb.Error):
            source.connection.execute("DELETE FROM customer_database.t")
    source.close()
    assert hashlib.sha256(path.read_bytes()).digest() == before
    assert [file.name for file in tmp_path.iterdir()] == ["x.db"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_chinese_csv_reads_in_the_encodings_of_the_land(encoding: str, tmp_path: Path) -> None:
    (tmp_path / "客户.csv").write_text("编号,名称\n001,甲公司\n002,乙\n", encoding)
    source = open_source(str(tmp_path / "客户.csv"), OPENERS)
    assert [column.name for column in source.tables()["客户"].columns] == ["编号", "名称"]
    assert source.sample("客户", "名称") == ["甲公司", "乙"]
    source.close()
