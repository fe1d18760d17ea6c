"""Says what is sure of values where a condition is met, or is not: which are not none, and which are not 0."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce

from tierwise.core.meaning.exact import compare
from tierwise.core.plan import Compare, InSet, Logic, Node, Not, Within, comparison_of

__all__ = ["NOTHING", "Sure", "sure_where"]


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
    match condition:
        case Not(part=part):
            return sure_where(part, not is_met)
        case Logic(op=op, parts=parts):
            return _of_parts((sure_where(part, is_met) for part in parts), every=(op == "and") is is_met)
        case Within(value=value, low=low, high=high) if is_met:
            sides = [Compare(">=" if condition.low_inclusive else ">", value, low)] if low is not None else []
            sides += [Compare("<=" if condition.high_inclusive else "<", value, high)] if high is not None else []
            return _of_parts((sure_where(side, True) for side in sides), every=True)
        case InSet(value=value, values=values):
            return Sure(
                frozenset({value} if (None in values) is not is_met else ()), frozenset({value} if (0 in values) is not is_met else ())
            )
        case Compare():
            return _of_comparison(condition, is_met)
    return Sure(frozenset({condition})) if is_met else NOTHING


def _of_parts(parts: Iterable[Sure], every: bool) -> Sure:
    """Join what is sure of parts that all hold, or of which one holds."""
    listed = list(parts)
    return reduce(Sure.__or__ if every else Sure.__and__, listed) if listed else NOTHING


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
