"""Finds what a part of a plan reads, directly or through decisions, and how: whether a fact is only ever tested against constants."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any, get_args

from tierwise.core.plan import Compare, Constant, DecisionRef, FactRef, InSet, Node, Pick, Plan, Prefer, RankCut, ReadingRef, Within
from tierwise.core.types import BooleanType, DateTimeType, DateType, EnumType, NumberType, TextType
from tierwise.core.values import Duration

__all__ = ["Usage", "children", "usage_of"]

_FIELDS = {kind: tuple(place.name for place in fields(kind)) for kind in get_args(Node)}


@dataclass(frozen=True, slots=True)
class Usage:
    """What a node reads.

    Attributes:
        facts: Names of the facts, in declaration order.
        tests: For each fact the conditions that compare it with constants.
        loose: Facts that also stand elsewhere, so that each value of them may matter.
        exact: Those of them that have too many values to try, such as a number in a sum.
        prefers: Whether a ``Prefer`` is among what it reads: that looks at facts as given, never at assumed ones.
        decisions: Names of the decisions it reads, in the plan's order (what only a ``Prefer`` reads is left out).
        readings: Names of the readings.
        rankings: Names of the rankings whose positions it needs.
    """

    facts: tuple[str, ...]
    tests: dict[str, tuple[Node, ...]]
    loose: frozenset[str]
    exact: frozenset[str]
    prefers: bool
    decisions: tuple[str, ...]
    readings: tuple[str, ...]
    rankings: tuple[str, ...]


def children(node: Node) -> Iterator[Node]:
    """Yield the nodes that stand directly in a node."""
    for name in _FIELDS[type(node)]:
        yield from _nodes_in(getattr(node, name))


def _nodes_in(value: Any) -> Iterator[Node]:
    if type(value) in _FIELDS:
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from _nodes_in(item)


def usage_of(plan: Plan, node: Node) -> Usage:
    """Follow a node through tables and decisions to the facts, readings and rankings it reads."""
    tests: dict[str, list[Node]] = {}
    loose: set[str] = set()
    exact: set[str] = set()
    prefers = False
    decisions: set[str] = set()
    readings: set[str] = set()
    rankings: set[str] = set()
    seen: set[tuple[str, str, bool]] = set()
    pending: list[tuple[Node, bool]] = [(node, False)]
    while pending:
        part, is_preferred = pending.pop()
        fact = _tested(part)
        if fact is not None:
            tests.setdefault(fact.name, []).append(part)
            continue
        if isinstance(part, FactRef):
            tests.setdefault(part.name, [])
            loose.add(part.name)
            if not isinstance(part.type, BooleanType | EnumType):
                exact.add(part.name)
        elif isinstance(part, ReadingRef):
            readings.add(part.name)
        elif isinstance(part, DecisionRef) and not is_preferred:
            decisions.add(part.name)
        elif isinstance(part, RankCut):
            rankings.add(part.ranking)
        elif isinstance(part, Prefer):
            prefers = True
        mark = _mark(part, is_preferred)
        if mark is None or mark not in seen:
            pending.extend((child, is_preferred or isinstance(part, Prefer)) for child in (*children(part), *_reached(plan, part)))
        if mark is not None:
            seen.add(mark)
    declared = [*plan.facts, *sorted(tests.keys() - plan.facts.keys())]
    return Usage(
        facts=tuple(name for name in declared if name in tests),
        tests={name: tuple(found) for name, found in tests.items()},
        loose=frozenset(loose),
        exact=frozenset(exact),
        prefers=prefers,
        decisions=tuple(name for name in plan.decisions if name in decisions),
        readings=tuple(name for name in plan.readings if name in readings),
        rankings=tuple(name for name in plan.rankings if name in rankings),
    )


def _mark(node: Node, is_preferred: bool) -> tuple[str, str, bool] | None:
    """Return by what a node is known that leads elsewhere in the plan, so that it is followed once."""
    if isinstance(node, DecisionRef):
        return ("decision", node.name, is_preferred)
    if isinstance(node, Pick):
        return ("table", f"{node.table} {node.output}", is_preferred)
    return None


def _reached(plan: Plan, node: Node) -> Iterator[Node]:
    """Yield what a node reads elsewhere in the plan."""
    if isinstance(node, DecisionRef):
        yield plan.decisions[node.name].node
    elif isinstance(node, Pick):
        table = plan.tables[node.table]
        for rule in table.rules:
            yield from (test for test in rule.tests if test is not None)
            yield rule.outputs[node.output]
        yield from (default for default in table.defaults[node.output : node.output + 1] if default is not None)
    elif isinstance(node, RankCut):
        among = plan.rankings[node.ranking].among if node.ranking in plan.rankings else None
        yield from () if among is None else (among,)


def _tested(node: Node) -> FactRef | None:
    """Return the fact that a condition compares with nothing but constants of its own kind, or ``None``."""
    if isinstance(node, InSet) and isinstance(node.value, FactRef):
        return node.value if all(_is_comparable(node.value, value, "=") for value in node.values) else None
    if isinstance(node, Compare):
        for side, other in ((node.left, node.right), (node.right, node.left)):
            if isinstance(side, FactRef) and isinstance(other, Constant) and _is_comparable(side, other.value, node.op):
                return side
    if isinstance(node, Within) and isinstance(node.value, FactRef):
        bounds = [bound for bound in (node.low, node.high) if bound is not None]
        if all(isinstance(bound, Constant) and _is_comparable(node.value, bound.value, "<") for bound in bounds):
            return node.value
    return None


def _is_comparable(fact: FactRef, value: Any, op: str) -> bool:
    if isinstance(fact.type, TextType):
        return op in ("=", "!=")
    if isinstance(fact.type, DateType | DateTimeType):
        return value is None or type(value).__name__ == ("date" if isinstance(fact.type, DateType) else "datetime")
    return isinstance(fact.type, NumberType | BooleanType | EnumType) and not isinstance(value, Duration)
