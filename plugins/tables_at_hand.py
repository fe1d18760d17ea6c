"""Grades a table that a program holds: it is seen by DuckDB where it lies, and nothing of it is copied into Python objects."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pyarrow

from tierwise.core.errors import DataError
from tierwise.plugins.binding.automatic import key_column
from tierwise.plugins.binding.bind import bind
from tierwise.plugins.builtin.source_duckdb import DuckdbSource
from tierwise.plugins.duckdb_connection import in_memory

if TYPE_CHECKING:
    from tierwise.core.environment import Environment
    from tierwise.core.plan import Plan
    from tierwise.plugins.engine import Engine
    from tierwise.plugins.grading import Grading

__all__ = ["grade_table"]

_NAME = "given table"
_DIGITS = 12  # of a row's number, so that keys are in the order of the rows


def grade_table(plan: Plan, environment: Environment, engine: Engine, table: Any, as_of: date | None) -> Grading:
    """Grade all rows of a table.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        engine: What grades.
        table: A ``pyarrow`` table or what gives itself as one.
        as_of: The date of the run.

    Raises:
        DataError: It is no table, or has no column called like a fact.
    """
    try:
        arrow = pyarrow.table(table)
    except (TypeError, ValueError, pyarrow.ArrowInvalid) as error:
        raise DataError("it is no table", help="give a pyarrow table or a data frame; rows of facts go to `decide_many`") from error
    connection = in_memory()
    connection.register("tierwise_given", arrow)
    connection.execute(f'CREATE VIEW "{_NAME}" AS SELECT * FROM tierwise_given')
    if not _has_key(DuckdbSource(_NAME, "arrow", connection, "memory"), plan):
        key = f"{plan.subject}_id"
        quoted = '"' + key.replace('"', '""') + '"'
        numbered = f"format('{{:0{_DIGITS}d}}', row_number() OVER ())"
        connection.execute(f'CREATE OR REPLACE VIEW "{_NAME}" AS SELECT {numbered} AS {quoted}, * FROM tierwise_given')
    facts = bind(DuckdbSource(_NAME, "arrow", connection, "memory"), plan, None, as_of)
    return engine.grade(plan, environment, facts, as_of)


def _has_key(source: DuckdbSource, plan: Plan) -> bool:
    try:
        key_column(source.tables()[_NAME], plan)
    except DataError:
        return False
    return True
