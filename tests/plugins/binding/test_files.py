"""Tables in files beside a binding: lists for all such as holidays, and rows of the subjects; read like any other, and never from elsewhere."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from openpyxl import Workbook

from tierwise.core.errors import DataError, PolicyError
from tierwise.core.outcome import Determined
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.run import bound_database, choose_engine, grade_bound

POLICY = """\
tierwise: 1
policy: visits
version: 1.0.0
title: Next visit on a working day
subject: customer
facts:
  grade: {type: enum, values: [A, B]}
  last_visit_on: {type: date, nullable: true}
  holidays: {type: list of date}
  spend: {type: number, scale: 2}
modules:
  visits:
    kind: visit-cadence
    by: grade
    every: {A: 1 month, B: 1 quarter}
    last: last_visit_on
    give: {due_on: raw_due_on, due: visit_due}
  working:
    kind: module
    decisions:
      next_visit_on: {type: date, nullable: true, formula: "next working day(raw_due_on, holidays)"}
      answer_by: {type: date, nullable: true, formula: "add working days(next_visit_on, 5, holidays)"}
      large: {type: boolean, formula: spend >= 1000}
"""
BINDING = """\
binding: 1
policy: visits
subject: {table: c, key: id}
tables: {free: {file: FILE}}
facts:
  holidays: {table: free, aggregate: list, column: 日期, of: all}
"""
CUSTOMERS = "id,grade,last_visit_on,spend\n1,A,2026-04-01,1\n2,A,2026-01-31,1\n3,B,2025-11-30,1\n4,A,,1\n5,A,2026-03-15,1\n"
DAYS = ("2026-05-01", "2026/5/2", "2026年5月3日", "2026-05-04", "2026-05-05")
RIGHT = {
    "1": "2026-05-06 2026-05-13",
    "2": "2026-03-02 2026-03-09",
    "3": "2026-03-02 2026-03-09",
    "4": "None None",
    "5": "2026-04-15 2026-04-22",
}


@pytest.fixture
def policy(tmp_path: Path) -> LoadedPolicy:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "c.csv").write_text(CUSTOMERS, encoding="utf-8")
    return load(tmp_path)


def as_csv(folder: Path) -> str:
    (folder / "free.csv").write_text("\n".join(("日期,什么", *(f"{day},假" for day in DAYS), "")), encoding="gb18030")
    return "free.csv"


def as_excel(folder: Path) -> str:
    book = Workbook()
    book.worksheets[0].title = "notes"
    sheet = book.create_sheet("free")
    for cell in ("日期", date(2026, 5, 1), *DAYS[1:]):  # a column of dates and texts
        sheet.append((cell,))
    book.save(folder / "free.xlsx")
    return "free.xlsx"


def as_sqlite(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "days.db")) as connection, connection:
        connection.execute("CREATE TABLE only (日期)")
        connection.executemany("INSERT INTO only VALUES (?)", [(day,) for day in DAYS])
    return "days.db"


def graded(policy: LoadedPolicy, location: Path, binding: Path, outputs: tuple[str, ...], engine: str = "duckdb") -> dict[str, str]:
    with bound_database(policy, str(location), str(binding), date(2026, 5, 1)) as bound:
        run = grade_bound(bound, choose_engine(policy, engine))
        found = {result.key: [result.outcomes[output] for output in outputs] for result in run.grading.rows()}
    return {
        key: " ".join(str(o.value) if isinstance(o, Determined) else o.reason.value for o in outcomes) for key, outcomes in found.items()
    }


def written(folder: Path, text: str) -> Path:
    (folder / "b.yaml").write_text(text, encoding="utf-8")
    return folder / "b.yaml"


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize("write", [as_csv, as_excel, as_sqlite])
def test_a_visit_is_put_off_to_a_working_day_by_a_list_of_its_own(write: object, engine: str, policy: LoadedPolicy, tmp_path: Path) -> None:
    assert callable(write)
    binding = written(tmp_path, BINDING.replace("FILE", write(tmp_path)))
    assert graded(policy, tmp_path / "c.csv", binding, ("next_visit_on", "answer_by"), engine) == RIGHT


def test_a_list_of_nothing_is_empty_and_one_with_an_odd_date_unknown(policy: LoadedPolicy, tmp_path: Path) -> None:
    binding = written(tmp_path, BINDING.replace("FILE", "free.csv"))
    (tmp_path / "free.csv").write_text("日期,什么\n", encoding="utf-8")
    assert graded(policy, tmp_path / "c.csv", binding, ("next_visit_on",))["1"] == "2026-05-01"
    (tmp_path / "free.csv").write_text("日期,什么\n2026-05-01,假\nsoon,假\n", encoding="utf-8")
    with bound_database(policy, str(tmp_path / "c.csv"), str(binding), date(2026, 5, 1)) as bound:
        found = {finding.code: finding.count for finding in bound.facts.findings}
    assert found == {"bad-list": 5}
    assert graded(policy, tmp_path / "c.csv", binding, ("next_visit_on",))["1"] == "missing_fact"


def test_rows_of_the_subjects_may_be_in_a_file_beside_too(policy: LoadedPolicy, tmp_path: Path) -> None:
    (tmp_path / "orders.csv").write_text("customer;amount\n1;999,50\n1;0,50\n2;1\n9;5\n", encoding="utf-8")
    text = BINDING.replace("{free: {file: FILE}}", '{o: {file: orders.csv, delimiter: ";"}}').replace(
        "  holidays: {table: free, aggregate: list, column: 日期, of: all}",
        '  spend: {table: o, key: customer, aggregate: sum, column: amount, format: {number: "1234,56"}}',
    )
    binding = written(tmp_path, text)
    assert graded(policy, tmp_path / "c.csv", binding, ("large",)) == {"1": "True", **dict.fromkeys("2345", "False")}
    with bound_database(policy, str(tmp_path / "c.csv"), str(binding), date(2026, 5, 1)) as bound:
        assert [(finding.code, finding.table) for finding in bound.facts.findings] == [("orphan-rows", "o")]


@pytest.mark.parametrize("file", ["../free.csv", "/etc/hostname", "sub/../../free.csv", "link.csv"])
def test_a_file_elsewhere_is_refused(file: str, policy: LoadedPolicy, tmp_path: Path) -> None:
    inner = tmp_path / "inner"
    inner.mkdir()
    as_csv(tmp_path)
    (inner / "link.csv").symlink_to(tmp_path / "free.csv")
    binding = written(inner, BINDING.replace("FILE", file))
    with pytest.raises(DataError, match=r"b.yaml:4:\d+: .*leads out of the binding's folder"):
        graded(policy, tmp_path / "c.csv", binding, ("large",))


@pytest.mark.parametrize(
    "reading, message",
    [
        ("{file: none.csv}", "there is no file"),
        ("{file: free.csv, sheet: other}", "has no table `other`"),
        ("{file: book.xlsx}", "has no table `free`"),
    ],
)
def test_a_file_or_sheet_that_is_not_there_is_said(reading: str, message: str, policy: LoadedPolicy, tmp_path: Path) -> None:
    as_csv(tmp_path)
    book = Workbook()
    book.create_sheet("second").append(("日期",))
    book.worksheets[0].append(("日期",))
    book.save(tmp_path / "book.xlsx")
    with pytest.raises(DataError, match=message):
        graded(policy, tmp_path / "c.csv", written(tmp_path, BINDING.replace("{file: FILE}", reading)), ("large",))


def test_a_sheet_without_a_file_is_refused(policy: LoadedPolicy, tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as refusal:
        graded(policy, tmp_path / "c.csv", written(tmp_path, BINDING.replace("file: FILE", "sheet: x")), ("large",))
    assert "has `sheet` without `file`" in refusal.value.findings[0].message
