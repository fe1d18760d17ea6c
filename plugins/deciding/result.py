"""What ``decide`` gives back to people and programs: outcomes with their policy, in a JSON form to which keys are only ever added."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, NamedTuple

from tierwise.core.finding import Finding
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.values import to_json

__all__ = ["Result", "outcome_document"]


class Result(NamedTuple):
    """The outcomes of one subject, or of a population. A named tuple, because it is the cheapest thing that nobody can change.

    Attributes:
        policy: Name of the policy.
        version: Its version.
        fingerprint: What identifies its meaning, overlay included.
        as_of: The date of the run, if any.
        outcomes: Output name to outcome, in the policy's order. Of a population: only what is decided about all subjects at once.
        by_subject: Of a population: subject key to output name to outcome; else ``None``.
        findings: Facts that are unknown or do not fit.
    """

    policy: str
    version: str
    fingerprint: str
    as_of: date | None
    outcomes: Mapping[str, Outcome]
    by_subject: Mapping[str, Mapping[str, Outcome]] | None = None
    findings: tuple[Finding, ...] = ()

    @property
    def is_population(self) -> bool:
        """Whether many subjects were decided at once."""
        return self.by_subject is not None

    def to_dict(self) -> dict[str, Any]:
        """Return the JSON form (contract)."""
        document: dict[str, Any] = {
            "policy": self.policy,
            "version": self.version,
            "fingerprint": self.fingerprint,
            "as_of": to_json(self.as_of),
            "outputs": _documents(self.outcomes),
        }
        if self.by_subject is not None:
            document["by_customer"] = {key: _documents(outcomes) for key, outcomes in self.by_subject.items()}
        return document


def outcome_document(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome in its JSON form: ``{"value": …}`` or ``{"undetermined": reason}``, with ``candidates`` only when there are any.

    ``"bound": true`` stands beside candidates that are only all that may be.
    """
    if isinstance(outcome, Determined):
        return {"value": to_json(outcome.value)}
    document: dict[str, Any] = {"undetermined": str(outcome.reason)}
    if outcome.candidates:
        document["candidates"] = to_json(outcome.candidates)
        if outcome.is_bound:
            document["bound"] = True
    return document


def _documents(outcomes: Mapping[str, Outcome]) -> dict[str, Any]:
    return {name: outcome_document(outcome) for name, outcome in outcomes.items()}
