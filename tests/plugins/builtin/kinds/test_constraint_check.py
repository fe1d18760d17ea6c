"""``constraint-check`` holds a proposal against bounds, lists of actions and other conditions."""

from __future__ import annotations

from typing import Any

import pytest

from tests.short_policies import decided, found
from tierwise.plugins.testing import assert_finding, assert_no_findings

POLICY = """\
facts:
  rings: {type: integer, min: 0}
  asked: {type: number, scale: 2, min: 0}
  granted: {type: number, scale: 2}
  grade: {type: enum, values: [A, B, C]}
  price: {type: number, scale: 2, min: 0}
  action: {type: text}
  signed: {type: boolean}
modules:
  call:
    kind: constraint-check
    value: rings
    at_most: 3
    give: {ok: call_ok}
  discount:
    kind: constraint-check
    value: granted
    at_least: 0
    below: asked
    give: {ok: discount_ok, broken: discount_fault}
  offer:
    kind: constraint-check
    by: grade
    value: price
    at_least: {A: 95, B: 97, C: undetermined(lost)}
    action: action
    forbidden: {A: [argue], B: [], C: [argue, "press, hard"]}
    must: {signed: signed}
    labels: {signed: 已签}
    give: {ok: ok, broken: fault, all_broken: faults}
  manner:
    kind: constraint-check
    action: action
    allowed: [smile, wait]
    give: {ok: manner_ok}
"""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"rings": 3}, {"call_ok": True}),
        ({"rings": 4}, {"call_ok": False}),
        ({"asked": 500, "granted": 500}, {"discount_ok": False, "discount_fault": "below"}),
        ({"asked": 500, "granted": 0}, {"discount_ok": True, "discount_fault": None}),
        ({"granted": -1}, {"discount_ok": False, "discount_fault": "at_least"}),
        ({"grade": "A", "price": 95, "action": "smile", "signed": True}, {"ok": True, "fault": None, "faults": ()}),
        (
            {"grade": "B", "price": 96, "action": "argue", "signed": False},
            {"ok": False, "fault": "at_least", "faults": ("at_least", "signed")},
        ),
        ({"grade": "C", "price": 96, "action": "smile", "signed": True}, {"ok": ("lost", True, False)}),
        ({"grade": "C", "price": 96, "action": "press, hard"}, {"ok": False}),
        ({"action": "wait"}, {"manner_ok": True}),
        ({"action": "argue"}, {"manner_ok": False}),
    ],
)
def test_a_proposal_is_held_against_every_constraint(facts: dict[str, Any], expected: dict[str, Any]) -> None:
    got = decided(POLICY, facts)

    assert {name: got[name] for name in expected} == expected


def test_a_sound_module_has_no_findings() -> None:
    assert_no_findings(found(POLICY))


@pytest.mark.parametrize(("low", "high"), [("above: 3", "at_most: 3"), ("at_least: 3", "below: 3"), ("at_least: 4", "at_most: 3")])
def test_bounds_without_a_value_between_them_are_an_error(low: str, high: str) -> None:
    assert_finding(found(POLICY.replace("at_most: 3", f"{low}\n    {high}")), "bounds-crossed", underlined="3")


def test_bounds_may_meet_in_one_value() -> None:
    assert_no_findings(found(POLICY.replace("at_most: 3", "at_least: 3\n    at_most: 3")))


def test_a_class_without_a_bound_is_a_gap() -> None:
    assert_finding(found(POLICY.replace(", C: undetermined(lost)}", "}")), "gap")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    by: grade\n", "", "`offer` demands `by`, the class that its constraints hang on"),
        (
            "    value: rings\n",
            "",
            "`call` demands `value` together with its bounds, and `action` together with `allowed` or `forbidden`",
        ),
        (
            "    value: rings\n    at_most: 3\n",
            "",
            "`call` demands a constraint: `value` with a bound, `action` with `allowed` or `forbidden`, or `must`",
        ),
        (
            "must: {signed:",
            "must: {below:",
            "`must` demands another word than `below`",
        ),
        ("below: asked", "below: asking", "there is no fact, parameter, reading or decision `asking`"),
    ],
)
def test_keys_that_do_not_fit_are_refused(old: str, new: str, message: str) -> None:
    assert message in [finding.message for finding in found(POLICY.replace(old, new))]
