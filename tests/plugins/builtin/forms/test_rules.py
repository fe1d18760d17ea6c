"""The rules of a table stand in a text block, or in a CSV file beside the policy."""

from __future__ import annotations

import pytest

from tierwise.plugins.testing import assert_finding, findings_of, policy_from

POLICY = """\
tierwise: 1
policy: small
version: 1.0.0
title: Small
facts: {n: {type: integer, min: 0}}
modules:
  m:
    kind: module
    decisions:
      tier: {type: enum, values: [A, B], table: {hit: unique, rules: tables/FILE.csv}}
"""
TABLES = {"tables/tier.csv": "n,-> tier\n>= 20万,A\n< 20万,B\n"}


def test_rules_are_read_from_a_file_of_the_policy() -> None:
    plan = policy_from({"policy.yaml": POLICY.replace("FILE", "tier"), **TABLES}).require_plan()

    assert [rule.span.text for rule in plan.tables["tier"].rules if rule.span] == [">= 20万,A", "< 20万,B"]


def test_a_file_that_is_not_there_is_told_with_the_one_that_was_meant() -> None:
    found = findings_of({"policy.yaml": POLICY.replace("FILE", "teir"), **TABLES})

    assert_finding(found, "missing-file", "tables/teir.csv", "there is no file `tables/teir.csv`", "did you mean `tables/tier.csv`?")


def test_a_policy_without_files_is_told_where_to_put_one() -> None:
    found = findings_of(POLICY.replace("FILE", "tier"))

    assert_finding(found, "missing-file", help="put it into the folder `tables` beside `policy.yaml`")


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        ('n,-> tier\n1,"A\n2,B\n', (2, 3), "a quote is opened here and not closed in its row"),
        ('n,-> tier\n"1,A\n2,B\n', (2, 1), "a quote is opened here and not closed in its row"),
        ('n,"-> tier\n1,A\n', (1, 3), "a quote is opened here and not closed in its row"),
        ('n,-> tier\n1,A\n"2","B\n', (3, 5), "a quote is opened here and not closed in its row"),
        ('n,-> tier\n1,"A\n2,"B"\n', (2, 3), "a quote is opened here and not closed in its row"),
        ('n,-> tier\n1,"A"x\n2,B\n', (2, 1), "this row is not CSV"),
    ],
)
def test_an_open_quote_in_a_csv_table_is_told_where_it_opens(text: str, place: tuple[int, int], said: str) -> None:
    policy = {"policy.yaml": POLICY.replace("FILE", "tier"), "tables/tier.csv": text}
    finding = assert_finding(findings_of(policy), "csv-syntax")
    assert finding.span is not None
    assert said in finding.message
    assert (finding.span.source.name, finding.span.line, finding.span.column) == ("tables/tier.csv", *place)
