"""Explains what a case comes to, as a failing one shows it: by the reference, whatever engine failed."""

from __future__ import annotations

from tierwise.core.explaining import Explanation, explain
from tierwise.core.meaning import Evaluator
from tierwise.core.meaning.decide import population_of, with_as_of
from tierwise.core.meaning.subjects import records_of
from tierwise.core.plan import POPULATION
from tierwise.plugins.cases.read_cases import Case
from tierwise.plugins.deciding.given import read_population
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["explain_case"]


def explain_case(loaded: LoadedPolicy, case: Case, subject: str = "") -> Explanation | None:
    """Explain what a case comes to.

    Args:
        loaded: The policy.
        case: The case.
        subject: Of a population the subject to explain; without it the case has to be about a single one.

    Returns:
        The explanation; ``None`` where the case has no such subject, or is about a population and none is named.
    """
    if not case.is_population:
        return loaded.explain(case.facts, case.as_of)
    shared = {name: value for name, value in case.facts.items() if name != POPULATION}
    subjects = [found for found, _ in read_population(loaded.plan, case.facts[POPULATION], shared)]
    found = next((member for member in subjects if member.key == subject), None)
    if found is None:
        return None
    evaluator = Evaluator(loaded.plan, loaded.environment)
    positions = population_of(evaluator, subjects, case.as_of).positions[subject]
    facts = {**with_as_of(found.facts, case.as_of), POPULATION: records_of(loaded.plan, subjects)}
    return explain(evaluator.trace(facts, positions), case.as_of)
