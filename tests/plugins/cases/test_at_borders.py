"""Cases at borders: each stands at, below and above one, says what the policy gives there, and waits for a person."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from tests.command_line import POLICY
from tierwise.core.outcome import Determined
from tierwise.core.source import Source
from tierwise.plugins.cases.at_borders import border_cases, cases_text
from tierwise.plugins.cases.coverage import coverage_of
from tierwise.plugins.cases.read_cases import read_cases
from tierwise.plugins.cases.run_cases import run_cases
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import load

PLUGINS = Plugins(entry_points=False)


def test_a_border_has_what_is_below_at_and_above_it(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")

    [case] = border_cases(load(tmp_path, plugins=PLUGINS))

    assert [(place, value) for place, value, _ in case.rows] == [
        ("below", Decimal("499999.99")),
        ("at", Decimal(500000)),
        ("above", Decimal("500000.01")),
    ]
    assert case.matters
    below, at, above = (outcomes["tier"] for _, _, outcomes in case.rows)
    assert below == Determined("丙", ("small",))
    assert at == above
    assert at in (Determined("甲", ("big",)), Determined("乙", ("large",)))  # as the subject drawn is judged


def test_what_a_fact_cannot_be_is_no_case(tmp_path: Path) -> None:
    text = POLICY.replace("min: 0,", "min: 0, max: 500000,")
    (tmp_path / "policy.yaml").write_text(text, encoding="utf-8")

    [case] = border_cases(load(tmp_path, plugins=PLUGINS))

    assert [place for place, _, _ in case.rows] == ["below", "at"]


def test_what_is_written_reads_back_passes_and_covers_nothing_before_a_person_has_read_it(tmp_path: Path) -> None:
    loaded = load("big-customer-tiers", plugins=PLUGINS)
    text = cases_text(loaded.plan, border_cases(loaded))
    cases = read_cases(loaded.policy, Source("borders.yaml", text))

    assert len(cases) > 10
    assert not any(case.is_confirmed for case in cases)
    assert [result for result in run_cases(loaded, ["reference"], cases) if result.differences] == []

    (tmp_path / "policy.yaml").write_text(loaded.policy.sources["policy.yaml"].text, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(text, encoding="utf-8")
    assert coverage_of(load(tmp_path, plugins=PLUGINS)).cases == 0
    (tmp_path / "cases.yaml").write_text(text.replace("    unconfirmed: true\n", ""), encoding="utf-8")
    touched, borders = coverage_of(load(tmp_path, plugins=PLUGINS)).touched
    assert touched == borders > 0


THROUGH = """\
tierwise: 1
policy: through
version: 1.0.0
title: Through
source: a test
subject: customer
facts:
  months: {type: number, scale: 2, nullable: true}
  weeks: {type: integer}
  due_on: {type: date, nullable: true}
modules:
  m:
    kind: module
    decisions:
      ahead:
        type: number
        scale: 2
        nullable: true
        hidden: true
        formula: if months != null then months else if due_on != null then weeks else null
      far: {type: integer, hidden: true, formula: weeks * 2}
      level: {type: enum, values: [A, B, C], formula: if ahead <= 1.5 then A else if ahead <= 3 then B else C}
      late: {type: boolean, formula: far > 8}
"""


def test_a_fact_that_a_decision_gives_on_has_its_borders_and_what_is_worked_out_is_named(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(THROUGH, encoding="utf-8")
    loaded = load(tmp_path, plugins=PLUGINS)

    cases = list(border_cases(loaded))

    assert [(case.border.about, case.border.value) for case in cases] == [
        ("months", Decimal("1.5")),
        ("months", Decimal(3)),
        ("weeks", Decimal(3)),
    ]  # no whole number of weeks is 1.5
    assert all(case.matters for case in cases)
    at = cases[0].rows[1]
    assert (at[0], at[2]["level"].value) == ("at", "A")  # type: ignore[union-attr]  # it is determined
    text = cases_text(loaded.plan, iter(cases))
    assert "# - far: 8\n" in text
    read = read_cases(loaded.policy, Source("borders.yaml", text))
    assert [result for result in run_cases(loaded, ["reference"], read) if result.differences] == []


def test_the_months_to_a_deal_have_cases_although_a_decision_gives_them_on() -> None:
    first = next(border_cases(load("closing-time-a-e", plugins=PLUGINS)))

    assert (first.border.about, first.border.value, first.matters) == ("months_to_close", Decimal(1), True)
