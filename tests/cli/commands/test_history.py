"""``history`` lists saved runs, one customer's outcomes in them, and what changed between two."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.command_line import CUSTOMERS, tierwise
from tierwise.plugins.ledger import Ledger

SMALL = ("--policy", "small.yaml", "--save")


def saved_twice(folder: Path) -> None:
    """Save a run, then one in which a customer has grown and another has gone."""
    first = tierwise("grade", "customers.csv", *SMALL, "--as-of", "2026-05-31")
    changed = CUSTOMERS.replace("499999.99,false", "500000,false").replace("003,Zhang & Söhne GmbH,1200000,false\n", "")
    (folder / "customers.csv").write_text(changed, encoding="utf-8")
    second = tierwise("grade", "customers.csv", *SMALL, "--as-of", "2026-06-30")
    assert (first.code, second.code) == (0, 0), first.err + second.err
    assert first.err == "saved as run 1 in tierwise-ledger.db\n"


def test_runs_are_listed_with_what_repeats_them(small: Path) -> None:
    saved_twice(small)
    text = tierwise("history")
    runs = json.loads(tierwise("history", "--format", "json").out)

    assert text.code == 0
    assert [(run["run"], run["as of"], run["subjects"], run["undetermined"]) for run in sorted(runs, key=lambda run: run["run"])] == [
        (1, "2026-05-31", 4, 1),
        (2, "2026-06-30", 3, 1),
    ]
    assert runs[0]["fingerprint"] == runs[1]["fingerprint"]
    assert tierwise("history", "--policy", "other", "--format", "json").out == "[]\n"


def test_one_customer_over_time_keeps_its_zeros(small: Path) -> None:
    saved_twice(small)
    rows = list(csv.DictReader(io.StringIO(tierwise("history", "002", "--format", "csv").out.removeprefix("\ufeff"))))

    assert sorted((row["as of"], row["outcome"]) for row in rows) == [("2026-05-31", "丙"), ("2026-06-30", "乙")]


def test_what_changed_between_two_runs(small: Path) -> None:
    saved_twice(small)
    rows = [json.loads(line) for line in tierwise("history", "--compare", 1, 2, "--format", "jsonl").out.splitlines()]

    assert rows == [
        {"key": "002", "name": "李雷", "output": "tier", "run 1": "丙", "run 2": "乙"},
        {"key": "003", "name": "Zhang & Söhne GmbH", "output": "tier", "run 1": "乙", "run 2": "not there"},
    ]


def test_two_runs_are_shown_as_a_matrix_and_by_name(small: Path) -> None:
    saved_twice(small)
    page = tierwise("history", "--compare", 1, 2, "--policy", "small.yaml")

    assert page.code == 0
    assert "promoted 1 · only in the baseline 1" in page.out
    assert "002 李雷 · tier: 丙 → 乙 (promoted)" in page.out


def test_a_customer_is_found_by_its_name_and_shown_with_the_last_one(small: Path) -> None:
    saved_twice(small)
    text = (small / "customers.csv").read_text("utf-8").replace("李雷", "李雷有限公司")
    (small / "customers.csv").write_text(text, encoding="utf-8")
    assert tierwise("grade", "customers.csv", *SMALL, "--as-of", "2026-07-31").code == 0

    by_id, by_name = (json.loads(tierwise("history", word, "--format", "json").out) for word in ("002", "李雷有限公司"))

    assert by_id == by_name
    assert [(row["run"], row["key"], row["name"]) for row in by_id] == [(run, "002", "李雷有限公司") for run in (3, 2, 1)]
    assert json.loads(tierwise("history", "李雷", "--format", "json").out) == []


def test_names_come_along_with_runs_that_are_brought_in(small: Path) -> None:
    saved_twice(small)
    (small / "tierwise-ledger.db").rename(small / "kept.db")

    assert tierwise("history", "--bring-in", "kept.db").code == 0

    rows = json.loads(tierwise("history", "--compare", 1, 2, "--format", "json").out)
    assert [row["name"] for row in rows] == ["李雷", "Zhang & Söhne GmbH"]


def test_a_try_is_told_from_a_run(small: Path) -> None:
    text = (
        (small / "small.yaml")
        .read_text("utf-8")
        .replace("modules:", "parameters: {border: {type: integer, value: 500000, adjustable: {min: 1}}}\nmodules:")
    )
    (small / "small.yaml").write_text(text.replace("50万", "border"), encoding="utf-8")
    (small / "try.yaml").write_text(
        "overlay: 1\npolicy: small\nby: Ann\nwhy: {zh: 更少的乙级, en: fewer in the middle}\nparameters: {border: 600000}\n",
        encoding="utf-8",
    )
    (small / "ours.yaml").write_text("overlay: 1\npolicy: small\nparameters: {border: 450000}\n", encoding="utf-8")
    for more in ((), ("--set", "border=600000"), ("--overlay", "try.yaml"), ("--overlay", "ours.yaml"), ("--overlay", "ours.yaml")):
        assert tierwise("grade", "customers.csv", *SMALL, *more).code == 0

    runs = json.loads(tierwise("history", "--format", "json").out)

    assert [(run["what"], run["changed"], run["by"], run["why"]) for run in runs] == [
        ("run", False, "", ""),
        ("run", True, "", ""),
        ("try", True, "Ann", "fewer in the middle"),
        ("try", True, "", ""),
        ("run", False, "", ""),
    ]
    assert json.loads(tierwise("--language", "zh", "history", "--format", "json").out)[2]["why"] == "更少的乙级"
    page = tierwise("history", "--compare", 1, 3)
    assert page.out.startswith("What changes from run 1 (small 1.0.0) to run 3 (small 1.0.0, try.yaml)\n")
    assert "the new side is a try: Ann: fewer in the middle\n" in page.out


def test_a_try_is_nobodys_last_run_and_keeps_who_and_why_where_it_is_brought_in(small: Path) -> None:
    (small / "try.yaml").write_text("overlay: 1\npolicy: small\nwhy: to see\n", encoding="utf-8")
    for more in ((), ("--overlay", "try.yaml")):
        assert tierwise("grade", "customers.csv", *SMALL, *more).code == 0
    (small / "tierwise-ledger.db").rename(small / "kept.db")
    assert tierwise("history", "--bring-in", "kept.db").code == 0

    with Ledger("tierwise-ledger.db") as book:
        last = book.last_run("small")
        assert last is not None and last.run_id == 1
        assert [str(one.why) for one in book.run(2).record.tries] == ["to see"]


def test_a_run_that_is_not_there(small: Path) -> None:
    saved_twice(small)
    done = tierwise("history", "--compare", 1, 9)

    assert done.code == 4
    assert "9" in done.err


def test_a_run_that_others_keep_from_the_ledger_is_kept_beside_it_and_brought_in(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tierwise.plugins.store.WAIT_SECONDS", 0.8)
    saved_twice(small)
    with closing(sqlite3.connect(small / "tierwise-ledger.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        done = tierwise("grade", "customers.csv", *SMALL, "--format", "jsonl")

    assert done.code == 4
    assert len(done.out.splitlines()) == 3, "what was asked for is printed"
    assert done.err.startswith("waiting for ")
    (kept,) = small.glob("tierwise-ledger.kept-*.db")
    assert f"the run is kept in `{kept.name}`" in done.err
    brought = tierwise(*done.err.splitlines()[-1].split("`")[1].split()[1:], "--format", "json")
    assert (brought.code, brought.err) == (0, f"run 1 of {kept.name} is run 3 in tierwise-ledger.db\n")
    assert [run["run"] for run in json.loads(brought.out)] == [3, 2, 1]
