"""``composition`` gives shares of a whole, and finds amounts that do not fall along a scale."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.short_policies import decided, found
from tierwise.plugins.testing import assert_finding, assert_no_findings

POLICY = """\
readings:
  rounding: [floor, ceiling, nearest]
facts:
  customers: {type: map of number, scale: 2, min: 0, unit: 元}
  products: {type: map of number, scale: 2, min: 0}
  spend: {type: map of number, scale: 2, min: 0}
modules:
  shares:
    kind: composition
    of: [customers, products]
    top: 20%
    rounding: rounding
    give: {shares: shares, top_share: top_share}
  allocation:
    kind: composition
    of: spend
    scale: [A, B, C]
    faults: {equal: 大锅饭, inverted: 倒置}
    labels: {大锅饭: {en: all alike}}
    give: {ok: ok, fault: fault}
"""

TEN = {"a": 500, "b": 300, "c": 60, "d": 50, "e": 30, "f": 20, "g": 15, "h": 10, "i": 10, "j": 5}


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"customers": {"a": 600, "b": 300, "c": 100}}, {"shares": {"a": Decimal(60), "b": Decimal(30), "c": Decimal(10)}}),
        ({"products": {"x": 1, "y": 2}}, {"shares": {"x": Decimal("33.333333"), "y": Decimal("66.666667")}}),
        ({"customers": TEN}, {"top_share": Decimal(80)}),
        ({"customers": {"a": 600, "b": 300, "c": 100}}, {"top_share": ("reading", Decimal(0), Decimal(60))}),
        ({"customers": {}}, {"shares": ("gap",), "top_share": ("gap",)}),
        ({}, {"shares": ("missing_fact",)}),
        ({"spend": {"A": 300, "B": 200, "C": 100}}, {"ok": True, "fault": None}),
        ({"spend": {"A": 100, "B": 100, "C": 100}}, {"ok": False, "fault": "大锅饭"}),
        ({"spend": {"A": 100, "B": 200, "C": 200}}, {"ok": False, "fault": "倒置"}),
        ({"spend": {"A": 200, "B": 200, "C": 100}}, {"ok": False, "fault": ("gap",)}),
    ],
)
def test_a_whole_is_made_up_of_shares(facts: dict[str, Any], expected: dict[str, Any]) -> None:
    got = decided(POLICY, facts)

    assert {name: got[name] for name in expected} == expected


def test_the_rounding_may_be_settled_by_a_word() -> None:
    policy = POLICY.replace("    rounding: rounding\n", "    rounding: ceiling\n")

    assert decided(policy, {"customers": {"a": 600, "b": 300, "c": 100}})["top_share"] == Decimal(60)


def test_a_tie_may_have_a_name() -> None:
    assert (
        decided(POLICY.replace("{equal: 大锅饭,", "{equal: 大锅饭, tied: 大锅饭,"), {"spend": {"A": 2, "B": 2, "C": 1}})["fault"]
        == "大锅饭"
    )


def test_a_sound_module_has_no_findings() -> None:
    assert_no_findings(found(POLICY))


@pytest.mark.parametrize("share", ["200%", "0"])
def test_a_share_of_the_largest_lies_between_nothing_and_all(share: str) -> None:
    assert_finding(found(POLICY.replace("20%", share)), "share-off-range", underlined=share)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("    top: 20%\n", "", "`shares` demands `top` and `rounding` for `top_share`"),
        ("    scale: [A, B, C]\n", "", "`allocation` demands `scale` for `ok` and `fault`"),
        ("of: spend", "of: spent", "there is no fact, parameter, reading or decision `spent`"),
    ],
)
def test_keys_that_do_not_fit_are_refused(old: str, new: str, message: str) -> None:
    assert message in [finding.message for finding in found(POLICY.replace(old, new))]
