"""Rows that are put into a finished sheet come out of Excel's reader as what they were."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from tierwise.plugins.report.sheet_rows import with_rows, write_pattern
from tierwise.plugins.workbook.writing import new_workbook


def workbook(rows: list[list[Any]]) -> bytes:
    stream = BytesIO()
    book = new_workbook(stream)
    sheet = book.add_worksheet("list")
    sheet.write_string(0, 0, "head")
    write_pattern(sheet, book.add_format({"num_format": "@"}), book.add_format({"num_format": "yyyy-mm-dd"}))
    book.add_worksheet("other").write_string(0, 0, "untouched")
    book.close()
    return with_rows(stream.getvalue(), {1: rows})


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("001", "001"),
        ("1-3", "1-3"),
        ("=1+1", "=1+1"),
        ('<a> & "b" ]]>', '<a> & "b" ]]>'),
        (" two\nlines ", " two\nlines "),
        ("客户 🐴", "客户 🐴"),
        (True, True),
        (0, 0),
        (-7, -7),
        (Decimal("499999.99"), 499999.99),
        (Decimal("0.1"), 0.1),
        (Decimal("1234567890123456.78"), "1234567890123456.78"),
        (10**15, "1000000000000000"),
        (date(2026, 6, 30), datetime(2026, 6, 30)),
        (date(1900, 3, 1), datetime(1900, 3, 1)),
        (date(1899, 1, 1), "1899-01-01"),
        (datetime(2026, 6, 30, 8, 5), "2026-06-30 08:05:00"),
    ],
)
def test_a_value_comes_back(given: Any, read: Any) -> None:
    book = load_workbook(BytesIO(workbook([[None, "before", given]])))
    cell = book["list"]["C2"]

    assert (cell.value, cell.data_type == "f") == (read, False)
    assert isinstance(cell.value, bool) is isinstance(given, bool)
    assert book["other"]["A1"].value == "untouched"
    assert book["list"]["A2"].value is None


def test_signs_that_no_sheet_may_hold_are_written_by_their_number_and_what_looks_like_one_is_kept() -> None:
    """As the standard has it (ECMA-376, ST_Xstring); openpyxl leaves reading them to Excel."""
    with ZipFile(BytesIO(workbook([["a\x07b", "_x000D_"]]))) as parts:
        sheet = parts.read("xl/worksheets/sheet1.xml").decode("utf-8")

    assert "<t>a_x0007_b</t>" in sheet and "<t>_x005F_x000D_</t>" in sheet


def test_there_may_be_no_rows_many_columns_and_the_same_bytes_each_time() -> None:
    wide = [list(range(800))]

    assert load_workbook(BytesIO(workbook([])))["list"].max_row == 1
    assert [cell.value for cell in load_workbook(BytesIO(workbook(wide)))["list"][2]] == wide[0]
    assert workbook(wide) == workbook(wide)
