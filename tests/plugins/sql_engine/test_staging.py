"""Facts come in under columns of the engine's own, and come back as the values they were."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from tests.differential.comparing import ENVIRONMENT, fact_table
from tests.plans import SAFE, SIZE, USAGE, declared, plan_of
from tests.plugins.sql_engine.evaluating import NONE, told
from tierwise.core.meaning import Subject
from tierwise.core.plan import Fact
from tierwise.plugins.builtin.engine_duckdb.duckdb_tables import DuckTables, rows_of
from tierwise.plugins.facts import FactTable
from tierwise.plugins.sql_engine.staging import KEY, NAME, ROW, facts_of, read_subjects, staging_of

PLAN = plan_of(facts=[declared(USAGE, nullable=True), declared(SIZE), declared(SAFE)])
GIVEN: list[dict[str, Any]] = [{"usage": None, "size": "large"}, {"usage": Decimal("2.50"), "safe": True}, {}]


def test_missing_facts_stay_missing_and_none_stays_none() -> None:
    table = fact_table(PLAN, GIVEN)
    staging = staging_of(PLAN, rows_of(table), list(PLAN.facts), None)

    tables = DuckTables(table.connection, PLAN, ENVIRONMENT)
    assert list(read_subjects(tables, rows_of(table), staging)) == [Subject(f"{n:05}", None, facts) for n, facts in enumerate(GIVEN)]


def test_only_the_facts_that_are_read_get_columns() -> None:
    staging = staging_of(PLAN, rows_of(fact_table(PLAN, GIVEN)), ["usage"], date(2024, 1, 1))

    assert [name for name, _ in staging.columns] == [ROW, KEY, NAME, "f0", "n0"]
    assert [f.name for f in staging.staged] == ["usage"]
    assert set(staging.terms) == {"usage", "as_of"}
    assert told(staging.terms["as_of"]) == date(2024, 1, 1)


def test_what_nobody_supplies_is_none_only_where_the_policy_says_so() -> None:
    absent = [Fact("usage", USAGE.type, {}, nullable=True, absent_is_none=True), declared(SIZE)]
    plan = plan_of(facts=absent)
    table = fact_table(plan, [{}])
    staging = staging_of(plan, rows_of(FactTable(table.connection, table.relation, {}, {})), list(plan.facts), None)

    assert set(staging.terms) == {"usage"}
    assert told(staging.terms["usage"]) == NONE


def test_columns_are_read_as_facts() -> None:
    assert facts_of([declared(USAGE, nullable=True), declared(SIZE)], [None, "large"], [True, None]) == {"usage": None, "size": "large"}
    assert facts_of([declared(USAGE)], [None], [False]) == {}
