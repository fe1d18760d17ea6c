"""Lists the few parts of which a decision takes the value of one: constants, and parts over nothing but facts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tierwise.core.plan import (
    Constant,
    DecisionRef,
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
    ways,
)

__all__ = ["is_over_facts", "possible_parts", "possible_values"]

MOST = 8
OTHER_WORLDS = (DecisionRef, Pick, Prefer, RankCut, ReadingRef, Undecided)


def possible_values(plan: Plan, node: Node) -> tuple[Any, ...] | None:
    """Return every value that a node may have, or ``None`` when they are many or not known before facts are read."""
    parts = _ends(plan, node, lambda part: False)
    return None if parts is None else tuple(part.value for part in parts if isinstance(part, Constant))


def possible_parts(plan: Plan, node: Node) -> tuple[Node, ...] | None:
    """Return the constants and the largest parts over facts of which a node takes the value of one.

    ``None`` when they are many, or when it computes something of them.
    """
    return _ends(plan, node, is_over_facts)


def _ends(plan: Plan, node: Node, is_end: Callable[[Node], bool]) -> tuple[Node, ...] | None:
    """Follow the ways to constants and to what counts as an end."""
    found: list[Node] = []
    seen: set[str] = set()
    pending = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, Undecided):
            constants = [Constant(value, part.type) for value in part.candidates]
            found += [constant for constant in constants if constant not in found]
        elif isinstance(part, Constant) or is_end(part):
            found += [] if part in found else [part]
        elif isinstance(part, DecisionRef) and part.name in seen:
            continue
        else:
            branches = ways(part, plan)
            if not branches:
                return None
            pending += branches
            seen |= {part.name} if isinstance(part, DecisionRef) else set()
        if len(found) > MOST:
            return None
    return tuple(found)


def is_over_facts(node: Node, lists: int = 0) -> bool:
    """Whether a part reads facts and items of at most ``lists`` enclosing lists, and nothing else."""
    if isinstance(node, OTHER_WORLDS):
        return False
    if isinstance(node, ItemRef):
        return node.depth < lists
    if isinstance(node, Filter | Project | Quantified | Sorted):
        return is_over_facts(node.of, lists) and all(is_over_facts(c, lists + 1) for c in node.children if c is not node.of)
    return all(is_over_facts(child, lists) for child in node.children)
