"""A sheet is read as people see it; what only looks like a workbook is named as what it is, and an odd one does no harm."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from tierwise.core.errors import DataError
from tierwise.plugins.builtin import source_excel
from tierwise.plugins.builtin.source_excel import ExcelOpener
from tierwise.plugins.data_source import FileReading
from tierwise.plugins.loaded_tables import LoadedTables


def workbook(path: Path, fill: Callable[[Worksheet], None]) -> Path:
    book = openpyxl.Workbook()
    assert isinstance(book.active, Worksheet)
    book.active.title = "t"
    fill(book.active)
    book.save(path)
    return path


def read(path: Path, told: FileReading | None = None) -> tuple[list[str], list[tuple[Any, ...]], list[str]]:
    source: LoadedTables = ExcelOpener().open(str(path), {"": told} if told else None)
    names = [column.name for column in source.tables()["t"].columns]
    source.load("t", names)
    rows = source.connection.execute(f"SELECT * FROM {source.named('t').sql('duckdb')}").fetchall()
    codes = [finding.code for finding in source.findings]
    source.close()
    return names, rows, codes


def titled(sheet: Worksheet) -> None:
    for row in (["Customers 2026"], [], ["id", "name", "sales\n(元)"], ["C1", "a", 5], ["C2", "b", 7]):
        sheet.append(row)
    sheet.merge_cells("A1:C1")


def over_two_rows(sheet: Worksheet) -> None:
    for row in (["id", "2025", None, "note"], [None, "first half", "second half", None], ["C1", 5, 6, "x"]):
        sheet.append(row)
    sheet.merge_cells("B1:C1")


def merged(sheet: Worksheet) -> None:
    for row in (["id", "order", "amount"], ["C1", 1, 5000], [None, 2, None], [None, 3, None], ["C2", 4, 400]):
        sheet.append(row)
    sheet.merge_cells("A2:A4")
    sheet.merge_cells("C2:C4")


def percents(sheet: Worksheet) -> None:
    for id, margin, form in (("1", 0.15, "0%"), ("2", 0.075, "0.0%"), ("3", 0.07, "0.00%"), ("4", 1, "0%"), ("5", 0.15, "General")):
        sheet.append(["id", "margin"] if id == "1" else []) if id == "1" else None
        sheet.append([id, margin])
        sheet.cell(sheet.max_row, 2).number_format = form


def with_dates(sheet: Worksheet) -> None:
    for row in (["id", "at"], ["1", datetime(2026, 5, 1)], ["2", datetime(2026, 5, 2, 10, 30)]):
        sheet.append(row)


def with_hollow_cells(sheet: Worksheet) -> None:
    for row in (["id", "v", None], ["1", " ", None], [], ["", "", ""], ["2", "b", None]):
        sheet.append(row)


def far_away(sheet: Worksheet) -> None:
    sheet.append(["id", "v"])
    sheet.append(["1", "a"])
    sheet["XFD1048576"] = "far"


SHEETS: list[tuple[Callable[[Worksheet], None], list[str], list[tuple[Any, ...]], list[str]]] = [
    (titled, ["id", "name", "sales (元)"], [("C1", "a", 5), ("C2", "b", 7)], ["heading-row"]),
    (over_two_rows, ["id", "2025 first half", "2025 second half", "note"], [("C1", 5, 6, "x")], []),
    (
        merged,
        ["id", "order", "amount"],
        [("C1", 1, 5000), ("C1", 2, None), ("C1", 3, None), ("C2", 4, 400)],
        ["merged-cells", "merged-cells"],
    ),
    (percents, ["id", "margin"], [("1", "15%"), ("2", "7.5%"), ("3", "7%"), ("4", "100%"), ("5", "0.15")], []),
    (with_dates, ["id", "at"], [("1", datetime(2026, 5, 1)), ("2", datetime(2026, 5, 2, 10, 30))], []),
    (with_hollow_cells, ["id", "v"], [("1", None), ("2", "b")], []),
]


@pytest.mark.parametrize(("fill", "names", "rows", "codes"), SHEETS, ids=[case[0].__name__ for case in SHEETS])
def test_a_sheet_is_read_as_people_see_it(
    fill: Callable[[Worksheet], None], names: list[str], rows: list[tuple[Any, ...]], codes: list[str], tmp_path: Path
) -> None:
    assert read(workbook(tmp_path / "x.xlsx", fill)) == (names, rows, codes)


def test_the_row_of_the_headings_can_be_told(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (["a", "b"], ["x", "y"], ["id", "v"], ["1", "2"]):
            sheet.append(row)

    assert read(workbook(tmp_path / "x.xlsx", fill), FileReading(header=(3, 3)))[:2] == (["id", "v"], [("1", "2")])


def test_a_wrong_size_in_the_file_loses_no_row(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        for i in range(40):
            sheet.append([f"h{i}", "v"])

    path = workbook(tmp_path / "x.xlsx", fill)
    content = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(content, "w") as new:
        for info in old.infolist():
            part = old.read(info)
            new.writestr(info, re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:B3"', part))
    path.write_bytes(content.getvalue())
    assert len(read(path)[1]) == 39


def test_a_far_cell_does_no_harm(tmp_path: Path) -> None:
    names, rows, _ = read(workbook(tmp_path / "x.xlsx", far_away))
    assert (names, rows) == (["id", "v"], [("1", "a")])


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(source_excel, "LARGEST", 1_000)
    with pytest.raises(DataError, match="too large once it is unpacked"):
        ExcelOpener().open(str(workbook(tmp_path / "x.xlsx", titled)))


def archive(*names: str) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as parts:
        for name in names:
            parts.writestr(name, "")
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "is an old Excel workbook"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "protected by a password"),
        (b"<html><table><tr><td>id</td></tr></table></html>", "is a page in HTML"),
        (b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "an Excel workbook in XML of 2003"),
        (b"%PDF-1.7", "is a PDF file"),
        (archive("xl/workbook.bin"), "an Excel binary workbook"),
        (archive("content.xml", "mimetype"), "an OpenDocument file"),
        (archive("word/document.xml"), "a Word document"),
    ],
)
def test_another_format_is_named_as_what_it_is(content: bytes, what: str, tmp_path: Path) -> None:
    (tmp_path / "x.xls").write_bytes(content)
    with pytest.raises(DataError, match=what) as caught:
        ExcelOpener().open(str(tmp_path / "x.xls"))
    assert caught.value.help
