"""What SQL leaves open is asked about once for all rows that have the same answer, or row by row when they are few."""

from __future__ import annotations

import pytest

from tests.differential.comparing import ENVIRONMENT, fact_table
from tests.plans import GRADES, SAFE, decision, declared, plan_of
from tests.plans import grade as letter
from tests.plugins.sql_engine.populations import graded, ranked, subject
from tierwise.core.outcome import Outcome, Reason, Undetermined
from tierwise.core.plan import Conditional
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.builtin.engine_duckdb.duckdb_engine import DuckGrading
from tierwise.plugins.facts import FactTable
from tierwise.plugins.sql_engine import asking

SUBJECTS = [subject(30), subject(20), *(subject(None) for _ in range(50)), subject(1), subject(2)]


def outcomes(few: int, monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """Grade with so many rows that are asked about one by one; what comes out is the same."""
    monkeypatch.setattr(asking, "FEW_ASKED", few)
    return [row.outcomes["shown"] for row in graded(ranked(), SUBJECTS).rows()]


def test_alike_rows_share_one_question(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FEW_ASKED", 0)
    grading = graded(ranked(), SUBJECTS)
    answers = grading.answers("shown")

    assert len(answers.outcomes) == 1, "for the 50 without usage, and for the one whose place hangs on theirs"
    assert grading.connection.execute(f'SELECT count(*) FROM "{answers.table}"').fetchall() == [(51,)]
    assert grading.answers("shown") is answers, "nobody is asked twice"


def test_what_the_policy_itself_leaves_open_has_one_answer_for_each_of_its_places(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FEW_ASKED", 0)
    answers = graded(ranked(), SUBJECTS).answers("shown")

    assert answers.codes == {1: Undetermined(Reason.LOST)}


def test_one_by_one_or_together_the_outcomes_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    together, one_by_one = outcomes(0, monkeypatch), outcomes(1_000, monkeypatch)

    assert together == one_by_one
    assert any(isinstance(outcome, Undetermined) and outcome.reason is Reason.MISSING_FACT for outcome in together)


def test_rows_that_no_fact_tells_apart_have_one_answer_without_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FEW_ASKED", 0)
    either = Conditional(SAFE, letter("A"), letter("B"), GRADES)
    plan = plan_of(facts=[declared(SAFE)], decisions=[decision("shown", GRADES, either)])
    table = fact_table(plan, [{}, {}, {}])
    grading = grade(plan, ENVIRONMENT, FactTable(table.connection, table.relation, {}, {}), None)
    assert isinstance(grading, DuckGrading)
    answers = grading.answers("shown")

    assert answers.table is None
    assert isinstance(answers.rest, Undetermined)
    assert {row.outcomes["shown"] for row in grading.rows()} == {answers.rest}
