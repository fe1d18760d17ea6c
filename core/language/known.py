"""Says as a condition of its own what is surely true of a condition by the facts that are given: ``known to be x``."""

from __future__ import annotations

from tierwise.core.plan import (
    Compare,
    Constant,
    Logic,
    Node,
    Not,
    Prefer,
    decision_of,
    fact_of,
    is_inside,
    is_truth,
    junction_of,
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


def surely(condition: Node, truth: bool = True) -> Node:
    """Return the condition that is true where a condition surely is ``truth``, and false wherever else, so never unknown.

    ``and``, ``or`` and ``not`` go by Kleene's logic: all parts, one part, the opposite.
    """
    junction = junction_of(condition)
    if junction is None:
        return _where_known(condition, condition if truth else Not(condition))
    if junction.op == "not":
        return surely(junction.parts[0], not truth)
    return Logic("and" if (junction.op == "and") is truth else "or", tuple(surely(part, truth) for part in junction.parts))


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
