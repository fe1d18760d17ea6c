"""Subjects, alone or as a population, and their outcomes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from tierwise.core.outcome import Outcome
from tierwise.core.plan import SUBJECT_KEY, Plan, Position
from tierwise.core.values import Value

__all__ = ["PopulationOutcomes", "Subject", "SubjectResult", "records_of"]


@dataclass(frozen=True, slots=True)
class Subject:
    """One subject.

    Attributes:
        key: Its id, always text.
        name: What people call it, or ``None``.
        facts: Fact name to typed value; none is ``None``, missing is absent.
    """

    key: str
    name: str | None
    facts: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class SubjectResult:
    """The outcomes of one subject.

    Attributes:
        key: The subject's id, always text (``00123`` stays).
        name: What people call it, or ``None``.
        outcomes: Output name to outcome, in the policy's order.
    """

    key: str
    name: str | None
    outcomes: Mapping[str, Outcome]


@dataclass(frozen=True, slots=True)
class PopulationOutcomes:
    """The outcomes of a whole population.

    Attributes:
        subjects: One result for each subject, in the order given.
        population: Outcomes of the decisions that are about all subjects at once.
        positions: Subject key to ranking name to its position.
    """

    subjects: tuple[SubjectResult, ...]
    population: Mapping[str, Outcome]
    positions: Mapping[str, Mapping[str, Position]]

    @property
    def by_subject(self) -> Mapping[str, Mapping[str, Outcome]]:
        """Subject key to output name to outcome."""
        return {result.key: result.outcomes for result in self.subjects}


def records_of(plan: Plan, subjects: Iterable[Subject]) -> tuple[Mapping[str, Value], ...]:
    """Return what decisions about all subjects see of each: its key and its facts, a default in place of none."""
    defaults = {name: fact.default for name, fact in plan.facts.items() if fact.default is not None}

    def seen(facts: Mapping[str, Value]) -> Mapping[str, Value]:
        return {**facts, **{name: default for name, default in defaults.items() if name in facts and facts[name] is None}}

    return tuple({SUBJECT_KEY: subject.key, **seen(subject.facts)} for subject in subjects)
