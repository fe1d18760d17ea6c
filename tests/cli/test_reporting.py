"""What a report says is what the run gave, in a page without scripts and a workbook whose charts point at real cells."""

from __future__ import annotations

import html
import json
import re
import zipfile
from collections import Counter
from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.command_line import tierwise
from tierwise.plugins.builtin.engine_duckdb import duckdb_engine

RUN = ("--policy", "small.yaml", "--rows", "0")


@pytest.fixture
def customers(small: Path) -> Path:
    """Customers with names that mean harm, ids with zeros, and one whose amount is missing."""
    rows = ["customer_id,name,amount,judged_good", "001,<script>alert(1)</script>,500000,true", "002,=cmd|' /C calc'!A0,499999.99,false"]
    rows += ["1-3,@SUM(A1),1200000,false", "004,上海安泰,,true"]
    (small / "customers.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return small


def outcomes(field: str) -> Counter[str]:
    """Return how often each value, or reason, of the tier stands in the JSON."""
    rows = json.loads(tierwise("grade", "customers.csv", *RUN, "--format", "json").out)
    return Counter(row["outputs"]["tier"][field] for row in rows if field in row["outputs"]["tier"])


def test_every_number_of_the_page_is_that_of_the_json(customers: Path) -> None:
    done = tierwise("grade", "customers.csv", *RUN, "--report", "r.html")
    page = Path("r.html").read_text(encoding="utf-8")
    bars = re.findall(r"<tr><td>(?!<)([^<]*)</td><td class=\"n\">(\d+)</td><td class=\"n\">([\d.]+)%</td>", page)
    counted = {html.unescape(text): int(count) for text, count, _ in bars if int(count)}

    assert done.code == 0 and "written to r.html" in done.err
    assert counted == {**outcomes("value"), "? a fact that it depends on is missing": outcomes("undetermined")["missing_fact"]}
    assert sum(counted.values()) == 4
    assert ">amount (1)<" in page


def test_the_page_is_one_inert_file_that_is_the_same_each_time(customers: Path) -> None:
    tierwise("grade", "customers.csv", *RUN, "--report", "r.html")
    first = Path("r.html").read_bytes()
    tierwise("grade", "customers.csv", *RUN, "--report", "r.html")
    page = first.decode()

    assert Path("r.html").read_bytes() == first
    assert "<script" not in page and "http-equiv" in page
    assert not re.search(r"(src|href)=|url\((?!#)|@import", page)
    assert len(first) < 300_000


def test_without_the_extra_the_same_numbers_stand_beside_bars(customers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "vl_convert", None)
    tierwise("grade", "customers.csv", *RUN, "--report", "r.html")
    page = Path("r.html").read_text(encoding="utf-8")

    assert "<svg" not in page and 'style="width:100.0%"' in page


def test_the_workbook_holds_the_list_as_it_was_graded(customers: Path) -> None:
    tierwise("grade", "customers.csv", *RUN, "--columns", "key,name,amount,tier,tier?", "--language", "zh", "--report", "r.xlsx")
    book = load_workbook("r.xlsx")
    rows = [[cell.value for cell in row] for row in book["名单"].rows]

    assert rows == [
        ["编号", "名称", "金额", "等级", "等级?"],
        ["001", "<script>alert(1)</script>", 500000, "甲", None],
        ["002", "=cmd|' /C calc'!A0", 499999.99, "丙", None],
        ["004", "上海安泰", None, None, "缺少它所依据的事实 (甲 | 丙)"],
        ["1-3", "@SUM(A1)", 1200000, "乙", None],
    ]
    assert all(cell.data_type != "f" for row in book["名单"].rows for cell in row)
    assert book["名单"].freeze_panes == "C2" and book["名单"].auto_filter.ref == "A1:E5"


def test_charts_point_at_the_cells_that_hold_the_counts(customers: Path) -> None:
    tierwise("grade", "customers.csv", *RUN, "--report", "r.xlsx")
    first = Path("r.xlsx").read_bytes()
    tierwise("grade", "customers.csv", *RUN, "--report", "r.xlsx")
    with zipfile.ZipFile("r.xlsx") as parts:
        chart = parts.read("xl/charts/chart1.xml").decode()
    names, counts = re.findall(r"<c:f>Summary!\$([AB])\$(\d+):\$[AB]\$(\d+)</c:f>", chart)
    sheet = load_workbook("r.xlsx")["Summary"]
    cells = {sheet[f"A{row}"].value: sheet[f"B{row}"].value for row in range(int(counts[1]), int(counts[2]) + 1)}

    assert Path("r.xlsx").read_bytes() == first
    assert names[1:] == counts[1:] and (names[0], counts[0]) == ("A", "B")
    assert {text: count for text, count in cells.items() if count} == {
        **outcomes("value"),
        "? a fact that it depends on is missing": outcomes("undetermined")["missing_fact"],
    }


@pytest.mark.parametrize(
    ("file", "code", "said"), [("r.pdf", 2, "must end with .html or .xlsx"), ("customers.html", 4, "is read by this run")]
)
def test_a_report_that_cannot_be_written_is_refused_before_grading(file: str, code: int, said: str, customers: Path) -> None:
    data = "customers.csv"
    if file == "customers.html":
        data = file
        Path(file).write_text("<table></table>", encoding="utf-8")
    done = tierwise("grade", data, *RUN, "--report", file)

    assert done.code == code and said in done.err


def test_many_are_reported_by_kinds_in_the_same_bytes_as_row_by_row(customers: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Path("customers.csv").open("a", encoding="utf-8") as added:
        added.write('a_x0041_b,"two\nlines, ""so""",1,\n 9\\u0041 ,\x07<&>,,\n🐴,,500000.5,\n')
    written = []
    for least in (0, 10**9):
        monkeypatch.setattr(duckdb_engine, "MANY", least)
        done = tierwise("grade", "customers.csv", *RUN, "--by", "tier,judged_good", "--report", "r.xlsx")
        assert done.code == 0, done.err
        written.append(Path("r.xlsx").read_bytes())
    rows = [[cell.value for cell in row] for row in load_workbook("r.xlsx").worksheets[1].iter_rows(min_row=2)]

    assert written[0] == written[1]
    assert len(rows) == 7 and ["🐴", None, None, "a fact that it depends on is missing (甲 | 乙)"] in rows, rows
