"""Says what a node can give: the words of its list that something produces, and whether it can be none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from functools import reduce
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
    Pick,
    Plan,
    Quotient,
    ReadingRef,
    Round,
    Table,
    Undecided,
    ways,
)
from tierwise.core.types import EnumType, MapType, RecordType
from tierwise.plugins.geometry.guards import NOTHING, Sure, sure_where

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

    def can_be_none(self, node: Node, sure: Sure = NOTHING) -> bool:
        """Say whether a value can be *none*: a nullable fact, a quotient by zero, a key that a map lacks, the first of nothing, or what is made of them.

        Args:
            node: The value.
            sure: What is known where it stands, such as ``x != null`` in the branch of an ``if``.
        """
        if node in sure.there:
            return False
        if isinstance(node, Constant):
            return node.value is None
        if isinstance(node, FactRef):
            return node.name in self.plan.facts and self.plan.facts[node.name].can_be_none
        if isinstance(node, DecisionRef):
            return self._none.get(node.name, False)
        if isinstance(node, Quotient):
            not_zero = node.right in sure.not_zero or (isinstance(node.right, Constant) and node.right.value != 0)
            return not not_zero or self.can_be_none(node.left, sure) or self.can_be_none(node.right, sure)
        if isinstance(node, FieldRef):
            of = node.of.type
            return isinstance(of, MapType) or (isinstance(of, RecordType) and node.name in of.nullable)
        if isinstance(node, Round):
            return self.can_be_none(node.value, sure)
        if isinstance(node, Arithmetic):
            return any(self.can_be_none(part, sure) for part in node.parts)
        if isinstance(node, Call):
            found = [self.can_be_none(argument, sure) for argument in node.arguments]
            if node.function in ("coalesce", "list"):
                return node.function == "coalesce" and all(found)
            return any(found) or _is_undefined(node, sure)
        if isinstance(node, Conditional):
            ways_of_it = ((node.yes, True), (node.no, False))
            return any(self.can_be_none(branch, sure | sure_where(node.condition, is_met)) for branch, is_met in ways_of_it)
        if isinstance(node, Pick) and node.table in self.plan.tables:
            return any(self.can_be_none(value, sure | met) for value, met in _picked(node, self.plan.tables[node.table]))
        return any(self.can_be_none(branch, sure) for branch in ways(node, self.plan) or ())

    def _united(self, branches: Iterable[Node]) -> Words:
        found: set[Any] = set()
        for branch in branches:
            words = self.words(branch)
            if words is None:
                return None
            found |= words
        return frozenset(found)


def _is_undefined(call: Call, sure: Sure) -> bool:
    """Say whether a function may be none though none of its arguments is."""
    match call.undefined:
        case "never":
            return False
        case "empty":
            return len(call.arguments) == 1 and not _is_something(call.arguments[0], sure)
        case "zero":
            return not _is_something(next((part for part in call.arguments if isinstance(part.type, MapType)), call.arguments[-1]), sure)
        case "several":
            parts = [part.value for part in call.arguments[1:] if isinstance(part, Constant) and isinstance(part.value, Decimal)]
            is_in_every_year = len(parts) == 2 and 1 <= parts[0] <= 12 and 1 <= parts[1] <= 28
            return len(call.arguments) > 1 and not is_in_every_year
        case "perhaps":
            return True


def _is_something(node: Node, sure: Sure) -> bool:
    """Say whether a number is surely not 0, a list not empty."""
    is_list = isinstance(node, Call) and node.function == "list" and node.arguments
    return bool(node in sure.not_zero or is_list or (isinstance(node, Constant) and node.value))


def _picked(node: Pick, table: Table) -> Iterator[tuple[Node, Sure]]:
    """Yield what a table of single hits may give, each with what is sure where it does."""
    if table.hit.is_single:
        for rule in table.rules:
            output = rule.outputs[node.output]
            tests = [] if isinstance(output, Constant) else [sure_where(test, True) for test in rule.tests if test is not None]
            yield output, reduce(Sure.__or__, tests, NOTHING)
        yield from ((default, NOTHING) for default in table.defaults[node.output : node.output + 1] if default is not None)
