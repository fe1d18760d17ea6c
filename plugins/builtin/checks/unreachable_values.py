"""Finds words of a decision's list, such as grades, that nothing in the policy can give."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.plan import Decision, Plan, conditions_in
from tierwise.core.types import EnumType, SetType
from tierwise.plugins.builtin.checks.wording import some
from tierwise.plugins.geometry.producing import Producing

__all__ = ["find_unreachable"]


def find_unreachable(plan: Plan) -> Iterator[Finding]:
    """Yield a warning for each decision with words that no rule, lookup, cut, label or formula gives."""
    producing = Producing(plan)
    for decision in plan.decisions.values():
        given = _given(decision, producing)
        never = [word for word in _listed(decision) if word not in given] if given else []
        if never:
            message = f"nothing gives {some(never)} of `{decision.name}`"
            yield Finding.warning("unreachable-value", message, decision.span, "add a rule that gives it, or take it off the list")


def _listed(decision: Decision) -> tuple[str, ...]:
    """Return the words that a decision declares, alone or as members of its set."""
    type = decision.type.item if isinstance(decision.type, SetType) else decision.type
    return type.values if isinstance(type, EnumType) else ()


def _given(decision: Decision, producing: Producing) -> frozenset[Any] | None:
    if isinstance(decision.type, SetType):
        return frozenset(word for word, _ in conditions_in(decision.node) if word) or None
    return producing.words(decision.node)
