"""Says what a node can give: the words of its list that something produces, and whether it can be none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    Arithmetic,
    Call,
    Conditional,
    Constant,
    DecisionRef,
    FactRef,
    FieldRef,
    Node,
    Plan,
    Quotient,
    ReadingRef,
    Round,
    Undecided,
    comparison_of,
    ways,
)
from tierwise.core.types import EnumType, MapType, RecordType

__all__ = ["Producing"]

Words = frozenset[Any] | None


class Producing:
    """What the decisions of a plan can give, worked out once.

    Decisions are taken in the plan's order, each after those it reads, so that a long chain of them is no deep recursion.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._words: dict[str, Words] = {}
        self._none: dict[str, bool] = {}
        for decision in plan.decisions.values():
            self._words[decision.name] = self.words(decision.node)
            self._none[decision.name] = self.can_be_none(decision.node)

    def words(self, node: Node) -> Words:
        """Return every value that a node with a closed list of values can give; ``None`` when that cannot be said."""
        if isinstance(node, Constant):
            return frozenset((node.value,))
        if isinstance(node, Undecided):
            return frozenset(node.candidates) if node.candidates or node.reason is Reason.GAP else None
        if isinstance(node, FactRef):
            return frozenset(node.type.values) if isinstance(node.type, EnumType) else None
        if isinstance(node, ReadingRef):
            reading = self.plan.readings.get(node.name)
            return frozenset((reading.settled,) if reading and reading.settled else node.values)
        if isinstance(node, DecisionRef):
            return self._words.get(node.name)
        branches = ways(node, self.plan)
        return None if branches is None else self._united(branches)

    def can_be_none(self, node: Node) -> bool:
        """Say whether a value can be *none*: a nullable fact, a quotient by zero, a key that a map lacks, or what is made of them."""
        if isinstance(node, Constant):
            return node.value is None
        if isinstance(node, FactRef):
            return node.name in self.plan.facts and self.plan.facts[node.name].can_be_none
        if isinstance(node, DecisionRef):
            return self._none.get(node.name, False)
        if isinstance(node, Quotient):
            by_constant = isinstance(node.right, Constant) and node.right.value != 0
            return not by_constant or self.can_be_none(node.left)
        if isinstance(node, FieldRef):
            of = node.of.type
            return isinstance(of, MapType) or (isinstance(of, RecordType) and node.name in of.nullable)
        if isinstance(node, Round):
            return self.can_be_none(node.value)
        if isinstance(node, Arithmetic):
            return any(self.can_be_none(part) for part in node.parts)
        if isinstance(node, Call):
            return any(self.can_be_none(argument) for argument in node.arguments)
        if isinstance(node, Conditional) and node.yes == _known_to_be_there(node):
            return self.can_be_none(node.no)
        return any(self.can_be_none(branch) for branch in ways(node, self.plan) or ())

    def _united(self, branches: Iterable[Node]) -> Words:
        found: set[Any] = set()
        for branch in branches:
            words = self.words(branch)
            if words is None:
                return None
            found |= words
        return frozenset(found)


def _known_to_be_there(node: Conditional) -> Node | None:
    """Return what is not none where the first branch is taken: `if x != null then x`."""
    comparison = comparison_of(node.condition)
    return comparison.about if comparison is not None and comparison.op == "!=" and comparison.constant.value is None else None
