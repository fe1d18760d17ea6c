"""Decides all outputs of a plan, for one subject or for a population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from tierwise.core.environment import Environment
from tierwise.core.errors import DataError
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.facts import read_as_of, read_facts
from tierwise.core.meaning.ranking import positions_of
from tierwise.core.meaning.result import Result
from tierwise.core.meaning.subjects import PopulationOutcomes, Subject, SubjectResult, read_population
from tierwise.core.meaning.trace import Trace
from tierwise.core.outcome import Outcome
from tierwise.core.plan import AS_OF, POPULATION, Plan, Position
from tierwise.core.values import Value

__all__ = ["Decider", "decide", "decide_population", "with_as_of"]


def decide(
    plan: Plan,
    environment: Environment,
    facts: Mapping[str, Value],
    as_of: date | None,
    positions: Mapping[str, Position] | None = None,
) -> Mapping[str, Outcome]:
    """Return the outcome of every output for one subject.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        facts: Typed values (``read_facts`` makes them); none is ``None``, missing is absent.
        as_of: The date of the run; ``None`` leaves the fact ``as_of`` as it is in ``facts``, else missing.
        positions: Ranking name to the subject's position, where its population has been ranked.
    """
    return _outcomes(Evaluator(plan, environment), with_as_of(facts, as_of), positions or {})


def decide_population(plan: Plan, environment: Environment, subjects: Sequence[Subject], as_of: date | None) -> PopulationOutcomes:
    """Rank the subjects, then decide every output for each of them, and what is about all of them at once.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        subjects: The whole population.
        as_of: The date of the run.
    """
    return _population(Evaluator(plan, environment), subjects, as_of)


class Decider:
    """Decides for facts as they come from outside; keeps what it learnt about the plan between calls.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
    """

    def __init__(self, plan: Plan, environment: Environment) -> None:
        self.plan = plan
        self._evaluator = Evaluator(plan, environment)

    def decide(self, facts: Mapping[str, Any], as_of: date | str | None = None) -> Result:
        """Decide for one subject, or for ``{"population": [{"customer_id": …, …}, …]}``.

        Raises:
            DataError: ``as_of`` is no date, or the facts are not named values.
        """
        if not isinstance(facts, Mapping):
            raise DataError("the facts are not named values", 'give an object such as `{"annual_usage_yuan": 400000}`')
        day = read_as_of(as_of)
        if POPULATION in facts and POPULATION not in self.plan.facts:
            return self._decide_population(facts, day)
        values, findings = read_facts(self.plan, facts)
        outcomes = _outcomes(self._evaluator, with_as_of(values, day), {})
        return Result(self.plan.policy, self.plan.version, self.plan.fingerprint, day, outcomes, None, tuple(findings))

    def trace(self, facts: Mapping[str, Any], as_of: date | None) -> Trace:
        """Decide for one subject and return what deciding found; values that do not fit their facts are missing."""
        values, _ = read_facts(self.plan, facts)
        return self._evaluator.trace(with_as_of(values, as_of))

    def _decide_population(self, facts: Mapping[str, Any], day: date | None) -> Result:
        shared = {name: value for name, value in facts.items() if name != POPULATION}
        subjects, findings = read_population(self.plan, facts[POPULATION], shared)
        decided = _population(self._evaluator, subjects, day)
        plan = self.plan
        return Result(plan.policy, plan.version, plan.fingerprint, day, decided.population, decided.by_subject, tuple(findings))


def with_as_of(facts: Mapping[str, Value], as_of: date | None) -> Mapping[str, Value]:
    """Return the facts with the date of the run among them."""
    return facts if as_of is None else {**facts, AS_OF: as_of}


def _outcomes(evaluator: Evaluator, facts: Mapping[str, Value], positions: Mapping[str, Position]) -> dict[str, Outcome]:
    return {d.name: evaluator.decide(d.name, facts, positions) for d in evaluator.plan.outputs}


def _population(evaluator: Evaluator, subjects: Sequence[Subject], as_of: date | None) -> PopulationOutcomes:
    records = tuple({"customer_id": subject.key, **subject.facts} for subject in subjects)
    all_facts = [with_as_of(subject.facts, as_of) for subject in subjects]
    positions = positions_of(evaluator, all_facts)
    everybody = with_as_of({POPULATION: records}, as_of)
    population = {d.name: evaluator.decide(d.name, everybody) for d in evaluator.plan.outputs if d.population}
    each = [d.name for d in evaluator.plan.outputs if not d.population]
    results = tuple(
        SubjectResult(s.key, s.name, {name: evaluator.decide(name, {**facts, POPULATION: records}, places) for name in each})
        for s, facts, places in zip(subjects, all_facts, positions, strict=True)
    )
    return PopulationOutcomes(results, population, {s.key: places for s, places in zip(subjects, positions, strict=True)})
