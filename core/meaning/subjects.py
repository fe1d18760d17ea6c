"""Subjects as they come from outside, alone or as a population, and their outcomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from tierwise.core.errors import DataError
from tierwise.core.finding import Finding
from tierwise.core.meaning.facts import read_facts
from tierwise.core.outcome import Outcome
from tierwise.core.plan import Plan, Position

__all__ = ["PopulationOutcomes", "Subject", "SubjectResult", "read_population"]

_KEY = "customer_id"
_NAME = "customer_name"


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
    facts: Mapping[str, Any]


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


def read_population(plan: Plan, raw: Any, shared: Mapping[str, Any]) -> tuple[list[Subject], list[Finding]]:
    """Read the subjects of ``{"population": [{"customer_id": …, …}, …]}``.

    Args:
        plan: The compiled policy.
        raw: The list of subjects as written.
        shared: Facts given beside the population; they hold for every subject that does not give them itself.

    Raises:
        DataError: It is no list of named values.
    """
    if not isinstance(raw, list | tuple) or not all(isinstance(member, Mapping) for member in raw):
        raise DataError("`population` is no list of subjects", f"write a list of facts, each with its `{_KEY}`")
    subjects: list[Subject] = []
    findings: list[Finding] = []
    taken: set[str] = set()
    for number, member in enumerate(raw, start=1):
        written = str(member[_KEY]) if member.get(_KEY) is not None else str(number)
        key = written
        if written in taken:
            key = next(k for i in range(2, len(raw) + 2) if (k := f"{written} ({i})") not in taken)
            findings.append(Finding.error("duplicate-subject", f"subject `{written}` is given twice; the second is called `{key}`"))
        taken.add(key)
        identity = {_KEY, _NAME} - plan.facts.keys()
        facts, found = read_facts(plan, {**shared, **{name: value for name, value in member.items() if name not in identity}})
        findings += [replace(finding, message=f"subject `{key}`: {finding.message}") for finding in found]
        name = member.get(_NAME)
        subjects.append(Subject(key, None if name is None else str(name), facts))
    return subjects, findings
