"""Decides the decisions of a plan for one subject after the other, and remembers what it found for facts that no test tells apart."""

from __future__ import annotations

from collections.abc import Mapping

from tierwise.core.environment import Environment
from tierwise.core.meaning.completion import Completion, Finished, Settled
from tierwise.core.meaning.evaluate import Evaluation
from tierwise.core.meaning.memory import Memory
from tierwise.core.meaning.unknown import Need, Result, Unknown
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Determined, Outcome, Undetermined
from tierwise.core.plan import DecisionRef, Node, Pick, Plan, Position
from tierwise.core.values import Value

__all__ = ["Evaluator"]

_NO_POSITIONS: Mapping[str, Position] = {}


class Evaluator:
    """Decides the decisions of one plan.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
    """

    def __init__(self, plan: Plan, environment: Environment) -> None:
        self.plan = plan
        self.evaluation = Evaluation(plan, environment, self._alone)
        self._most = environment.limits.completions
        self._memory: Memory[Finished] = Memory(self.evaluation)
        self._places = {name: place for place, name in enumerate((*plan.facts, *plan.readings, *plan.decisions))}

    def decide(self, decision: str, facts: Mapping[str, Value], positions: Mapping[str, Position] = _NO_POSITIONS) -> Outcome:
        """Return the outcome of one decision.

        Args:
            decision: Its name.
            facts: Fact name to value; none is ``None``, missing is absent. ``as_of`` is among them when it is known.
            positions: Ranking name to the subject's position, where a population has been ranked.
        """
        return self._outcome(decision, self._settle(self._node(decision), World(facts, positions)))

    def value_of(self, node: Node, facts: Mapping[str, Value], positions: Mapping[str, Position] = _NO_POSITIONS) -> Result:
        """Return the value of any part of the plan under every completion, or an ``Unknown`` that nothing can settle."""
        return self._alone(node, World(facts, positions))

    def _settle(self, node: Node, world: World) -> Settled:
        return Completion(self.evaluation, node, self._most, self._memory).settle(world)

    def _alone(self, node: Node, world: World) -> Result:
        """Decide a part on its own, as the parts of a ``Prefer`` are."""
        settled = self._settle(self._node(node.name) if isinstance(node, DecisionRef) else node, World(world.facts, world.positions))
        if settled.reason is None:
            return settled.value
        names = settled.needs or {""}
        return Unknown(frozenset(Need("policy", name, settled.reason) for name in names), settled.bound, settled.is_partial)

    def _node(self, decision: str) -> Node:
        return self.plan.decisions[decision].node

    def _outcome(self, decision: str, settled: Settled) -> Outcome:
        node = self._node(decision)
        rules = tuple(rule.id for rule in self.plan.tables[node.table].rules if rule.id in settled.rules) if isinstance(node, Pick) else ()
        if settled.reason is None:
            return Determined(settled.value, rules)
        last = len(self._places)
        needs = tuple(sorted(settled.needs, key=lambda name: (self._places.get(name, last), name)))
        return Undetermined(settled.reason, settled.bound or (), needs, rules)
