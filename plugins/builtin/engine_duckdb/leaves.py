"""Finds the largest parts of a plan that read nothing but facts: where such a part is known, the facts in it do not matter one by one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

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
    Plan,
    Prefer,
    Quotient,
    RankCut,
    ReadingRef,
    Round,
    Within,
    behind,
    elsewhere,
    is_unsettled,
    link_of,
    walk,
    ways,
)
from tierwise.plugins.builtin.engine_duckdb.possible import is_over_facts, possible_parts, possible_values

__all__ = ["Leaf", "Way", "decisions_in", "facts_in", "is_strict", "leaves_of"]

STRICT = (Arithmetic, Call, Compare, Constant, FactRef, InSet, Not, Quotient, Round, Within)
Way = tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part of a plan that reads nothing but facts, or a cut of a ranking.

    Attributes:
        node: The part.
        way: Parts over facts, each of which must be unknown for the leaf to matter: those that a ``Prefer`` looks at first.
        is_outcome: Whether its value becomes the outcome, and is looked at nowhere on the way.
    """

    node: Node
    way: Way
    is_outcome: bool = False


def leaves_of(plan: Plan, node: Node) -> Iterator[Leaf]:
    """Yield the largest parts over facts alone that a node reads, directly or through decisions and tables; and the cuts of rankings."""
    seen: set[object] = set()
    pending: list[tuple[Node, Way, bool]] = [(node, (), True)]
    while pending:
        part, way, is_outcome = pending.pop()
        link = link_of(part)
        if link is not None:
            if (link, tuple(map(id, way)), is_outcome) in seen:
                continue
            seen.add((link, tuple(map(id, way)), is_outcome))
        if is_over_facts(part):
            if next(facts_in(part), None) is not None:
                yield Leaf(part, way, is_outcome=is_outcome)
        elif variants := list(_variants(plan, part)):
            yield from (Leaf(variant, way) for variant in variants)
            pending += [(child, way, False) for child in part.children if not is_over_facts(child)]
        else:
            if isinstance(part, RankCut):
                yield Leaf(part, way)
            taken = (ways(part, plan) or ()) if is_outcome else ()
            for child in (*part.children, *elsewhere(part, plan)):
                pending.append((child, way or _looked_at_before(part, child), any(child is one for one in taken)))


def decisions_in(plan: Plan, nodes: Iterable[Node]) -> set[str]:
    """Return the names of the decisions that parts read, directly or through others."""
    reached = (part for node in nodes for part in behind(node, plan, decisions=True, declared=False))
    return {part.name for part in reached if isinstance(part, DecisionRef)}


def is_strict(node: Node) -> bool:
    """Whether a part over facts is unknown as soon as one of them is."""
    return isinstance(node, STRICT) and all(map(is_strict, node.children))


def facts_in(node: Node) -> Iterator[str]:
    """Yield the names of the facts that stand in a part."""
    return (part.name for part in walk(node) if isinstance(part, FactRef))


def _looked_at_before(node: Node, child: Node) -> Way:
    """Return what a ``Prefer`` looks at before one of its parts, as far as that is over facts."""
    if not isinstance(node, Prefer):
        return ()
    place = next(i for i, part in enumerate(node.parts) if part is child)
    return tuple(part for part in node.parts[:place] if is_over_facts(part))


def _variants(plan: Plan, node: Node) -> Iterator[Node]:
    """Yield what a comparison of facts with a decision of few possible ends may be, once for each of them.

    A duty that depends on an unsettled reading is yielded for each of its words.
    """
    if isinstance(node, Compare):
        left, right = node.left, node.right
        if isinstance(right, DecisionRef) and is_over_facts(left):
            yield from (replace(node, right=part) for part in possible_parts(plan, right) or ())
        elif isinstance(left, DecisionRef) and is_over_facts(right):
            yield from (replace(node, left=part) for part in possible_parts(plan, left) or ())
    elif isinstance(node, Overdue) and is_over_facts(node.last) and is_over_facts(node.as_of):
        yield from _duties(plan, node)


def _duties(plan: Plan, node: Overdue) -> Iterator[Node]:
    values = possible_values(plan, node.every)
    is_open = is_unsettled(node.reading, plan)
    for value in values or ():
        if value is None:
            continue  # where no interval is asked for nothing is overdue
        duty = replace(node, every=Constant(value, node.every.type))
        if isinstance(node.reading, ReadingRef) and is_open:
            yield from (replace(duty, reading=Constant(word, node.reading.type)) for word in node.reading.values)
        else:
            yield duty
