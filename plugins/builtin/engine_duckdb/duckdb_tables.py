"""The tables of a run in the DuckDB that holds the facts, and whose fault it is when SQL does not run there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import duckdb
import pyarrow
from sqlglot import exp

from tierwise.core.environment import Environment
from tierwise.core.errors import PluginError
from tierwise.core.plan import Plan
from tierwise.plugins import sql
from tierwise.plugins.facts import FactTable
from tierwise.plugins.sql import Kind
from tierwise.plugins.sql_engine.duckdb_dialect import DUCKDB
from tierwise.plugins.sql_engine.tables import FactRows

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["DuckTables", "rows_of"]

BATCH = 5_000


def rows_of(facts: FactTable) -> FactRows:
    """Return the table of facts as it stands in its connection."""
    return FactRows(facts.relation, facts.columns, sql.column(facts.stored.row), facts.stored)


class DuckTables:
    """``Tables`` in memory, or wherever the connection keeps what does not fit there.

    Args:
        connection: Its own cursor of the connection that holds the facts.
        plan: The plan that is run; an error of SQL is the fault of a function that it calls.
        environment: Its functions.
    """

    def __init__(self, connection: DuckDBPyConnection, plan: Plan, environment: Environment) -> None:
        self.dialect = DUCKDB
        self.connection = connection
        self._plan = plan
        self._environment = environment

    def make(self, name: str, query: exp.Select, kind: Kind = "TABLE") -> None:
        """Make a table of the rows of a query, or a view of them.

        Raises:
            PluginError: The SQL of a plugin's function does not run.
        """
        with _naming_functions(self._plan, self._environment):
            self.connection.execute(sql.create(name, query, kind))

    def drop(self, name: str, kind: Kind = "TABLE") -> None:
        """Let go of a table or view."""
        self.connection.execute(sql.drop(name, kind))

    def rows(self, query: exp.Select, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        """Yield the rows of a query.

        Raises:
            PluginError: The SQL of a plugin's function does not run.
        """
        cursor = self.connection.cursor()
        with _naming_functions(self._plan, self._environment):
            cursor.execute(sql.printed(query), parameters)
        while batch := cursor.fetchmany(BATCH):
            yield from batch

    def bring(self, name: str, rows: pyarrow.Table) -> None:
        """Make a table of rows from outside: one that is only registered is not seen by other cursors."""
        given = f"{name} given"
        self.connection.register(given, rows)
        self.make(name, exp.select("*").from_(sql.table(given)))
        self.connection.unregister(given)


@contextmanager
def _naming_functions(plan: Plan, environment: Environment) -> Iterator[None]:
    """Run queries of a plan; ours have been tried on all there is, so that an error is the fault of a function that a stranger gave.

    Raises:
        PluginError: DuckDB refuses a query with the SQL of such functions.
    """
    try:
        yield
    except duckdb.InterruptException:
        raise
    except duckdb.Error as error:
        given = {name: giver for name, giver in plan.functions.items() if sql.DIALECT in environment.functions[name].sql}
        if not given:
            raise
        named = ", ".join(f"function `{name}` of plugin {giver}" for name, giver in given.items())
        message = f"the SQL of {named} does not run in DuckDB: {str(error).splitlines()[0]}"
        raise PluginError(message, next(iter(given.values())).partition(" ")[0], "tierwise_functions") from error
