"""Runs the cases of a policy on engines and compares what comes out with what is expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tierwise.core.errors import PolicyError
from tierwise.core.outcome import Outcome
from tierwise.core.plan import Decision
from tierwise.core.policy import Case, read_cases
from tierwise.core.running import read_facts
from tierwise.core.running.cases import Difference, differences
from tierwise.core.source import Source
from tierwise.plugins.engine import Engine
from tierwise.plugins.facts import SubjectFacts
from tierwise.plugins.loading import PolicyFiles, policy_files
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["CaseResult", "read_policy_cases", "run_cases"]

REFERENCE = "reference"
SOLE = "case"  # the key of the one subject of a case that is not about a population


@dataclass(frozen=True, slots=True)
class CaseResult:
    """What came of one case on one engine.

    Attributes:
        case: The case's id.
        engine: The engine's name.
        differences: Expected outcomes that were not met; empty when it passed or was skipped.
        skipped: Why it was not run on this engine, or an empty text.
    """

    case: str
    engine: str
    differences: tuple[Difference, ...] = ()
    skipped: str = ""


def read_policy_cases(loaded: LoadedPolicy, files: Mapping[str, str]) -> tuple[Case, ...]:
    """Return the cases among the files of a policy; none when it has no ``cases.yaml``."""
    text = files.get("cases.yaml")
    shown = files.shown() if isinstance(files, PolicyFiles) else {}
    return read_cases(loaded.policy, Source(shown.get("cases.yaml", "cases.yaml"), text)) if text is not None else ()


def run_cases(loaded: LoadedPolicy, engines: Iterable[str], files: Mapping[str, str] | None = None) -> tuple[CaseResult, ...]:
    """Run all cases of a policy.

    Args:
        loaded: The policy.
        engines: Names of engines; ``reference`` decides directly, the others grade a table made of the case's facts.
        files: The policy's files; those it was loaded from when not given.

    Raises:
        PolicyError: The cases cannot be read, or an engine is unknown.
    """
    files = files if files is not None else policy_files(loaded.origin, loaded.plugins.policies())
    cases = read_policy_cases(loaded, files)
    return tuple(_run(loaded, case, _engine(loaded, name)) for name in engines for case in cases)


def _engine(loaded: LoadedPolicy, name: str) -> Engine:
    engines = loaded.plugins.engines()
    if name not in engines:
        raise PolicyError(f"no engine `{name}`", help=f"the engines are {', '.join(f'`{known}`' for known in sorted(engines))}")
    return engines[name]


def _run(loaded: LoadedPolicy, case: Case, engine: Engine) -> CaseResult:
    if case.engines and engine.name not in case.engines:
        return CaseResult(case.id, engine.name, skipped=f"kept to {', '.join(case.engines)}")
    population, by_customer, findings = _outcomes(loaded, case, engine)
    types = {decision.name: decision.type for decision in loaded.plan.outputs}
    found = list(differences(case.expected, population, types))
    for key, expected in (case.expected.get("by_customer") or {}).items():
        found += differences(expected, by_customer.get(key, {}), types, prefix=f"{key}/")
    found += [Difference("facts", "facts that fit", message) for message in findings]
    return CaseResult(case.id, engine.name, tuple(found))


def _outcomes(
    loaded: LoadedPolicy, case: Case, engine: Engine
) -> tuple[Mapping[str, Outcome], Mapping[str, Mapping[str, Outcome]], list[str]]:
    """Return outcomes of the case as a whole, by subject, and what was wrong with its facts."""
    if engine.name == REFERENCE:
        result = loaded.decide(case.facts, case.as_of)
        whole = result.outcomes
        return whole, result.by_customer or {}, [finding.message for finding in result.findings]
    from tierwise.plugins.fact_rows import fact_table_of  # brings DuckDB, which the reference does without

    subjects, messages = [], []
    rows: list[Mapping[str, Any]] = list(case.facts["population"]) if case.is_population else [case.facts]
    for row in rows:
        key = str(row.get("customer_id", SOLE))
        facts, findings = read_facts(loaded.plan, {name: value for name, value in row.items() if name != "customer_id"})
        subjects.append(SubjectFacts(key, None, facts))
        messages += [finding.message for finding in findings]
    table = fact_table_of(loaded.plan, subjects)
    try:
        grading = engine.grade(loaded.plan, loaded.environment, table, case.as_of)
        by_subject = {result.key: result.outcomes for result in grading.rows()}
        whole = (
            dict(grading.population) if case.is_population else {**by_subject[SOLE], **_for_all(grading.population, loaded.plan.outputs)}
        )
    finally:
        table.connection.close()
    return whole, by_subject, messages


def _for_all(population: Mapping[str, Outcome], outputs: Iterable[Decision]) -> Mapping[str, Outcome]:
    names = {decision.name for decision in outputs if decision.population}
    return {name: outcome for name, outcome in population.items() if name in names}
