"""Finds a recorded value that is preferred to the computed one, and so hides where the computation is open."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.core.finding import Finding
from tierwise.core.plan import Plan, decision_of, fact_of, facts_behind, preferred_in
from tierwise.core.types import EnumType

__all__ = ["find_recorded_first"]


def find_recorded_first(plan: Plan) -> Iterator[Finding]:
    """Yield a warning for each decision that prefers a word on record to a decision that computes it.

    What a person judged may well come first; so may a number that is given instead of its parts.
    """
    for decision in plan.decisions.values():
        parts = preferred_in(decision.node)
        if parts and isinstance(decision.type, EnumType):
            first, later = fact_of(parts[0]), [read for part in parts[1:] if (read := decision_of(part)) is not None]
            computed = next((read for read in later if facts_behind(read, plan)), None)
            if first is not None and computed is not None and not plan.facts[first.name].judged:
                message = (
                    f"`{first.name}` stands in for `{computed.name}` also where that is computed, and hides it where it is undetermined"
                )
                help = f"write `{computed.name}` first: then `{first.name}` stands in only where nothing of the computation is given"
                yield Finding.warning("recorded-first", message, decision.span, help)
