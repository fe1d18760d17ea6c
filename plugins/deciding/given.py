"""Reads the facts of subjects from outside: names are checked, values typed by their declarations; what does not fit is missing."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from tierwise.core.errors import DataError
from tierwise.core.finding import Finding
from tierwise.core.language.suggest import suggest
from tierwise.core.meaning.subjects import Subject
from tierwise.core.plan import AS_OF, SUBJECT_KEY, Fact, Plan
from tierwise.core.types import DateType
from tierwise.plugins.deciding.value_reading import UnfitError, read_value

__all__ = ["IDENTITY", "read_as_of", "read_facts", "read_population"]

_NAME = "customer_name"
IDENTITY = frozenset((SUBJECT_KEY, _NAME))
"""What a member of a population may be given beside its facts."""


def read_facts(plan: Plan, raw: Mapping[str, Any]) -> tuple[dict[str, Any], list[Finding]]:
    """Return typed facts, and what is wrong with the ones given.

    A null is missing, or none for a nullable fact. A fact that is not given is missing, or none where the policy says so. A value that does
    not fit its declaration is missing, with a finding.

    Args:
        plan: The compiled policy.
        raw: Fact name to value as JSON, YAML or a database give it.

    Returns:
        Fact name to value, missing ones absent; and the findings ``unknown-fact`` (error) and ``bad-value`` (warning).
    """
    facts: dict[str, Any] = {}
    findings: list[Finding] = []
    for name in raw:
        if name not in plan.facts and name != AS_OF:
            findings.append(Finding.error("unknown-fact", f"the policy has no fact `{name}`", help=_suggestion(name, tuple(plan.facts))))
    for fact in _facts(plan):
        given = raw.get(fact.name)
        if given is None:
            if fact.absent_is_none or (fact.nullable and fact.name in raw):
                facts[fact.name] = None
            continue
        try:
            facts[fact.name] = read_value(given, fact.type)
        except UnfitError as error:
            findings.append(Finding.warning("bad-value", f"fact `{fact.name}` {error}; it counts as missing", help=error.help))
    return facts, findings


def read_population(plan: Plan, raw: Any, shared: Mapping[str, Any]) -> list[tuple[Subject, list[Finding]]]:
    """Read the subjects of ``{"population": [{"customer_id": …, …}, …]}``, each with what is wrong with what is given of it.

    Args:
        plan: The compiled policy.
        raw: The list of subjects as written.
        shared: Facts given beside the population; they hold for every subject that does not give them itself.

    Raises:
        DataError: It is no list of named values.
    """
    if not isinstance(raw, list | tuple) or not all(isinstance(member, Mapping) for member in raw):
        raise DataError("`population` is no list of subjects", f"write a list of facts, each with its `{SUBJECT_KEY}`")
    subjects: list[tuple[Subject, list[Finding]]] = []
    taken: set[str] = set()
    for number, member in enumerate(raw, start=1):
        written = str(member[SUBJECT_KEY]) if member.get(SUBJECT_KEY) is not None else str(number)
        key, twice = written, []
        if written in taken:
            key = next(k for i in range(2, len(raw) + 2) if (k := f"{written} ({i})") not in taken)
            twice = [Finding.error("duplicate-subject", f"subject `{written}` is given twice; the second is called `{key}`")]
        taken.add(key)
        facts, found = read_facts(plan, {**shared, **without_identity(plan, member)})
        name = member.get(_NAME)
        subjects.append((Subject(key, None if name is None else str(name), facts), [*twice, *found]))
    return subjects


def without_identity(plan: Plan, member: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return what is given of a member of a population without its key and name, unless they are facts."""
    identity = IDENTITY - plan.facts.keys()
    return {name: value for name, value in member.items() if name not in identity} if identity & member.keys() else member


def read_as_of(raw: date | str | None) -> date | None:
    """Return the date of a run that is given as a date or as a text such as ``2026-11-21``.

    Raises:
        DataError: It is no date, or a time with a zone.
    """
    if raw is None or (isinstance(raw, date) and not isinstance(raw, datetime)):
        return raw
    if isinstance(raw, datetime) and raw.tzinfo is None:
        return raw.date()
    try:
        day = read_value(raw, DateType())
    except UnfitError as error:
        raise DataError(f"`as_of` {error}", "give the day of the run, without a time zone") from None
    return day if isinstance(day, date) else None


@lru_cache(maxsize=1_000)  # a caller's dictionary has the same unknown keys for every subject
def _suggestion(name: str, known: tuple[str, ...]) -> str:
    return suggest(name, known)


def _facts(plan: Plan) -> list[Fact]:
    as_of = () if AS_OF in plan.facts else (Fact(AS_OF, DateType(), {}),)
    return [*plan.facts.values(), *as_of]
