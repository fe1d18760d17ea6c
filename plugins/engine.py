"""What an engine is: it runs a plan over the facts of many subjects, and means the same as the reference engine."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:  # engines are listed without importing DuckDB
    from tierwise.core.environment import Environment
    from tierwise.core.plan import Plan
    from tierwise.plugins.facts import FactTable
    from tierwise.plugins.grading import Grading

__all__ = ["DEFAULT_ENGINE", "REFERENCE_ENGINE", "Engine"]

DEFAULT_ENGINE = "duckdb"
"""The engine that grades a database unless another is asked for."""

REFERENCE_ENGINE = "reference"
"""The engine whose outcomes are the meaning of a policy."""


class Engine(Protocol):
    """A way to run a plan.

    Attributes:
        name: What ``--engine`` calls it.
        about: One sentence for lists.
    """

    name: str
    about: str

    def grade(self, plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
        """Grade every subject of ``facts``; outcome, reason and rules are those of the reference engine, bit for bit."""
