"""Puts two plans over the same facts into one, so that an engine decides both in one pass over the subjects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from tierwise.core.plan import Node, Plan, link_of, linked_as, name_of, reading_of, walk, with_nodes

__all__ = ["Apart", "beside"]

Link: TypeAlias = tuple[object, object]
"""What something of a plan is, such as ``decision``, and its name."""


@dataclass(frozen=True, slots=True)
class Apart:
    """What of one of two plans means something else than what the other one calls so.

    Attributes:
        mark: What stands before its name; no author can write it.
        links: What it is.
    """

    mark: str
    links: frozenset[Link]

    def called(self, name: str, what: str = "decision") -> str:
        """Return what a decision, ranking, table or reading of the second plan is called in the plan of both."""
        return self.mark + name if (what, name) in self.links else name


def beside(plan: Plan, other: Plan, mark: str) -> tuple[Plan, Apart]:
    """Return a plan that decides what both do; what means the same in both, and is called the same, is in it once.

    Args:
        plan: The plan whose names stay.
        other: The other one, over the same facts.
        mark: What stands before the names of what it has for itself.
    """
    apart = Apart(mark, _apart(plan, other))

    def named(node: Node) -> Node:
        link, reading = _link(node), reading_of(node)
        if link is None or link not in apart.links:
            return node
        name = f"{mark}{link[1]}"
        return linked_as(node, name) if reading is None else replace(reading, name=name)

    own = with_nodes(other, named)

    def added(what: str, mine: Mapping[str, Any], others: Mapping[str, Any]) -> dict[str, Any]:
        return {**mine, **{mark + name: replace(part, name=mark + name) for name, part in others.items() if (what, name) in apart.links}}

    return replace(
        plan,
        decisions=added("decision", plan.decisions, own.decisions),
        tables=added("table", plan.tables, own.tables),
        rankings=added("ranking", plan.rankings, own.rankings),
        readings=added("reading", plan.readings, own.readings),
        functions={**other.functions, **plan.functions},
    ), apart


def _apart(plan: Plan, other: Plan) -> frozenset[Link]:
    """Return what the second plan says in another way, and what leads to that."""
    pairs: list[tuple[str, Mapping[str, Any], Mapping[str, Any]]] = [
        ("decision", plan.decisions, other.decisions),
        ("table", plan.tables, other.tables),
        ("ranking", plan.rankings, other.rankings),
        ("reading", plan.readings, other.readings),
    ]
    found: set[Link] = {
        (what, name)
        for what, mine, others in pairs
        for name, part in others.items()
        if name not in mine or _said(what, mine[name]) != _said(what, part)
    }
    leads = {
        (what, name): {link for node in walk(*_roots(what, part)) if (link := _link(node)) is not None}
        for what, _, others in pairs
        for name, part in others.items()
    }
    while more := {link for link, reached in leads.items() if link not in found and not reached.isdisjoint(found)}:
        found |= more
    return frozenset(found)


def _said(what: str, part: Any) -> Any:
    """Return what is compared of a part of a plan: of a decision not what it is called, nor whether it is shown."""
    return (part.type, part.node, part.population) if what == "decision" else part


def _roots(what: str, part: Any) -> tuple[Node | None, ...]:
    match what:
        case "decision":
            return (part.node,)
        case "ranking":
            return (*part.parts,)
        case "table":
            rules = tuple(node for rule in part.rules for node in (*rule.tests, *rule.outputs))
            return (*part.columns, *rules, *part.defaults)
        case _:
            return ()


def _link(node: Node) -> Link | None:
    link = link_of(node)
    if link is not None:
        return link[0], link[1]
    return ("reading", name_of(node)) if reading_of(node) is not None else None
