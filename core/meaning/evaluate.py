"""Evaluates every node of a plan in a world, by Kleene's three-valued logic. This is the meaning of policies; other engines agree with it.

A result is a value (``core/values.py``; an exact ``Fraction`` for a quotient on its way into a comparison or a rounding) or ``Unknown``.
Where a truth value stands, *none* counts as false. Nothing here completes missing facts; ``completion.py`` does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from tierwise.core import plan as nodes
from tierwise.core.environment import Environment
from tierwise.core.meaning import of_choices, of_lists, of_tests, of_time_and_rank, of_values
from tierwise.core.meaning.tables import Picked, hits_of, pick
from tierwise.core.meaning.world import World
from tierwise.core.plan import Fact, Node, Plan
from tierwise.core.plan.usage import Usage, usage_of
from tierwise.core.types import DateType

__all__ = ["Evaluation"]

_MEANINGS: Mapping[type[Any], Callable[[Any, Any, World], Any]] = {
    **of_values.MEANINGS,
    **of_tests.MEANINGS,
    **of_lists.MEANINGS,
    **of_choices.MEANINGS,
    **of_time_and_rank.MEANINGS,
}


class Evaluation:
    """Evaluates the nodes of one plan.

    Args:
        plan: The compiled policy.
        environment: Its functions.
        alone: Decides one part of a ``Prefer`` on its own, in the world as given (``completion.py`` has it).
    """

    def __init__(self, plan: Plan, environment: Environment, alone: Callable[[Node, World], Any]) -> None:
        self.plan = plan
        self.environment = environment
        self.alone = alone
        self._usages: dict[int, tuple[Node, Usage]] = {}

    def evaluate(self, node: Node, world: World) -> Any:
        """Return the value of a node, or ``Unknown``. What it reads of decisions must have been decided by ``settle``."""
        return _MEANINGS[type(node)](self, node, world)

    def settle(self, node: Node, world: World) -> Picked:
        """Return the value of a whole part, first deciding the decisions it reads, in the plan's order; and the rules that gave it."""
        for name in self.usage(node).decisions:
            if name not in world.results:
                world.results[name] = world.chosen[name] if name in world.chosen else self.evaluate(self.plan.decisions[name].node, world)
        return self.ruled(node, world)

    def ruled(self, node: Node, world: World) -> Picked:
        """Return the value of a node and, when it is read off a table, the rules that gave it."""
        if isinstance(node, nodes.Pick):
            return self.picked(node, world)
        return Picked(self.evaluate(node, world), ())

    def usage(self, node: Node) -> Usage:
        """Return what a node reads; remembered."""
        found = self._usages.get(id(node))
        if found is None:
            found = self._usages[id(node)] = (node, usage_of(self.plan, node))
        return found[1]

    def fact(self, name: str) -> Fact:
        """Return a fact's declaration; ``as_of`` and ``population`` have one too."""
        declared = self.plan.facts.get(name)
        return Fact(name, DateType(), {}) if declared is None else declared

    def picked(self, node: nodes.Pick, world: World) -> Picked:
        """Return what is read off a table, and the rules that gave it."""
        table = self.plan.tables[node.table]
        evaluate = partial(self.evaluate, world=world)
        if node.table not in world.hits:
            world.hits[node.table] = hits_of(table, evaluate, world.possible.get(node.table))
        return pick(table, node.output, node.type, world.hits[node.table], evaluate)
