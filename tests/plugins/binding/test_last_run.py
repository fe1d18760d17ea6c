"""A fact from the last saved run: the right run, each subject's own value, and a finding where there is none; the ledger stays as it is."""

from __future__ import annotations

import hashlib
import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tests.command_line import tierwise
from tierwise.core.errors import DataError, PolicyError
from tierwise.core.outcome import Determined
from tierwise.plugins.ledger import Ledger, RunRecord
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.run import Run, bound_database, choose_engine, grade_bound

POLICY = """\
tierwise: 1
policy: tiers
version: 1.0.0
title: A tier once earned is kept for a year
subject: customer
facts:
  spend: {type: number, scale: 2}
  tier_before: {type: enum, values: [A, B, C], nullable: true, missing: none}
  earned_before: {type: date, nullable: true, missing: none}
  had: {type: number, scale: 2, nullable: true}
modules:
  tier:
    kind: module
    decisions:
      earned: {type: enum, values: [A, B, C], formula: "if spend >= 10000 then A else if spend >= 1000 then B else C"}
      kept: {type: boolean, formula: "tier_before != null and earned_before != null and as_of < earned_before + 1 year and worse than(earned, tier_before)"}
      tier: {type: enum, values: [A, B, C], formula: "if kept then tier_before else earned"}
      earned_on: {type: date, formula: "if kept then earned_before else as_of"}
      amount: {type: number, scale: 2, formula: spend}
      knew: {type: boolean, formula: "had != null"}
"""
BINDING = """\
binding: 1
policy: tiers
subject: {table: customers, key: id}
facts:
  tier_before: {last_run: tier}
  earned_before: {last_run: earned_on}
  had: {last_run: amount}
"""


@pytest.fixture
def policy(tmp_path: Path) -> LoadedPolicy:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(BINDING, encoding="utf-8")
    return load(tmp_path)


class Book:
    """Customers and what they spent, graded day by day."""

    def __init__(self, policy: LoadedPolicy, folder: Path) -> None:
        self.policy, self.folder, self.ledger = policy, folder, str(folder / "ledger.db")

    def run(
        self, as_of: str, save: bool = True, settings: str = "", name: str = "tiers", **spent: str
    ) -> tuple[Run, dict[str, list[str | None]]]:
        """Grade, save, and return what each customer got: tier, earned on, whether the amount of last time is known to be one."""
        rows = "\n".join(f"{id},{spend}" for id, spend in spent.items())
        (self.folder / "customers.csv").write_text(f"id,spend\n{rows}\n", encoding="utf-8")
        day = date.fromisoformat(as_of)
        with bound_database(self.policy, str(self.folder / "customers.csv"), str(self.folder / "b.yaml"), day, self.ledger) as bound:
            run = grade_bound(bound, choose_engine(self.policy, "duckdb"))
            results = {result.key: result.outcomes for result in run.grading.rows()}
            if save:
                record = RunRecord(name, "1.0.0", "f", "", "c", as_of, f"{as_of}T08:00:00", "duckdb", "0", settings=settings)
                with Ledger(self.ledger, create=True) as ledger:
                    ledger.save(record, run.grading)
        shown = {
            key: [
                str(outcome.value) if isinstance(outcome, Determined) else None
                for name in ("tier", "earned_on", "knew")
                for outcome in [found[name]]
            ]
            for key, found in results.items()
        }
        return run, shown


@pytest.fixture
def book(policy: LoadedPolicy, tmp_path: Path) -> Book:
    return Book(policy, tmp_path)


def codes(run: Run) -> list[str]:
    return [finding.code for finding in run.bound.facts.findings]


def test_a_tier_is_kept_for_a_year_from_run_to_run(book: Book) -> None:
    run, got = book.run("2025-06-30", a="20000", b="20000", c="5")
    assert codes(run) == ["no-last-run"] and "holds no run of `tiers`" in run.bound.facts.findings[0].message
    assert got == {"a": ["A", "2025-06-30", None], "b": ["A", "2025-06-30", None], "c": ["C", "2025-06-30", None]}
    run, got = book.run("2026-06-29", a="20000.50", b="5", c="1000", d="5")
    assert codes(run) == ["last-run"] and "run 1, of 2025-06-30" in run.bound.facts.findings[0].message
    assert got == {
        "a": ["A", "2026-06-29", "True"],
        "b": ["A", "2025-06-30", "True"],  # the last day
        "c": ["B", "2026-06-29", "True"],
        "d": ["C", "2026-06-29", "False"],  # not in the last run: it had none
    }
    _, got = book.run("2026-06-30", a="20000", b="5", c="1000")
    assert got["b"] == ["C", "2026-06-30", "True"]


def test_to_repeat_a_run_changes_nothing_and_later_runs_are_not_looked_at(book: Book) -> None:
    book.run("2026-01-31", a="20000")
    first = book.run("2026-06-30", a="5")[1]
    assert book.run("2026-06-30", a="5")[1] == first == {"a": ["A", "2026-01-31", "True"]}
    book.run("2026-09-30", a="20000")
    assert book.run("2026-06-30", a="5")[1] == first


def test_only_runs_of_the_policy_itself_count_and_no_tries(book: Book) -> None:
    book.run("2026-01-31", name="other", a="20000")
    book.run("2026-02-28", settings="x=1", a="20000")
    run, got = book.run("2026-06-30", a="5")
    assert codes(run) == ["no-last-run"] and got == {"a": ["C", "2026-06-30", None]}


def test_what_was_undetermined_last_time_is_missing_and_found(book: Book) -> None:
    book.run("2026-01-31", a="oops", b="5")
    run, got = book.run("2026-06-30", save=False, a="5", b="5")
    assert got == {"a": [None, None, None], "b": ["C", "2026-06-30", "True"]}
    found = {finding.fact: finding.examples for finding in run.bound.facts.findings if finding.code == "undecided-last-run"}
    assert found == dict.fromkeys(("tier_before", "had"), (("a", "missing_fact"),))


def test_the_ledger_is_only_read(book: Book) -> None:
    book.run("2026-01-31", a="20000")
    before = hashlib.sha256(Path(book.ledger).read_bytes()).hexdigest()
    Path(book.ledger).chmod(0o444)
    book.run("2026-06-30", save=False, a="5")
    assert hashlib.sha256(Path(book.ledger).read_bytes()).hexdigest() == before
    assert not list(Path(book.ledger).parent.glob("ledger.db-*"))


def test_a_ledger_that_is_none_is_refused(book: Book) -> None:
    Path(book.ledger).write_text("no database", encoding="utf-8")
    with pytest.raises(DataError, match="not a SQLite database"):
        book.run("2026-06-30", save=False, a="5")
    Path(book.ledger).unlink()
    with closing(sqlite3.connect(book.ledger)) as connection, connection:
        connection.execute("CREATE TABLE t (x)")
    with pytest.raises(DataError, match="not a ledger"):
        book.run("2026-06-30", save=False, a="5")


def test_without_a_ledger_it_is_asked_for(book: Book, policy: LoadedPolicy, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("id,spend\na,5\n", encoding="utf-8")
    with (
        pytest.raises(DataError, match="there is no ledger"),
        bound_database(policy, str(tmp_path / "customers.csv"), str(tmp_path / "b.yaml"), None),
    ):
        pass


@pytest.mark.parametrize(
    "wrong, message",
    [
        ("{last_run: teir}", "has no output `teir`"),
        ("{last_run: tier, column: tier}", "has `column`, but comes from the last run"),
        ("{last_run: tier, of: parent}", "has `of`, but comes from the last run"),
    ],
)
def test_what_cannot_be_is_said_with_its_place(wrong: str, message: str, book: Book, tmp_path: Path) -> None:
    (tmp_path / "b.yaml").write_text(BINDING.replace("{last_run: tier}", wrong), encoding="utf-8")
    with pytest.raises(PolicyError) as refusal:
        book.run("2026-06-30", a="5")
    (finding,) = refusal.value.findings
    assert message in finding.message and finding.span is not None and "b.yaml:5" in finding.span.place


def test_the_command_line_takes_the_ledger_that_it_saves_in(policy: LoadedPolicy, tmp_path: Path) -> None:
    (tmp_path / "customers.csv").write_text("id,spend\na,20000\n", encoding="utf-8")
    told = (
        tmp_path / "customers.csv",
        "--policy",
        str(tmp_path),
        "--binding",
        str(tmp_path / "b.yaml"),
        "--ledger",
        str(tmp_path / "l.db"),
    )
    first = tierwise("grade", *told, "--as-of", "2025-06-30", "--save", "--format", "csv")
    assert "[no-last-run]" in first.err and first.code == 0
    (tmp_path / "customers.csv").write_text("id,spend\na,5\n", encoding="utf-8")
    second = tierwise("grade", *told, "--as-of", "2026-06-29", "--format", "jsonl")
    assert '"tier": {"value": "A"}' in second.out and "run 1, of 2025-06-30" in second.err
    why = tierwise("explain", told[0], "a", *told[1:], "--as-of", "2026-06-29")
    assert "`tier_before` is A" in why.out
