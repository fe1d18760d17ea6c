"""Decides all outputs of a plan, for one subject or for a population."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from tierwise.core.environment import Environment
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.population_ranking import positions_of
from tierwise.core.meaning.subjects import PopulationOutcomes, Subject, SubjectResult, records_of
from tierwise.core.outcome import Outcome
from tierwise.core.plan import AS_OF, POPULATION, Plan, Position
from tierwise.core.values import Value

__all__ = ["decide", "decide_population", "with_as_of"]


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
    return outcomes_of(Evaluator(plan, environment), with_as_of(facts, as_of), positions or {})


def decide_population(plan: Plan, environment: Environment, subjects: Sequence[Subject], as_of: date | None) -> PopulationOutcomes:
    """Rank the subjects, then decide every output for each of them, and what is about all of them at once.

    Args:
        plan: The compiled policy.
        environment: Its functions and limits.
        subjects: The whole population.
        as_of: The date of the run.
    """
    return population_of(Evaluator(plan, environment), subjects, as_of)


def with_as_of(facts: Mapping[str, Value], as_of: date | None) -> Mapping[str, Value]:
    """Return the facts with the date of the run among them."""
    return facts if as_of is None else {**facts, AS_OF: as_of}


def outcomes_of(evaluator: Evaluator, facts: Mapping[str, Value], positions: Mapping[str, Position]) -> dict[str, Outcome]:
    return evaluator.outcomes([d.name for d in evaluator.plan.outputs], facts, positions)


def population_of(evaluator: Evaluator, subjects: Sequence[Subject], as_of: date | None) -> PopulationOutcomes:
    records = records_of(evaluator.plan, subjects)
    all_facts = [with_as_of(subject.facts, as_of) for subject in subjects]
    positions = positions_of(evaluator, all_facts)
    everybody = with_as_of({POPULATION: records}, as_of)
    population = evaluator.outcomes([d.name for d in evaluator.plan.outputs if d.population], everybody)
    each = [d.name for d in evaluator.plan.outputs if not d.population]
    results = tuple(
        SubjectResult(s.key, s.name, evaluator.outcomes(each, {**facts, POPULATION: records}, places))
        for s, facts, places in zip(subjects, all_facts, positions, strict=True)
    )
    return PopulationOutcomes(results, population, {s.key: places for s, places in zip(subjects, positions, strict=True)})
