"""Finds words of a decision's list, such as grades, that nothing in the policy can give."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.core.checking.producing import words_given
from tierwise.core.checking.wording import some
from tierwise.core.finding import Finding
from tierwise.core.plan import Plan
from tierwise.core.types import EnumType

__all__ = ["find_unreachable"]


def find_unreachable(plan: Plan) -> Iterator[Finding]:
    """Yield a warning for each decision with words that no rule, lookup, cut or formula gives."""
    for decision in plan.decisions.values():
        if not isinstance(decision.type, EnumType):
            continue
        given = words_given(decision.node, plan)
        never = [] if given is None else [word for word in decision.type.values if word not in given]
        if given and never:
            message = f"nothing gives {some(never)} of `{decision.name}`"
            yield Finding.warning("unreachable-value", message, decision.span, "add a rule that gives it, or take it off the list")
