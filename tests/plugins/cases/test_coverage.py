"""Coverage counts the rules that decide, the borders that are stood on, and lists the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import tierwise
from tierwise.plugins.cases.coverage import coverage_of, percent
from tierwise.plugins.policy import load

POLICY = """\
tierwise: 1
policy: steps
version: 1.0.0
title: Steps
source: a test
subject: customer
facts:
  sales: {type: integer, min: 0}
modules:
  m:
    kind: module
    decisions:
      points:
        type: integer
        hidden: true
        table:
          hit: unique
          rules: |
            sales -> points
            < 10  -> 0
            >= 10 -> 1
      tier:
        type: enum
        values: [A, B]
        table:
          hit: first
          rules: |
            id   | sales | points -> tier
            top  | >= 50 | -      -> A
            mid  | >= 10 | 1      -> B
            rest | -     | -      -> undetermined(gap)
"""
CASES = """\
cases:
  - {id: fifty, facts: {sales: 50}, expected: {tier: A}}
  - {id: nine, facts: {sales: 9}, expected: {tier: undetermined}}
"""


@pytest.fixture
def steps(tmp_path: Path) -> Path:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(CASES, encoding="utf-8")
    return tmp_path


def test_the_rules_that_decide_are_hit_also_behind_hidden_decisions(steps: Path) -> None:
    found = coverage_of(load(steps))

    assert {table.table: table.never for table in found.tables} == {"points": (), "tier": ("mid",)}
    assert found.rules == (4, 5)


TOGETHER = """\
tierwise: 1
policy: together
version: 1.0.0
title: Together
source: a test
subject: customer
facts:
  sales: {type: integer, min: 0}
  loyal: {type: boolean}
readings: {border: {values: [in, out], label: border}}
modules:
  m:
    kind: module
    decisions:
      tier:
        type: enum
        values: [A, B]
        table:
          hit: unique
          rules: |
            id    | sales | loyal | border -> tier
            much  | > 9   | -     | -      -> A
            loyal | -     | true  | -      -> B
            nine  | 9     | false | in     -> A
            eight | 9     | false | out    -> B
          acknowledge: [{overlap: all, why: no priority is stated}, {gap: all, why: nothing is said of the others}]
"""


@pytest.mark.parametrize(
    ("facts", "never"),
    [
        ("{sales: 10, loyal: true}", ("nine", "eight")),
        ("{sales: 9, loyal: false}", ("much", "loyal")),
        ("{loyal: true}", ("much", "loyal", "nine", "eight")),
        ("{sales: 9}", ("much", "loyal", "nine", "eight")),
    ],
    ids=["overlap", "reading", "not-known-whether-both", "not-known-which"],
)
def test_rules_that_are_met_together_are_hit_where_no_fact_would_tell_them_apart(
    facts: str, never: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "policy.yaml").write_text(TOGETHER, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(f"cases: [{{id: one, facts: {facts}, expected: {{tier: undetermined}}}}]", encoding="utf-8")

    assert [table.never for table in coverage_of(load(tmp_path)).tables] == [never]


def test_a_border_is_touched_only_by_a_case_exactly_on_it(steps: Path) -> None:
    found = coverage_of(load(steps))

    assert {str(one.border.value): one.is_touched for one in found.borders} == {"10": False, "50": True}


def test_reasons_are_told(steps: Path) -> None:
    assert coverage_of(load(steps)).reasons == {"tier": frozenset({"gap"})}


def test_shares_are_never_rounded_up() -> None:
    assert (percent(199, 200), percent(200, 200), percent(0, 0)) == (99, 100, 100)


def test_the_command_lists_what_no_case_touched(steps: Path) -> None:
    done = tierwise("test", str(steps), "--coverage", "--engine", "reference")

    assert done.code == 0, done.err
    assert "rules: 80% (4 of 5)" in done.out
    assert "no case decided by `tier`: mid" in done.out
    assert "no case exactly at sales 10" in done.out


UNREACHABLE = """\
unreachable:
  - {table: tier, rules: [mid], why: {en: nobody sells between, zh: 没有这样的客户}}
  - {fact: sales, borders: [10], why: {en: sold by the dozen, zh: 按打销售}}
"""


def test_what_no_data_reaches_is_told_with_its_reason_and_missed_no_more(steps: Path) -> None:
    (steps / "cases.yaml").write_text(UNREACHABLE + CASES, encoding="utf-8")

    done, chinese = (tierwise(*words, "test", str(steps), "--coverage", "--engine", "reference") for words in ((), ("--language", "zh")))

    assert done.code == 0, done.err
    assert "rules: 100% (4 of 4)" in done.out
    assert "borders: 100% (1 of 1)" in done.out
    assert "no data reaches `tier`: mid: nobody sells between" in done.out
    assert "no data stands exactly at sales 10: sold by the dozen" in done.out
    assert "no case" not in done.out
    assert "没有这样的客户" in chinese.out
    assert "按打销售" in chinese.out


WRONG = [
    ("{table: tier, rules: [top], why: x}", "a case is decided by rule `top` of `tier`", "reached-after-all"),
    ("{fact: sales, borders: [50], why: x}", "a case stands exactly at `50` of `sales`", "reached-after-all"),
    ("{fact: sales, borders: [11], why: x}", "`sales` is not compared with `11`", "wrong-value"),
    ("{fact: sales, borders: [many], why: x}", "`many` is no number of `sales`", "wrong-value"),
    ("{fact: sale, borders: [10], why: x}", "the policy has no fact `sale`", "unknown-fact"),
    ("{table: tier, rules: [midd], why: x}", "did you mean `mid`?", "unknown-rule"),
    ("{table: teer, rules: [mid], why: x}", "the policy has no table `teer`", "unknown-name"),
]


@pytest.mark.parametrize(("written", "message", "code"), WRONG)
def test_what_is_said_to_be_unreachable_and_is_not_is_an_error_at_its_place(steps: Path, written: str, message: str, code: str) -> None:
    (steps / "cases.yaml").write_text(f"unreachable:\n  - {written}\n{CASES}", encoding="utf-8")

    done = tierwise("test", str(steps), "--coverage", "--engine", "reference")

    assert done.code == 1
    assert message in done.err
    assert f"[{code}]" in done.err
    assert "cases.yaml:2" in done.err


SHAPELESS = [
    "{table: tier, why: x}",
    "{rules: [mid], why: x}",
    "{table: tier, rules: [mid]}",
    "{table: tier, fact: sales, rules: [mid], why: x}",
    "mid",
]


@pytest.mark.parametrize("written", SHAPELESS)
def test_what_is_unreachable_needs_a_place_and_a_reason(steps: Path, written: str) -> None:
    (steps / "cases.yaml").write_text(f"unreachable:\n  - {written}\n{CASES}", encoding="utf-8")

    assert tierwise("test", str(steps), "--engine", "reference").code == 3
