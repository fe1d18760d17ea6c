"""Runs a plan in Spark, over facts that travel there as Parquet."""

from __future__ import annotations

import shutil
from datetime import date
from tempfile import mkdtemp
from uuid import uuid4
from weakref import finalize

from tierwise.core.environment import Environment
from tierwise.core.plan import Plan
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_spark.spark_session import session
from tierwise.plugins.builtin.engine_spark.spark_tables import SparkTables
from tierwise.plugins.facts import FactTable
from tierwise.plugins.grading import Grading
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.facts_grading import facts_read, grade_in
from tierwise.plugins.sql_engine.staging import ROW
from tierwise.plugins.sql_engine.tables import FactRows

__all__ = ["grade"]


def grade(plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
    """Grade every subject of a table of facts; outcome, reason and rules are those of the reference engine, bit for bit.

    Raises:
        DataError: Spark is not installed, or cannot be started.
    """
    tables = SparkTables(session())
    return grade_in(tables, _brought(tables, facts, plan), plan, environment, as_of)


def _brought(tables: SparkTables, facts: FactTable, plan: Plan) -> FactRows:
    """Write the facts that a plan reads as Parquet, of which Spark makes as many tasks as it has cores."""
    columns = {name: facts.columns[name] for name in facts_read(plan) if name in facts.columns}
    cells: list[tuple[str, Sql]] = [(ROW, sql.column(facts.stored.row)), ("key", sql.column("key")), ("name", sql.column("name"))]
    for name, column in columns.items():
        cells.append((column, sql.column(column)))
        cells += [(f"{column}__none", sql.column(f"{column}__none"))] if plan.facts[name].nullable else []
    folder = mkdtemp(prefix="tierwise-spark-")
    finalize(tables, shutil.rmtree, folder, ignore_errors=True)
    query = sql.printed(sql.select(*sql.named(cells), source=sql.table(facts.relation)))
    file = sql.printed(sql.text(f"{folder}/facts.parquet"))
    facts.connection.cursor().execute(f"COPY ({query}) TO {file} (FORMAT PARQUET)")
    relation = f"facts {uuid4().hex}"
    tables.keep(relation, tables.session.read.parquet(f"file://{folder}/facts.parquet"))
    return FactRows(relation, columns, sql.column(ROW))
