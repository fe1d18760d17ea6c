"""Looks at one subject through a plan: the value of any part, and what a part reads, with every decided decision taken as decided."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tierwise.core import plan as nodes
from tierwise.core.explaining.trace import Read
from tierwise.core.explaining.written import text_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.unknown import Unknown
from tierwise.core.meaning.world import World
from tierwise.core.outcome import Determined, Outcome, Reason
from tierwise.core.plan import Named, Node, Plan, Position
from tierwise.core.types import DateType, ListType, RecordType

__all__ = ["Reader"]


class Reader:
    """One subject under one plan.

    Args:
        evaluator: The reference engine.
        facts: The subject's facts, ``as_of`` among them.
        positions: Its positions in rankings.
    """

    def __init__(self, evaluator: Evaluator, facts: Mapping[str, Any], positions: Mapping[str, Position]) -> None:
        self.plan: Plan = evaluator.plan
        self.facts = facts
        self.positions = positions
        self._evaluation = evaluator.evaluation
        self.outcomes: dict[str, Outcome] = {name: evaluator.decide(name, facts, positions) for name in self.plan.decisions}
        decided = {name: outcome.value for name, outcome in self.outcomes.items() if isinstance(outcome, Determined)}
        self._world = World(facts, positions, chosen=decided)

    def value(self, node: Node) -> Any:
        """Return the value of a part, or ``Unknown``."""
        return self._evaluation.settle(node, self._world).result

    def truth(self, node: Node) -> bool | None:
        """Return whether a condition holds; ``None`` when that is unknown."""
        result = self.value(node)
        return None if isinstance(result, Unknown) else result is True

    def reads(self, node: Node) -> tuple[Read, ...]:
        """Return the facts, decisions and readings that a part names itself, each once, in the order it names them."""
        return tuple({ref.name: self.read(ref.name) for ref in _references(node, self.plan)}.values())

    def read(self, name: str) -> Read:
        """Return what is known of a fact, decision or reading."""
        if name in self.plan.decisions:
            decision, outcome = self.plan.decisions[name], self.outcomes[name]
            if isinstance(outcome, Determined):
                return Read(name, decision.label, "decision", decision.type, outcome.value)
            return Read(name, decision.label, "decision", decision.type, None, outcome.reason)
        if name in self.plan.readings:
            reading = self.plan.readings[name]
            return Read(name, reading.label, "reading", None, reading.settled, None if reading.settled else Reason.READING)
        fact = self._evaluation.fact(name)
        type = ListType(RecordType(())) if name == "population" else fact.type if name in self.plan.facts else DateType()
        if name in self.facts:
            return Read(name, fact.label or plain(name), "fact", type, self.facts[name])
        return Read(name, fact.label or plain(name), "fact", type, None, fact.missing)

    def label(self, node: Node) -> Named:
        """Return what people call a part: the label of what it names, else its text."""
        if isinstance(node, nodes.FactRef | nodes.DecisionRef | nodes.ReadingRef):
            return self.read(node.name).label
        return plain(text_of(node))


def plain(text: str) -> Named:
    """Return a label that is the same in every language."""
    return {"zh": text, "en": text}


def _references(node: Node, plan: Plan) -> Iterator[nodes.FactRef | nodes.DecisionRef | nodes.ReadingRef]:
    if isinstance(node, nodes.FactRef | nodes.DecisionRef | nodes.ReadingRef):
        yield node
    elif isinstance(node, nodes.Pick):
        table = plan.tables[node.table]
        for column in table.columns:
            yield from _references(column, plan)
        for rule in table.rules:
            yield from _references(rule.outputs[node.output], plan)
    else:
        for child in node.children:
            yield from _references(child, plan)
