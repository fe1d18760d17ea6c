"""Explains one subject of a population that has been ranked: its place, and what the others around the cut have."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Protocol

from tierwise.core.environment import Environment
from tierwise.core.explaining.explain import explain
from tierwise.core.explaining.explanation import Explanation
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.ranking import positions_of, standing_at
from tierwise.core.meaning.subjects import Subject
from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.plan import Node, Plan, Position
from tierwise.core.values import Value

__all__ = ["Population", "RankedSubjects", "explain_member", "explain_ranked"]


class Population(Protocol):
    """Subjects by key, with their positions."""

    def facts(self, key: str) -> Mapping[str, Value]:
        """Return the facts of a subject, ``as_of`` among them."""

    def positions(self, key: str) -> Mapping[str, Position]:
        """Return ranking name to the subject's position."""

    def keys_at(self, ranking: str, rank: int) -> Iterable[str]:
        """Yield the keys of all who have, or tie for, a rank of a ranking; of any partition."""


class RankedSubjects:
    """Subjects that the reference engine ranks."""

    def __init__(self, evaluator: Evaluator, subjects: Sequence[Subject], as_of: date | None) -> None:
        facts = [with_as_of(subject.facts, as_of) for subject in subjects]
        keys = [subject.key for subject in subjects]
        self._facts = dict(zip(keys, facts, strict=True))
        self._positions = dict(zip(keys, positions_of(evaluator, facts), strict=True))

    def facts(self, key: str) -> Mapping[str, Value]:
        """Return the facts of a subject, ``as_of`` among them."""
        return self._facts[key]

    def positions(self, key: str) -> Mapping[str, Position]:
        """Return ranking name to the subject's position."""
        return self._positions[key]

    def keys_at(self, ranking: str, rank: int) -> Iterable[str]:
        """Yield the keys of all who have, or tie for, a rank of a ranking; of any partition."""
        return standing_at(self._positions, ranking, rank)


class _Standing:
    """Where one subject of a population stands."""

    def __init__(self, evaluator: Evaluator, population: Population, key: str) -> None:
        self._evaluator = evaluator
        self._population = population
        self._key = key

    def by_at(self, name: str, rank: int) -> Value:
        """Return what the member at a rank of the subject's partition is ranked by; ``None`` when nobody surely stands there."""
        ranking = self._evaluator.plan.rankings[name]
        partition = self._value(ranking.partition, self._key, ())
        for key in self._population.keys_at(name, rank):
            if self._value(ranking.among, key, True) is True and self._value(ranking.partition, key, ()) == partition:
                by = self._value(ranking.by, key, None)
                if by is not None and not isinstance(by, Unknown):
                    return by
        return None

    def _value(self, node: Node | None, key: str, otherwise: Value) -> Result:
        if node is None:
            return otherwise
        return self._evaluator.value_of(node, self._population.facts(key), self._population.positions(key))


def explain_member(plan: Plan, environment: Environment, subjects: Sequence[Subject], key: str, as_of: date | None) -> Explanation:
    """Explain every output for one subject of a population, which the reference engine ranks first.

    Raises:
        KeyError: No subject has that key.
    """
    return explain_ranked(plan, environment, RankedSubjects(Evaluator(plan, environment), subjects, as_of), key, as_of)


def explain_ranked(plan: Plan, environment: Environment, population: Population, key: str, as_of: date | None) -> Explanation:
    """Explain every output for one subject of a population that has been ranked, with its place in every ranking.

    Raises:
        KeyError: No subject has that key.
    """
    evaluator = Evaluator(plan, environment)
    trace = evaluator.trace(population.facts(key), population.positions(key))
    return explain(trace, as_of, _Standing(evaluator, population, key).by_at)
