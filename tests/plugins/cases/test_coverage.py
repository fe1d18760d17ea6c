"""Coverage counts the rules that decide, the cells that are met or keep a rule, the borders that are stood on, and lists the rest."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import pytest

from tests.command_line import tierwise
from tierwise.plugins.cases.coverage import TableCell, coverage_of, percent
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


def named(cells: Iterable[TableCell]) -> set[str]:
    return {f"{cell.rule}.{cell.column}" for cell in cells}


def test_a_cell_is_met_or_alone_keeps_its_rule_and_below_the_first_rule_that_is_hit_nothing_is_looked_at(steps: Path) -> None:
    points, tier = coverage_of(load(steps)).tables

    assert (points.never_met, points.never_keeping) == ((), ())  # 50 meets one and is kept from the other, 9 the other way round
    assert named(tier.met) == {"top.sales"}  # 50 would meet both of `mid`, which stands below
    assert named(tier.keeping) == {"top.sales"}
    assert named(tier.never_met) == named(tier.never_keeping) == {"mid.sales", "mid.points"}  # 9 misses both


def test_a_cell_that_is_not_known_is_neither_met_nor_keeps_its_rule(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(TOGETHER, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text("cases: [{id: one, facts: {sales: 9}, expected: {tier: undetermined}}]", encoding="utf-8")

    [tier] = coverage_of(load(tmp_path)).tables

    assert named(tier.met) == {"nine.sales", "eight.sales"}
    assert named(tier.keeping) == {"much.sales"}


def test_a_case_of_a_population_touches_cells_by_each_of_its_subjects(steps: Path) -> None:
    population = "[{customer_id: a, sales: 50}, {customer_id: b, sales: 12}]"
    (steps / "cases.yaml").write_text(
        f"cases: [{{id: two, facts: {{population: {population}}}, expected: {{by_customer: {{b: {{tier: B}}}}}}}}]", encoding="utf-8"
    )

    _, tier = coverage_of(load(steps)).tables

    assert named(tier.met) == {"top.sales", "mid.sales", "mid.points"}
    assert named(tier.keeping) == {"top.sales"}


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
    assert "cells met: 60% (3 of 5)" in done.out
    assert "cells that alone kept a rule: 60% (3 of 5)" in done.out
    assert "in no case met in `tier`: mid (`sales`, `points`)" in done.out
    assert "in no case the only one not met in `tier`: mid (`sales`, `points`)" in done.out


def test_programs_get_the_same_as_json(steps: Path) -> None:
    done = tierwise("test", str(steps), "--coverage", "--engine", "reference", "--format", "json")

    [policy] = json.loads(done.out)["policies"]
    found = policy["coverage"]
    assert found["rules"] == {"touched": 4, "of": 5, "percent": 80}
    assert found["cells_met"] == found["cells_keeping"] == {"touched": 3, "of": 5, "percent": 60}
    assert found["borders"] == {"touched": 1, "of": 2, "percent": 50}
    cells = [{"table": "tier", "rule": "mid", "column": column} for column in ("sales", "points")]
    missed = {"rules": [{"table": "tier", "rule": "mid"}], "cells_met": cells, "cells_keeping": cells}
    assert found["never"] == {**missed, "borders": [{"fact": "sales", "border": 10}]}
    assert (found["unreachable"], found["undetermined"]) == ([], {"tier": ["gap"]})


def test_coverage_has_no_form_for_systems_of_continuous_integration(steps: Path) -> None:
    assert tierwise("test", str(steps), "--coverage", "--format", "junit").code == 2


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
    assert "cells met: 100% (3 of 3)" in done.out  # those of a rule that no data reaches do not count
    assert "borders: 100% (1 of 1)" in done.out
    assert "no data reaches `tier`: mid: nobody sells between" in done.out
    assert "no data stands exactly at sales 10: sold by the dozen" in done.out
    assert "no case" not in done.out
    told = tierwise("test", str(steps), "--coverage", "--engine", "reference", "--format", "json")
    why = [one["why"] for one in json.loads(told.out)["policies"][0]["coverage"]["unreachable"]]
    assert why == ["nobody sells between", "sold by the dozen"]
    assert "没有这样的客户" in chinese.out
    assert "按打销售" in chinese.out
    assert "满足过的单元格：100%（3 中的 3）" in chinese.out


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
