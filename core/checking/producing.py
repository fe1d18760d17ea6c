"""Says what a node can give: the words of its list that something produces, and whether it can be none."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    Agree,
    Arithmetic,
    Call,
    Conditional,
    Constant,
    DecisionRef,
    FactRef,
    FieldRef,
    HitPolicy,
    Node,
    Pick,
    Plan,
    Prefer,
    Quotient,
    RankCut,
    ReadingRef,
    Round,
    Undecided,
)
from tierwise.core.types import EnumType, MapType

__all__ = ["can_be_none", "words_given"]

Words = frozenset[Any] | None


def words_given(node: Node, plan: Plan) -> Words:
    """Return every value that a node with a closed list of values can give; ``None`` when that cannot be said."""
    if isinstance(node, Constant):
        return frozenset((node.value,))
    if isinstance(node, Undecided):
        return frozenset(node.candidates) if node.candidates or node.reason is Reason.GAP else None
    if isinstance(node, FactRef):
        return frozenset(node.type.values) if isinstance(node.type, EnumType) else None
    if isinstance(node, ReadingRef):
        reading = plan.readings.get(node.name)
        return frozenset((reading.settled,) if reading and reading.settled else node.values)
    if isinstance(node, DecisionRef):
        return words_given(plan.decisions[node.name].node, plan) if node.name in plan.decisions else None
    if isinstance(node, RankCut):
        return _union(((cut.value,) for cut in node.cuts), node.outside, plan)
    branches = _branches(node, plan)
    return None if branches is None else _union((), None, plan, branches)


def _union(sets: Iterable[Iterable[Any]], other: Node | None, plan: Plan, branches: Iterable[Node] = ()) -> Words:
    found = {value for values in sets for value in values}
    for branch in (*branches, *(() if other is None else (other,))):
        words = words_given(branch, plan)
        if words is None:
            return None
        found |= words
    return frozenset(found)


def _branches(node: Node, plan: Plan) -> tuple[Node, ...] | None:
    """Return the nodes of which one is the node's value; ``None`` for a node that computes its value."""
    if isinstance(node, Conditional):
        return (node.yes, node.no)
    if isinstance(node, Prefer):
        return node.parts
    if isinstance(node, Agree):
        return (*(value for _, value in node.values), *(() if node.empty is None else (node.empty,)))
    if isinstance(node, Pick) and node.table in plan.tables:
        table = plan.tables[node.table]
        if table.hit in (HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.ANY, HitPolicy.PRIORITY):
            default = table.defaults[node.output] if table.defaults else None
            return (*(rule.outputs[node.output] for rule in table.rules), *(() if default is None else (default,)))
    return None


def can_be_none(node: Node, plan: Plan) -> bool:
    """Say whether a value can be *none*: a nullable fact, a quotient by zero, a key that a map lacks, or what is made of them."""
    if isinstance(node, Constant):
        return node.value is None
    if isinstance(node, FactRef):
        return node.name in plan.facts and plan.facts[node.name].nullable
    if isinstance(node, DecisionRef):
        return node.name in plan.decisions and can_be_none(plan.decisions[node.name].node, plan)
    if isinstance(node, Quotient):
        by_constant = isinstance(node.right, Constant) and node.right.value != 0
        return not by_constant or can_be_none(node.left, plan)
    if isinstance(node, FieldRef):
        return isinstance(getattr(node.of, "type", None), MapType)
    if isinstance(node, Round):
        return can_be_none(node.value, plan)
    if isinstance(node, Arithmetic | Call):
        return any(can_be_none(part, plan) for part in (node.parts if isinstance(node, Arithmetic) else node.arguments))
    return any(can_be_none(branch, plan) for branch in _branches(node, plan) or ())
