"""A CSV file is read by rule: no row is lost, no cell is changed, and what cannot be read says what to do."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from tests.plugins.random_csv import random_file, read_rows
from tierwise.core.errors import DataError
from tierwise.plugins.builtin.source_csv import CsvOpener
from tierwise.plugins.data_source import FileReading
from tierwise.plugins.duckdb_connection import in_memory
from tierwise.plugins.loaded_tables import LoadedTables

Rows = list[tuple[str | None, ...]]


def opened(path: Path, content: bytes, told: FileReading | None = None) -> LoadedTables:
    path.write_bytes(content)
    source = CsvOpener().open(str(path), {"": told} if told else None)
    table = source.tables()[path.stem]
    source.load(path.stem, [column.name for column in table.columns])
    return source


def names_of(source: LoadedTables) -> list[str]:
    return [column.name for table in source.tables().values() for column in table.columns]


def rows_of(source: LoadedTables) -> Rows:
    (name,) = source.tables()
    return source.connection.execute(f"SELECT * FROM {source.named(name).sql('duckdb')}").fetchall()


FILES: list[tuple[str, str, list[str], Rows]] = [
    ("an id begins with #", "id,v\n7,1\n#8,2\n9,3\n", ["id", "v"], [("7", "1"), ("#8", "2"), ("9", "3")]),
    ("a cell holds #", "id,v\n1,Flat #4\n#N/A,x\n", ["id", "v"], [("1", "Flat #4"), ("#N/A", "x")]),
    ("all ids begin with #", "id,v\n#1,a\n#2,b\n", ["id", "v"], [("#1", "a"), ("#2", "b")]),
    ("an inch sign", 'id,v\n1,5" pipe\n2,"ok"\n3,6" pipe\n', ["id", "v"], [("1", '5" pipe'), ("2", "ok"), ("3", '6" pipe')]),
    ("a line break in a cell", 'id,v\n1,"a\nb"\n2,c\n', ["id", "v"], [("1", "a\nb"), ("2", "c")]),
    ("another line break", 'id,v\r\n1,"a\nb"\r\n2,c\r\n', ["id", "v"], [("1", "a\nb"), ("2", "c")]),
    ("short rows", "id,a,b\n1\n2,x\n3,x,y\n", ["id", "a", "b"], [("1", None, None), ("2", "x", None), ("3", "x", "y")]),
    ("old line ends", "id,v\r1,a\r2,b\r", ["id", "v"], [("1", "a"), ("2", "b")]),
    ("mixed line ends", "id,v\r\n1,a\n2,b\r3,c", ["id", "v"], [("1", "a"), ("2", "b"), ("3", "c")]),
    ("blank lines", "id,v\n\n1,a\n\n\n2,b\n\n", ["id", "v"], [("1", "a"), ("2", "b")]),
    ("a line that names the delimiter", "sep=;\r\nid;v\r\n1;a\r\n", ["id", "v"], [("1", "a")]),
    ("another delimiter inside cells", "id,v\n1,a;b\n2,c;d\n", ["id", "v"], [("1", "a;b"), ("2", "c;d")]),
    ("decimal commas", "id;v\n1;5,5\n2;6,5\n", ["id", "v"], [("1", "5,5"), ("2", "6,5")]),
    ("one column", "id\n1\n2\n", ["id"], [("1",), ("2",)]),
    ("headings only", "id,v\n", ["id", "v"], []),
    ("a title", "Customers 2026\n\nid,v,w\n1,a,b\n", ["id", "v", "w"], [("1", "a", "b")]),
    (
        "two rows of headings",
        "id,2025,,note\n,first half,second half,\n1,5,6,x\n",
        ["id", "2025 first half", "2025 second half", "note"],
        [("1", "5", "6", "x")],
    ),
    ("one heading twice", "id,v,w,V\n1,a,b,c\n", ["id", "v (B)", "w", "V (D)"], [("1", "a", "b", "c")]),
    ("a heading with a line break", 'id,"sum\n(元)"\n1,a\n', ["id", "sum (元)"], [("1", "a")]),
    ("cells without a heading", "id,v\n1,a,x\n2,b,y\n", ["id", "v"], [("1", "a"), ("2", "b")]),
    ("empty cells after the headings", "id,v,,\n1,a,,\n2,b,,\n", ["id", "v"], [("1", "a"), ("2", "b")]),
    ("rows without a value", "id,v\n1,a\n,\n,\n2,b\n", ["id", "v"], [("1", "a"), ("2", "b")]),
    ("a quoted empty cell", 'id,v\n1,""\n2,b\n', ["id", "v"], [("1", None), ("2", "b")]),
]


@pytest.mark.parametrize(("content", "names", "rows"), [case[1:] for case in FILES], ids=[case[0] for case in FILES])
def test_every_row_arrives_as_it_stands(content: str, names: list[str], rows: Rows, tmp_path: Path) -> None:
    source = opened(tmp_path / "t.csv", content.encode())
    assert (names_of(source), rows_of(source)) == (names, rows)


@pytest.mark.parametrize("row", [20_500, 2_046, 1])
def test_a_late_surprise_changes_nothing_before_or_after_it(row: int, tmp_path: Path) -> None:
    lines = [f"C{i},name {i}" for i in range(row + 40)]
    lines[row] = '"C, quoted","a ""b"""'
    source = opened(tmp_path / "t.csv", ("id,v\n" + "\n".join(lines) + "\n").encode())
    rows = rows_of(source)
    assert len(rows) == row + 40
    assert rows[row] == ("C, quoted", 'a "b"')
    assert rows[-1] == (f"C{row + 39}", f"name {row + 39}")


REFUSED: list[tuple[str, str, str]] = [
    ("a quote is never closed", 'id,v\n1,a\n2,"b\n3,c\n', "opens in line 3 is not closed"),
    ("a quote swallows a row up to another", 'id,v\n1,"a\n2,x"y\n3,c\n', "opens in line 2 is closed in the middle of other text"),
    ("two open quotes swallow a row between them", 'id,v,w\n1,"abc,5\n2,x,6\n3,"def,7\n', "opens in line 2 is closed in the middle"),
    ("a comma without quotes", "id,v\n1,Smith, John\n2,b\n3,c\n", "has more cells than its 2 headings in line 2:"),
    ("two delimiters do as well", "a;b,c\n1;2,3\n", "could be divided by"),
    ("bytes of no encoding", "id,v\n", "it cannot be told in which encoding"),
]


@pytest.mark.parametrize(("content", "message"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_what_could_swallow_a_row_is_refused_with_its_line(content: str, message: str, tmp_path: Path) -> None:
    more = "é".encode("latin-1") + b"\xd6\xd0" if "encoding" in message else b""
    with pytest.raises(DataError, match=message) as caught:
        opened(tmp_path / "t.csv", content.encode() + more)
    assert caught.value.help


def test_thirty_thousand_quoted_lines_and_an_open_quote_are_refused(tmp_path: Path) -> None:
    lines = "".join(f'C{i},"Smith, {i}",{i}\n' for i in range(30_000))
    with pytest.raises(DataError, match="opens in line 30002 is not closed"):
        opened(tmp_path / "t.csv", f'id,name,v\n{lines}X,"open,1\nY,b,2\nZ,c,3\n'.encode())


def test_an_open_quote_is_read_when_quotes_mean_nothing(tmp_path: Path) -> None:
    source = opened(tmp_path / "t.csv", b'id,v\n1,"a\n2,b\n', FileReading(quote="none"))
    assert rows_of(source) == [("1", '"a'), ("2", "b")]


TOLD: list[tuple[FileReading, bytes, list[str], Rows]] = [
    (FileReading(delimiter=";"), b"a;b,c\n1;2,3\n", ["a", "b,c"], [("1", "2,3")]),
    (FileReading(quote="'"), b"id,v\n1,'a,b'\n", ["id", "v"], [("1", "a,b")]),
    (FileReading(encoding="big5"), "id,名\n1,許功蓋\n".encode("big5"), ["id", "名"], [("1", "許功蓋")]),
    (FileReading(encoding="shift_jis"), "id,v\n1,表\n".encode("shift_jis"), ["id", "v"], [("1", "表")]),
    (FileReading(header=(3, 3)), b"x,y\n1,2\nid,v\n3,4\n", ["id", "v"], [("3", "4")]),
    (FileReading(header=(1, 2)), b"a,b\nx,y\n3,4\n", ["a x", "b y"], [("3", "4")]),
]


@pytest.mark.parametrize(("told", "content", "names", "rows"), TOLD, ids=[str(case[0]) for case in TOLD])
def test_what_is_said_about_a_file_is_followed(told: FileReading, content: bytes, names: list[str], rows: Rows, tmp_path: Path) -> None:
    source = opened(tmp_path / "t.csv", content, told)
    assert (names_of(source), rows_of(source)) == (names, rows)


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("id;name\n1;Müller\n2;Größe & Söhne\n3;Café Liège\n", "cp1252"),
        ("id;name\n1;Ångström\n", "latin-1"),
        ("编号,名称\n1,朱镕基\n2,A级客户\n3,喆\n", "gb18030"),
        ("编号,等级\n1,好\n2,差\n", "gb18030"),
    ],
)
def test_western_and_chinese_text_are_told_apart(text: str, encoding: str, tmp_path: Path) -> None:
    delimiter = ";" if ";" in text else ","
    source = opened(tmp_path / "t.csv", text.encode(encoding))
    assert rows_of(source) == [tuple(row) for row in csv.reader(io.StringIO(text), delimiter=delimiter)][1:]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        ("Title\nid,v,w\n1,a,b\n", "heading-row"),
        ("id,v,v\n1,a,b\n", "repeated-heading"),
        ("id,v\n1,a,x\n", "unnamed-column"),
        ("id,v,w\n1,a\n2,a,b\n", "short-row"),
        ("id,v\n1,a\n,\n", "blank-row"),
    ],
)
def test_what_was_found_out_is_said(content: str, code: str, tmp_path: Path) -> None:
    assert [finding.code for finding in opened(tmp_path / "t.csv", content.encode()).findings] == [code]


@pytest.mark.parametrize("first", range(0, 300, 50))
def test_the_rows_of_random_files_are_those_that_were_written(first: int, tmp_path: Path) -> None:
    into = in_memory()
    for seed in range(first, first + 50):
        file = random_file(seed)
        assert read_rows(tmp_path / "random.csv", file, into) == (file.names, file.rows), f"seed {seed}"
