"""Puts the compilers of all nodes together for one query over one table of facts."""

from __future__ import annotations

from collections.abc import Container, Mapping

from tierwise.core.environment import Environment
from tierwise.core.plan import Node, Plan, RankCut
from tierwise.plugins.builtin.engine_duckdb.calculations import Calculations
from tierwise.plugins.builtin.engine_duckdb.cuts import Cuts, Position
from tierwise.plugins.builtin.engine_duckdb.decisions import Decisions
from tierwise.plugins.builtin.engine_duckdb.expressions import Expressions
from tierwise.plugins.builtin.engine_duckdb.layers import Layers
from tierwise.plugins.builtin.engine_duckdb.lists import Lists
from tierwise.plugins.builtin.engine_duckdb.rulebook import Rulebook
from tierwise.plugins.builtin.engine_duckdb.tables import Picked, Tables
from tierwise.plugins.builtin.engine_duckdb.terms import Term

__all__ = ["Compiler"]

STAGE = "facts"


class Compiler:
    """Compiles the decisions of a plan, in its order, to columns in layers.

    Args:
        plan: The compiled policy.
        environment: Its functions.
        facts: Fact name to its term over the table of facts.
        positions: Ranking name to the columns of a subject's position.
    """

    def __init__(self, plan: Plan, environment: Environment, facts: Mapping[str, Term], positions: Mapping[str, Position]) -> None:
        self.plan = plan
        self.layers = Layers(STAGE)
        self.rulebook = Rulebook()
        readings = {name: reading.settled for name, reading in plan.readings.items() if reading.settled is not None}
        self.expressions = Expressions(self.layers, readings)
        self.expressions.names |= {("fact", name): term for name, term in facts.items()}
        self.cuts = Cuts(plan, self.expressions, positions)
        Lists(self.expressions)
        Calculations(self.expressions, environment)
        self._decisions = Decisions(plan, self.expressions, Tables(plan, self.expressions, self.rulebook))

    def decisions(self) -> dict[str, Picked]:
        """Compile all decisions."""
        return self.decisions_for(self.plan.decisions)

    def decisions_for(self, names: Container[str]) -> dict[str, Picked]:
        """Compile the decisions of these names, and no others."""
        return {name: self._decisions.compile(decision) for name, decision in self.plan.decisions.items() if name in names}

    def cuts_of(self, ranking: str) -> list[RankCut]:
        """Return the cuts of a ranking."""
        nodes = [decision.node for decision in self.plan.decisions.values()]
        return [node for node in nodes if isinstance(node, RankCut) and node.ranking == ranking]

    def part(self, node: Node) -> Term:
        """Compile a part outside all decisions, which it may read once they are compiled."""
        return self.expressions.shared(node)
