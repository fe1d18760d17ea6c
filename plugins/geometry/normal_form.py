"""Brings a condition into a small normal form: and, or, not over comparisons of one quantity with one constant.

A *quantity* is whatever is compared: a fact, a decision, an expression. What cannot be brought into that form (a comparison of two
quantities) stays as it is, and the analysis takes it as unknown: perhaps met, perhaps not.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from typing import Literal

from tierwise.core.meaning.exact import add, multiply, subtract
from tierwise.core.meaning.regions import domain_of
from tierwise.core.plan import (
    FLIPPED,
    Arithmetic,
    Compare,
    CompareOp,
    Constant,
    DecisionRef,
    InSet,
    Logic,
    Node,
    Not,
    Plan,
    Undecided,
    Within,
    junction_of,
    spelled_out,
)
from tierwise.core.types import BooleanType

__all__ = ["normal", "quantity_of"]

TRUTH = BooleanType()
Structured = Compare | Within | InSet | Logic | Not


def normal(test: Node, plan: Plan) -> Node:
    """Rewrite a condition to and, or, not, constants, ``Compare(op, quantity, constant)`` and bare boolean quantities."""
    return _normal(spelled_out(test), plan)


def _normal(test: Node, plan: Plan) -> Node:
    junction = junction_of(test)
    if junction is None:
        return _comparison(test.op, test.left, test.right, plan) if isinstance(test, Compare) else test
    parts = [_normal(part, plan) for part in junction.parts]
    return Not(parts[0]) if junction.op == "not" else _joined(junction.op, parts)


def quantity_of(test: Node) -> Node | None:
    """Return the quantity that a comparison or bare condition of the normal form is about; ``None`` when it is unknown or constant."""
    if isinstance(test, Compare):
        return test.left if isinstance(test.right, Constant) else None
    return None if isinstance(test, Constant | Undecided) else test


def _joined(op: Literal["and", "or"], parts: Sequence[Node]) -> Node:
    return parts[0] if len(parts) == 1 else Logic(op, tuple(parts))


def _comparison(op: CompareOp, left: Node, right: Node, plan: Plan) -> Node:
    left, right = _folded(left, plan), _folded(right, plan)
    if isinstance(left, Constant) and isinstance(right, Constant):
        return _decided(op, left, right)
    if isinstance(left, Constant):
        op, left, right = FLIPPED[op], right, left
    if isinstance(left, Structured) and isinstance(right, Constant) and isinstance(right.value, bool):
        return normal(left, plan) if right.value == (op == "=") else Not(normal(left, plan))
    return Compare(op, left, right)


def _decided(op: CompareOp, left: Constant, right: Constant) -> Node:
    """Compare two constants by the geometry itself, so that the checker has one meaning of ``<``."""
    domain = domain_of(left.type, (left.value, right.value), nullable=True)
    holding = domain.where(op, right.value)
    if holding is None:
        return Compare(op, left, right)
    same = domain.where("=", left.value)
    return Constant(bool(same is not None and same & holding), TRUTH)


def _folded(node: Node, plan: Plan) -> Node:
    """Work out what is the same for every subject, such as a parameter times two; anything else stays."""
    if isinstance(node, DecisionRef) and node.name in plan.decisions:
        constant = plan.decisions[node.name].node
        return constant if isinstance(constant, Constant) else node
    if not isinstance(node, Arithmetic):
        return node
    parts = [_folded(part, plan) for part in node.parts]
    values = [part.value for part in parts if isinstance(part, Constant)]
    if not values or len(values) < len(parts):
        return node
    work = {"+": add, "-": subtract, "*": multiply}[node.op]
    return Constant(reduce(work, values), node.type)
