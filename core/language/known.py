"""Says as a condition of its own what is surely true of a condition by the facts that are given: ``known to be x``."""

from __future__ import annotations

from typing import Literal

from tierwise.core.plan import (
    Compare,
    Constant,
    Logic,
    Node,
    Not,
    Prefer,
    decision_of,
    fact_of,
    folded,
    is_inside,
    is_truth,
    reading_of,
    walk,
)
from tierwise.core.types import BooleanType

__all__ = ["strange_to_know", "surely"]

_FALSE = Constant(False, BooleanType())


def strange_to_know(condition: Node) -> str:
    """Return what a condition asks beside facts of the subject, of which alone is known whether they are given; else an empty text."""
    for node in walk(condition):
        if (decision := decision_of(node)) is not None:
            return f"`{decision.name}`, which is decided"
        if (reading := reading_of(node)) is not None:
            return f"the reading `{reading.name}`"
        if is_inside(node):
            return "what is inside a list or a record"
    return ""


def surely(condition: Node) -> Node:
    """Return the condition that is true where a condition surely is true, and false wherever else, so never unknown.

    ``and``, ``or`` and ``not`` go by Kleene's logic: all parts, one part, the opposite.
    """
    return folded(condition, lambda leaf: (_where_known(leaf, leaf), _where_known(leaf, Not(leaf))), _joined, _turned)[0]


_Ways = tuple[Node, Node]
"""Where a condition surely is true, and where it surely is false."""


def _joined(op: Literal["and", "or"], parts: list[_Ways]) -> _Ways:
    true, false = (tuple(part[side] for part in parts) for side in (0, 1))
    return Logic(op, true), Logic("or" if op == "and" else "and", false)


def _turned(ways: _Ways) -> _Ways:
    true, false = ways
    return false, true


def _where_known(condition: Node, asked: Node) -> Node:
    """What is asked of a condition where all facts are given that it reads, else false."""
    facts = tuple(dict.fromkeys(fact for node in walk(condition) if (fact := fact_of(node)) is not None))
    if len(facts) == 1:
        return _where_given(asked)
    # A condition over several facts is known where each is given: what is not given makes the whole false, whatever it is.
    return Logic("and", (*(_where_given(Compare("=", fact, fact)) for fact in facts), asked))


def _where_given(condition: Node) -> Node:
    """A condition over one fact as it is where the fact is given, else false; none counts as false."""
    return Prefer((condition if is_truth(condition) else Logic("and", (condition,)), _FALSE), BooleanType())
