"""Grades a table that a program holds: DuckDB takes the columns that are read, and nothing of it is copied into Python objects."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from threading import Event
from typing import TYPE_CHECKING, Any

import pyarrow
from sqlglot import exp

from tierwise.core.errors import DataError
from tierwise.plugins import sql
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.binding.layout import key_column
from tierwise.plugins.duckdb_connection import in_memory
from tierwise.plugins.loaded_tables import LoadedTables
from tierwise.plugins.sql import Sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tierwise.core.environment import Environment
    from tierwise.core.plan import Plan
    from tierwise.plugins.data_finding import DataFinding
    from tierwise.plugins.engine import Engine
    from tierwise.plugins.grading import Grading

__all__ = ["grade_table"]

_NAME = "given table"
_NUMBER = "tierwise number"
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
    source = LoadedTables(_NAME, "arrow", [_Given(arrow)])
    if not _has_key(source, plan):
        source = LoadedTables(_NAME, "arrow", [_Given(arrow, f"{plan.subject}_id")])
    return engine.grade(plan, environment, bind(source, plan, None, as_of), as_of)


class _Given:
    """The given table, of which DuckDB takes the columns that are read.

    Args:
        arrow: The table.
        key: What the column with the numbers of the rows is called, where there is none of their keys.
    """

    name = _NAME

    def __init__(self, arrow: pyarrow.Table, key: str = "") -> None:
        self.findings: list[DataFinding] = []
        connection = in_memory()
        connection.register("given", arrow.slice(0, 0))
        self._types = {str(name): str(type) for name, type, *_ in connection.execute("DESCRIBE given").fetchall()}
        self._arrow = arrow.rename_columns(list(self._types))  # two of one name are told apart
        self._key = key

    def types(self) -> dict[str, str]:
        """Return the DuckDB type of each column."""
        return {self._key: "VARCHAR", **self._types} if self._key else self._types

    def sample(self, column: str, limit: int) -> list[Any]:
        """Return the first values of a column."""
        values = self._arrow.column(column).drop_null() if column != self._key else pyarrow.array([], pyarrow.string())
        return list(values.slice(0, limit).to_pylist())

    def load(self, into: DuckDBPyConnection, named: str, columns: Sequence[str], stopped: Event) -> Iterable[DataFinding]:
        """Make a DuckDB table of some columns."""
        cells = [_numbered_key(name) if name == self._key else sql.column(name) for name in columns]
        read = self._arrow.select([name for name in columns if name != self._key])
        into.register("tierwise_given", read.append_column(_NUMBER, pyarrow.arange(0, read.num_rows)) if self._key in columns else read)
        into.execute(f"CREATE OR REPLACE TABLE {named} AS {sql.printed(sql.select(*cells, source=sql.table('tierwise_given')))}")
        into.unregister("tierwise_given")
        return ()


def _numbered_key(name: str) -> Sql:
    """Return the number of a row, from 1, in as many digits for all."""
    number = sql.cast(sql.binary(exp.Add, sql.column(_NUMBER), sql.integer(1)), "VARCHAR")
    return sql.alias(sql.call("lpad", number, sql.integer(_DIGITS), sql.text("0")), name)


def _has_key(source: LoadedTables, plan: Plan) -> bool:
    try:
        key_column(source.tables()[_NAME], plan)
    except DataError:
        return False
    return True
