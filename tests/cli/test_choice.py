"""``grade`` for people who know SQL: which subjects, which columns, under which headings, into which file, from standard input."""

from __future__ import annotations

import csv
import io
import json
import os
import sqlite3
import stat
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from tests.command_line import COMMAND, CUSTOMERS, Done, environment, tierwise, tierwise_process

SMALL = ("grade", "customers.csv", "--policy", "small.yaml")


def rows(done: Done) -> list[list[str]]:
    assert done.code == 0, done.err
    return list(csv.reader(io.StringIO(done.out.removeprefix("\ufeff"), newline="")))


def keys(*options: object) -> list[str]:
    done = tierwise(*SMALL, "--format", "jsonl", *options)
    assert done.code == 0, done.err
    return [json.loads(line)["key"] for line in done.out.splitlines()]


@pytest.mark.parametrize("engine", ["duckdb", "reference"])
@pytest.mark.parametrize(
    ("condition", "chosen"),
    [
        ("tier = 甲", ["001"]),
        ("tier in (甲, 乙)", ["001", "003"]),
        ("amount >= 50万", ["001", "003"]),
        ("amount = 499999.99 and not(judged_good)", ["002"]),
        ("tier != 乙", ["001", "002", "004"]),  # whatever 004 turns out to be, it is not 乙
        ("judged_good", ["001", "004"]),
        ("at least(tier, 乙)", ["001", "003"]),
        ("false", []),
        ("true", ["001", "002", "003", "004"]),
    ],
)
def test_a_condition_in_the_language_of_the_policy_chooses(condition: str, chosen: list[str], engine: str, small: Path) -> None:
    assert keys("--where", condition, "--engine", engine) == chosen


def test_who_may_or_may_not_meet_the_condition_is_told_and_not_shown(small: Path) -> None:
    done = tierwise(*SMALL, "--where", "tier = 丙", "--format", "jsonl")
    assert [json.loads(line)["key"] for line in done.out.splitlines()] == ["002"]
    assert done.err == "the condition is undetermined for 1 of 4: they are not among what is shown\n"


def test_the_page_counts_those_who_are_chosen(small: Path) -> None:
    page = tierwise(*SMALL, "--where", "amount >= 50万").out
    assert "· 2 of 4 × customer ·" in page
    assert "only those with amount >= 50万" in page
    assert "tier             2             0" in page
    assert "first 2 of 2" in page


def test_the_undetermined_are_chosen_by_output(small: Path) -> None:
    assert keys("--undetermined", "tier") == ["004"]
    assert keys("--undetermined", "tier", "--where", "not(judged_good)") == []


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("teir = 甲", "did you mean `tier`?"),
        ("tier = 丁", "丁"),
        ("amount", "it is no condition"),
        ("", "it is no condition"),
        ("amount >", "it is no condition"),
        ("key = 1; DROP TABLE customers", "it is no condition"),
        ("(" * 5000, "it is no condition"),
    ],
)
def test_what_is_no_condition_is_wrong_usage(condition: str, said: str, small: Path) -> None:
    done = tierwise(*SMALL, "--where", condition)
    assert done.code == 2
    assert said in done.err
    assert done.out == ""


def test_the_whole_run_is_saved_whatever_is_shown(small: Path) -> None:
    tierwise(*SMALL, "--where", "tier = 甲", "--save")
    (run,) = json.loads(tierwise("history", "--format", "json").out)
    assert (run["subjects"], run["undetermined"]) == (4, 1)
    tierwise(*SMALL, "--save")
    assert json.loads(tierwise("history", "--compare", 1, 2, "--format", "json").out) == []
    assert len({run["fingerprint"] for run in json.loads(tierwise("history", "--format", "json").out)}) == 1


def test_columns_are_chosen_and_ordered(small: Path) -> None:
    names = "tier,amount,amount?,key,tier.rules,tier.reason,tier.candidates,tier.needs,judged_good"
    assert rows(tierwise(*SMALL, "--format", "csv", "--columns", names)) == [
        names.split(","),
        ["甲", "500000", "", "001", "big", "", "", "", "true"],
        ["丙", "499999.99", "", "002", "small", "", "", "", "false"],
        ["乙", "1200000", "", "003", "large", "", "", "", "false"],
        ["", "", "missing", "004", "big, small", "missing_fact", "甲, 丙", "amount", "true"],
    ]


def test_columns_stand_for_json_values(small: Path) -> None:
    done = tierwise(*SMALL, "--format", "jsonl", "--columns", "key,amount,tier,tier.candidates")
    assert [json.loads(line) for line in done.out.splitlines()][2:] == [
        {"key": "003", "amount": 1200000, "tier": "乙", "tier.candidates": []},
        {"key": "004", "amount": None, "tier": None, "tier.candidates": ["甲", "丙"]},
    ]


def test_facts_and_outputs_stand_for_all_of_them(small: Path) -> None:
    assert rows(tierwise(*SMALL, "--format", "csv", "--columns", "key, facts, outputs"))[0] == [
        "key",
        "amount",
        "judged_good",
        "tier",
        "tier?",
    ]


def test_facts_stand_beside_those_who_are_chosen(small: Path) -> None:
    done = tierwise(*SMALL, "--format", "csv", "--columns", "key,amount", "--where", "tier = 乙")
    assert rows(done)[1:] == [["003", "1200000"]]


def test_the_page_shows_the_columns(small: Path) -> None:
    page = tierwise(*SMALL, "--columns", "amount,tier", "--rows", "4").out
    assert [line.split("  ")[0].strip() for line in page.splitlines()[-6:]] == [
        "amount",
        "─────────",
        "500000",
        "499999.99",
        "1200000",
        "",
    ]
    assert "? missing_fact (甲 | 丙)" in page.splitlines()[-1]


@pytest.mark.parametrize(
    ("names", "said"), [("kee", "did you mean `key`?"), ("key,key", "named twice"), ("", "names no column"), ("key,,tier", "")]
)
def test_what_is_no_column_is_wrong_usage(names: str, said: str, small: Path) -> None:
    done = tierwise(*SMALL, "--columns", names)
    assert done.code == 2
    assert said in done.err


@pytest.mark.parametrize(
    ("language", "headings"),
    [
        ("en", ["id", "name", "amount", "tier", "tier?", "tier rules"]),
        ("zh", ["编号", "名称", "金额", "等级", "等级?", "等级 依据规则"]),
    ],
)
def test_headings_may_be_labels(language: str, headings: list[str], small: Path) -> None:
    options = ("--columns", "key,name,amount,outputs,tier.rules", "--headings", "labels", "--format", "csv")
    assert rows(tierwise("--language", language, *SMALL, *options))[0] == headings


def test_two_columns_of_one_label_have_their_names_too(small: Path) -> None:
    policy = (small / "small.yaml").read_text(encoding="utf-8").replace("zh: 信誉好", "zh: 金额")
    (small / "small.yaml").write_text(policy, encoding="utf-8")
    done = tierwise("--language", "zh", *SMALL, "--columns", "amount,judged_good", "--headings", "labels", "--format", "csv")
    assert rows(done)[0] == ["金额 (amount)", "金额 (judged_good)"]


def test_it_is_counted_how_often_each_rule_decided(small: Path) -> None:
    counted = [
        {"output": "tier", "rule": "big", "decided": 1, "possible": 1},
        {"output": "tier", "rule": "large", "decided": 1, "possible": 0},
        {"output": "tier", "rule": "small", "decided": 1, "possible": 1},
    ]
    assert json.loads(tierwise(*SMALL, "--hits", "--format", "json").out) == counted
    assert "tier    small        1         1" in tierwise(*SMALL, "--hits").out
    assert [row["decided"] for row in json.loads(tierwise(*SMALL, "--hits", "--where", "tier = 乙", "--format", "json").out)] == [0, 1, 0]


@pytest.mark.parametrize(
    ("ending", "start"),
    [
        ("csv", "\ufeffkey,name,tier,tier?\r\n"),
        ("JSON", "[\n"),
        ("jsonl", '{"key"'),
        ("md", "| key |"),
        ("txt", "A small example"),
    ],
)
def test_a_file_has_the_format_of_its_ending(ending: str, start: str, small: Path) -> None:
    name = f"o.{ending}"
    done = tierwise(*SMALL, "--output", name)
    assert (done.code, done.out, done.err) == (0, "", f"written to {name}\n")
    assert (small / name).read_bytes().decode("utf-8").startswith(start)


def test_a_format_that_is_said_goes_before_the_ending(small: Path) -> None:
    assert tierwise(*SMALL, "--output", "o.dat", "--format", "jsonl").code == 0
    assert (small / "o.dat").read_text(encoding="utf-8").startswith('{"key"')
    assert tierwise(*SMALL, "--output", "o.dat").code == 2


def test_a_file_is_replaced_whole_and_keeps_its_rights(small: Path) -> None:
    target = small / "o.csv"
    target.write_text("old", encoding="ascii")
    target.chmod(0o640)
    (small / "link.csv").symlink_to(target)
    assert tierwise(*SMALL, "--output", "link.csv").code == 0
    assert target.read_text(encoding="utf-8").count("\n") == 5
    assert (stat.S_IMODE(target.stat().st_mode), (small / "link.csv").is_symlink()) == (0o640, True)


def test_a_file_stays_as_it_was_when_grading_fails(small: Path) -> None:
    (small / "o.csv").write_text("old", encoding="ascii")
    before = sorted(small.iterdir())
    assert tierwise("grade", "missing.csv", "--policy", "small.yaml", "--output", "o.csv").code == 4
    assert (small / "o.csv").read_text(encoding="ascii") == "old"
    assert sorted(small.iterdir()) == before


@pytest.mark.parametrize("name", ["customers.csv", "copy.csv", "small.yaml", "book.csv", "."])
def test_what_is_read_is_never_written_over(name: str, small: Path) -> None:
    os.link(small / "customers.csv", small / "copy.csv")
    tierwise(*SMALL, "--save", "--ledger", "book.csv")
    before = {path.name: path.read_bytes() for path in small.iterdir() if path.is_file()}
    done = tierwise(*SMALL, "--output", name, "--ledger", "book.csv", "--format", "csv")
    assert done.code == 4, done.err
    assert {path.name: path.read_bytes() for path in small.iterdir() if path.is_file()} == before


def test_no_database_is_written_over(small: Path) -> None:
    with closing(sqlite3.connect(small / "crm.csv")) as database:
        database.execute("CREATE TABLE t (x)")
    before = (small / "crm.csv").read_bytes()
    done = tierwise(*SMALL, "--output", "crm.csv")
    assert done.code == 4
    assert "is a SQLite database, which is not written over" in done.err
    assert (small / "crm.csv").read_bytes() == before


def test_a_folder_that_is_graded_gets_no_new_table(small: Path) -> None:
    (small / "data").mkdir()
    (small / "customers.csv").rename(small / "data" / "customers.csv")
    done = tierwise("grade", "data", "--policy", "small.yaml", "--output", "data/o.csv")
    assert (done.code, sorted(path.name for path in (small / "data").iterdir())) == (4, ["customers.csv"])


@pytest.mark.parametrize(("name", "said"), [("no/o.csv", "does not exist"), ("/dev/null", "is no file that can be replaced")])
def test_a_place_where_no_file_can_be_is_refused(name: str, said: str, small: Path) -> None:
    done = tierwise(*SMALL, "--output", name, "--format", "csv")
    assert done.code == 4
    assert said in done.err


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is full is known on Linux only")
def test_a_full_disk_is_told_where_stdout_is_one(small: Path) -> None:
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run([*COMMAND, *SMALL], cwd=small, stdout=full, stderr=subprocess.PIPE, env=environment(), check=False)
    assert done.returncode == 4
    assert b"No space left" in done.stderr


def test_text_that_is_piped_in_is_graded(small: Path) -> None:
    from_file = tierwise(*SMALL, "--format", "csv")
    piped = tierwise("grade", "-", "--policy", "small.yaml", "--format", "csv", stdin=CUSTOMERS)
    assert (piped.code, piped.out) == (0, from_file.out)
    page = tierwise("grade", "-", "--policy", "small.yaml", stdin=CUSTOMERS)
    assert "standard input · 4 × customer" in page.out


def test_a_table_that_is_piped_in_is_called_as_the_binding_calls_it(small: Path) -> None:
    (small / "b.yaml").write_text(
        "binding: 1\npolicy: small\nsubject: {table: 客户, key: customer_id, name: name}\nfacts: {amount: {column: turnover}}\n",
        encoding="utf-8",
    )
    renamed = CUSTOMERS.replace("amount", "turnover")
    done = tierwise("grade", "-", "--policy", "small.yaml", "--binding", "b.yaml", "--format", "csv", stdin=renamed)
    assert [row[2] for row in rows(done)] == ["tier", "甲", "丙", "乙", ""]
    assert tierwise("explain", "-", "002", "--policy", "small.yaml", "--binding", "b.yaml", stdin=renamed).code == 0


@pytest.mark.parametrize(
    ("content", "said"),
    [("", "`standard input` is empty"), ("a,b\n\0\0,1\n", "standard input"), ("<html><table>", "`standard input` is a page in HTML")],
)
def test_what_is_piped_in_and_is_no_table_is_refused(content: str, said: str, small: Path) -> None:
    done = tierwise("grade", "-", "--policy", "small.yaml", stdin=content)
    assert done.code == 4
    assert said in done.err
    assert "tierwise-" not in done.err, "nobody is told of a file that is not theirs"


def test_a_database_that_is_piped_in_is_graded_and_leaves_nothing(demo_db: Path, tmp_path: Path) -> None:
    words = ["grade", "-", "--policy", "big-customer-tiers", "--as-of", "2026-06-30", "--format", "jsonl"]
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    with demo_db.open("rb") as piped:
        done = subprocess.run([*COMMAND, *words], stdin=piped, capture_output=True, env=environment({"TMPDIR": str(scratch)}), check=True)
    assert len(done.stdout.splitlines()) == 200
    assert list(scratch.iterdir()) == []


@pytest.mark.parametrize("form", ["csv", "jsonl", "json"])
def test_data_formats_keep_every_character_in_a_pipe(form: str, small: Path) -> None:
    odd = "\x1b[31m7\x07\u202e"
    (small / "customers.csv").write_text(f"customer_id,name,amount,judged_good\n{odd},{odd},1,true\n", encoding="utf-8")
    out = tierwise_process(*SMALL, "--format", form, folder=small).out
    if form == "csv":
        assert rows(Done(0, out, ""))[1][:2] == [odd, odd]
    else:
        (row,) = [json.loads(out)[0]] if form == "json" else [json.loads(line) for line in out.splitlines()]
        assert (row["key"], row["name"]) == (odd, odd)
    text = tierwise_process(*SMALL, folder=small).out
    assert "␛[31m7␇<U+202E>" in text
