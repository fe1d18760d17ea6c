"""The part of a plan on which some of its decisions hang."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from tierwise.core.plan import Plan, behind, link_of

__all__ = ["part_behind"]


def part_behind(plan: Plan, outputs: Collection[str]) -> Plan:
    """Return the plan without decisions and rankings on which none of some decisions hangs; these are its outputs.

    Args:
        plan: A plan.
        outputs: The names of the decisions.
    """
    nodes = [plan.decisions[output].node for output in outputs]
    links = {link[:2] for node in nodes for part in behind(node, plan, decisions=True) if (link := link_of(part)) is not None}
    decisions = {name: decision for name, decision in plan.decisions.items() if name in outputs or ("decision", name) in links}
    rankings = {name: ranking for name, ranking in plan.rankings.items() if ("ranking", name) in links}
    return replace(plan, decisions=decisions, rankings=rankings).showing(outputs)
