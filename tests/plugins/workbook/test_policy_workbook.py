"""A policy that goes through a workbook comes back as the same, whatever it holds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierwise.core.policy.document import plain
from tierwise.plugins.loading import policy_files, shipped_policies
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import load
from tierwise.plugins.workbook.changes import changes_between
from tierwise.plugins.workbook.importing import import_workbook
from tierwise.plugins.workbook.policy_workbook import documents_of, policy_workbook
from tierwise.plugins.workbook.reading import read_files

PLUGINS = Plugins()
EVERY_FORM = """\
tierwise: 1
policy: every-form
version: "1.0"
title: "null"
subject: customer
types:
  grade: {type: enum, values: {A: _x0041_, B: "=1+1", C: ""}}
facts:
  amount: {type: number, scale: 2, min: 0, default: 007, label: "  spaced  "}
  word: {type: text, nullable: true, note: "→ not a sheet"}
  vip: {type: boolean, label: {zh: "{braces}", en: "[brackets]"}}
  seen_on: {type: date, nullable: true}
  queue: {type: list of record, fields: {order: {type: text}, score: {type: number, scale: 0}}}
  "odd/name": {type: integer, note: "a key with a sign of paths"}
parameters:
  days: {type: integer, value: 30, adjustable: {min: 10, max: 60}}
  own: {type: number, scale: 2, local: true}
readings:
  way: [floor, ceiling]
modules:
  all:
    kind: module
    decisions:
      score:
        type: number
        scale: 1
        scorecard:
          base: 1
          cap: 100
          characteristics:
            size: {of: amount, weight: 2, points: "| >= 10万 | 20 | big |\\n| < 10万 | 5 |"}
            name: {of: word, points: {'"a", "b"': 3, 'not("a", "b")': 1}}
            rest: {of: vip, local: true}
      sum: {type: number, scale: 4, weighted: {terms: {score: 50%, amount: 50%}}}
      wide:
        type: grade
        table:
          hit: first
          rules: |
            | amount | word -> wide | # why |
            |--------|------|-------|-----|
            | >= 5   | "a|b" -> A | x |
            |        | - -> B | |
          default: C
      by_file: {type: grade, table: {hit: unique, rules: tables/by_file.csv}}
      at_all: {type: text, table: {rules: "-> at_all\\n-> \\"one\\""}, nullable: true}
      ranked: {type: grade, ranking: {by: score, quotas: {A: 20%, B: 30%, C: rest}, rounding: way}}
      found: {type: integer, lookup: {by: wide, values: {A: 20, B: 30, C: undetermined(gap)}}}
      classes: {labels: {big: amount > 5, small: not(amount > 5)}}
      visit_every: {type: duration, agree: {of: classes, values: {big: 7 days, small: 14 days}}}
      duties: {type: set, values: [a, b], gather: {of: classes, values: {big: [a, b], small: []}}}
      due: {schedule: {last: seen_on, every: visit_every, reading: rolling, outputs: {due_on: due_on}}}
      order: {type: list of text, order: {list: queue, by: [score desc], give: order, ties: tie}}
      first: {type: number, scale: 2, prefer: [own, amount]}
      odd: {type: integer, formula: "`odd/name` + days"}
"""
BY_FILE = 'id,amount,-> by_file,# note\nx-1,>= 5,A,"a, b"\nx-2,< 5,B,\n'
CASES = """\
cases:
  - id: every-form/e1
    as_of: 2026-01-31
    facts: {amount: 007, word: null, queue: [{order: o1, score: 5}], vip: "true"}
    expected: {wide: A, duties: [], first: undetermined, reasons: {first: lost}}
    why: {zh: 例, en: "an example: with signs, #1"}
"""


@pytest.fixture(scope="module")
def every_form(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("every") / "every-form"
    (folder / "tables").mkdir(parents=True)
    (folder / "policy.yaml").write_text(EVERY_FORM, encoding="utf-8")
    (folder / "cases.yaml").write_text(CASES, encoding="utf-8")
    (folder / "tables" / "by_file.csv").write_text(BY_FILE, encoding="utf-8")
    return folder


def exported(name: str, into: Path, language: str = "zh") -> Path:
    files = policy_files(name, PLUGINS.policies())
    path = into / "policy.xlsx"
    path.write_bytes(policy_workbook(load(name, plugins=PLUGINS), documents_of(files, {}), language))
    return path


@pytest.mark.slow
@pytest.mark.parametrize("name", shipped_policies())
def test_a_shipped_policy_comes_back_with_the_same_fingerprint_and_the_same_values(name: str, tmp_path: Path) -> None:
    path = exported(name, tmp_path)
    read = import_workbook(str(path), None, PLUGINS)

    assert [finding for finding in read.findings if finding.severity == "error"] == []
    assert read.fingerprint == read.before == load(name, plugins=PLUGINS).fingerprint
    assert {file: changes for file, changes in read.changes.items() if changes} == {}


def test_a_policy_with_every_form_and_odd_texts_comes_back_as_the_same(every_form: Path, tmp_path: Path) -> None:
    path = exported(str(every_form), tmp_path)
    read = import_workbook(str(path), str(every_form), PLUGINS)

    assert [finding.message for finding in read.findings if finding.severity == "error"] == []
    assert read.fingerprint == read.before
    assert {file: changes for file, changes in read.changes.items() if changes} == {}
    before = documents_of(policy_files(str(every_form)), {})
    for file, document in read_files(str(path)).documents.items():
        assert changes_between(before[file], plain(document.root)) == ()


@pytest.mark.parametrize("name", ["big-customer-tiers", "scorecard-100-rights"])
def test_a_policy_written_anew_from_a_workbook_is_the_same_policy(name: str, tmp_path: Path) -> None:
    read = import_workbook(str(exported(name, tmp_path, "en")), str(tmp_path / "none"), PLUGINS)
    for file, text in read.files.items():
        (tmp_path / file).write_text(text, encoding="utf-8")

    assert load(tmp_path, plugins=PLUGINS).fingerprint == load(name, plugins=PLUGINS).fingerprint


def test_two_exports_are_the_same_bytes(tmp_path: Path) -> None:
    first = exported("big-customer-tiers", tmp_path).read_bytes()

    assert exported("big-customer-tiers", tmp_path).read_bytes() == first


def test_what_says_the_same_keeps_its_text_and_its_comments(tmp_path: Path) -> None:
    folder = Path(str(policy_files("closing-time-a-e").folder))
    mine = tmp_path / "mine"
    mine.mkdir()
    for file in ("policy.yaml", "cases.yaml"):
        (mine / file).write_text("# a comment\n" + (folder / file).read_text(encoding="utf-8"), encoding="utf-8")
    read = import_workbook(str(exported(str(mine), tmp_path)), str(mine), PLUGINS)

    assert read.lost_comments == ()
    assert all(text == (mine / file).read_text(encoding="utf-8") for file, text in read.files.items())
