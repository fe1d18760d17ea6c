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


def test_a_border_is_touched_only_by_a_case_exactly_on_it(steps: Path) -> None:
    found = coverage_of(load(steps))

    assert {str(border.value): is_touched for border, is_touched in found.borders} == {"10": False, "50": True}


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
