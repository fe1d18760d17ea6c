"""Runs a plan in the DuckDB that holds the facts."""

from __future__ import annotations

from datetime import date

from tierwise.core.environment import Environment
from tierwise.core.plan import Plan
from tierwise.plugins.builtin.engine_duckdb.duckdb_results import DuckGrading
from tierwise.plugins.builtin.engine_duckdb.duckdb_tables import DuckTables, rows_of
from tierwise.plugins.facts import FactTable
from tierwise.plugins.grading import Grading
from tierwise.plugins.sql_engine.facts_grading import grade_in

__all__ = ["grade"]


def grade(plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
    """Grade every subject of a table of facts; outcome, reason and rules are those of the reference engine, bit for bit.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        facts: The subjects; the table is read once.
        as_of: The date of the run; ``None`` leaves it missing.

    Raises:
        PluginError: The SQL of a plugin's function does not run.
        DataError: What the facts are read from changed meanwhile.
    """
    tables = DuckTables(facts.connection.cursor(), plan, environment)
    grading = grade_in(tables, rows_of(facts), plan, environment, as_of, DuckGrading)
    facts.stored.refuse_changed()
    return grading
