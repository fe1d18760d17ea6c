"""``handling-guidance`` gives what to do and what not to do, and checks an action against them."""

from __future__ import annotations

from typing import Any

import pytest

from tests.short_policies import checked, decided, found
from tierwise.core.finding import Severity
from tierwise.plugins.testing import assert_finding

POLICY = """\
facts:
  type: {type: enum, values: [silent, talkative, irritable]}
  signs: {type: set, values: [boasts, mocks]}
  action: {type: text}
  cause: {type: enum, values: [habit, fraud]}
modules:
  handling:
    kind: handling-guidance
    by: type
    do: {silent: undetermined(lost), talkative: [echo, steer], irritable: by_cause}
    dont: {silent: undetermined(lost), talkative: [ask], irritable: []}
    codes: {ask: {zh: 询问}}
    action: action
    give: {do: do, dont: dont, advised: advised, allowed: allowed}
    decisions:
      by_cause: {type: set, values: [ask, echo, steer], hidden: true, lookup: {by: cause, values: {habit: [ask], fraud: [steer]}}}
  several:
    kind: handling-guidance
    of: signs
    do: {boasts: [praise, agree], mocks: [endure, praise]}
    dont: {boasts: [argue], mocks: [argue]}
    action: action
    give: {do: {name: do_all, label: {zh: 全部}}, allowed: allowed_by_all}
"""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        (
            {"type": "talkative", "action": "ask"},
            {"do": ("echo", "steer"), "dont": ("ask",), "advised": False, "allowed": False},
        ),
        ({"type": "talkative", "action": "steer"}, {"advised": True, "allowed": True}),
        ({"type": "silent", "action": "ask"}, {"do": ("lost",), "dont": ("lost",), "allowed": ("lost", True, False)}),
        ({"type": "irritable", "cause": "fraud", "action": "ask"}, {"do": ("steer",), "dont": (), "allowed": True}),
        ({"signs": ["mocks", "boasts"], "action": "argue"}, {"do_all": ("praise", "agree", "endure"), "allowed_by_all": False}),
        ({"signs": [], "action": "argue"}, {"do_all": (), "allowed_by_all": True}),
    ],
)
def test_an_action_is_held_against_the_lists(facts: dict[str, Any], expected: dict[str, Any]) -> None:
    got = decided(POLICY, facts)

    assert {name: got[name] for name in expected} == expected


def test_labels_are_those_of_the_author_or_of_the_kind() -> None:
    decisions = checked(POLICY).require_plan().decisions

    assert (decisions["do_all"].label["zh"], decisions["dont"].label["zh"]) == ("全部", "不应做的")
    assert not decisions["several.dont"].output


def test_only_the_open_lists_are_noted() -> None:
    assert [(f.code, f.severity, f.span.text) for f in found(POLICY) if f.span] == [
        ("guidance-open", Severity.NOTE, "undetermined(lost)"),
        ("guidance-open", Severity.NOTE, "undetermined(lost)"),
    ]


def test_a_class_without_a_list_is_a_gap() -> None:
    finding = assert_finding(found(POLICY.replace(", irritable: []", "")), "gap")

    assert "irritable" in finding.message


def test_what_is_both_to_do_and_not_to_do_is_an_error() -> None:
    assert_finding(found(POLICY.replace("mocks: [argue]", "mocks: [endure]")), "do-and-dont", underlined="endure")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    by: type\n", "", "`handling` demands one of `by` and `of`"),
        ("    action: action\n    give: {do: do,", "    give: {do: do,", "`handling` demands `action` for `advised` and `allowed`"),
        (
            "    dont: {boasts: [argue], mocks: [argue]}\n",
            "",
            "`several` demands `do` for `do` and `advised`, and `dont` for `dont` and `allowed`",
        ),
    ],
)
def test_keys_that_do_not_fit_together_are_refused(old: str, new: str, message: str) -> None:
    assert message in [finding.message for finding in found(POLICY.replace(old, new))]
