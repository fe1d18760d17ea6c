"""Decides all outputs of a plan for one subject."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from tierwise.core.environment import Environment
from tierwise.core.outcome import Outcome
from tierwise.core.plan import Plan
from tierwise.core.running.evaluator import Evaluator

__all__ = ["decide", "with_as_of"]


def decide(plan: Plan, environment: Environment, facts: Mapping[str, Any], as_of: date | None) -> Mapping[str, Outcome]:
    """Return the outcome of every output for one subject.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        facts: Typed values (``read_facts`` makes them); none is ``None``, missing is absent.
        as_of: The date of the run; ``None`` leaves the fact ``as_of`` missing.
    """
    evaluator = Evaluator(plan, environment)
    known = with_as_of(facts, as_of)
    return {decision.name: evaluator.decide(decision.name, known) for decision in plan.outputs}


def with_as_of(facts: Mapping[str, Any], as_of: date | None) -> Mapping[str, Any]:
    """Return the facts with the date of the run among them."""
    return facts if as_of is None else {**facts, "as_of": as_of}
