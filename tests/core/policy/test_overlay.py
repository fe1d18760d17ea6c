"""What a company fills in, and what it may not."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest

from tierwise.core.errors import PolicyError
from tierwise.core.policy import Policy

Read = Callable[..., Policy]
OVERLAY = """\
overlay: 1
policy: big-customers
company: {zh: 示范公司, en: Sample company}
parameters: {days: 30}
readings: {quarter: rolling}
tables:
  tier: |
    usage -> tier
    < 5   -> B
"""


def test_an_overlay_fills_parameters_readings_and_tables(read: Read, text: str) -> None:
    policy = read(text, OVERLAY)

    assert policy.parameter_values == {"months": Decimal(2), "days": Decimal(30)}
    assert policy.settled == {"quarter": "rolling"}
    assert policy.filled_tables == {"tier": "usage -> tier\n< 5   -> B\n"}
    assert policy.filled_tables["tier"].span(0, 1).place == "company.yaml:8:5"
    assert list(policy.sources) == ["policy.yaml", "company.yaml"]


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "help"),
    [
        ("policy: big-customers", "policy: other", "wrong-policy", "2:9", ""),
        ("{days: 30}", "{months: 3}", "not-local", "4:14", ""),
        ("{days: 30}", "{day: 30}", "unknown-name", "4:14", "did you mean `days`?"),
        ("{days: 30}", "{days: many}", "bad-literal", "4:20", ""),
        ("{days: 30}", "{days: }", "none-not-allowed", "4:14", ""),
        ("rolling", "roling", "unknown-value", "5:21", "did you mean `rolling`?"),
        ("{quarter:", "{quarters:", "unknown-name", "5:12", "did you mean `quarter`?"),
        ("tables:", "table:", "unknown-key", "6:1", "did you mean `tables`?"),
        ("overlay: 1", "overlay: 9", "wrong-value", "1:10", ""),
        ("company:", "company: >= 5\nx:", "yaml-syntax", "3:10", "quotes"),
    ],
)
def test_what_may_not_be_filled_is_found_in_the_overlay(
    read: Read, text: str, old: str, new: str, code: str, place: str, help: str
) -> None:
    with pytest.raises(PolicyError) as caught:
        read(text, OVERLAY.replace(old, new))

    assert [finding.code for finding in caught.value.findings] == [code]
    finding = caught.value.findings[0]
    assert finding.span is not None
    assert finding.span.place == f"company.yaml:{place}"
    assert help in finding.help


@pytest.mark.parametrize("overlay", ["", "- a\n", "text"])
def test_an_overlay_that_is_no_mapping_is_refused(read: Read, text: str, overlay: str) -> None:
    with pytest.raises(PolicyError):
        read(text, overlay)
