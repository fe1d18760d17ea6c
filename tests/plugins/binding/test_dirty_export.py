"""An export of 500 customers, as dirty as they come, gives the same grades in every form, by the binding that ``bind`` drafts from it."""

from __future__ import annotations

import csv
import io
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from tierwise.core.outcome import Determined
from tierwise.plugins.binding.draft_binding import bind_draft
from tierwise.plugins.data_source import open_source
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.run import bound_database, choose_engine, grade_bound

POLICY = """\
tierwise: 1
policy: export
version: 1.0.0
title: 客户分级办法
subject: customer
facts:
  年采购额: {type: number, scale: 2, unit: 元, min: 0}
  毛利率: {type: number, scale: 4}
  最近下单: {type: date, nullable: true}
  回款信誉: {type: enum, values: [好, 较好, 差], judged: true}
modules:
  等级:
    kind: value-tier
    scale: [A, B, C]
    decisions:
      等级:
        type: enum
        values: [A, B, C]
        table:
          hit: first
          rules: |
            年采购额  | 毛利率 | 最近下单      | 回款信誉 -> 等级
            -         | -      | null          | -        -> C
            -         | -      | < 2026-01-01  | -        -> C
            >= 50万   | >= 10% | -             | 好, 较好 -> A
            >= 10万   | -      | -             | 好, 较好 -> B
            -         | -      | -             | -        -> C
"""
HEADINGS = ["客户编号", "客户名称", "年采购额(元)", "毛利率", "最近下单", "回款信誉"]
AMOUNTS = (Decimal(520000), Decimal(500000), Decimal("499999.99"), Decimal(350000), Decimal(100000), Decimal("99999.99"), Decimal(8600))
Row = tuple[str, str, str, str, str, str]
Right = dict[str, str | None]


def amount_text(amount: Decimal, way: int) -> str:
    """Write an amount in one of the ways of the export."""
    grouped = f"{amount:,.2f}"
    in_wan = f"{(amount / 10_000).normalize():f}万"
    return (
        grouped,
        f"¥{grouped}",
        in_wan,
        f" {amount} ",
        f"￥{grouped}",
        str(amount).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
    )[way % 6]


def date_text(day: date, way: int) -> str:
    return (f"{day.year}/{day.month}/{day.day}", day.isoformat(), f"{day:%Y%m%d}", f"{day.year}年{day.month}月{day.day}日")[way % 4]


def export() -> tuple[list[Row], Right]:
    """Return the rows as they are written, and the grade that each customer must get; ``None`` where the export does not say enough."""
    rows: list[Row] = []
    right: Right = {}
    for i in range(500):
        key, amount, margin = f"{i + 1:05d}", AMOUNTS[i % 7], (Decimal(15), Decimal(10), Decimal("7.5"))[i % 3]
        day = date(2026, 1 + i % 6, 1 + i % 28) if i % 11 else date(2025, 12, 31)
        word = ("好", "较好", "差", "好 ")[i % 4]
        amount_shown, day_shown = amount_text(amount, i), date_text(day, i)
        good = word.strip() != "差"
        grade: str | None = "C"
        if day.year == 2026:
            grade = "A" if amount >= 500_000 and margin >= 10 and good else "B" if amount >= 100_000 and good else "C"
        if i % 50 == 7:  # nobody ever ordered, whatever else is said
            day_shown, grade = "-", "C"
        elif i % 50 == 13 and good and day.year == 2026:
            amount_shown, grade = "约三十万", None
        elif i % 50 == 21:  # whenever it was, it does not lift a C
            day_shown, grade = "2026/2/30", "C" if amount < 100_000 or not good else None
        rows.append((key, f"客户,{i}", amount_shown, f"{margin}%", day_shown, word))
        right[key] = grade
    return rows, right


TOTAL: Row = ("合计", "", "12,345,678.90", "", "", "")
TITLE = ("2026年上半年客户清单", "", "", "", "", "")
ROWS, RIGHT = export()


def text_of(delimiter: str = ",") -> str:
    written = io.StringIO()
    csv.writer(written, delimiter=delimiter).writerows([TITLE, HEADINGS, *ROWS, TOTAL])
    return written.getvalue()


def as_csv(encoding: str, delimiter: str = ",") -> Callable[[Path], Path]:
    def write(folder: Path) -> Path:
        (folder / "客户.csv").write_bytes(text_of(delimiter).encode(encoding))
        return folder / "客户.csv"

    return write


def as_sheet(folder: Path) -> Path:
    """Write a sheet in which some cells are numbers and dates, and percentages are shown by their format."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "客户"
    sheet.append([TITLE[0]])
    sheet.merge_cells("A1:F1")
    sheet.append(HEADINGS)
    for i, row in enumerate([*ROWS, TOTAL]):
        key, name, amount, margin, day, word = row
        is_number = i % 6 == 3 and amount.strip().replace(".", "").isdigit()
        sheet.append([key, name, float(amount) if is_number else amount, None, day or None, word])
        if margin:
            cell = sheet.cell(sheet.max_row, 4, float(Decimal(margin.rstrip("%")) / 100) if i % 2 else margin)
            cell.number_format = "0.0%" if i % 2 else "General"
    book.save(folder / "客户.xlsx")
    return folder / "客户.xlsx"


def as_database(folder: Path) -> Path:
    with closing(sqlite3.connect(folder / "crm.db")) as connection, connection:
        columns = ", ".join(f'"{name}" TEXT' for name in HEADINGS)
        connection.execute(f"CREATE TABLE 客户 ({columns})")
        connection.executemany(
            "INSERT INTO 客户 VALUES (?, ?, ?, ?, ?, ?)", [tuple(cell or None for cell in row) for row in [*ROWS, TOTAL]]
        )
    return folder / "crm.db"


FORMS: dict[str, Callable[[Path], Path]] = {
    "utf-8": as_csv("utf-8"),
    "utf-8 with mark": as_csv("utf-8-sig", ";"),
    "gb18030": as_csv("gb18030"),
    "utf-16": as_csv("utf-16", "\t"),
    "xlsx": as_sheet,
    "sqlite": as_database,
}


@pytest.fixture(scope="module")
def policy(tmp_path_factory: pytest.TempPathFactory) -> LoadedPolicy:
    folder = tmp_path_factory.mktemp("policy")
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return load(folder)


@pytest.fixture(scope="module")
def drafted(policy: LoadedPolicy, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The binding that is drafted from the plain CSV file; nothing of it is changed by hand."""
    folder = tmp_path_factory.mktemp("drafted")
    with closing(open_source(str(as_csv("utf-8")(folder)), policy.plugins.sources().values())) as source:
        draft = bind_draft(source, policy.plan)
    (folder / "binding.yaml").write_text(draft, encoding="utf-8")
    yield folder / "binding.yaml"


def test_the_draft_says_how_values_are_written_and_leaves_the_total_out(drafted: Path) -> None:
    lines = drafted.read_text(encoding="utf-8").splitlines()
    assert 'subject: {table: 客户, key: 客户编号, name: 客户名称, where: {客户编号: "not(合计)"}}' in lines
    assert 'format: {number: "1,234.56", currency: ["¥", "￥"], date: YYYYMMDD, nothing: "-"}' in lines


@pytest.mark.parametrize("form", FORMS)
def test_every_form_gives_every_customer_the_right_grade(form: str, policy: LoadedPolicy, drafted: Path, tmp_path: Path) -> None:
    with bound_database(policy, str(FORMS[form](tmp_path)), str(drafted), date(2026, 6, 30)) as bound:
        run = grade_bound(bound, choose_engine(policy, "duckdb"))
        outcomes = {result.key: result.outcomes["等级"] for result in run.grading.rows()}
    graded = {key: outcome.value if isinstance(outcome, Determined) else None for key, outcome in outcomes.items()}
    assert len(graded) == 500
    assert {key: (graded[key], grade) for key, grade in RIGHT.items() if graded[key] != grade} == {}
