"""Says what is sure of values where a condition is met, or is not: which are not none, and which are not 0."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from tierwise.core.meaning.exact import compare
from tierwise.core.plan import Call, Compare, Conditional, Logic, Node, comparison_of, junction_of, spelled_out

__all__ = ["NOTHING", "Sure", "guarded", "sure_where"]


@dataclass(frozen=True, slots=True)
class Sure:
    """What is sure.

    Attributes:
        there: The nodes whose value is not none.
        not_zero: The nodes whose value is not 0, and the lists and maps that are not empty.
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
    return _sure(spelled_out(condition), is_met)


def _sure(condition: Node, is_met: bool) -> Sure:
    junction = junction_of(condition)
    if junction is not None and junction.op == "not":
        return _sure(junction.parts[0], not is_met)
    if junction is not None:
        found = [_sure(part, is_met) for part in junction.parts]
        work = Sure.__or__ if (junction.op == "and") is is_met else Sure.__and__
        return reduce(work, found) if found else NOTHING
    if isinstance(condition, Compare):
        return _of_comparison(condition, is_met)
    if isinstance(condition, Call) and condition.function == "is empty" and not is_met:
        return Sure(frozenset(), frozenset(condition.arguments))
    return Sure(frozenset({condition})) if is_met else NOTHING


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
    return Sure(frozenset({about} if is_there else ()), frozenset(_with_counted(about)) if is_not_zero else frozenset())


def _with_counted(node: Node) -> Iterator[Node]:
    """Yield what is not 0 with a node: a list is not empty whose count or sum is something, nor a map whose values are."""
    yield node
    if isinstance(node, Call) and node.function in ("count", "sum", "values"):
        yield from _with_counted(node.arguments[0])


def _holds_for_zero(op: str, constant: Decimal) -> bool:
    if op in ("=", "!="):
        return (constant == 0) is (op == "=")
    return compare(op, Decimal(0), constant)
