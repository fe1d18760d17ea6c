"""``path`` tells the nearest changes in words, Markdown and JSON, and says what it may not change."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import POLICY as SMALL
from tests.command_line import tierwise

POLICY = """\
tierwise: 1
policy: steps
version: 1.0.0
title: {zh: 分级, en: Steps}
source: a test
subject: customer
facts:
  sales: {type: number, scale: 2, unit: 元, min: 0, changeable: up, label: {zh: 销售额, en: yearly sales}}
  visits: {type: integer, min: 0, changeable: both}
  fixed: {type: boolean}
modules:
  tier:
    kind: value-tier
    scale: [A, B, C]
    decisions:
      tier:
        type: enum
        values: [A, B, C]
        table:
          hit: first
          rules: |
            sales    | visits | fixed -> tier
            >= 50万  | >= 4   | -     -> A
            >= 20万  | -      | -     -> B
            -        | -      | -     -> C
      limit: {type: integer, unit: 元, lookup: {by: tier, values: {A: 100, B: 50, C: 0}}}
"""
CUSTOMERS = "customer_id,name,sales,visits,fixed\n1,甲公司,199999.99,5,true\n2,乙公司,600000,4,false\n3,丙公司,,1,true\n"


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "steps.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_one_fen_more_is_told_with_what_comes_along(steps: Path) -> None:
    done = tierwise("path", "customers.csv", "1", "--policy", "steps.yaml")

    assert done.code == 0, done.err
    assert "now: C" in done.out
    assert "yearly sales (`sales`) from 199,999.99 元 to 200,000 元 (0.01 元 more): B" in done.out
    assert "`limit`: 0 元 → 50 元" in done.out


def test_a_grade_is_asked_for_by_name(steps: Path) -> None:
    out = tierwise("path", "customers.csv", "1", "--policy", "steps.yaml", "--to", "A").out

    assert "(300,000.01 元 more): A" in out


def test_the_best_has_no_way_up_and_is_told_what_would_lose_it(steps: Path) -> None:
    out = tierwise("path", "customers.csv", "乙公司", "--policy", "steps.yaml").out

    assert "it is the best already" in out
    assert "`visits` from 4 to 3 (1 less): B" in out


def test_what_is_missing_is_said_not_to_be_looked_at(steps: Path) -> None:
    out = tierwise("path", "customers.csv", "3", "--policy", "steps.yaml").out

    assert "not looked at, because it is missing or has no next value: `sales`" in out


def test_it_speaks_chinese(steps: Path) -> None:
    out = tierwise("--language", "zh", "path", "customers.csv", "1", "--policy", "steps.yaml").out

    assert "销售额 (`sales`) 由 199,999.99 元 变为 200,000 元（增加 0.01 元）：B" in out


def test_json_carries_every_change(steps: Path) -> None:
    document = json.loads(tierwise("path", "customers.csv", "1", "--policy", "steps.yaml", "--format", "json").out)

    way = document["outputs"]["tier"]["up"][0]
    assert way["changes"] == [{"fact": "sales", "from": 199999.99, "to": 200000, "by": 0.01}]
    assert way["outcome"] == {"value": "B"}
    assert way["gains"] == [{"output": "limit", "from": {"value": 0}, "to": {"value": 50}}]


def test_only_the_facts_of_change_move_when_given(steps: Path) -> None:
    out = tierwise("path", "customers.csv", "1", "--policy", "steps.yaml", "--change", "visits").out

    assert "no change of `visits` reaches it" in out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--change", "sale"), 3, "did you mean `sales`"),
        (("--change", "sales:sideways"), 2, "is no fact to change"),
        (("--to", "D"), 4, "has no value `D`"),
        (("--output", "tie"), 2, "did you mean `tier`"),
    ],
)
def test_what_is_not_there_is_named(steps: Path, arguments: tuple[str, ...], code: int, said: str) -> None:
    done = tierwise("path", "customers.csv", "1", "--policy", "steps.yaml", *arguments)

    assert done.code == code
    assert said in done.err


def test_a_customer_who_is_not_there_is_named(steps: Path) -> None:
    done = tierwise("path", "customers.csv", "9", "--policy", "steps.yaml")

    assert done.code == 4
    assert "has no customer `9`" in done.err


def test_a_policy_without_changeable_facts_says_how_to_mark_them(steps: Path) -> None:
    (steps / "steps.yaml").write_text(POLICY.replace(", changeable: up", "").replace(", changeable: both", ""), encoding="utf-8")
    done = tierwise("path", "customers.csv", "1", "--policy", "steps.yaml")

    assert done.code == 3
    assert "changeable: up" in done.err


def test_all_lists_who_is_one_change_away_in_every_form(small: Path) -> None:
    text = SMALL.replace("min: 0,", "min: 0, changeable: up,")
    (small / "small.yaml").write_text(text, encoding="utf-8")
    words = ("path", "customers.csv", "--all", "--policy", "small.yaml")

    done = tierwise(*words)
    rows = [json.loads(line) for line in tierwise(*words, "--format", "jsonl").out.splitlines()]

    assert done.code == 0, done.err
    assert done.out.startswith("1 of 4 are one change away\n")
    assert [(row["key"], row["now"], row["fact"], row["to"], row["reaches"]) for row in rows] == [("002", "丙", "amount", 500000, "乙")]
    assert tierwise(*words, "--format", "csv").out.splitlines()[1] == "002,李雷,tier,丙,amount,499999.99,500000,乙"


def test_all_and_a_customer_are_not_asked_for_together(small: Path) -> None:
    assert tierwise("path", "customers.csv", "--policy", "small.yaml").code == 2
    assert tierwise("path", "customers.csv", "001", "--all", "--policy", "small.yaml").code == 2
    assert tierwise("path", "customers.csv", "001", "--policy", "small.yaml", "--format", "csv").code == 2
