"""``approval`` is valid when every step that is asked for was taken by somebody who may take it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.short_policies import checked, decided, found
from tierwise.core.finding import Severity
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.testing import assert_finding, assert_no_findings

POLICY = """\
facts:
  action: {type: enum, values: [promote, reject, other]}
  acted_by: {type: enum, values: [manager, director, marketing director, president]}
  applied_by: {type: enum, values: [manager, director, president], aliases: {head: manager}, nullable: true}
  document: {type: enum, values: [quality, plain]}
  registered: {type: boolean}
modules:
  action:
    kind: approval
    roles: [manager, director, president]
    aliases: {marketing director: director}
    steps:
      rejected: {by: acted_by, at_least: director, when: action = reject}
      applied: {by: applied_by, exactly: manager, when: action = promote}
      approved: {by: acted_by, one_of: [president], when: action = promote}
    give: {valid: valid, failed: fault, unmet: faults}
  release:
    kind: approval
    steps:
      manual: {must: undetermined(lost), when: document = quality}
      registered: registered
    labels: {registered: 备案}
    give: {valid: released}
"""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"action": "reject", "acted_by": "manager"}, {"valid": False, "fault": "rejected", "faults": ("rejected",)}),
        ({"action": "reject", "acted_by": "director"}, {"valid": True, "fault": None, "faults": ()}),
        ({"action": "reject", "acted_by": "marketing director"}, {"valid": True}),
        ({"action": "reject", "acted_by": "president"}, {"valid": True}),
        ({"action": "reject"}, {"valid": ("missing_fact", True, False)}),
        ({"action": "promote", "applied_by": "head", "acted_by": "president"}, {"valid": True}),
        ({"action": "promote", "applied_by": None, "acted_by": "president"}, {"valid": False, "fault": "applied"}),
        ({"action": "promote", "applied_by": "director", "acted_by": "director"}, {"faults": ("applied", "approved")}),
        ({"action": "promote", "acted_by": "director"}, {"valid": False}),
        ({"action": "other", "acted_by": "president"}, {"valid": ("gap", True, False), "fault": None}),
        ({"document": "quality", "registered": True}, {"released": ("lost", True, False)}),
        ({"document": "quality", "registered": False}, {"released": False}),
        ({"document": "plain", "registered": True}, {"released": True}),
    ],
)
def test_every_step_that_is_asked_for_decides(facts: dict[str, Any], expected: dict[str, Any]) -> None:
    got = decided(POLICY, facts)

    assert {name: got[name] for name in expected} == expected


def test_what_is_asked_for_nowhere_may_be_valid() -> None:
    policy = POLICY.replace("    give: {valid: valid", "    otherwise: true\n    give: {valid: valid")

    assert decided(policy, {"action": "other"})["valid"] is True


def test_a_sound_module_has_no_findings() -> None:
    assert_no_findings(found(POLICY))


def test_an_unknown_title_counts_as_missing_where_titles_are_a_closed_list() -> None:
    _, findings = read_facts(checked(POLICY).require_plan(), {"acted_by": "janitor"})

    assert [finding.code for finding in findings] == ["bad-value"]


def test_titles_that_are_no_closed_list_are_a_warning() -> None:
    policy = POLICY.replace("enum, values: [manager, director, president], aliases: {head: manager}, nullable", "text, nullable")

    assert assert_finding(found(policy), "open-titles", underlined="applied_by").severity is Severity.WARNING


def test_a_title_without_a_place_in_the_order_is_a_warning() -> None:
    finding = assert_finding(found(POLICY.replace("    aliases: {marketing director: director}\n", "")), "title-without-place")

    assert finding.message == "`marketing director` has no place among the `roles`, so it counts as lower than `director`"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("at_least: director,", "at_least: direktor,", "`direktor` is not among the `roles`"),
        ("marketing director: director}", "marketing director: head}", "`head` is not among the `roles`"),
        (
            "exactly: manager,",
            "exactly: manager, at_least: manager,",
            "`applied` demands exactly one of `at_least`, `exactly`, `one_of` and `must`",
        ),
        (
            "{by: applied_by, exactly",
            "{exactly",
            "`applied` demands `by` for `at_least`, `exactly` and `one_of`, and none for `must`",
        ),
        ("when: action = reject", "when: action = rejekt", "`rejekt` is not one of the allowed values `promote`, `reject`, `other`"),
    ],
)
def test_keys_that_do_not_fit_are_refused(old: str, new: str, message: str) -> None:
    assert [finding.message for finding in found(POLICY.replace(old, new)) if finding.severity is Severity.ERROR] == [message]
