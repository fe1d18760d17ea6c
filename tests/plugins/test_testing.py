"""The test kit says what it was told, and fails with what there was instead."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from tierwise.core.environment import Function
from tierwise.core.errors import PolicyError
from tierwise.core.finding import Finding
from tierwise.core.source import Source, Span
from tierwise.core.types import BooleanType
from tierwise.plugins import hookimpl
from tierwise.plugins.testing import assert_finding, assert_no_findings, findings_of, policy_from, run_cases, with_plugin

POLICY = """\
tierwise: 1
policy: small
version: 1.0.0
title: Small
source: a test
subject: customer
facts:
  usage: {type: number, scale: 0, min: 0}
parameters:
  enough: {type: integer, local: true}
modules:
  main:
    kind: module
    decisions:
      large: {type: boolean, formula: usage >= enough}
"""

CASES = """\
cases:
  - id: large
    facts: {usage: 10}
    expected: {large: undetermined, reasons: {large: lost}}
"""

SOURCE = Source("a.yaml", "first line\nsecond line\nthird line\n")
ODD = Finding.warning("odd-thing", "`second` is odd", Span.at(SOURCE, 2, 1, 6), "make it even")
PLAIN = Finding.error("plain-thing", "this has no place")


class Odd:
    """A plugin with one function."""

    @hookimpl
    def tierwise_functions(self) -> Iterable[Function]:
        return [Function("is odd", "is odd(n) -> boolean", "Odd.", lambda types: BooleanType(), lambda n: n % 2 == 1)]


def test_a_policy_may_use_the_plugin_under_test() -> None:
    odd = POLICY.replace("usage >= enough", "is odd(usage)")

    with with_plugin(Odd()) as plugins:
        assert policy_from(odd, plugins).plan is not None

    assert [finding.severity for finding in findings_of(odd)][:1] == ["error"]


def test_the_plugin_is_gone_afterwards() -> None:
    with with_plugin(Odd()) as plugins:
        assert [info.name for info in plugins.listing()][-1] == "Odd"

    assert "Odd" not in [info.name for info in plugins.listing()]


def test_an_overlay_fills_the_policy_in() -> None:
    assert policy_from(POLICY).require_plan().lost == ("enough",)
    assert policy_from(POLICY, overlay="overlay: 1\npolicy: small\nparameters: {enough: 5}\n").require_plan().lost == ()


def test_a_policy_that_cannot_be_read_raises_or_gives_its_findings() -> None:
    with pytest.raises(PolicyError):
        policy_from("tierwise: 1\n")

    assert findings_of("tierwise: 1\n")


def test_the_one_finding_is_returned() -> None:
    assert assert_finding([ODD, PLAIN], "odd-thing", underlined="second", message="`second` is odd", help="make it even") is ODD


@pytest.mark.parametrize(
    ("code", "wanted"),
    [
        ("other", {}),
        ("odd-thing", {"underlined": "line"}),
        ("odd-thing", {"message": "is odd"}),
        ("odd-thing", {"help": ""}),
        ("plain-thing", {"underlined": "x"}),
    ],
)
def test_anything_else_fails(code: str, wanted: dict[str, str]) -> None:
    with pytest.raises(AssertionError):
        assert_finding([ODD, PLAIN], code, **wanted)


def test_a_failure_lists_what_there_was() -> None:
    with pytest.raises(AssertionError, match=r"0 findings `other` among:\na.yaml:2:1: warning\[odd-thing\]: `second` is odd"):
        assert_finding([ODD], "other")
    with pytest.raises(AssertionError, match="there are no findings"):
        assert_finding([], "other")


def test_no_findings_means_none() -> None:
    assert_no_findings([])
    with pytest.raises(AssertionError, match="odd-thing"):
        assert_no_findings([ODD])


def test_cases_are_counted_or_fail_with_the_difference(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(CASES, encoding="utf-8")
    assert run_cases(tmp_path) == 1

    (tmp_path / "cases.yaml").write_text(CASES.replace("reasons: {large: lost}", "reasons: {large: gap}"), encoding="utf-8")
    with pytest.raises(AssertionError, match=r"large on reference: large: expected .*gap.*, got .*lost"):
        run_cases(tmp_path)
