"""Lists the few parts of which a decision takes the value of one: constants, and parts over nothing but facts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tierwise.core.meaning.usage import children
from tierwise.core.plan import (
    Agree,
    Conditional,
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
)

__all__ = ["is_over_facts", "possible_parts", "possible_values", "ways_of"]

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
            ways = ways_of(plan, part)
            if not ways:
                return None
            pending += ways
            seen |= {part.name} if isinstance(part, DecisionRef) else set()
        if len(found) > MOST:
            return None
    return tuple(found)


def ways_of(plan: Plan, node: Node) -> list[Node]:
    """Return the parts of which a node takes the value of one; none when it computes something else."""
    if isinstance(node, DecisionRef):
        return [plan.decisions[node.name].node]
    if isinstance(node, Conditional):
        return [node.yes, node.no]
    if isinstance(node, Prefer):
        return list(node.parts)
    if isinstance(node, Agree):
        return [value for _, value in node.values] + ([] if node.empty is None else [node.empty])
    return list(_outputs(plan, node)) if isinstance(node, Pick) and not _is_computed(plan, node) else []


def is_over_facts(node: Node, lists: int = 0) -> bool:
    """Whether a part reads facts and items of at most ``lists`` enclosing lists, and nothing else."""
    if isinstance(node, OTHER_WORLDS):
        return False
    if isinstance(node, ItemRef):
        return node.depth < lists
    if isinstance(node, Filter | Project | Quantified | Sorted):
        return is_over_facts(node.of, lists) and all(is_over_facts(c, lists + 1) for c in children(node) if c is not node.of)
    return all(is_over_facts(child, lists) for child in children(node))


def _is_computed(plan: Plan, node: Pick) -> bool:
    return plan.tables[node.table].hit.value not in ("unique", "any", "first", "priority")


def _outputs(plan: Plan, node: Pick) -> Iterator[Node]:
    table = plan.tables[node.table]
    yield from (rule.outputs[node.output] for rule in table.rules)
    yield from (default for default in table.defaults[node.output : node.output + 1] if default is not None)
