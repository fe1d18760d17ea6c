"""Short policies that stand in a test without their head: what is found in them, and what they decide."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from tierwise.core.checking import CheckedPolicy
from tierwise.core.finding import Finding
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Plan
from tierwise.core.source import Span
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.manager import Plugins
from tierwise.plugins.testing import findings_of, policy_from

HEAD = "tierwise: 1\npolicy: short\nversion: 1.0.0\ntitle: Short\nsource: a test\nsubject: customer\n"
FACTS = """\
facts:
  amount: {type: number, scale: 2, unit: 元, min: 0}
  count: {type: integer}
  grade: {type: enum, values: [A, B, C]}
  classes: {type: set, values: [x, y, z]}
  good: {type: boolean}
  last: {type: date, nullable: true}
  queue: {type: list of record, fields: {order: {type: text}, grade: {type: enum, values: [A, B]}, score: {type: integer}}}
"""
BUILT_IN = Plugins(entry_points=False)
ENVIRONMENT = BUILT_IN.environment()


def checked(body: str, files: Mapping[str, str] | None = None, overlay: str = "", plugins: Plugins = BUILT_IN) -> CheckedPolicy:
    """Read and check a policy of which only the part behind its head is given."""
    return policy_from({"policy.yaml": HEAD + body, **(files or {})}, plugins, overlay and f"overlay: 1\npolicy: short\n{overlay}")


def with_facts(decisions: str, facts: str = "", more: str = "", **others: Any) -> CheckedPolicy:
    """Check a policy that holds these decisions, indented by nothing, beside the ``FACTS`` that are always there."""
    indented = "".join(f"      {line}\n" for line in decisions.strip("\n").splitlines())
    return checked(f"{FACTS}{facts}{more}modules:\n  m:\n    kind: module\n    decisions:\n{indented}", **others)


def found(body: str) -> tuple[Finding, ...]:
    """Return all findings about the policy, also when it cannot be read."""
    return findings_of(HEAD + body, BUILT_IN)


def outcomes(body: str, facts: Mapping[str, Any], as_of: date | None = None) -> Mapping[str, Outcome]:
    """Return the outcome of each decision for facts that are values of their types."""
    return decide(_plan(body), ENVIRONMENT, facts, as_of)


def decided(body: str, facts: Mapping[str, Any], as_of: date | None = None) -> dict[str, Any]:
    """Return what each decision gives for facts as people write them.

    Returns:
        The value of a determined outcome, else its reason and its candidates as a tuple.
    """
    read, findings = read_facts(_plan(body), facts)
    assert not findings
    return {name: _plain(outcome) for name, outcome in outcomes(body, read, as_of).items()}


def underlined(span: Span | None) -> str:
    """Return the text that a span covers."""
    assert span is not None
    return span.text


@lru_cache(maxsize=16)
def _plan(body: str) -> Plan:
    return checked(body).require_plan()


def _plain(outcome: Outcome) -> Any:
    return outcome.value if isinstance(outcome, Determined) else (str(outcome.reason), *outcome.candidates)
