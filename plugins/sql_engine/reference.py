"""The reference engine over the subjects of one run: what SQL leaves open, and what is about the population as a whole."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import date
from typing import Any

from tierwise.core.environment import Environment
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.subjects import Subject, records_of
from tierwise.core.outcome import Outcome
from tierwise.core.plan import POPULATION, Node, Plan, Position, usage_of

__all__ = ["Decide", "Reference"]

Decide = Callable[[Mapping[str, Any], Mapping[str, Position]], Any]
"""Decides one thing for one subject, by its facts and positions."""


class Reference:
    """Decides by the reference engine.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        as_of: The date of the run; ``None`` leaves it missing.
        subjects: Reads all subjects with all facts that the plan reads.
    """

    def __init__(self, plan: Plan, environment: Environment, as_of: date | None, subjects: Callable[[], Iterator[Subject]]) -> None:
        self.plan = plan
        self._as_of = as_of
        self._evaluator = Evaluator(plan, environment)
        self._subjects = subjects
        self._records: tuple[Mapping[str, Any], ...] | None = None

    def output(self, name: str) -> Decide:
        """Return what decides an output of a subject."""
        reads_all = POPULATION in usage_of(self.plan, self.plan.decisions[name].node).facts

        def decide(facts: Mapping[str, Any], positions: Mapping[str, Position]) -> Outcome:
            known = {**facts, POPULATION: self._everybody()} if reads_all else facts
            return self._evaluator.decide(name, with_as_of(known, self._as_of), positions)

        return decide

    def part(self, node: Node) -> Decide:
        """Return what works out a part of the plan for a subject; it may come to an ``Unknown``."""
        return lambda facts, positions: self._evaluator.value_of(node, with_as_of(facts, self._as_of), positions)

    def population(self) -> dict[str, Outcome]:
        """Decide the outputs that are about all subjects at once."""
        wanted = [d.name for d in self.plan.outputs if d.population]
        everybody = with_as_of({POPULATION: self._everybody()}, self._as_of) if wanted else {}
        return {name: self._evaluator.decide(name, everybody) for name in wanted}

    def _everybody(self) -> tuple[Mapping[str, Any], ...]:
        if self._records is None:
            self._records = records_of(self.plan, self._subjects())
        return self._records
