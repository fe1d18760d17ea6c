"""``transition`` gives the next state by order, by what is done or by events, and says whether the move is permitted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.short_policies import decided, found
from tierwise.core.finding import Severity
from tierwise.plugins.testing import assert_finding, assert_no_findings

POLICY = """\
facts:
  level: {type: enum, values: [卖主, 伙伴, 联盟]}
  other: {type: enum, values: [卖主, 伙伴, 联盟]}
  steps: {type: set, values: [survey, form, contract]}
  state: {type: enum, values: [keep, filed, destroyed]}
  event: {type: enum, values: [ended, resumed, hopeless]}
  approved: {type: boolean}
modules:
  relation:
    kind: transition
    states: [卖主, 伙伴, 联盟]
    from: level
    other: other
    at_end: none
    give: {next: next_level, is_last: is_highest, higher: higher}
  process:
    kind: transition
    states: [survey, form, contract]
    done: steps
    give: {next: next_step, is_last: finished}
  ledger:
    kind: transition
    states: [keep, filed, destroyed]
    from: state
    event: event
    moves: {keep: {ended: filed}, filed: {resumed: keep, hopeless: destroyed}}
    otherwise: stay
    needs: {destroyed: approved}
    give: {next: after, permitted: permitted}
"""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"level": "卖主", "other": "联盟"}, {"next_level": "伙伴", "is_highest": False, "higher": "联盟"}),
        ({"level": "联盟", "other": "伙伴"}, {"next_level": "none", "is_highest": True, "higher": "联盟"}),
        ({"other": "联盟"}, {"higher": "联盟"}),
        ({"level": "伙伴", "other": "伙伴"}, {"higher": "伙伴"}),
        ({"level": "卖主", "other": "卖主"}, {"higher": "卖主"}),
        ({"steps": []}, {"next_step": "survey", "finished": False}),
        ({"steps": ["survey", "contract"]}, {"next_step": "form", "finished": False}),
        ({"steps": ["contract", "form", "survey"]}, {"next_step": None, "finished": True}),
        ({"state": "keep", "event": "ended"}, {"after": "filed", "permitted": True}),
        ({"state": "keep", "event": "hopeless"}, {"after": "keep", "permitted": True}),
        ({"state": "filed", "event": "hopeless", "approved": False}, {"after": "destroyed", "permitted": False}),
        ({"state": "filed", "event": "hopeless"}, {"after": "destroyed", "permitted": ("missing_fact", True, False)}),
    ],
)
def test_the_next_state_follows(facts: dict[str, Any], expected: dict[str, Any]) -> None:
    got = decided(POLICY, facts)

    assert {name: got[name] for name in expected} == expected


def test_the_end_may_be_left_open() -> None:
    assert decided(POLICY.replace("at_end: none", "at_end: undetermined(gap)"), {"level": "联盟"})["next_level"] == ("gap",)


def test_a_sound_module_has_no_findings() -> None:
    assert_no_findings(found(POLICY))


def test_an_event_without_a_move_is_a_gap() -> None:
    policy = POLICY.replace("    otherwise: stay\n", "")

    assert decided(policy, {"state": "keep", "event": "resumed"})["after"] == ("gap",)
    assert "gap" in {finding.code for finding in found(policy)}


def test_a_state_off_the_ladder_is_a_gap() -> None:
    assert_finding(
        found(
            POLICY.replace("states: [卖主, 伙伴, 联盟]", "states: [卖主, 伙伴]")
            .replace("    other: other\n", "")
            .replace(", higher: higher", "")
        ),
        "gap",
    )


@pytest.mark.parametrize(
    "moves",
    [
        "moves: {keep: {ended: filed}, filed: {resumed: keep, hopeless: destryed}}",
        "moves: {keep: {ended: filed}}\n    otherwise: destryed",
    ],
)
def test_beside_a_state_that_is_misspelt_all_states_are_named(moves: str) -> None:
    kept, _, _ = POLICY.partition("moves: ")
    policy = f"{kept}{moves}\n    give: {{next: after}}\n"

    message = "`destryed` is not one of the allowed values `keep`, `filed`, `destroyed`"
    assert_finding(found(policy), "unknown-value", underlined="destryed", message=message, help="did you mean `destroyed`?")


def test_a_state_that_no_move_leads_to_is_a_warning() -> None:
    policy = (
        POLICY.replace(", hopeless: destroyed", ", hopeless: keep")
        .replace("    needs: {destroyed: approved}\n", "")
        .replace(", permitted: permitted", "")
    )

    assert assert_finding(found(policy), "state-not-reached", underlined="destroyed").severity is Severity.WARNING


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    done: steps\n", "", "`process` demands one of `from` and `done`"),
        ("    event: event\n", "", "`ledger` demands `from`, `event` and `moves` together"),
        ("    other: other\n", "", "`relation` demands `from` and `other` for `higher`"),
        ("{next: after,", "{next: after, is_last: last,", "`ledger` demands states in order for `is_last`, not `moves`"),
        ("    needs: {destroyed: approved}\n", "", "`ledger` demands `needs` and `next` for `permitted`"),
        ("ended: filed}", "ended: field}", "`field` is not one of the allowed values `keep`, `filed`, `destroyed`"),
    ],
)
def test_keys_that_do_not_fit_together_are_refused(old: str, new: str, message: str) -> None:
    assert message in [finding.message for finding in found(POLICY.replace(old, new))]
