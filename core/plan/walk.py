"""Walks over the nodes of a plan: all of a tree, what lies elsewhere in the plan, rankings in order.

How to use it: every node has ``node.type`` and ``node.children``. Whoever looks for something asks here or in ``questions.py`` and takes no
node apart itself; who gives each node something of its own (a meaning, SQL, a text) does so for all of them, in one ``match``.

- ``walk(*roots)``: every node of some trees, and nothing beyond them.
- ``elsewhere(node, plan)``: what a node leads to: the node of the decision it names, the rules of the table it picks from, the members of
  the ranking it cuts. One step: who keeps a state on the way (such as *inside a preference*) goes step by step.
- ``behind(node, plan)``: every node on which a node hangs, each tree once; with ``decisions=True`` through other decisions, too.
- ``ways(node, plan)``: the nodes of which one is the node's value.
- ``rankings_in_order(plan)``: each after those whose positions it reads.
- ``with_nodes(plan, change)``: the plan in which every node is what a change makes of it; ``with_inner_nodes`` for a single tree.

Where a plan is asked for, the unfinished parts of one will do: a name that leads nowhere yet is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, Protocol

from tierwise.core.plan.nodes import (
    Agree,
    Conditional,
    Constant,
    DecisionRef,
    Filter,
    Node,
    Pick,
    Prefer,
    Project,
    Quantified,
    RankCut,
    Sorted,
)
from tierwise.core.plan.plan import Decision, Plan, Ranking, Table
from tierwise.core.types import Type

__all__ = [
    "Linked",
    "behind",
    "elsewhere",
    "link_of",
    "linked_as",
    "rankings_in_order",
    "valued_parts",
    "walk",
    "ways",
    "with_children",
    "with_inner_nodes",
    "with_nodes",
]


class Linked(Protocol):
    """Where the names in nodes lead: a plan, or the parts of one that is being compiled."""

    @property
    def decisions(self) -> Mapping[str, Decision]:
        """Decisions by name."""

    @property
    def tables(self) -> Mapping[str, Table]:
        """Tables by name."""

    @property
    def rankings(self) -> Mapping[str, Ranking]:
        """Rankings by name."""


def walk(*roots: Node | None) -> Iterator[Node]:
    """Yield every node of some trees, parents first, in the order in which they are written; a root may be ``None``."""
    stack = [root for root in reversed(roots) if root is not None]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(reversed(node.children))


def elsewhere(node: Node, plan: Linked, declared: bool = False) -> Iterator[Node]:
    """Yield what stands elsewhere in the plan and a node directly hangs on, in the order in which it is written.

    Args:
        node: The node; nothing is yielded unless it names a decision, picks from a table or cuts a ranking.
        plan: Where the names lead.
        declared: Also what deciding one subject never looks at: the columns of a table (its tests hold them again, where they test), and
            what a ranking is by and inside of (positions are known before any subject is decided). Orders and checks of what an author
            wrote ask for it; who evaluates, or says which facts can matter to an outcome, does not.
    """
    if isinstance(node, DecisionRef) and node.name in plan.decisions:
        yield plan.decisions[node.name].node
    elif isinstance(node, Pick) and node.table in plan.tables:
        table = plan.tables[node.table]
        yield from table.columns if declared else ()
        for rule in table.rules:
            yield from (test for test in rule.tests if test is not None)
            yield rule.outputs[node.output]
        yield from (default for default in table.defaults[node.output : node.output + 1] if default is not None)
    elif isinstance(node, RankCut) and node.ranking in plan.rankings:
        ranking = plan.rankings[node.ranking]
        parts = ranking.parts if declared else (ranking.among,)
        yield from (part for part in parts if part is not None)


def behind(node: Node, plan: Linked, decisions: bool = False, declared: bool = True) -> Iterator[Node]:
    """Yield every node on which a node hangs, itself first; what several lead to comes once.

    Args:
        node: Where to begin.
        plan: Where the names lead.
        decisions: Whether to go on into the decisions that are named; else the reference to one is an end.
        declared: See ``elsewhere``.
    """
    seen: set[tuple[object, ...] | None] = set()
    stack = [node]
    while stack:
        part = stack.pop()
        yield part
        mark = link_of(part)
        is_end = mark is None or mark in seen or (isinstance(part, DecisionRef) and not decisions)
        seen.add(mark)
        stack.extend(reversed((*part.children, *(() if is_end else elsewhere(part, plan, declared)))))


def valued_parts(node: Node, plan: Linked) -> Iterator[Node]:
    """Yield every part of a node and of what it leads to that has a value of its own for a subject: none over the items of a list.

    Decisions it names are not followed; each of them is asked for by itself.
    """
    stack = [node]
    while stack:
        part = stack.pop()
        yield part
        stack.extend([part.of] if isinstance(part, Filter | Project | Quantified | Sorted) else part.children)
        if not isinstance(part, DecisionRef):
            stack.extend(elsewhere(part, plan, declared=True))


def link_of(node: Node) -> tuple[object, ...] | None:
    """Return where a node leads elsewhere in the plan, so that it is followed once; ``None`` for a node that does not."""
    match node:
        case DecisionRef(name=name):
            return ("decision", name)
        case Pick(table=name, output=output):
            return ("table", name, output)
        case RankCut(ranking=name):
            return ("ranking", name)
        case _:
            return None


def linked_as(node: Node, name: str) -> Node:
    """Return a node that leads elsewhere in the plan (``link_of``) under another name."""
    match node:
        case DecisionRef():
            return replace(node, name=name)
        case Pick():
            return replace(node, table=name)
        case RankCut():
            return replace(node, ranking=name)
        case _:
            return node


def ways(node: Node, plan: Linked) -> tuple[Node, ...] | None:
    """Return the nodes of which one is the value of a node; ``None`` for a node that computes its value or reads it.

    The rules of a table that gathers or adds up are none: its value is made of several.
    """
    match node:
        case DecisionRef(name=name) if name in plan.decisions:
            return (plan.decisions[name].node,)
        case Conditional(yes=yes, no=no):
            return (yes, no)
        case Prefer(parts=parts):
            return parts
        case RankCut(cuts=cuts, outside=outside):
            return (*(Constant(cut.value, node.type) for cut in cuts), *_there(outside))
        case Agree(values=values, empty=empty):
            return (*(value for _, value in values), *_there(empty))
        case Pick(table=name, output=output) if name in plan.tables and plan.tables[name].hit.is_single:
            table = plan.tables[name]
            return (*(rule.outputs[output] for rule in table.rules), *_there(*table.defaults[output : output + 1]))
        case _:
            return None


def rankings_in_order(plan: Linked) -> Iterator[Ranking]:
    """Yield the rankings, each after those whose positions it reads; those that read each other in a circle come last, as they are."""
    reads = {ranking.name: _rankings_read(ranking, plan) for ranking in plan.rankings.values()}
    waiting = dict(plan.rankings)
    while waiting:
        ready = [name for name in waiting if not reads[name] & waiting.keys() - {name}]
        for name in ready or list(waiting):
            yield waiting.pop(name)


def _rankings_read(ranking: Ranking, plan: Linked) -> set[str]:
    found = (node for part in ranking.parts for node in behind(part, plan, decisions=True, declared=False))
    return {node.ranking for node in found if isinstance(node, RankCut)}


def _there(*nodes: Node | None) -> tuple[Node, ...]:
    return tuple(node for node in nodes if node is not None)


def with_nodes(plan: Plan, change: Callable[[Node], Node]) -> Plan:
    """Return a plan in which every node of its decisions, tables and rankings is what ``change`` makes of it, the inner ones first.

    What nothing is changed in stays the same object.
    """
    return replace(
        plan,
        decisions={name: _changed(decision, change) for name, decision in plan.decisions.items()},
        tables={name: _changed(table, change) for name, table in plan.tables.items()},
        rankings={name: _changed(ranking, change) for name, ranking in plan.rankings.items()},
    )


def with_inner_nodes(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a tree in which every node is what ``change`` makes of it, the inner ones first and the root last."""
    whole: Node = _changed(node, change)
    return whole


def with_children(node: Node, change: Callable[[Node], Node]) -> Node:
    """Return a node in which every child, and nothing inside of it, is what ``change`` makes of it."""

    def changed(part: Any) -> Any:
        return tuple(map(changed, part)) if isinstance(part, tuple) else change(part) if isinstance(part, Node) else part

    return replace(node, **{one.name: changed(getattr(node, one.name)) for one in fields(node) if one.name not in _WITHOUT_NODES})


def _changed(part: Any, change: Callable[[Node], Node]) -> Any:
    if isinstance(part, tuple):
        items = tuple(_changed(item, change) for item in part)
        return items if any(new is not old for new, old in zip(items, part, strict=True)) else part
    if not is_dataclass(part) or isinstance(part, type | Type):
        return part
    inner = {one.name: getattr(part, one.name) for one in fields(part) if one.name not in _WITHOUT_NODES}
    made = {name: _changed(value, change) for name, value in inner.items()}
    moved = {name: value for name, value in made.items() if value is not inner[name]}
    whole = replace(part, **moved) if moved else part
    return change(whole) if isinstance(whole, Node) else whole


_WITHOUT_NODES = frozenset({"span", "type", "label", "acknowledged"})
"""What of a plan no engine reads, or what holds no node."""
