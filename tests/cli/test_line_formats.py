"""An engine that writes all results itself writes the very text that is written row by row."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

import tierwise
from tests.differential.comparing import ENVIRONMENT, fact_table
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tierwise.cli.distribution import row_documents
from tierwise.cli.line_formats import csv_head, csv_lines, json_lines
from tierwise.cli.output import write_rows
from tierwise.cli.row_columns import documents, flat_columns, headings_of, rows_of
from tierwise.core.environment import Environment
from tierwise.core.plan import Plan
from tierwise.plugins.builtin.engine_duckdb import duckdb_engine, grade
from tierwise.plugins.facts import FactTable
from tierwise.plugins.grading import Writing
from tierwise.plugins.ledger import Ledger, RunRecord
from tierwise.plugins.sql_engine import asking

GRADE_JOB = Path(__file__).parents[2] / "benchmarks" / "policies" / "grade-job"
ODD = [
    "=1+1",
    "-5",
    "+x",
    'a "b", c',
    "tab\there",
    "line\nbreak",
    "\u202eturned",
    "esc\x1b[0m",
    "王小明",
    "",
    "  ",
    "1e5",
    "a\\b",
    "＝x",
    "O'Brien",
    "ok 1",
    "\x7f",
]
NAMES = [None, *ODD]


@pytest.fixture(autouse=True)
def few_are_many(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have few rows written at once, too."""
    monkeypatch.setattr(duckdb_engine, "MANY", 0)


def both_ways(plan: Plan, environment: Environment, facts: FactTable, capsys: pytest.CaptureFixture[str], form: str) -> tuple[str, str]:
    """Return what is written row by row, and at once."""
    grading = grade(plan, environment, facts, AS_OF)
    assert isinstance(grading, Writing)
    capsys.readouterr()
    if form == "csv":
        columns = flat_columns(grading)
        headings = headings_of(columns, None)
        write_rows(documents(rows_of(grading, facts, columns), columns, headings), headings, "csv")
        head, lines = csv_head(grading), grading.lines(csv_lines(grading))
    else:
        write_rows(row_documents(grading, lambda keys: {}), [], "jsonl")
        head, lines = "", grading.lines(json_lines(grading))
    assert lines is not None
    by_row = capsys.readouterr().out
    return by_row, head + b"".join(lines).decode()


def with_odd_words(facts: FactTable) -> FactTable:
    """Give the subjects keys and names with everything that a format has to take care of."""
    for number in range(3 * len(ODD)):
        key = ODD[number % len(ODD)] + (f" {number}" if number >= len(ODD) else "")
        facts.connection.execute("UPDATE subjects SET key = ?, name = ? WHERE key = ?", [key, NAMES[number % len(NAMES)], f"{number:05}"])
    return facts


@pytest.mark.parametrize("form", ["csv", "jsonl"])
@pytest.mark.parametrize("seed", range(6))
def test_random_plans_are_written_alike(seed: int, form: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FEW_ASKED", 0)
    random = Random(seed)
    plan = random_plan(random, rankings=seed % 2 == 0)
    facts = with_odd_words(fact_table(plan, random_subjects(random, plan, 60, missing=0.3)))
    by_row, at_once = both_ways(plan, ENVIRONMENT, facts, capsys, form)
    assert at_once == by_row


def saved_both_ways(grading: Any, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Check that the ledger holds the same, whether outcomes are numbered by the engine or row by row."""
    kept = []
    for most in (0, 10**9):
        monkeypatch.setattr(duckdb_engine, "MANY", most)
        with Ledger(str(folder / f"{most}.db"), create=True) as ledger:
            run = ledger.save(RunRecord("p", "1", "f", "", "", "", "", "", ""), grading)
            kept.append((ledger.run(run), ledger.outputs(run), list(ledger.results(run))))
    assert kept[0] == kept[1]
    assert len(kept[0][2]) == grading.count() * len(grading.outputs)


@pytest.mark.parametrize("seed", range(4))
def test_random_plans_are_saved_alike(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FEW_ASKED", 0)
    random = Random(seed)
    plan = random_plan(random, rankings=seed % 2 == 0)
    facts = with_odd_words(fact_table(plan, random_subjects(random, plan, 60, missing=0.3)))
    saved_both_ways(grade(plan, ENVIRONMENT, facts, AS_OF), tmp_path, monkeypatch)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_scorecard_with_holes_is_written_and_saved_alike(
    form: str, capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = tierwise.load(str(GRADE_JOB))
    random, subjects = Random(7), []
    for _ in range(40):
        facts: dict[str, Any] = {name: Decimal(random.choice(["0", "1"])) for name in policy.plan.facts}
        facts |= {name: Decimal(random.choice(["0", "0.5", "1"])) for name in ("on_time_rate", "margin", "share_of_wallet")}
        facts |= {"sales_mode": "mixed", "fame": "low", "annual_sales": Decimal("250000.00")}
        subjects.append(_without(facts, random.sample(sorted(facts), random.choice([0, 1, 2]))))
    table = with_odd_words(fact_table(policy.plan, subjects))
    by_row, at_once = both_ways(policy.plan, policy.environment, table, capsys, form)
    assert at_once == by_row
    saved_both_ways(grade(policy.plan, policy.environment, table, AS_OF), tmp_path, monkeypatch)


def _without(facts: Mapping[str, Any], names: list[str]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name not in names}
