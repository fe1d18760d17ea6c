"""Grades many subjects with the reference engine: the slow, plain way that other engines are compared with."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import Any

from tierwise.core.environment import Environment
from tierwise.core.meaning.decide import decide_population
from tierwise.core.meaning.population_ranking import standing_at
from tierwise.core.meaning.subjects import PopulationOutcomes, Subject, SubjectResult
from tierwise.core.outcome import Determined
from tierwise.core.plan import Decision, Plan, Position
from tierwise.plugins.grading import Share, shares_of

__all__ = ["ReferenceGrading", "grade"]


class ReferenceGrading:
    """All results, in the order of the subjects' keys (see ``Grading``)."""

    def __init__(self, outputs: tuple[Decision, ...], decided: PopulationOutcomes) -> None:
        self.outputs = outputs
        self.population = decided.population
        self._results = sorted(decided.subjects, key=lambda result: result.key)
        self._positions = decided.positions

    def count(self) -> int:
        """Return the number of subjects; every subject read is one of them."""
        return len(self._results)

    def distribution(self, output: str) -> tuple[Share, ...]:
        """Return the values of an output in the order of its type (else by count), then the reasons; counts add up to ``count()``."""
        (decision,) = (decision for decision in self.outputs if decision.name == output)
        outcomes = [result.outcomes[output] for result in self._results]
        values = [outcome.value for outcome in outcomes if isinstance(outcome, Determined)]
        counts = Counter(map(_key, values))
        counted = [(value, counts[key]) for key, value in {_key(value): value for value in values}.items()]
        reasons = Counter(outcome.reason for outcome in outcomes if not isinstance(outcome, Determined))
        return shares_of(decision.type, counted, reasons)

    def rows(self, limit: int | None = None) -> Iterator[SubjectResult]:
        """Yield the results in the order of the subjects' keys."""
        return islice(self._results, limit)

    def positions(self, key: str) -> Mapping[str, Position]:
        """Return ranking name to the position of one subject; rankings of which it is no member are left out."""
        return self._positions.get(key, {})

    def positions_of(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Position]]:
        """Return the same of several subjects, by key."""
        return {key: self.positions(key) for key in keys}

    def keys_at(self, ranking: str, rank: int) -> Iterator[str]:
        """Yield the keys of all who have, or tie for, a rank of a ranking, of any partition."""
        return standing_at(self._positions, ranking, rank)


def grade(plan: Plan, environment: Environment, subjects: Iterable[Subject], as_of: date | None) -> ReferenceGrading:
    """Grade a whole population.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        subjects: Every subject; each yields one result.
        as_of: The date of the run.
    """
    decided = decide_population(plan, environment, list(subjects), as_of)
    outputs = tuple(decision for decision in plan.outputs if not decision.population)
    return ReferenceGrading(outputs, decided)


def _key(value: Any) -> Any:
    """Return what equal values have in common and a dictionary can hold; records cannot be hashed."""
    try:
        hash(value)
    except TypeError:
        return repr(value)
    return value
