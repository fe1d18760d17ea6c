"""Decides the decisions of a plan for one subject after the other, remembers what it found for facts that no test tells apart, and keeps a trace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from tierwise.core.environment import Environment
from tierwise.core.errors import PluginError
from tierwise.core.meaning.completion import Completion, Finished, Memory
from tierwise.core.meaning.diagrams import Case, Diagrams, TooMuchWork
from tierwise.core.meaning.evaluate import Evaluation
from tierwise.core.meaning.ordering import in_stated_order
from tierwise.core.meaning.settling import Settled, settled
from tierwise.core.meaning.unknown import Need, Result, Unknown
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Determined, Outcome, Undetermined
from tierwise.core.plan import Node, Plan, Position, table_of, valued_parts
from tierwise.core.values import Value

__all__ = ["Evaluator", "Trace"]


@dataclass(frozen=True, slots=True)
class Trace:
    """One subject under one plan.

    Attributes:
        plan: The plan.
        facts: The subject's facts, ``as_of`` among them where it is known.
        positions: Its positions in rankings.
        outcomes: Every decision's outcome, hidden ones included.
        results: What each part came to, by its identity; every determined decision is taken as decided. The parts over the items of a list
            have no single result and are left out.
    """

    plan: Plan
    facts: Mapping[str, Value]
    positions: Mapping[str, Position]
    outcomes: Mapping[str, Outcome]
    results: Mapping[int, Result] = field(repr=False)

    def result(self, node: Node) -> Result:
        """Return what a part of the plan came to.

        Raises:
            KeyError: It is no part of the plan, or stands over the items of a list.
        """
        return self.results[id(node)]

    def truth(self, node: Node) -> bool | None:
        """Return whether a condition holds; ``None`` when that is unknown."""
        result = self.result(node)
        return None if isinstance(result, Unknown) else result is True


_STEPS = 16  # of a diagram, for each completion that may be looked at
_NO_POSITIONS: Mapping[str, Position] = {}


class Evaluator:
    """Decides the decisions of one plan.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
    """

    def __init__(self, plan: Plan, environment: Environment) -> None:
        self.plan = plan
        self.evaluation = Evaluation(plan, environment)
        self._most = environment.limits.completions
        self._memory: Memory[Finished] = Memory(self.evaluation)
        self._diagrams = Diagrams(self.evaluation, _STEPS * self._most)
        self._places = {name: place for place, name in enumerate((*plan.facts, *plan.readings, *plan.decisions))}

    def decide(self, decision: str, facts: Mapping[str, Value], positions: Mapping[str, Position] = _NO_POSITIONS) -> Outcome:
        """Return the outcome of one decision.

        Args:
            decision: Its name.
            facts: Fact name to value; none is ``None``, missing is absent. ``as_of`` is among them when it is known.
            positions: Ranking name to the subject's position, where a population has been ranked.
        """
        return self.outcomes([decision], facts, positions)[decision]

    def outcomes(
        self, decisions: Iterable[str], facts: Mapping[str, Value], positions: Mapping[str, Position] = _NO_POSITIONS
    ) -> dict[str, Outcome]:
        """Return the outcomes of several decisions about one subject; what they share is worked out once. The arguments are those of ``decide``."""
        case = self._diagrams.case(World(facts, positions))
        return {name: self._decided(name, case) for name in decisions}

    def value_of(self, node: Node, facts: Mapping[str, Value], positions: Mapping[str, Position] = _NO_POSITIONS) -> Result:
        """Return the value of any part of the plan under every completion, or an ``Unknown`` that nothing can settle."""
        settled = self._settle(node, self._diagrams.case(World(facts, positions)))
        if settled.reason is None:
            return settled.value
        needs = frozenset([Need("policy", name, settled.reason) for name in settled.needs or {""}])
        return Unknown(needs, settled.bound, settled.is_partial)

    def trace(self, facts: Mapping[str, Value], positions: Mapping[str, Position] = _NO_POSITIONS) -> Trace:
        """Return what deciding one subject found: every decision's outcome, and what each part of the plan came to.

        Args:
            facts: As for ``decide``.
            positions: As for ``decide``.
        """
        outcomes = self.outcomes(self.plan.decisions, facts, positions)
        decided = {name: outcome.value for name, outcome in outcomes.items() if isinstance(outcome, Determined)}
        world = World(facts, positions, chosen=decided)
        results: dict[int, Result] = {}
        for decision in self.plan.decisions.values():
            for part in valued_parts(decision.node, self.plan):
                results[id(part)] = self.evaluation.settle(part, world).result
        return Trace(self.plan, facts, positions, outcomes, results)

    def _decided(self, decision: str, case: Case) -> Outcome:
        """Return the outcome of a decision; remembered for all subjects of whom it may come to the same."""
        try:
            key = ("outcome", decision, case.decision(decision))
        except (TooMuchWork, PluginError):
            return self.outcome_of(decision, self._completed(self._node(decision), case))
        found: Outcome | None = self._diagrams.found.get(key)
        if found is None:
            found = self._diagrams.found[key] = self.outcome_of(decision, settled(self._diagrams, key[2], self._node(decision).type))
        return found

    def _settle(self, node: Node, case: Case) -> Settled:
        """Return what a part comes to; where that is too much work, or a function fails on what cannot be, what completing it lazily tells."""
        try:
            return settled(self._diagrams, case.part(node), node.type)
        except (TooMuchWork, PluginError):
            return self._completed(node, case)

    def _completed(self, node: Node, case: Case) -> Settled:
        given = World(case.world.facts, case.world.positions)
        found = Completion(self.evaluation, node, self._most, self._memory).settle(given)
        return replace(found, is_exact=found.reason is None)

    def _node(self, decision: str) -> Node:
        return self.plan.decisions[decision].node

    def outcome_of(self, decision: str, settled: Settled) -> Outcome:
        """Return the outcome of a decision of which that is settled."""
        node = self._node(decision)
        table = table_of(node, self.plan)
        rules = () if table is None else tuple([rule.id for rule in table.rules if rule.id in settled.rules])
        if settled.reason is None:
            return Determined(settled.value, rules)
        last = len(self._places)
        needs = tuple(sorted(settled.needs, key=lambda name: (self._places.get(name, last), name)))
        candidates = in_stated_order(settled.bound or (), self.plan.decisions[decision].type)
        return Undetermined(settled.reason, candidates, needs, rules, is_bound=bool(candidates) and not settled.is_exact)
