"""A fact with a default: what is not given or none has the author's value, what cannot be read is unknown, wherever it is decided."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import tierwise

POLICY = """\
tierwise: 1
policy: marks
version: 1.0.0
title: Marks
subject: customer
types:
  mark: {type: enum, values: {good: 好, bad: 坏}}
facts:
  mark: {type: mark, default: bad, label: {zh: 评语, en: remark}}
  amount: {type: number, scale: 2, default: 10}
  since: {type: date, default: 2026-01-01, missing: vague}
modules:
  all:
    kind: module
    decisions:
      grade: {type: enum, values: [A, B], lookup: {by: mark, values: {good: A, bad: B}}}
      twice: {type: number, scale: 2, formula: amount * 2}
      old: {type: boolean, formula: since < 2026-01-02}
      marks: {of: population, type: integer, formula: 'count(population[mark = bad])'}
"""
EXPECTED = {
    "given": ("A", 8, False),
    "empty": ("B", 20, True),
    "unread": ("?", 20, "?"),
}


def _plain(outputs: dict[str, dict[str, object]]) -> tuple[object, ...]:
    return tuple(outputs[name].get("value", "?") for name in ("grade", "twice", "old"))


@pytest.fixture
def policy(tmp_path: Path) -> Path:
    path = tmp_path / "marks.yaml"
    path.write_text(POLICY, encoding="utf-8")
    return path


@pytest.mark.parametrize("engine", ["reference", "duckdb"])
def test_graded_rows_have_it(tmp_path: Path, policy: Path, engine: str) -> None:
    rows = "customer_id,mark,amount,since\ngiven,好,4,2026-02-03\nempty,,,\nunread,so so,,2026-02-30\n"
    (tmp_path / "c.csv").write_text(rows, encoding="utf-8")

    done = tierwise("grade", tmp_path / "c.csv", "--policy", policy, "--engine", engine, "--format", "json")
    graded = {row["key"]: row["outputs"] for row in json.loads(done.out)}

    assert {key: _plain(outputs) for key, outputs in graded.items()} == EXPECTED
    assert graded["unread"]["old"]["undetermined"] == "vague"


@pytest.mark.parametrize("engine", ["reference", "duckdb"])
def test_a_column_that_is_not_there_has_it_in_every_row(tmp_path: Path, policy: Path, engine: str) -> None:
    (tmp_path / "c.csv").write_text("customer_id,amount\na,1\nb,2\n", encoding="utf-8")

    done = tierwise("grade", tmp_path / "c.csv", "--policy", policy, "--engine", engine, "--format", "json")

    assert [_plain(row["outputs"]) for row in json.loads(done.out)] == [("B", 2, True), ("B", 4, True)]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"mark": "good", "amount": 4, "since": "2026-02-03"}, EXPECTED["given"]),
        ({}, EXPECTED["empty"]),
        ({"mark": None, "amount": None, "since": None}, EXPECTED["empty"]),
        ({"mark": "so so", "since": "2026-02-30"}, EXPECTED["unread"]),
    ],
)
def test_one_subject_has_it(policy: Path, facts: dict[str, object], expected: tuple[object, ...]) -> None:
    done = tierwise("decide", policy, "--facts", "-", "--format", "json", stdin=json.dumps(facts))

    assert _plain(json.loads(done.out)["outputs"]) == expected


def test_decisions_about_all_subjects_see_it(policy: Path) -> None:
    population = [{"customer_id": "a", "mark": "good"}, {"customer_id": "b"}, {"customer_id": "c", "mark": None}]
    done = tierwise("decide", policy, "--facts", "-", "--format", "json", stdin=json.dumps({"population": population}))

    assert json.loads(done.out)["outputs"]["marks"]["value"] == 2


def test_an_explanation_says_that_it_was_not_given(tmp_path: Path, policy: Path) -> None:
    (tmp_path / "c.csv").write_text("customer_id,amount\na,1\n", encoding="utf-8")

    said = tierwise("explain", tmp_path / "c.csv", "a", "--policy", policy).out

    assert "remark (`mark`) is bad: not given, so the policy's own value" in said
