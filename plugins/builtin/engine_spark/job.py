"""Grades Parquet, or a table that the session knows, on a cluster: facts are read and results written where they are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING
from uuid import uuid4

from tierwise.core.environment import Environment
from tierwise.core.errors import DataError
from tierwise.core.plan import Plan
from tierwise.plugins.binding.layout import key_column, name_column
from tierwise.plugins.builtin.engine_spark.parquet_results import write_parquet
from tierwise.plugins.builtin.engine_spark.spark_session import session
from tierwise.plugins.builtin.engine_spark.spark_tables import SparkTables
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.data_source import Column, SourceTable
from tierwise.plugins.sql_engine.facts_grading import facts_read, grade_in
from tierwise.plugins.sql_engine.facts_in_place import bring_facts
from tierwise.plugins.sql_engine.results import SqlGrading

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["grade_parquet"]

TYPES = {
    "string": "VARCHAR", "boolean": "BOOLEAN", "tinyint": "TINYINT", "smallint": "SMALLINT", "int": "INTEGER", "bigint": "BIGINT", "date": "DATE",
    "timestamp_ntz": "TIMESTAMP", "float": "FLOAT", "double": "DOUBLE", "array<string>": "VARCHAR[]",
}  # fmt: skip
"""What DuckDB calls the types of Spark; decimals are called alike."""


def grade_parquet(
    plan: Plan, environment: Environment, source: str, target: str, as_of: date | None = None, key: str = ""
) -> tuple[SqlGrading, tuple[DataFinding, ...]]:
    """Grade every row of Parquet, or of a table, and write the results as Parquet.

    Args:
        plan: The policy.
        environment: Its functions and limits.
        source: A path or URL that the session reads, or the name of a table of its catalog.
        target: A path or URL where there is nothing yet.
        as_of: The date of the run; ``None`` leaves it missing.
        key: The column that tells subjects apart; by default the one that is called like a key.

    Returns:
        The results, and what was wrong with the data.

    Raises:
        DataError: The data cannot be read, or does not fit; there is something at the target; the policy needs all subjects in one place.
    """
    tables = SparkTables(session())
    rows = _read(tables, source)
    table = SourceTable(source, tuple(Column(name, _type(kind)) for name, kind in rows.dtypes))
    relation = f"data {uuid4().hex}"
    tables.keep(relation, rows)
    found = Column(key, "") if key else key_column(table, plan)
    if table.column(found.name) is None:
        raise DataError(f"`{source}` has no column `{found.name}`")
    named = name_column(table, found)
    facts = bring_facts(tables, relation, table, found.name, named.name if named else None, plan, facts_read(plan))
    grading = grade_in(tables, facts.rows, plan, environment, as_of)
    if not isinstance(grading, SqlGrading):
        raise DataError(f"`{plan.policy}` ranks by what only the reference engine can rank", help="grade it in DuckDB")
    write_parquet(grading, tables, target)
    return grading, facts.findings


def _read(tables: SparkTables, source: str) -> DataFrame:
    from pyspark.errors import AnalysisException

    try:
        is_path = "/" in source or source.endswith(".parquet")
        return tables.session.read.parquet(source) if is_path else tables.session.table(source)
    except AnalysisException as error:
        raise DataError(f"`{source}` cannot be read: {str(error).splitlines()[0]}") from error


def _type(spark: str) -> str:
    return spark.upper() if spark.startswith("decimal") else TYPES.get(spark, spark.upper())
