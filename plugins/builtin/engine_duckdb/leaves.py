"""Finds the largest parts of a plan that read nothing but facts: where such a part is known, the facts in it do not matter one by one."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.core.plan import (
    DecisionRef,
    FactRef,
    Filter,
    ItemRef,
    Node,
    Pick,
    Plan,
    Prefer,
    Project,
    Quantified,
    RankCut,
    ReadingRef,
    Sorted,
    Undecided,
)
from tierwise.core.running.usage import children

__all__ = ["facts_in", "leaves_of"]

OTHER_WORLDS = (DecisionRef, Pick, Prefer, RankCut, ReadingRef, Undecided)


def leaves_of(plan: Plan, node: Node) -> Iterator[Node]:
    """Yield the largest parts over facts alone that a node reads, directly or through decisions and tables."""
    seen: set[object] = set()
    pending = [node]
    while pending:
        part = pending.pop()
        mark = _mark(part)
        if mark is not None and mark in seen:
            continue
        seen.add(mark)
        if _is_over_facts(part, 0):
            if next(facts_in(part), None) is not None:
                yield part
        else:
            pending += [*children(part), *_elsewhere(plan, part)]


def facts_in(node: Node) -> Iterator[str]:
    """Yield the names of the facts that stand in a part."""
    if isinstance(node, FactRef):
        yield node.name
    for child in children(node):
        yield from facts_in(child)


def _mark(node: Node) -> object:
    if isinstance(node, DecisionRef):
        return node.name
    return (node.table, node.output) if isinstance(node, Pick) else None


def _is_over_facts(node: Node, lists: int) -> bool:
    """Whether a part reads facts and items of at most ``lists`` enclosing lists, and nothing else."""
    if isinstance(node, OTHER_WORLDS):
        return False
    if isinstance(node, ItemRef):
        return node.depth < lists
    if isinstance(node, Filter | Project | Quantified | Sorted):
        return _is_over_facts(node.of, lists) and all(_is_over_facts(c, lists + 1) for c in children(node) if c is not node.of)
    return all(_is_over_facts(child, lists) for child in children(node))


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
