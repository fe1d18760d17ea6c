"""Runs a plan in a PostgreSQL server: in the one that the facts come from, or in one that an environment variable names."""

from __future__ import annotations

import os
from datetime import date
from uuid import uuid4

from sqlglot import exp

from tierwise.core.environment import Environment
from tierwise.core.errors import DataError
from tierwise.core.plan import Fact, Plan
from tierwise.core.types import DurationType
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_postgres.postgres_tables import PostgresTables
from tierwise.plugins.engine_reference import grade as grade_by_reference
from tierwise.plugins.facts import FactTable, canonical_type
from tierwise.plugins.grading import Grading
from tierwise.plugins.postgres import connected, is_postgres
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.facts_grading import facts_read, grade_in
from tierwise.plugins.sql_engine.staging import ROW
from tierwise.plugins.sql_engine.tables import FactRows

__all__ = ["SERVER", "grade"]

SERVER = "TIERWISE_POSTGRES"
"""The environment variable with the URL of the server that computes where the facts come from elsewhere."""


def grade(plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
    """Grade every subject of a table of facts; outcome, reason and rules are those of the reference engine, bit for bit.

    Raises:
        DataError: There is no server, or it cannot be reached.
    """
    location = facts.location if is_postgres(facts.location) else os.environ.get(SERVER, "")
    if not location:
        raise DataError(
            "the engine `postgres` computes in a server, and these facts come from none", help=f"name one: `{SERVER}=postgresql://…`"
        )
    wanted = [plan.facts[name] for name in facts_read(plan) if name in facts.columns]
    if not all(PostgresTables.dialect.holds(canonical_type(fact.type)) for fact in wanted):
        return grade_by_reference(plan, environment, facts.subjects(), as_of)
    lies = facts.lies
    if lies is not None and isinstance(lies.tables, PostgresTables):
        columns = {fact.name: facts.columns[fact.name] for fact in wanted}
        return grade_in(lies.tables, FactRows(lies.relation, columns, sql.column(lies.row), lies.stored), plan, environment, as_of)
    tables = PostgresTables(connected(location))
    return grade_in(tables, _brought(tables, facts, wanted), plan, environment, as_of)


def _brought(tables: PostgresTables, facts: FactTable, wanted: list[Fact]) -> FactRows:
    """Copy the facts that a plan reads to the server; texts are compared there by their signs, in whatever language it sorts."""
    cells: list[tuple[str, Sql]] = [(ROW, sql.column(facts.stored.row)), ("key", sql.column("key")), ("name", sql.column("name"))]
    for fact in wanted:
        column = facts.columns[fact.name]
        cells.append((column, _sent(fact, sql.column(column))))
        cells += [(f"{column}__none", sql.column(f"{column}__none"))] if fact.nullable else []
    query = sql.select(*sql.named(cells), source=sql.table(facts.relation))
    name = f"facts {uuid4().hex}"
    tables.bring(f"{name} sent", facts.connection.cursor().sql(sql.printed(query)).to_arrow_reader(50_000))
    texts = {"key", "name"} | {facts.columns[fact.name] for fact in wanted if canonical_type(fact.type) == "VARCHAR"}
    by_signs = [
        (word, exp.Collate(this=sql.column(word), expression=sql.identifier("C")) if word in texts else sql.column(word))
        for word, _ in cells
    ]
    tables.make(name, sql.select(*sql.named(by_signs), source=sql.table(f"{name} sent")))
    tables.drop(f"{name} sent")
    return FactRows(name, {fact.name: facts.columns[fact.name] for fact in wanted}, sql.column(ROW))


def _sent(fact: Fact, column: Sql) -> Sql:
    """Return a column as it travels: a duration as the list of its months and seconds."""
    if not isinstance(fact.type, DurationType):
        return column
    parts = (sql.cast(sql.call("struct_extract", column.copy(), sql.text(part)), "BIGINT") for part in ("months", "seconds"))
    return sql.case((sql.is_known(column), sql.array(*parts)))
