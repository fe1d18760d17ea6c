"""Which kinds, forms and keys a policy may name, and how a kind's own decisions become entries."""

from __future__ import annotations

import pytest

from tests.short_policies import ENVIRONMENT, checked, underlined, with_facts
from tierwise.plugins.testing import assert_finding

KINDS = [f"`{kind}`" for kind in ENVIRONMENT.kinds]
TABLE = """
tier:
  type: enum
  values: [A, B]
  table:
    hit: unique
    rules: |
      good  -> tier
      true  -> A
      false -> B
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "underline", "help"),
    [
        ("table:\n", "tabel:\n", "unknown-form", "tabel", "did you mean `table`?"),
        ("table:\n", "xyz:\n", "unknown-form", "xyz", "the forms are `table`"),
        ("type: enum", "hiden: true\n  type: enum", "unknown-key", "hiden", "did you mean `hidden`?"),
        ("  table:", "  formula: A\n  table:", "two-forms", "table", ""),
    ],
)
def test_a_form_that_is_not_there_is_found_at_its_key(old: str, new: str, code: str, underline: str, help: str) -> None:
    finding = assert_finding(with_facts(TABLE.replace(old, new)), code)

    assert underlined(finding.span) == underline
    assert help in finding.help


def test_a_decision_without_a_form_is_found() -> None:
    assert underlined(assert_finding(with_facts("tier: {type: integer}"), "no-form").span) == "tier"


@pytest.mark.parametrize(
    ("kind", "help"),
    [("modul", "did you mean `module`?"), ("something", f"the kinds are {', '.join(KINDS[:5])} and {len(KINDS) - 5} more")],
)
def test_a_kind_that_is_not_there_is_found(kind: str, help: str) -> None:
    policy = checked(f"facts: {{a: {{type: integer}}}}\nmodules:\n  m:\n    kind: {kind}\n")

    assert_finding(policy, "unknown-kind", underlined=kind, help=help)


def test_all_of_them_are_found_at_once() -> None:
    policy = with_facts("a: {type: integer, fromula: 1}\nb: {type: integer}\nc: {formula: 1, hiden: true}")

    assert [finding.code for finding in policy.findings] == ["unknown-form", "no-form", "unknown-key"]


NAMED = """
facts:
  usage: {type: integer}
  size: {type: integer}
parameters: {months: {type: integer, value: 2}}
readings: {quarter: [calendar, rolling]}
modules:
  m:
    kind: module
    decisions:
      points: {type: integer, formula: months + usage}
"""


@pytest.mark.parametrize(
    ("old", "new", "code", "underline"),
    [
        ("{quarter:", "{usage:", "duplicate-name", "usage"),
        ("      points:", "      months:", "duplicate-name", "months"),
        ("  size:", "  as_of:", "reserved-name", "as_of"),
        ("  size:", "  and:", "reserved-name", "and"),
        ("  size:", '  "a|b":', "bad-name", "a|b"),
    ],
)
def test_a_name_that_cannot_be_is_found_once(old: str, new: str, code: str, underline: str) -> None:
    assert underlined(assert_finding(checked(NAMED.replace(old, new)), code).span) == underline


def test_a_name_declared_twice_shows_both_places() -> None:
    finding = assert_finding(checked(NAMED.replace("{quarter:", "{usage:")), "duplicate-name")

    assert [(label, underlined(span)) for label, span in finding.related] == [("first declared here", "usage")]


@pytest.mark.parametrize("name", ["a-b", "a + b", "usage and size", "3d", "x=1"])
def test_a_name_that_reads_as_an_expression_is_a_warning(name: str) -> None:
    assert assert_finding(checked(NAMED.replace("  size:", f'  "{name}":')), "name-reads-as-expression").severity == "warning"
