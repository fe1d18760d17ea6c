"""Tells what can matter of a subject's facts: the largest parts of a plan that read nothing but facts, and the few values a decision may have.

Where such a part is known, the facts in it do not matter one by one. What is said here makes the keys by which rows are taken to be alike
(`keys.py`): to take too much for a part over facts, or for a strict one, would be a wrong grade. So every node says how strict it is (``core/plan``).
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import partial

from tierwise.core.plan import (
    Compare,
    Constant,
    DecisionRef,
    FactRef,
    ItemRef,
    Node,
    Overdue,
    Plan,
    Prefer,
    RankCut,
    ReadingRef,
    Strictness,
    Undecided,
    behind,
    elsewhere,
    facts_behind,
    is_unsettled,
    link_of,
    strictness_of,
    ways,
)
from tierwise.core.values import Value

__all__ = [
    "Leaf",
    "Way",
    "decisions_in",
    "facts_in",
    "formulas_over_facts",
    "is_over_facts",
    "is_strict",
    "leaves_of",
    "possible_parts",
    "possible_values",
]

MOST = 8
Way = tuple[str, ...]


def formulas_over_facts(plan: Plan) -> frozenset[str]:
    """Return the names of the decisions that read nothing but facts, directly or through others of them."""
    found: set[str] = set()
    for decision in plan.decisions.values():  # each comes after what it reads
        if not decision.population and is_over_facts(decision.node, found):
            found.add(decision.name)
    return frozenset(found)


def is_over_facts(node: Node, formulas: Container[str] = (), lists: int = 0) -> bool:
    """Whether a part reads facts and items of at most ``lists`` enclosing lists, and nothing else but these formulas over facts."""
    if isinstance(node, ItemRef):
        return node.depth < lists
    if isinstance(node, DecisionRef):
        return node.name in formulas
    match strictness_of(node):
        case Strictness.ELSEWHERE:
            return False
        case Strictness.OVER_ITEMS:
            of, *others = node.children
            return is_over_facts(of, formulas, lists) and all(is_over_facts(child, formulas, lists + 1) for child in others)
        case Strictness.STRICT | Strictness.LENIENT:
            return all(is_over_facts(child, formulas, lists) for child in node.children)


def is_strict(node: Node) -> bool:
    """Whether a part over facts is unknown as soon as one of them is."""
    return strictness_of(node) is Strictness.STRICT and all(map(is_strict, node.children))


def facts_in(plan: Plan, node: Node) -> Iterator[str]:
    """Yield the names of the facts that stand in a part, and in the formulas that it reads."""
    return (part.name for part in behind(node, plan, decisions=True, declared=False) if isinstance(part, FactRef))


def decisions_in(plan: Plan, nodes: Iterable[Node]) -> set[str]:
    """Return the names of the decisions that parts read, directly or through others."""
    reached = (part for node in nodes for part in behind(node, plan, decisions=True, declared=False))
    return {part.name for part in reached if isinstance(part, DecisionRef)}


# ---- the few values of a decision ----------------------------------------------------------------------------------------------


def possible_values(plan: Plan, node: Node) -> tuple[Value, ...] | None:
    """Return every value that a node may have, or ``None`` when they are many or not known before facts are read."""
    parts = _ends(plan, node, lambda part: False)
    return None if parts is None else tuple(part.value for part in parts if isinstance(part, Constant))


def possible_parts(plan: Plan, node: Node) -> tuple[Node, ...] | None:
    """Return the constants and the largest parts over facts of which a node takes the value of one.

    ``None`` when they are many, or when it computes something of them.
    """
    return _ends(plan, node, partial(is_over_facts, formulas=formulas_over_facts(plan)))


def _ends(plan: Plan, node: Node, is_end: Callable[[Node], bool]) -> tuple[Node, ...] | None:
    """Follow the ways to constants and to what counts as an end."""
    found: list[Node] = []
    seen: set[object] = set()
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


# ---- the largest parts over facts ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Leaf:
    """A part of a plan that reads nothing but facts, or a cut of a ranking.

    Attributes:
        node: The part.
        way: Facts none of which may be given for the leaf to matter: those of the parts that a ``Prefer`` looks at first.
        facts: The names of the facts that it reads.
        is_outcome: Whether its value becomes the outcome, and is looked at nowhere on the way.
    """

    node: Node
    way: Way
    facts: frozenset[str]
    is_outcome: bool = False

    @property
    def ranking(self) -> str | None:
        """The ranking that is cut; ``None`` for a part over facts."""
        return self.node.ranking if isinstance(self.node, RankCut) else None


def leaves_of(plan: Plan, node: Node) -> Iterator[Leaf]:
    """Yield the largest parts over facts alone that a node reads, directly or through decisions and tables; and the cuts of rankings."""
    is_leaf = partial(is_over_facts, formulas=formulas_over_facts(plan))
    seen: set[object] = set()
    pending: list[tuple[Node, Way, bool]] = [(node, (), True)]
    while pending:
        part, way, is_outcome = pending.pop()
        if is_leaf(part):
            if facts := frozenset(facts_in(plan, part)):
                yield Leaf(part, way, facts, is_outcome=is_outcome)
        elif variants := list(_variants(plan, part, is_leaf)):
            yield from (Leaf(variant, way, frozenset(facts_in(plan, variant))) for variant in variants)
            pending += [(child, way, False) for child in part.children if not is_leaf(child)]
        else:
            if isinstance(part, RankCut):
                yield Leaf(part, way, frozenset())
            link = (link_of(part), way, is_outcome)
            further = () if link in seen else elsewhere(part, plan)
            if link[0] is not None:
                seen.add(link)
            taken = (ways(part, plan) or ()) if is_outcome else ()
            for child in (*part.children, *further):
                pending.append((child, way or _looked_at_before(plan, part, child), any(child is one for one in taken)))


def _looked_at_before(plan: Plan, node: Node, child: Node) -> Way:
    """Return the facts of which one is given where a ``Prefer`` takes an earlier part than this."""
    if not isinstance(node, Prefer):
        return ()
    place = next(i for i, part in enumerate(node.parts) if part is child)
    return tuple(dict.fromkeys(name for part in node.parts[:place] for name in facts_behind(part, plan)))


def _variants(plan: Plan, node: Node, is_leaf: Callable[[Node], bool]) -> Iterator[Node]:
    """Yield what a comparison of facts with a decision of few possible ends may be, once for each of them.

    A duty that depends on an unsettled reading is yielded for each of its words.
    """
    if isinstance(node, Compare):
        left, right = node.left, node.right
        if isinstance(right, DecisionRef) and is_leaf(left):
            yield from (replace(node, right=part) for part in possible_parts(plan, right) or ())
        elif isinstance(left, DecisionRef) and is_leaf(right):
            yield from (replace(node, left=part) for part in possible_parts(plan, left) or ())
    elif isinstance(node, Overdue) and is_leaf(node.last) and is_leaf(node.as_of):
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
