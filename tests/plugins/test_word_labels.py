"""A word of a list may be given by its label in either language, or by another spelling, wherever words of that list are read."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.command_line import tierwise
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.testing import assert_finding, findings_of, policy_from

POLICY = """\
tierwise: 1
policy: words
version: 1.0.0
title: {zh: 词, en: words}
subject: customer
facts:
  size: {type: enum, values: {large: {zh: 大, en: rather large}, small: {zh: 小, en: rather small}}, aliases: {巨大: large}}
  kind: {type: enum, values: {human: {zh: 人机, en: human and machine}, letter: {zh: 信、函, en: "letters, notes"}, other: 其他}, others: other}
  kinds: {type: set, values: {human: {zh: 人机, en: human and machine}, letter: {zh: 信、函, en: "letters, notes"}, other: 其他}, others: other}
  sizes: {type: list of enum, values: {large: {zh: 大, en: rather large}, small: {zh: 小, en: rather small}}}
  orders: {type: list of record, fields: {id: {type: text}, size: {type: enum, values: {large: {zh: 大, en: rather large}, small: {zh: 小}}}}}
  by_region: {type: map of enum, values: {large: {zh: 大, en: rather large}, small: {zh: 小}}}
parameters:
  usual: {type: enum, values: {large: {zh: 大, en: rather large}, small: 小}, local: true}
modules:
  m:
    kind: module
    decisions:
      a: {type: text, formula: 'if size = large then "L" else "S"'}
      b: {type: text, formula: 'if kind = human then "H" else if kind = letter then "L" else "O"'}
      c: {type: integer, formula: 'count(kinds[item = human]) + 10 * count(kinds[item = letter]) + 100 * count(kinds[item = other])'}
      d: {type: integer, formula: 'count(sizes[item = large])'}
      e: {type: integer, formula: 'count(orders[size = large])'}
      f: {type: boolean, formula: 'get value(by_region, "north") = large'}
      g: {type: boolean, formula: usual = large}
watch:
  events:
    came: {fields: {size: {type: enum, values: {large: {zh: 大, en: rather large}, small: 小}}}, from: {table: visits, id: id, subject: customer, at: at}}
  rules:
    big: {on: came, where: {size: large}, action: {do: tell}}
"""

LARGE = ["large", "大", "rather large", " 大 ", "巨大"]
HUMAN = ["human", "人机", "human and machine"]
LETTER = ["letter", "信、函", "letters, notes"]
NOTHING_ELSE = ["huge", "Rather large", "rather", ""]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Write the policy."""
    path = tmp_path / "words"
    path.mkdir()
    (path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return path


FACTS: list[tuple[str, Any, str, Any]] = [
    *(("size", word, "a", "L") for word in LARGE),
    *(("kind", word, "b", "H") for word in HUMAN),
    *(("kind", word, "b", "L") for word in LETTER),
    ("kind", "电报", "b", "O"),
    ("kinds", ["人机", "letters, notes", "电报"], "c", 111),
    ("kinds", "人机、letters, notes；电报", "c", 111),
    ("kinds", "信、函", "c", 10),
    ("kinds", "human", "c", 1),
    ("kinds", "[人机, other]", "c", 101),
    ("kinds", "", "c", 0),
    ("sizes", ["大", "small", "rather large"], "d", 2),
    ("sizes", "大，小，large", "d", 2),
    ("orders", [{"id": "1", "size": "大"}, {"id": "2", "size": "小"}], "e", 1),
    ("by_region", {"north": "rather large"}, "f", True),
]


@pytest.fixture(scope="module")
def loaded() -> LoadedPolicy:
    """Load the policy."""
    return LoadedPolicy.of(policy_from(POLICY), Plugins(entry_points=False))


@pytest.mark.parametrize(("fact", "given", "output", "expected"), FACTS)
def test_facts(fact: str, given: Any, output: str, expected: Any, loaded: LoadedPolicy) -> None:
    assert loaded.decide({fact: given}).to_dict()["outputs"][output] == {"value": expected}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("word", ["大", "rather large"])
def test_the_language_of_the_command_line_changes_nothing_in_what_is_read(word: str, language: str, folder: Path) -> None:
    done = tierwise("--language", language, "decide", folder, "--facts", "-", "--format", "json", stdin=json.dumps({"size": word}))

    assert json.loads(done.out)["outputs"]["a"] == {"value": "L"}


@pytest.mark.parametrize("word", NOTHING_ELSE)
def test_nothing_else_is_read_as_a_word(word: str, loaded: LoadedPolicy) -> None:
    result = loaded.decide({"size": word, "sizes": [word]})

    assert [finding.code for finding in result.findings] == ["bad-value", "bad-value"]
    assert result.to_dict()["outputs"]["a"] == {"undetermined": "missing_fact", "candidates": ["L", "S"]}


NAMES = ("size", "kind", "kinds", "sizes", "orders", "by_region")
STORED = [row for row in FACTS if row[1] != "" and not str(row[1]).startswith("[人机")]  # a column holds no blank list, and lists as JSON


def as_stored(given: Any) -> str:
    """Return a value as a text column holds it."""
    return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)


def rows() -> list[list[str | None]]:
    """Return one customer for each fact that is given."""
    return [[f"{at:02}", *(as_stored(given) if name == fact else None for name in NAMES)] for at, (fact, given, _, _) in enumerate(STORED)]


def write_csv(path: Path) -> Path:
    """Write the customers as a CSV file."""
    with (path / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["customer_id", *NAMES], *rows()])
    return path / "customers.csv"


def write_sqlite(path: Path) -> Path:
    """Write the customers as a SQLite database."""
    with closing(sqlite3.connect(path / "crm.db")) as connection, connection:
        connection.execute(f"CREATE TABLE customers (customer_id TEXT, {', '.join(f'{name} TEXT' for name in NAMES)})")
        connection.executemany("INSERT INTO customers VALUES (?, ?, ?, ?, ?, ?, ?)", rows())
    return path / "crm.db"


@pytest.mark.parametrize("write", [write_csv, write_sqlite])
@pytest.mark.parametrize("engine", ["reference", "duckdb"])
def test_columns(engine: str, write: Callable[[Path], Path], folder: Path, tmp_path: Path) -> None:
    done = tierwise("grade", write(tmp_path), "--policy", folder, "--engine", engine, "--format", "jsonl")
    found = [json.loads(line)["outputs"] for line in done.out.splitlines()]

    expected = [(fact, given, output, {"value": value}) for fact, given, output, value in STORED]
    assert [(*row[:3], outputs[row[2]]) for row, outputs in zip(expected, found, strict=True)] == expected


WATCHED = ["large", "大", "rather large", " 大 ", "小"]


def write_lines(path: Path) -> tuple[str, str]:
    """Return events as lines of standard input."""
    events = [{"id": str(at), "kind": "came", "subject": "a", "at": "2026-01-01", "size": word} for at, word in enumerate(WATCHED)]
    return "-", "\n".join(json.dumps(event) for event in events)


def write_events(path: Path) -> tuple[Path, str]:
    """Write events into a database."""
    with closing(sqlite3.connect(path / "events.db")) as connection, connection:
        connection.execute("CREATE TABLE visits (id TEXT, customer TEXT, at TEXT, size TEXT)")
        connection.executemany("INSERT INTO visits VALUES (?, 'a', '2026-01-01', ?)", [(str(at), word) for at, word in enumerate(WATCHED)])
    return path / "events.db", ""


@pytest.mark.parametrize("write", [write_lines, write_events])
def test_events(write: Callable[[Path], tuple[str | Path, str]], folder: Path, tmp_path: Path) -> None:
    location, stdin = write(tmp_path)
    done = tierwise("watch", location, "--policy", folder, "--as-of", "2026-02-01", "--format", "jsonl", stdin=stdin)

    assert [json.loads(line)["rule"] for line in done.out.splitlines()] == ["big"] * (len(WATCHED) - 1)


@pytest.mark.parametrize("word", LARGE)
def test_cases(word: str, folder: Path) -> None:
    text = f'cases: [{{id: words/e1, facts: {{size: "{word}", orders: [{{id: 1, size: "大"}}]}}, expected: {{a: L, e: 1}}}}]'
    (folder / "cases.yaml").write_text(text, encoding="utf-8")

    assert tierwise("test", str(folder)).code == 0


@pytest.mark.parametrize("word", ["large", "大", "rather large"])
def test_parameters_of_an_overlay(word: str) -> None:
    plan = policy_from(POLICY, overlay=f"overlay: 1\npolicy: words\nparameters: {{usual: {word}}}\n").require_plan()

    assert plan.parameters["usual"] == "large"


RULES = """
      by_size:
        type: enum
        values: {{good: 好, poor: 差}}
        table:
          hit: unique
          rules: |
            id | size         -> by_size
            1  | {0}          -> {1}
            2  | rather small -> "差"
"""


@pytest.mark.parametrize("word", ["large", "大", "rather large", '"大"', "not(小)"])
@pytest.mark.parametrize("given", ["good", "好"])
def test_cells_of_a_table(word: str, given: str) -> None:
    rules = RULES.format(word, given)
    checked = policy_from(POLICY.replace("watch:", rules.lstrip("\n") + "watch:"))

    assert [finding.code for finding in checked.findings if finding.severity == "error"] == []


def test_a_name_is_no_label_and_a_label_takes_no_name_or_sign_of_the_language_away() -> None:
    text = POLICY.replace("large: {zh: 大, en: rather large}", "large: {zh: '-', en: size}").replace("巨大: large", "null: small")
    rules = RULES.format("-", "好").replace("rather small", "小") + "      same: {type: boolean, formula: size = size}\n"
    found = findings_of(text.replace("watch:", rules.lstrip("\n") + "watch:"))

    assert [finding.code for finding in found if finding.severity != "note"] == ["overlap"]  # `-` is any size


@pytest.mark.parametrize(
    ("declared", "underlined", "message"),
    [
        ("values: {a: x, b: x}", "x", "`b` is labelled `x`, which is also the label of `a`"),
        ("values: {a: {zh: 甲, en: x}, b: {zh: 乙, en: x}}", "x", "`b` is labelled `x`, which is also the label of `a`"),
        ("values: {a: {zh: 甲, en: 乙}, b: {zh: 乙, en: y}}", "乙", "`b` is labelled `乙`, which is also the label of `a`"),
        ("values: {a: b, b: y}", "b", "`a` is labelled `b`, which is another word of the list"),
        ("values: {a: x, b: y}, aliases: {y: a}", "y", "`b` is labelled `y`, which is another spelling of `a`"),
    ],
)
@pytest.mark.parametrize("type", ["enum", "set", "list of enum"])
def test_two_words_with_one_label_are_a_finding_at_its_place(type: str, declared: str, underlined: str, message: str) -> None:
    found = findings_of(POLICY.replace("parameters:", f"  more: {{type: {type}, {declared}}}\nparameters:"))

    finding = assert_finding(found, "ambiguous-label", underlined, message)
    assert finding.help.startswith("give `")
