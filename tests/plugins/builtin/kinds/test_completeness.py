"""``completeness`` lists what is missing, and says whether what is there is still fresh."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.short_policies import decided, found
from tierwise.plugins.testing import assert_finding, assert_no_findings

POLICY = """\
readings:
  cadence: [rolling, calendar]
facts:
  made: {type: set of text}
  goal: {type: text, nullable: true}
  limits: {type: text, nullable: true, missing: none}
  trained: {type: boolean}
  updated_on: {type: date}
modules:
  forms:
    kind: completeness
    required: {客户信息表: {en: card}, "出货/回款表": null}
    present: made
    give: {missing: forms_missing, complete: forms_complete}
  basis:
    kind: completeness
    fields: [goal, limits]
    give: {missing: basis_missing}
  steps:
    kind: completeness
    fields: {training: trained}
    labels: {training: 培训}
    updated_on: updated_on
    every: 1 month
    reading: cadence
    give: {missing: steps_missing, due_on: next_update_on, stale: stale}
"""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"made": ["客户信息表"]}, {"forms_missing": ("出货/回款表",), "forms_complete": False}),
        ({"made": ["出货/回款表", "客户信息表", "另一表"]}, {"forms_missing": (), "forms_complete": True}),
        ({"goal": None, "limits": "none at all"}, {"basis_missing": ("goal",)}),
        ({"goal": "growth"}, {"basis_missing": ("limits",)}),
        ({"limits": "x"}, {"basis_missing": ("missing_fact", (), ("goal",))}),
        ({"trained": False}, {"steps_missing": ("training",)}),
        ({"trained": True}, {"steps_missing": ()}),
        ({"updated_on": "2026-01-10"}, {"next_update_on": date(2026, 2, 10), "stale": ("reading", True, False)}),
        ({"updated_on": "2026-01-20"}, {"next_update_on": date(2026, 2, 20), "stale": False}),
        ({"updated_on": "2025-12-15"}, {"stale": True}),
    ],
)
def test_what_is_missing_is_listed(facts: dict[str, Any], expected: dict[str, Any]) -> None:
    got = decided(POLICY, facts, date(2026, 2, 15))

    assert {name: got[name] for name in expected} == expected


def test_a_sound_module_has_no_findings() -> None:
    assert_no_findings(found(POLICY))


def test_an_item_that_can_never_be_there_is_an_error() -> None:
    policy = POLICY.replace("set of text", "set, values: [客户信息表]").replace(
        '{客户信息表: {en: card}, "出货/回款表": null}', "[客户信息表, 回款表]"
    )

    assert_finding(found(policy), "unknown-value", underlined="回款表")


def test_a_fact_that_is_never_none_is_a_warning() -> None:
    assert_finding(found(POLICY.replace("goal: {type: text, nullable: true}", "goal: {type: text}")), "never-none")


def test_an_unknown_field_is_underlined() -> None:
    assert_finding(found(POLICY.replace("[goal, limits]", "[goals, limits]")), "unknown-name", underlined="goals")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    present: made\n", "", "`forms` demands `required` and `present` together"),
        ("    fields: [goal, limits]\n", "", "`basis` demands `required` or `fields` for `missing` and `complete`"),
        ("    every: 1 month\n", "", "`steps` demands `updated_on` and `every` for `due_on` and `stale`"),
    ],
)
def test_keys_that_do_not_fit_together_are_refused(old: str, new: str, message: str) -> None:
    assert message in [finding.message for finding in found(POLICY.replace(old, new))]
