"""Finds what a node reads: the names it mentions, and the facts it hangs on in the end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from tierwise.core.plan import Node, Plan, behind, name_of

__all__ = ["entangled", "facts_behind", "names_read"]


def names_read(node: Node, plan: Plan) -> Iterator[str]:
    """Yield the facts, decisions, readings and fields that a node mentions, through its tables and rankings."""
    for part in behind(node, plan):
        if name := name_of(part):
            yield name


def facts_behind(node: Node, plan: Plan) -> frozenset[str]:
    """Return the facts and readings that a node hangs on, through other decisions."""
    named = (name_of(part) for part in behind(node, plan, decisions=True))
    return frozenset(name for name in named if name and name not in plan.decisions)


def entangled(nodes: Iterable[Node], plan: Plan) -> tuple[str, ...]:
    """Return the facts that two or more of the nodes hang on: combinations of such nodes may never occur."""
    counted = Counter(name for node in nodes for name in facts_behind(node, plan))
    return tuple(name for name in (*plan.facts, *plan.readings) if counted[name] > 1)
