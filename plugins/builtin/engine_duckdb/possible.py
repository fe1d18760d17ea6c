"""Lists the few constants that a decision may come to, whatever the facts are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tierwise.core.plan import Agree, Conditional, Constant, DecisionRef, Node, Pick, Plan, Prefer, Undecided

__all__ = ["possible_values"]

MOST = 8


def possible_values(plan: Plan, node: Node) -> tuple[Any, ...] | None:
    """Return every value that a node may have, or ``None`` when they are many or not known before facts are read."""
    found: list[Any] = []
    seen: set[str] = set()
    pending = [node]
    while pending:
        part = pending.pop()
        if isinstance(part, Constant):
            found += [] if part.value in found else [part.value]
        elif isinstance(part, Undecided):
            found += [value for value in part.candidates if value not in found]
        elif isinstance(part, DecisionRef):
            pending += [] if part.name in seen else [plan.decisions[part.name].node]
            seen.add(part.name)
        else:
            ways = _ways(plan, part)
            if ways is None:
                return None
            pending += ways
        if len(found) > MOST:
            return None
    return tuple(found)


def _ways(plan: Plan, node: Node) -> list[Node] | None:
    """Return the parts of which a node takes the value of one; ``None`` when it computes something else."""
    if isinstance(node, Conditional):
        return [node.yes, node.no]
    if isinstance(node, Prefer):
        return list(node.parts)
    if isinstance(node, Agree):
        return [value for _, value in node.values] + ([] if node.empty is None else [node.empty])
    return list(_outputs(plan, node)) if isinstance(node, Pick) and not _is_computed(plan, node) else None


def _is_computed(plan: Plan, node: Pick) -> bool:
    return plan.tables[node.table].hit.value not in ("unique", "any", "first", "priority")


def _outputs(plan: Plan, node: Pick) -> Iterator[Node]:
    table = plan.tables[node.table]
    yield from (rule.outputs[node.output] for rule in table.rules)
    yield from (default for default in table.defaults[node.output : node.output + 1] if default is not None)
