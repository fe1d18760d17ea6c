"""Members are found by SQL, what it leaves open of them by the reference engine; amounts too large for SQL are ranked by that alone."""

from __future__ import annotations

from decimal import Decimal

from tests.differential.comparing import ENVIRONMENT, fact_table
from tests.plans import SAFE, SIZE
from tests.plugins.sql_engine.populations import graded, ranked, subject
from tierwise.core.outcome import Determined, Reason
from tierwise.core.plan import FactRef, Logic, Not
from tierwise.core.types import NumberType
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.builtin.engine_duckdb.duckdb_engine import DuckGrading


def places(grading: DuckGrading) -> list[object]:
    """Return the class of each subject, or the reason why it has none."""
    outcomes = [row.outcomes["place"] for row in grading.rows()]
    return [outcome.value if isinstance(outcome, Determined) else outcome.reason for outcome in outcomes]


def test_who_is_outside_is_not_ranked() -> None:
    assert places(graded(ranked(), [subject(30), subject(40, safe=False), subject(20)])) == ["A", "C", "B"]


def test_who_may_be_a_member_leaves_others_open() -> None:
    assert places(graded(ranked(), [subject(30), subject(40, safe=None)])) == [Reason.MISSING_FACT, Reason.MISSING_FACT]


def test_a_membership_that_takes_the_reference_engine_is_asked_for() -> None:
    always = Logic("or", (SAFE, Not(SAFE)))  # true whatever is missing: SQL cannot know, completion does

    assert places(graded(ranked(among=always), [subject(30), subject(40, safe=None)])) == ["B", "A"]


def test_each_partition_has_its_own_first() -> None:
    of_size = [subject(30), subject(40), subject(20, size="small")]

    assert places(graded(ranked(partition=SIZE), of_size)) == ["B", "A", "A"]


def test_amounts_beyond_the_digits_of_sql_are_ranked_by_the_reference_engine() -> None:
    plan = ranked(by="pareto")
    subjects = [subject("9" * 16), subject("1" + "0" * 15), subject(1)]
    wide = FactRef("usage", NumberType(16))
    plan.facts["usage"] = type(plan.facts["usage"])("usage", wide.type, {})  # type: ignore[index]  # a plan of one's own
    grading = grade(plan, ENVIRONMENT, fact_table(plan, [{**s, "usage": s["usage"] * Decimal(10) ** 5} for s in subjects]), None)

    assert not isinstance(grading, DuckGrading)
    assert [row.outcomes["place"] for row in grading.rows()] == [Determined("A"), Determined("B"), Determined("B")]
