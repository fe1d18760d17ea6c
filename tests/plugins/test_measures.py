"""A measure is checked like everything an author writes, and says of each subject what is added up."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.short_policies import checked, underlined
from tierwise.plugins.measures import measures_of

BODY = """\
facts:
  amount: {type: number, scale: 2, unit: 元}
  good: {type: boolean}
modules:
  m:
    kind: module
    decisions:
      limit: {type: number, scale: 2, unit: 元, formula: "if good then amount else 0"}
      all_together: {type: integer, of: population, formula: "count(population)"}
measures:
"""


def test_measures_compile_to_the_number_of_a_subject() -> None:
    found = measures_of(checked(BODY + "  a: {sum: limit}\n  b: {count: good}\n  c: {average: amount, where: good, digits: 3}\n").sections)

    assert [(m.name, m.how, m.unit, m.digits) for m in found] == [("a", "sum", "元", 2), ("b", "count", "", 0), ("c", "average", "元", 3)]
    assert found[0].label == {"zh": "a", "en": "a"}


def test_the_meaning_of_a_policy_is_the_same_whatever_it_measures() -> None:
    plain, measured = (checked(BODY.replace("measures:\n", "") + more).require_plan() for more in ("", "measures:\n  a: {sum: limit}\n"))

    assert plain.fingerprint == measured.fingerprint


def test_what_only_a_measure_reads_counts_as_read() -> None:
    body = BODY.replace("  good: {type: boolean}\n", "  good: {type: boolean}\n  cost: {type: number, scale: 2}\n")

    assert "unused-fact" not in {finding.code for finding in checked(body + "  a: {sum: cost}\n").findings}


@pytest.mark.parametrize(
    ("measure", "code", "text"),
    [
        ("a: {sum: good}", "type-mismatch", "good"),
        ("a: {count: amount}", "type-mismatch", "amount"),
        ("a: {sum: amount, where: amount}", "type-mismatch", "amount"),
        ("a: {sum: limti}", "unknown-name", "limti"),
        ("a: {sum: amount / 3}", "quotient-without-scale", "amount / 3"),
        ("a: {sum: all_together}", "population-reads-subject", "all_together"),
        ("the cost: {sum: amount}", "bad-name", "the cost"),
    ],
)
def test_a_wrong_measure_is_told_where_it_stands(measure: str, code: str, text: str) -> None:
    (finding,) = [finding for finding in checked(f"{BODY}  {measure}\n").findings if finding.severity == "error"]

    assert (finding.code, underlined(finding.span)) == (code, text)


def test_a_constant_can_be_added_up() -> None:
    (found,) = measures_of(checked(BODY + "  a: {sum: 12}\n").sections)

    assert found.type.scale == 0
    assert Decimal(12) == getattr(found.node, "value", None)
