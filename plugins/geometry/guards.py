"""Says what is sure of values where a condition is met, or is not: which are not none, and which are not 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from typing import Literal

from tierwise.core.meaning.exact import compare
from tierwise.core.plan import Compare, Conditional, Logic, Node, comparison_of, folded, spelled_out

__all__ = ["NOTHING", "Sure", "guarded", "sure_where"]


@dataclass(frozen=True, slots=True)
class Sure:
    """What is sure.

    Attributes:
        there: The nodes whose value is not none.
        not_zero: The nodes whose value is not 0.
    """

    there: frozenset[Node] = frozenset()
    not_zero: frozenset[Node] = frozenset()

    def __or__(self, other: Sure) -> Sure:
        return Sure(self.there | other.there, self.not_zero | other.not_zero)

    def __and__(self, other: Sure) -> Sure:
        return Sure(self.there & other.there, self.not_zero & other.not_zero)


NOTHING = Sure()


def sure_where(condition: Node, is_met: bool) -> Sure:
    """Return what is sure where a condition is met, or is not (is false, or none)."""
    met, unmet = folded(spelled_out(condition), _of_leaf, _joined, _turned)
    return met if is_met else unmet


def guarded(node: Node, sure: Sure = NOTHING) -> Iterator[tuple[Node, Sure]]:
    """Yield every node of a tree with what is sure where its value counts, by what stands beside it or decides about it."""
    yield node, sure
    match node:
        case Logic(op=op, parts=parts):
            for part in parts:
                beside = (sure_where(other, op == "and") for other in parts if other is not part)
                yield from guarded(part, reduce(Sure.__or__, beside, sure))
        case Conditional(condition=condition, yes=yes, no=no):
            yield from guarded(condition, sure)
            yield from guarded(yes, sure | sure_where(condition, True))
            yield from guarded(no, sure | sure_where(condition, False))
        case _:
            for child in node.children:
                yield from guarded(child, sure)


_Ways = tuple[Sure, Sure]
"""What is sure where a condition is met, and where it is not."""


def _joined(op: Literal["and", "or"], parts: list[_Ways]) -> _Ways:
    every, one = (Sure.__or__, Sure.__and__) if op == "and" else (Sure.__and__, Sure.__or__)
    met, unmet = ([part[side] for part in parts] for side in (0, 1))
    return (reduce(every, met), reduce(one, unmet)) if parts else (NOTHING, NOTHING)


def _turned(ways: _Ways) -> _Ways:
    met, unmet = ways
    return unmet, met


def _of_leaf(condition: Node) -> _Ways:
    if isinstance(condition, Compare):
        return _of_comparison(condition, True), _of_comparison(condition, False)
    return Sure(frozenset({condition})), NOTHING


def _of_comparison(condition: Compare, is_met: bool) -> Sure:
    comparison = comparison_of(condition)
    if comparison is None:
        both = frozenset({condition.left, condition.right})
        return Sure(both) if is_met and condition.op not in ("=", "!=") else NOTHING
    about, op, constant = comparison.about, comparison.op, comparison.constant.value
    if constant is None:
        return Sure(frozenset({about})) if (op == "!=") is is_met else NOTHING
    is_there = op != "!=" if is_met else op == "!="
    holds_for_zero = isinstance(constant, Decimal) and _holds_for_zero(op, constant)
    is_not_zero = isinstance(constant, Decimal) and holds_for_zero is not is_met
    return Sure(frozenset({about} if is_there else ()), frozenset({about} if is_not_zero else ()))


def _holds_for_zero(op: str, constant: Decimal) -> bool:
    if op in ("=", "!="):
        return (constant == 0) is (op == "=")
    return compare(op, Decimal(0), constant)
