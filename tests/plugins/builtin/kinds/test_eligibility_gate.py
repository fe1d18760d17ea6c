"""``eligibility-gate`` admits who passes all gates, and names the first gate that is not passed."""

from __future__ import annotations

from typing import Any

import pytest

from tests.short_policies import checked, decided, found
from tierwise.plugins.testing import assert_finding, assert_no_findings

POLICY = """\
facts:
  party: {type: enum, values: [end_user, agent]}
  closable: {type: boolean}
  budget: {type: integer, min: 0}
modules:
  资格:
    kind: eligibility-gate
    gates:
      agent: party != agent
      not closable: closable
      budget: budget >= 10
    labels: {agent: 代理}
    give: {eligible: eligible, failed: exclusion, unmet: unmet}
"""


@pytest.mark.parametrize(
    ("facts", "eligible", "exclusion", "unmet"),
    [
        ({"party": "end_user", "closable": True, "budget": 10}, True, None, ()),
        ({"party": "agent", "closable": False, "budget": 9}, False, "agent", ("agent", "not closable", "budget")),
        ({"party": "end_user", "closable": False, "budget": 10}, False, "not closable", ("not closable",)),
        ({"party": "end_user", "closable": True, "budget": 9}, False, "budget", ("budget",)),
        ({"party": "agent", "closable": True}, False, "agent", ("missing_fact", ("agent",), ("agent", "budget"))),
        ({"party": "end_user", "budget": 9}, False, ("missing_fact", "not closable", "budget"), None),
        ({"party": "end_user", "closable": True}, ("missing_fact", True, False), ("missing_fact", "budget", None), None),
    ],
)
def test_the_first_gate_that_is_not_passed_excludes(facts: dict[str, Any], eligible: Any, exclusion: Any, unmet: Any) -> None:
    got = decided(POLICY, facts)

    assert (_as_set(got["eligible"]), _as_set(got["exclusion"])) == (_as_set(eligible), _as_set(exclusion))
    assert unmet is None or got["unmet"] == unmet


@pytest.mark.parametrize(
    ("facts", "eligible", "unmet"),
    [
        ({"party": "agent", "closable": True, "budget": 0}, True, ()),
        ({"party": "end_user", "closable": True, "budget": 0}, False, ("budget",)),
        ({"party": "agent", "closable": True}, True, ()),
        ({"party": "end_user", "closable": True}, ("missing_fact", True, False), ("missing_fact", (), ("budget",))),
        ({"closable": True, "budget": 10}, True, ()),
    ],
)
def test_who_is_not_asked_for_a_gate_passes_it(facts: dict[str, Any], eligible: Any, unmet: Any) -> None:
    got = decided(
        POLICY.replace("budget: budget >= 10", "budget: {must: budget >= 10, when: party = end_user}")
        .replace("agent: party != agent", "open: 'true'")
        .replace("agent: 代理", "open: 开放"),
        facts,
    )

    assert (got["eligible"], got["unmet"]) == (eligible, unmet)


def test_a_mistake_in_when_a_gate_is_asked_for_is_said_where_the_author_wrote_it() -> None:
    text = POLICY.replace("budget: budget >= 10", "budget: {must: budget >= 10, when: closabel}")

    assert_finding(found(text), "unknown-name", underlined="closabel")


def test_a_gate_shows_its_label_where_it_excludes() -> None:
    plan = checked(POLICY).require_plan()

    assert plan.decisions["资格.agent"].label == {"zh": "代理", "en": "代理"}
    assert not plan.decisions["资格.agent"].output


def test_a_sound_gate_has_no_findings() -> None:
    assert_no_findings(found(POLICY))


def test_a_mistake_in_a_gate_is_said_once_where_the_author_wrote_it() -> None:
    assert_finding(found(POLICY.replace("budget >= 10", "budgets >= 10")), "unknown-name", underlined="budgets")


def test_a_gate_that_asks_for_the_same_as_another_is_a_warning() -> None:
    finding = assert_finding(found(POLICY.replace("budget >= 10", "closable")), "condition-repeated", underlined="closable")

    assert finding.message == "`budget` demands the same as `not closable`"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{eligible: eligible, failed: exclusion, unmet: unmet}", "{}", "`give` demands at least one of `eligible`, `failed`, `unmet`"),
        ("failed: exclusion", "faild: exclusion", "there is no key `faild` here"),
    ],
)
def test_keys_that_do_not_fit_are_refused(old: str, new: str, message: str) -> None:
    assert message in [finding.message for finding in found(POLICY.replace(old, new))]


def _as_set(outcome: Any) -> Any:
    return frozenset(outcome) if isinstance(outcome, tuple) else outcome
