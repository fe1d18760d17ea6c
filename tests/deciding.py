"""Decides facts by a short policy that stands in a test without its head."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Any

from tierwise.core.environment import Environment
from tierwise.core.finding import Finding
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined, Outcome
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.manager import Plugins
from tierwise.plugins.testing import findings_of, policy_from

HEAD = "tierwise: 1\npolicy: short\nversion: 1.0.0\ntitle: Short\nsource: a test\nsubject: customer\n"


def decided(policy: str, facts: Mapping[str, Any], as_of: date | None = None) -> dict[str, Any]:
    """Return what each decision gives: the value of a determined outcome, else its reason and its candidates as a tuple."""
    plan = policy_from(HEAD + policy).require_plan()
    read, findings = read_facts(plan, facts)
    assert not findings
    return {name: _plain(outcome) for name, outcome in decide(plan, _environment(), read, as_of).items()}


def found(policy: str) -> tuple[Finding, ...]:
    """Return all findings about the policy."""
    return findings_of(HEAD + policy)


@cache
def _environment() -> Environment:
    return Plugins(entry_points=False).environment()


def _plain(outcome: Outcome) -> Any:
    return outcome.value if isinstance(outcome, Determined) else (str(outcome.reason), *outcome.candidates)
