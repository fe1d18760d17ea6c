"""``where`` gives names to parts of one decision: hidden decisions that only it sees by that name."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.differential.comparing import ENGINES, differences
from tests.short_policies import checked, decided, underlined, with_facts
from tierwise.core.plan.canonical import node_text
from tierwise.plugins.manager import Plugins

POLICY = """\
facts:
  last: {type: date}
  calendar: {type: boolean}
modules:
  m:
    kind: module
    decisions:
      months:
        type: number
        scale: 4
        where:
          whole: months between(last, as_of)
          rest: days between(last + 1 month * whole, as_of)
        formula: if calendar then whole + round half up(rest / 31, 4) else round half up(days between(last, as_of) / 30, 4)
      long:
        type: number
        scale: 4
        formula: >-
          if calendar
          then months between(last, as_of) + round half up(days between(last + 1 month * months between(last, as_of), as_of) / 31, 4)
          else round half up(days between(last, as_of) / 30, 4)
      late:
        type: boolean
        where: {whole: 'days between(last, as_of)'}
        table:
          rules: |
            whole -> late
            > 10  -> true
            <= 10 -> false
"""
AS_OF = date(2026, 3, 20)


def test_a_part_means_what_is_written_for_it_and_two_decisions_may_use_one_name() -> None:
    told: dict[str, Any] = decided(POLICY, {"last": "2026-01-15", "calendar": True}, AS_OF)

    assert told["months"] == told["long"] and told["late"] is True
    assert {"months.whole", "months.rest", "late.whole"} <= set(checked(POLICY).require_plan().decisions)


@pytest.mark.parametrize("as_of", [AS_OF, None])
def test_the_engines_agree_whatever_is_missing(as_of: date | None) -> None:
    days = (None, date(2026, 1, 15), date(2026, 3, 19))
    subjects = [
        {name: value for name, value in (("last", day), ("calendar", calendar)) if value is not None}
        for day in days
        for calendar in (None, True, False)
    ]
    plugins, plan = Plugins(entry_points=False), checked(POLICY).require_plan()

    for engine in ENGINES.values():
        assert differences(engine, plan, subjects, as_of, plugins.environment()) == []


@pytest.mark.parametrize(
    ("where", "formula", "code", "words"),
    [
        ("{grade: count + 1}", "grade > 1", "duplicate-name", "grade"),
        ("{other: count + 1}", "other > 1", "duplicate-name", "other"),
        ("{as_of: count + 1}", "count > 1", "reserved-name", "as_of"),
        ("{b: a + 1, a: count}", "b > a", "unknown-name", "a"),
        ("{a: conut + 1}", "a > 1", "unknown-name", "conut"),
        ("{a: amount / 3}", "a > 1", "quotient-without-scale", "amount / 3"),
        ("{a: count + 1}", "count > 1", "unused-decision", "a"),
        ("{a: undetermined(lost)}", "a > 1", "undetermined-inside", "undetermined(lost)"),
    ],
)
def test_a_faulty_part_is_told_at_its_words(where: str, formula: str, code: str, words: str) -> None:
    checked = with_facts(f"d: {{type: boolean, where: {where}, formula: {formula}}}\nother: {{type: integer, formula: count}}\n")

    [finding] = [one for one in checked.findings if one.code == code]
    assert underlined(finding.span) == words
    assert [one.code for one in checked.findings if one.severity == "error"] in ([], [code])


def test_no_other_decision_sees_a_part() -> None:
    checked = with_facts("d: {type: integer, where: {a: count + 1}, formula: a * 2}\ne: {type: integer, formula: a}\n")

    assert [finding.code for finding in checked.findings if finding.severity == "error"] == ["unknown-name"]


def test_a_decision_about_all_subjects_has_parts_about_all() -> None:
    plan = with_facts("d: {type: integer, of: population, where: {big: 'population[count > 1]'}, formula: count(big)}\n").require_plan()

    assert plan.decisions["d.big"].population
    assert node_text(plan.decisions["d"].node) == "count(`d.big`)"


def test_a_part_that_reads_its_own_decision_is_a_cycle() -> None:
    checked = with_facts("d: {type: integer, where: {a: d + 1}, formula: a * 2}\n")

    assert [finding.code for finding in checked.findings if finding.severity == "error"] == ["cycle"]
