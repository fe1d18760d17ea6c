"""Explains what a case comes to, as a failing one shows it: by the reference, whatever engine failed."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.core.explaining import Explanation, explain
from tierwise.core.meaning.decide import population_of, with_as_of
from tierwise.core.meaning.evaluator import Evaluator, Trace
from tierwise.core.meaning.subjects import records_of
from tierwise.core.plan import POPULATION
from tierwise.plugins.cases.read_cases import Case
from tierwise.plugins.deciding.given import read_facts, read_population
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["explain_case", "traces_of_case"]


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
    traces = traces_of_case(Evaluator(loaded.plan, loaded.environment), case)
    return next((explain(trace, case.as_of) for key, trace in traces if key == subject), None)


def traces_of_case(evaluator: Evaluator, case: Case) -> Iterator[tuple[str, Trace]]:
    """Yield what deciding a case finds: of a population for each subject, by its key, else once, by an empty one.

    Args:
        evaluator: Decides by the reference.
        case: The case.
    """
    plan = evaluator.plan
    if not case.is_population:
        yield "", evaluator.trace(with_as_of(read_facts(plan, case.facts)[0], case.as_of))
        return
    shared = {name: value for name, value in case.facts.items() if name != POPULATION}
    subjects = [found for found, _ in read_population(plan, case.facts[POPULATION], shared)]
    positions, records = population_of(evaluator, subjects, case.as_of).positions, records_of(plan, subjects)
    for subject in subjects:
        yield subject.key, evaluator.trace({**with_as_of(subject.facts, case.as_of), POPULATION: records}, positions[subject.key])
