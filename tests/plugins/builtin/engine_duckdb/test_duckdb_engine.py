"""One run reads the table of facts once, decides in SQL, and asks for what is left when somebody looks."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from tests.differential.comparing import ENVIRONMENT, fact_table
from tests.plugins.sql_engine.populations import graded, ranked, subject
from tierwise.core.outcome import Determined
from tierwise.core.plan import Call, FactRef
from tierwise.core.types import ListType, NumberType, RecordType
from tierwise.plugins.builtin.engine_duckdb import grade


def test_two_runs_over_one_connection_do_not_meet() -> None:
    plan = ranked()
    table = fact_table(plan, [subject(30), subject(20)])
    first, second = (grade(plan, ENVIRONMENT, table, None) for _ in range(2))

    assert [row.outcomes for row in first.rows()] == [row.outcomes for row in second.rows()]


def test_the_table_of_facts_is_not_changed() -> None:
    plan = ranked()
    table = fact_table(plan, [subject(30), subject(None)])
    before = table.connection.execute("SELECT * FROM subjects").fetchall()
    list(grade(plan, ENVIRONMENT, table, None).rows())

    assert table.connection.execute("SELECT * FROM subjects").fetchall() == before


def test_a_database_without_subjects_has_no_results() -> None:
    grading = graded(ranked(), [])

    assert grading.count() == 0
    assert list(grading.rows()) == []
    assert [share for share in grading.distribution("shown") if share.count] == []


def test_what_is_about_the_population_is_decided_beside_the_subjects() -> None:
    count = Call("count of", (FactRef("population", ListType(RecordType(()))),), NumberType(0))
    plan = ranked()
    of_all = replace(plan.decisions["shown"], name="of_all", node=count, type=NumberType(0), population=True)
    grading = graded(replace(plan, decisions={**plan.decisions, "of_all": of_all}), [subject(30), subject(20)])

    assert grading.population == {"of_all": Determined(Decimal(2))}
    assert all("of_all" not in row.outcomes for row in grading.rows())
