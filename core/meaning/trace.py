"""What deciding one subject found: outcomes, and what each part of the plan came to. Explanations and reports read it and decide nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.outcome import Outcome
from tierwise.core.plan import Node, Plan, Position
from tierwise.core.values import Value

__all__ = ["Trace"]


@dataclass(frozen=True, slots=True)
class Trace:
    """One subject under one plan.

    Attributes:
        plan: The plan.
        facts: The subject's facts, ``as_of`` among them where it is known.
        positions: Its positions in rankings.
        outcomes: Every decision's outcome, hidden ones included.
        results: What each part came to, by its identity; every determined decision is taken as decided. The parts over the items of a list
            have no single result and are left out.
    """

    plan: Plan
    facts: Mapping[str, Value]
    positions: Mapping[str, Position]
    outcomes: Mapping[str, Outcome]
    results: Mapping[int, Result] = field(repr=False)

    def result(self, node: Node) -> Result:
        """Return what a part of the plan came to.

        Raises:
            KeyError: It is no part of the plan, or stands over the items of a list.
        """
        return self.results[id(node)]

    def truth(self, node: Node) -> bool | None:
        """Return whether a condition holds; ``None`` when that is unknown."""
        result = self.result(node)
        return None if isinstance(result, Unknown) else result is True
