"""The built-in engines; what is heavy is imported when one of them grades."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from tierwise.plugins import hookimpl
from tierwise.plugins.engine import DEFAULT_ENGINE, REFERENCE_ENGINE

if TYPE_CHECKING:
    from tierwise.core.environment import Environment
    from tierwise.core.plan import Plan
    from tierwise.plugins.engine import Engine
    from tierwise.plugins.facts import FactTable
    from tierwise.plugins.grading import Grading

__all__ = ["DuckDBEngine", "PostgresEngine", "ReferenceEngine", "SparkEngine", "tierwise_engines"]


class ReferenceEngine:
    """Runs a plan in plain Python, one subject after the other; all results are held in memory."""

    name = REFERENCE_ENGINE
    about = "plain Python, one subject after the other; it defines the meaning"

    def grade(self, plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
        """Grade every subject of ``facts``."""
        from tierwise.plugins.engine_reference import grade

        return grade(plan, environment, facts.subjects(), as_of)


class DuckDBEngine:
    """Runs a plan as SQL in the DuckDB that holds the facts."""

    name = DEFAULT_ENGINE
    about = "one layered query in DuckDB; what hangs on unknowns is settled by the reference"

    def grade(self, plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
        """Grade every subject of ``facts``."""
        from tierwise.plugins.builtin.engine_duckdb import grade

        return grade(plan, environment, facts, as_of)


class PostgresEngine:
    """Runs a plan as SQL in a PostgreSQL server."""

    name = "postgres"
    about = "the same steps in a PostgreSQL server, in temporary tables; what hangs on unknowns is settled by the reference"

    def grade(self, plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
        """Grade every subject of ``facts``."""
        from tierwise.plugins.builtin.engine_postgres import grade

        return grade(plan, environment, facts, as_of)


class SparkEngine:
    """Runs a plan as SQL in Spark."""

    name = "spark"
    about = "the same steps in Spark, on this machine or a cluster; what hangs on unknowns is settled by the reference"

    def grade(self, plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
        """Grade every subject of ``facts``."""
        from tierwise.plugins.builtin.engine_spark import grade

        return grade(plan, environment, facts, as_of)


@hookimpl
def tierwise_engines() -> Iterable[Engine]:
    """Give the reference engine, the embedded one and those of servers."""
    return (ReferenceEngine(), DuckDBEngine(), PostgresEngine(), SparkEngine())
