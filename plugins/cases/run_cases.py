"""Runs the cases of a policy on engines and compares what comes out with what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from tierwise.core.errors import PolicyError
from tierwise.core.meaning.subjects import Subject
from tierwise.core.outcome import Outcome
from tierwise.core.plan import POPULATION, SUBJECT_KEY
from tierwise.plugins.cases.compare import Difference, differences
from tierwise.plugins.cases.read_cases import Case, read_cases
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.engine import Engine
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["CASES", "CaseResult", "cases_beside", "run_cases"]

CASES = "cases.yaml"
REFERENCE = "reference"


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of one case on one engine.

    Attributes:
        case: The case.
        engine: The engine's name.
        differences: Expected outcomes that were not met; empty when it passed or was skipped.
        skipped: Why it was not run on this engine, or an empty text.
    """

    case: Case
    engine: str
    differences: tuple[Difference, ...] = ()
    skipped: str = ""


def cases_beside(loaded: LoadedPolicy) -> tuple[Case, ...]:
    """Return the cases of the file ``cases.yaml`` beside a policy; none where there is no such file.

    Raises:
        PolicyError: They cannot be read.
    """
    file = loaded.policy.sources.get(CASES)
    return read_cases(loaded.policy, file) if file is not None else ()


def run_cases(loaded: LoadedPolicy, engines: Iterable[str], cases: Sequence[Case] | None = None) -> tuple[CaseResult, ...]:
    """Run the cases of a policy.

    Args:
        loaded: The policy.
        cases: Which; those beside the policy by default.
        engines: Names of engines; ``reference`` decides directly, the others grade a table made of the case's facts.

    Raises:
        PolicyError: The cases cannot be read, or an engine is unknown.
    """
    cases = cases_beside(loaded) if cases is None else cases
    results: list[CaseResult] = []
    for name in engines:
        engine = _engine(loaded, name)
        run = [case for case in cases if not case.engines or name in case.engines]
        outcomes = {case.id: outcome for together in _batches(loaded, run, engine) for case, outcome in _outcomes(loaded, together, engine)}
        results += [_result(loaded, case, name, outcomes.get(case.id)) for case in cases]
    return tuple(results)


def _engine(loaded: LoadedPolicy, name: str) -> Engine:
    engines = loaded.plugins.engines()
    if name not in engines:
        raise PolicyError(f"no engine `{name}`", help=f"the engines are {', '.join(f'`{known}`' for known in sorted(engines))}")
    return engines[name]


@dataclass(frozen=True, slots=True)
class _Given:
    """What an engine gave for one case: outcomes of the case as a whole and by subject, and what was wrong with its facts."""

    whole: Mapping[str, Outcome]
    by_subject: Mapping[str, Mapping[str, Outcome]]
    wrong: tuple[str, ...]


def _result(loaded: LoadedPolicy, case: Case, engine: str, given: _Given | None) -> CaseResult:
    if given is None:
        return CaseResult(case, engine, skipped=f"kept to {', '.join(case.engines)}")
    types = {decision.name: decision.type for decision in loaded.plan.outputs}
    found = list(differences(case.expected, given.whole, types))
    for key, expected in (case.expected.get("by_customer") or {}).items():
        found += differences(expected, given.by_subject.get(key, {}), types, subject=key)
    found += [Difference("facts", "facts that fit", message) for message in given.wrong]
    return CaseResult(case, engine, tuple(found))


def _batches(loaded: LoadedPolicy, cases: Iterable[Case], engine: Engine) -> Iterator[list[Case]]:
    """Put cases that do not touch each other into one table: single subjects of one date, under a policy that ranks nobody."""
    together: dict[Any, list[Case]] = {}
    for case in cases:
        alone = engine.name == REFERENCE or case.is_population or loaded.plan.rankings
        together.setdefault(case.id if alone else case.as_of, []).append(case)
    yield from together.values()


def _outcomes(loaded: LoadedPolicy, cases: list[Case], engine: Engine) -> Iterator[tuple[Case, _Given]]:
    if engine.name == REFERENCE:
        for case in cases:
            result = loaded.decide(case.facts, case.as_of)
            yield case, _Given(result.outcomes, result.by_subject or {}, tuple(finding.message for finding in result.findings))
    elif cases[0].is_population:
        yield cases[0], _graded_population(loaded, cases[0], engine)
    else:
        rows = {case.id: case.facts for case in cases}
        by_subject, population, wrong = _graded(loaded, rows, engine, cases[0].as_of)
        for case in cases:
            yield case, _Given({**by_subject[case.id], **population}, {}, wrong[case.id])


def _graded_population(loaded: LoadedPolicy, case: Case, engine: Engine) -> _Given:
    shared = {name: value for name, value in case.facts.items() if name != POPULATION}
    rows = {str(row[SUBJECT_KEY]): {**shared, **row} for row in case.facts[POPULATION]}
    by_subject, population, wrong = _graded(loaded, rows, engine, case.as_of)
    return _Given(population, by_subject, tuple(message for messages in wrong.values() for message in messages))


def _graded(
    loaded: LoadedPolicy, rows: Mapping[str, Mapping[str, Any]], engine: Engine, as_of: date | None
) -> tuple[Mapping[str, Mapping[str, Outcome]], Mapping[str, Outcome], Mapping[str, tuple[str, ...]]]:
    """Grade a table made of facts: outcomes by subject, those of the population, and what was wrong with the facts."""
    from tierwise.plugins.fact_rows import fact_table_of  # brings DuckDB, which the reference does without

    subjects, wrong = [], {}
    for key, row in rows.items():
        facts, findings = read_facts(loaded.plan, {name: value for name, value in row.items() if name != SUBJECT_KEY})
        subjects.append(Subject(key, None, facts))
        wrong[key] = tuple(finding.message for finding in findings)
    table = fact_table_of(loaded.plan, subjects)
    try:
        grading = engine.grade(loaded.plan, loaded.environment, table, as_of)
        return {result.key: result.outcomes for result in grading.rows()}, dict(grading.population), wrong
    finally:
        table.connection.close()
