"""``duty-owner`` gives the one owner of a duty, or all of them, and finds duties of none and of several."""

from __future__ import annotations

from typing import Any

import pytest

from tests.short_policies import decided, found
from tierwise.core.finding import Severity
from tierwise.plugins.testing import assert_finding, assert_no_findings

POLICY = """\
facts:
  duty: {type: enum, values: [plan, collect, archive]}
  duties: {type: set, values: [plan, collect, archive]}
modules:
  roles:
    kind: duty-owner
    by: duty
    owners: {经理: [plan, collect], 专员: [collect, archive]}
    give: {owner: owner, owners: owners}
    acknowledge: {overlap: the source lists it twice}
  together:
    kind: duty-owner
    of: duties
    owners: {经理: [plan, collect], 专员: [collect]}
    give: {owners: all_owners}
"""


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"duty": "plan"}, {"owner": "经理", "owners": ("经理",)}),
        ({"duty": "collect"}, {"owner": ("overlap", "经理", "专员"), "owners": ("经理", "专员")}),
        ({"duties": ["archive", "collect"]}, {"all_owners": ("经理", "专员")}),
        ({"duties": ["archive"]}, {"all_owners": ()}),
    ],
)
def test_a_duty_has_its_owners(facts: dict[str, Any], expected: dict[str, Any]) -> None:
    got = decided(POLICY, facts)

    assert {name: got[name] for name in expected} == expected


def test_other_duties_have_the_default_owner() -> None:
    policy = POLICY.replace(", archive]}\n    give: {owner", "]}\n    default: 公司\n    give: {owner")

    assert decided(policy, {"duty": "archive"})["owner"] == "公司"
    assert decided(policy, {"duty": "archive"})["owners"] == ("公司",)


@pytest.mark.parametrize("default", ["", "    default: undetermined(gap)\n"])
def test_a_duty_of_nobody_is_a_gap(default: str) -> None:
    policy = POLICY.replace(", archive]}\n    give: {owner", f"]}}\n{default}    give: {{owner")

    assert (decided(policy, {"duty": "archive"})["owner"], decided(policy, {"duty": "archive"})["owners"]) == (("gap",), ("gap",))
    assert ("gap" in {finding.code for finding in found(policy)}) == (not default)


def test_shared_duties_are_noted_once_they_are_acknowledged() -> None:
    all_found = found(POLICY)

    assert {(finding.code, finding.severity) for finding in all_found} == {
        ("overlap-acknowledged", Severity.NOTE),
        ("duty-shared", Severity.NOTE),
    }
    assert [finding.message for finding in all_found if finding.code == "duty-shared"] == ["`collect` is a duty of `经理`, `专员`"] * 2


def test_an_overlap_that_nobody_acknowledged_is_found() -> None:
    policy = POLICY.replace("    acknowledge: {overlap: the source lists it twice}\n", "")

    assert assert_finding(found(policy), "overlap").severity is Severity.WARNING


def test_an_acknowledged_gap_is_a_note() -> None:
    policy = POLICY.replace(", archive]}\n    give: {owner: owner, owners: owners}", "]}\n    give: {owner: owner}")

    assert_finding(found(policy.replace("{overlap: the", "{gap: not said, overlap: the")), "gap-acknowledged")


def test_owners_without_shared_duties_have_no_findings() -> None:
    policy = POLICY.replace("[collect, archive]", "[archive]").replace("专员: [collect]", "专员: [archive]")

    assert_no_findings(found(policy.replace("    acknowledge: {overlap: the source lists it twice}\n", "")))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    by: duty\n", "", "`roles` demands one of `by` and `of`"),
        ("{owners: all_owners}", "{owner: one}", "`together` demands `by` for the one `owner`"),
        (
            "[plan, collect], 专员: [collect, archive]",
            "[plans], 专员: [collect, archive]",
            "`plans` is not one of the allowed values `plan`, `collect`, `archive`",
        ),
    ],
)
def test_keys_that_do_not_fit_are_refused(old: str, new: str, message: str) -> None:
    assert message in [finding.message for finding in found(POLICY.replace(old, new))]
