"""Finds the largest parts of a plan that read nothing but facts: where such a part is known, the facts in it do not matter one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from tierwise.core.meaning.usage import children
from tierwise.core.plan import (
    Arithmetic,
    Call,
    Compare,
    Constant,
    DecisionRef,
    FactRef,
    InSet,
    Node,
    Not,
    Overdue,
    Pick,
    Plan,
    Prefer,
    Quotient,
    RankCut,
    ReadingRef,
    Round,
    Within,
)
from tierwise.plugins.builtin.engine_duckdb.possible import is_over_facts, possible_parts, possible_values, ways_of

__all__ = ["Leaf", "Way", "decisions_in", "facts_in", "is_strict", "leaves_of"]

STRICT = (Arithmetic, Call, Compare, Constant, FactRef, InSet, Not, Quotient, Round, Within)
Way = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part of a plan that reads nothing but facts, or a cut of a ranking.

    Attributes:
        node: The part.
        way: Parts over facts, each of which must be unknown for the leaf to matter: those that a ``Prefer`` looks at first.
        is_telling: Whether its value, when known, is all that matters of its facts.
        is_outcome: Whether its value becomes the outcome, and is looked at nowhere on the way.
    """

    node: Node
    way: Way
    is_telling: bool = True
    is_outcome: bool = False


def leaves_of(plan: Plan, node: Node) -> Iterator[Leaf]:
    """Yield the largest parts over facts alone that a node reads, directly or through decisions and tables; and the cuts of rankings."""
    seen: set[object] = set()
    pending: list[tuple[Node, Way, bool]] = [(node, (), True)]
    while pending:
        part, way, is_outcome = pending.pop()
        mark = _mark(part)
        if mark is not None:
            if (mark, tuple(map(id, way)), is_outcome) in seen:
                continue
            seen.add((mark, tuple(map(id, way)), is_outcome))
        if is_over_facts(part):
            if next(facts_in(part), None) is not None:
                yield Leaf(part, way, is_outcome=is_outcome)
        elif variants := list(_variants(plan, part)):
            yield from (Leaf(variant, way, is_telling) for variant, is_telling in variants)
            pending += [(child, way, False) for child in children(part) if not is_over_facts(child)]
        else:
            if isinstance(part, RankCut):
                yield Leaf(part, way)
            ways = ways_of(plan, part) if is_outcome else []
            for child in (*children(part), *_elsewhere(plan, part)):
                pending.append((child, way or _looked_at_before(part, child), any(child is taken for taken in ways)))


def decisions_in(plan: Plan, nodes: Iterable[Node]) -> set[str]:
    """Return the names of the decisions that parts read, directly or through others."""
    found: set[str] = set()
    pending, tables = list(nodes), set[object]()
    while pending:
        part = pending.pop()
        mark = _mark(part)
        if mark in tables:
            continue
        if mark is not None:
            tables.add(mark)
        if isinstance(part, DecisionRef):
            found.add(part.name)
        pending += [*children(part), *_elsewhere(plan, part)]
    return found


def is_strict(node: Node) -> bool:
    """Whether a part over facts is unknown as soon as one of them is."""
    return isinstance(node, STRICT) and all(map(is_strict, children(node)))


def facts_in(node: Node) -> Iterator[str]:
    """Yield the names of the facts that stand in a part."""
    if isinstance(node, FactRef):
        yield node.name
    for child in children(node):
        yield from facts_in(child)


def _looked_at_before(node: Node, child: Node) -> Way:
    """Return what a ``Prefer`` looks at before one of its parts, as far as that is over facts."""
    if not isinstance(node, Prefer):
        return ()
    place = next(i for i, part in enumerate(node.parts) if part is child)
    return tuple(part for part in node.parts[:place] if is_over_facts(part))


def _variants(plan: Plan, node: Node) -> Iterator[tuple[Node, bool]]:
    """Yield what a comparison of facts with a decision of few possible ends may be, once for each of them.

    A duty that depends on an unsettled reading is yielded for each reading, and as it is before any is chosen: that tells the long overdue.
    """
    if isinstance(node, Compare):
        left, right = node.left, node.right
        if isinstance(right, DecisionRef) and is_over_facts(left):
            yield from ((replace(node, right=part), True) for part in possible_parts(plan, right) or ())
        elif isinstance(left, DecisionRef) and is_over_facts(right):
            yield from ((replace(node, left=part), True) for part in possible_parts(plan, left) or ())
    elif isinstance(node, Overdue) and is_over_facts(node.last) and is_over_facts(node.as_of):
        yield from _duties(plan, node)


def _duties(plan: Plan, node: Overdue) -> Iterator[tuple[Node, bool]]:
    values = possible_values(plan, node.every)
    is_unsettled = isinstance(node.reading, ReadingRef) and plan.readings[node.reading.name].settled is None
    for value in values or ():
        if value is None:
            continue  # where no interval is asked for nothing is overdue
        duty = replace(node, every=Constant(value, getattr(node.every, "type")))  # noqa: B009 - every node that gives a duration has a type
        yield duty, not is_unsettled
        if isinstance(node.reading, ReadingRef) and is_unsettled:
            yield from ((replace(duty, reading=Constant(word, node.reading.type)), True) for word in node.reading.values)


def _mark(node: Node) -> object:
    if isinstance(node, DecisionRef):
        return node.name
    return (node.table, node.output) if isinstance(node, Pick) else None


def _elsewhere(plan: Plan, node: Node) -> Iterator[Node]:
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
        among = plan.rankings[node.ranking].among
        yield from () if among is None else (among,)
