"""Names the plugin whose SQL for a function DuckDB refuses."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tierwise.core.environment import Environment
from tierwise.core.errors import PluginError
from tierwise.core.plan import Plan
from tierwise.plugins import sql

__all__ = ["naming_functions"]


@contextmanager
def naming_functions(plan: Plan, environment: Environment) -> Iterator[None]:
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
