"""Says as a condition of its own what is surely true of a condition by the facts that are given: ``known to be x``."""

from __future__ import annotations

from tierwise.core.plan import (
    Compare,
    Constant,
    DecisionRef,
    FactRef,
    FieldRef,
    InSet,
    ItemRef,
    Logic,
    Node,
    Not,
    Prefer,
    Quantified,
    ReadingRef,
    Within,
    walk,
)
from tierwise.core.types import BooleanType

__all__ = ["strange_to_know", "surely"]

_FALSE = Constant(False, BooleanType())


def strange_to_know(condition: Node) -> str:
    """Return what a condition asks beside facts of the subject, of which alone is known whether they are given; else an empty text."""
    for node in walk(condition):
        match node:
            case DecisionRef(name=name):
                return f"`{name}`, which is decided"
            case ReadingRef(name=name):
                return f"the reading `{name}`"
            case ItemRef() | FieldRef():
                return "what is inside a list or a record"
    return ""


def surely(condition: Node, truth: bool = True) -> Node:
    """Return the condition that is true where a condition surely is ``truth``, and false wherever else, so never unknown.

    ``and``, ``or`` and ``not`` go by Kleene's logic: all parts, one part, the opposite.
    """
    match condition:
        case Not(part=part):
            return surely(part, not truth)
        case Logic(op=op, parts=parts):
            return Logic("and" if (op == "and") == truth else "or", tuple(surely(part, truth) for part in parts))
    asked = condition if truth else Not(condition)
    facts = tuple(dict.fromkeys(node for node in walk(condition) if isinstance(node, FactRef)))
    if len(facts) == 1:
        return _where_given(asked)
    # A condition over several facts is known where each is given: what is not given makes the whole false, whatever it is.
    return Logic("and", (*(_where_given(Compare("=", fact, fact)) for fact in facts), asked))


def _where_given(condition: Node) -> Node:
    """A condition over one fact as it is where the fact is given, else false; none counts as false."""
    is_never_none = isinstance(condition, Compare | Within | InSet | Not | Quantified)
    return Prefer((condition if is_never_none else Logic("and", (condition,)), _FALSE), BooleanType())
