"""``grade`` prints a page for people and, in the other formats, a row for every subject; nothing is written unless asked."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from pathlib import Path

import duckdb
import pytest
from rich.cells import cell_len

from tests.command_line import CUSTOMERS, tierwise

DEMO = ("--policy", "big-customer-tiers", "--as-of", "2026-06-30")


def columns(line: str) -> list[int]:
    """Return the terminal cells at which the columns of a table start, from its rule."""
    starts, cell = [], 0
    for part in line.split("  "):
        starts.append(cell)
        cell += cell_len(part) + 2
    return starts


def test_the_page_has_distributions_counts_findings_and_first_rows(demo_db: Path) -> None:
    done = tierwise("grade", demo_db, *DEMO)

    assert (done.code, done.err) == (0, "")
    for words in (
        "· 200 × customer · as of 2026-06-30 ·",
        "  A1 ",
        "█",
        "? gap",
        "output",
        "by reason",
        "findings about the data",
        "first 10 of 200",
    ):
        assert words in done.out


def test_shares_add_up_to_everyone(demo_db: Path) -> None:
    done = tierwise("grade", demo_db, *DEMO)
    tier = done.out[done.out.index("\ntier\n") :].split("\n\n")[0].strip().splitlines()[1:]

    assert sum(int(line.split()[-2].replace(",", "")) for line in tier) == 200


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_columns_of_a_table_with_chinese_names_align(demo_db: Path, language: str) -> None:
    lines = tierwise("--language", language, "grade", demo_db, *DEMO, "--rows", "60").out.splitlines()
    rule = max(n for n, line in enumerate(lines) if set(line) == {"─", " "})
    starts = columns(lines[rule])
    rows = [lines[rule - 1], *lines[rule + 1 :]]

    assert len(rows) == 61
    assert any(cell_len(row) != len(row) for row in rows), "there are wide characters"
    for row in rows:
        for start in starts[1:]:
            before = prefix(row, start)
            assert before.endswith("  ") or cell_len(row) <= start, row
            assert cell_len(before) == min(start, cell_len(before)), row


def prefix(text: str, cells: int) -> str:
    """Return the part of a line that fills its first cells; a wide character never stands across the border."""
    taken, used = "", 0
    for char in text:
        if used >= cells:
            break
        taken, used = taken + char, used + cell_len(char)
    assert used <= cells, f"a wide character stands across cell {cells} of {text!r}"
    return taken


def test_json_and_jsonl_have_a_row_for_every_subject(demo_db: Path) -> None:
    whole = json.loads(tierwise("grade", demo_db, *DEMO, "--format", "json").out)
    lines = [json.loads(line) for line in tierwise("grade", demo_db, *DEMO, "--format", "jsonl").out.splitlines()]

    assert len(whole) == 200
    assert whole == lines
    assert len({row["key"] for row in whole}) == 200
    for row in whole:
        tier = row["outputs"]["tier"]
        assert ("value" in tier) != ("undetermined" in tier)
        assert "rules" in tier or "undetermined" in tier


def test_csv_opens_in_excel(small: Path) -> None:
    names = '005,"=1+1",1,true\n006,"+49 30 1234",1,true\n007,@SUM(A1),1,true\n008,-5,1,true\n009,"多行\n名称",1,true\n'
    (small / "customers.csv").write_text(CUSTOMERS + names, encoding="utf-8")
    done = tierwise("grade", "customers.csv", "--policy", "small.yaml", "--format", "csv")
    rows = list(csv.reader(io.StringIO(done.out.removeprefix("\ufeff"), newline="")))

    assert done.out.startswith("\ufeffkey,name,tier,tier?\r\n"), "a byte order mark, and line ends as Excel writes them"
    assert rows[1:5] == [
        ["001", "北京华信科技有限公司", "甲", ""],
        ["002", "李雷", "丙", ""],
        ["003", "Zhang & Söhne GmbH", "乙", ""],
        ["004", '上海, "安泰"', "", "missing_fact (甲 | 丙)"],
    ]
    assert [row[1] for row in rows[5:]] == ["'=1+1", "'+49 30 1234", "'@SUM(A1)", "-5", "多行\n名称"]


def test_markdown_is_a_table(small: Path) -> None:
    lines = tierwise("grade", "customers.csv", "--policy", "small.yaml", "--format", "markdown").out.splitlines()

    assert lines[:3] == ["| key | name | tier | tier? |", "| --- | --- | --- | --- |", "| 001 | 北京华信科技有限公司 | 甲 |  |"]
    assert lines[5] == '| 004 | 上海, "安泰" |  | missing_fact (甲 \\| 丙) |'


def test_both_engines_print_the_same(demo_db: Path) -> None:
    duckdb, reference = (tierwise("grade", demo_db, *DEMO, "--format", "jsonl", "--engine", name) for name in ("duckdb", "reference"))

    assert duckdb.out == reference.out
    assert duckdb.out.count("\n") == 200


def test_labels_are_chinese_when_asked(demo_db: Path) -> None:
    out = tierwise("--language", "zh", "grade", demo_db, *DEMO).out

    assert out.startswith("大客户分级（A1–D） (big-customer-tiers")
    assert "等级" in out


def test_an_overlay_changes_the_outcome(demo_db: Path) -> None:
    words = ("grade", demo_db, *DEMO, "--format", "jsonl")
    Path(demo_db.with_name("o.yaml")).write_text(
        "overlay: 1\npolicy: big-customer-tiers\nreadings: {stronger_word: suffices, some_potential: includes_small}\n", encoding="utf-8"
    )
    plain, settled = tierwise(*words), tierwise(*words, "--overlay", demo_db.with_name("o.yaml"))

    assert '"undetermined": "reading"' in plain.out
    assert '"undetermined": "reading"' not in settled.out


def test_nothing_is_written(small: Path, demo_db: Path) -> None:
    before = hashlib.sha256(demo_db.read_bytes()).hexdigest()
    beside = sorted(demo_db.parent.glob("demo.db*"))
    files = sorted(small.iterdir())

    assert tierwise("grade", demo_db, *DEMO).code == 0

    assert hashlib.sha256(demo_db.read_bytes()).hexdigest() == before
    assert (sorted(demo_db.parent.glob("demo.db*")), sorted(small.iterdir())) == (beside, files)


def test_rows_of_the_page_can_be_left_out(small: Path) -> None:
    assert "first" not in tierwise("grade", "customers.csv", "--policy", "small.yaml", "--rows", "0").out
    assert tierwise("grade", "customers.csv", "--policy", "small.yaml", "--rows", "-1").code == 2


def test_a_database_without_customers_is_graded(small: Path) -> None:
    (small / "none.csv").write_text("customer_id,name,amount,judged_good\n", encoding="utf-8")

    page = tierwise("grade", "none.csv", "--policy", "small.yaml")

    assert page.code == 0, page.err
    assert "· 0 × customer ·" in page.out
    assert tierwise("grade", "none.csv", "--policy", "small.yaml", "--format", "json").out == "[]\n"


def test_memory_is_bounded_and_too_little_is_told(demo_db: Path) -> None:
    assert tierwise("grade", demo_db, *DEMO, "--memory", "300MB").out == tierwise("grade", demo_db, *DEMO).out

    done = tierwise("grade", demo_db, *DEMO, "--memory", "0.1MB", "--output", "rows.csv")
    assert (done.code, done.out) == (4, "")
    assert "0.1MB of memory is too little for this database" in done.err
    assert not Path("rows.csv").exists()

    done = tierwise("grade", demo_db, *DEMO, "--memory", "half")
    assert done.code == 2
    assert "`half` is no size of memory; write it like `500MB` or `2GB`" in done.err


def test_results_are_written_as_a_table_for_programs(demo_db: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [json.loads(line) for line in tierwise("grade", demo_db, *DEMO, "--format", "jsonl").out.splitlines()]
    done = tierwise("grade", demo_db, *DEMO, "--output", "results.parquet")
    written = duckdb.execute("SELECT key, tier, \"tier.reason\" FROM 'results.parquet'").fetchall()

    assert (done.code, done.out) == (0, "")
    assert written == [(row["key"], row["outputs"]["tier"].get("value"), row["outputs"]["tier"].get("undetermined")) for row in rows]
    assert tierwise("grade", demo_db, *DEMO, "--output", "results.parquet").code != 0, "a Parquet file is never written over"


@pytest.mark.parametrize("more", [(), ("--output", "rows.arrow", "--columns", "key"), ("--output", "rows.arrow", "--hits")])
def test_a_table_for_programs_needs_a_file_and_has_all_columns(demo_db: Path, more: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    done = tierwise("grade", demo_db, *DEMO, "--format", "arrow", *more)

    assert done.code == 2
    assert "writes all columns to a file" in done.err
    assert list(tmp_path.iterdir()) == []
