"""Cases from YAML and from JSON."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from tierwise.core.errors import PolicyError
from tierwise.core.policy import Policy
from tierwise.core.source import Source
from tierwise.plugins.cases.read_cases import read_cases
from tierwise.plugins.testing import policy_from

Read = Callable[[str], Policy]
POLICY = """\
tierwise: 1
policy: big-customers
version: 1.0.0
title: Big customers
facts:
  usage: {type: number, scale: 2}
  size: {type: enum, values: [large, small]}
  last_on: {type: date, nullable: true}
modules:
  tier:
    kind: module
    decisions:
      tier: {type: enum, values: [A, B], formula: if size = large then A else B}
      points: {type: integer, formula: if usage > 1 then 3 else 2}
"""
CASES = """\
cases:
  - id: big/e1
    as_of: 2026-11-21
    facts: {usage: 400000, size: large, last_on: null}
    expected: {tier: undetermined, points: 3, reasons: {tier: gap}, candidates: {tier: [A, B]}}
    why: 30–50万 uncovered
  - id: big/e2
    facts: {population: [{customer_id: a, customer_name: 甲, usage: 1}, {customer_id: b}]}
    expected: {by_customer: {a: {tier: B}, b: {tier: undetermined, reasons: {tier: missing_fact}}}}
    engines: [reference]
    why_engines: only it ranks so far
"""


@pytest.fixture
def text() -> str:
    """A policy with two outputs."""
    return POLICY


@pytest.fixture
def read() -> Read:
    """Read a policy text."""
    return lambda text: policy_from(text).policy


def test_cases_are_read_as_written(read: Read, text: str) -> None:
    first, second = read_cases(read(text), Source("cases.yaml", CASES))

    assert (first.id, first.as_of, first.why and first.why.en) == ("big/e1", date(2026, 11, 21), "30–50万 uncovered")
    assert first.facts == {"usage": "400000", "size": "large", "last_on": None}
    assert first.expected["points"] == "3"
    assert first.span.place == "cases.yaml:2:9"
    assert not first.is_population
    assert second.is_population
    assert second.engines == ("reference",)


def test_a_json_list_of_examples_is_read_alike(read: Read, text: str) -> None:
    json = '[\n{"id":"e1","facts":{"usage":1.5,"size":null},"expected":{"tier":"A"},"why":"R1"},\n{"id":"e2","expected":{"tier":null}}\n]'

    cases = read_cases(read(text), Source("examples.json", json))

    assert [(case.id, dict(case.facts), dict(case.expected)) for case in cases] == [
        ("e1", {"usage": "1.5", "size": None}, {"tier": "A"}),
        ("e2", {}, {"tier": None}),
    ]


@pytest.mark.parametrize(
    ("old", "new", "code", "place", "help"),
    [
        ("cases:", "case:", "unknown-key", "1:1", "did you mean `cases`?"),
        ("id: big/e2", "id: big/e1", "duplicate-case", "7:9", ""),
        ("id: big/e1", "name: big/e1", "unknown-key", "2:5", ""),
        ("2026-11-21", "21.11.2026", "wrong-value", "3:12", ""),
        ("2026-11-21", "2026-02-30", "wrong-value", "3:12", ""),
        ("{usage: 400000", "{usgae: 400000", "unknown-fact", "4:13", "did you mean `usage`?"),
        ("a, customer_name: 甲, usage", "a, customer_name: 甲, usgae", "unknown-fact", "8:61", "did you mean `usage`?"),
        ("{customer_id: b}", "{usage: 2}", "missing-key", "8:72", ""),
        ("reasons: {tier: gap}", "reasons: {tier: gup}", "wrong-value", "5:63", "did you mean `gap`?"),
        ("reasons: {tier: gap}", "reasons: {teir: gap}", "reason-without-outcome", "5:63", "did you mean `tier`?"),
        ("    why_engines: only it ranks so far\n", "", "missing-key", "10:5", ""),
        ("expected: {by_customer: {a:", "expected: {by_customer: {a: x, c:", "wrong-shape", "9:33", ""),
    ],
)
def test_a_fault_of_a_case_is_found_at_its_place(read: Read, text: str, old: str, new: str, code: str, place: str, help: str) -> None:
    assert old in CASES
    with pytest.raises(PolicyError) as caught:
        read_cases(read(text), Source("cases.yaml", CASES.replace(old, new)))

    finding = next(finding for finding in caught.value.findings if finding.code == code)
    assert finding.span is not None
    assert finding.span.place == f"cases.yaml:{place}"
    assert help in finding.help


@pytest.mark.parametrize("text_of_cases", ["", "cases:\n", "cases: x\n", "[]", "- x\n", "{"])
def test_a_file_without_cases_is_refused(read: Read, text: str, text_of_cases: str) -> None:
    with pytest.raises(PolicyError):
        read_cases(read(text), Source("cases.yaml", text_of_cases))
