"""Cases in rows, under ``rows`` or in a CSV file: each is the case that it would be if it were written alone."""

from __future__ import annotations

from datetime import date

import pytest

from tests.plugins.cases.test_read_cases import CASES, POLICY
from tierwise.core.errors import PolicyError
from tierwise.core.policy import Policy
from tierwise.core.source import Source
from tierwise.plugins.cases.read_cases import Case, read_cases
from tierwise.plugins.testing import policy_from

ROWS = """\
cases:
  - id: sizes
    as_of: 2026-11-21
    facts: {size: large, usage: 1}
    expected: {points: 3}
    why: all of them
    rows: |
      id   | usage  | size  | last_on | as_of      -> tier                       | points | # why
      one  | 400000 | -     | none    | 2026-01-01 -> A                          | -      |
      two  |        | small |         |            -> undetermined gap [A, B]    | 2      | a gap
      more | 1,000  | large | -       | -          -> undetermined               | -      |
"""


@pytest.fixture(scope="module")
def policy() -> Policy:
    """A policy with two outputs."""
    return policy_from(POLICY).policy


def test_a_row_goes_over_what_all_rows_share(policy: Policy) -> None:
    one, two, more = read_cases(policy, Source("cases.yaml", ROWS))

    assert (one.id, two.id, more.id) == ("sizes/one", "sizes/two", "sizes/more")
    assert (one.as_of, two.as_of) == (date(2026, 1, 1), date(2026, 11, 21))
    assert one.facts == {"size": "large", "usage": "400000", "last_on": None}
    assert two.facts == {"size": "small", "usage": "1"}
    assert one.expected == {"points": "3", "tier": "A"}
    assert two.expected == {"points": "2", "tier": "undetermined", "reasons": {"tier": "gap"}, "candidates": {"tier": ["A", "B"]}}
    assert more.expected == {"points": "3", "tier": "undetermined"}
    assert (str(one.why), str(two.why)) == ("all of them", "a gap")
    assert (one.span.line, two.span.line, more.span.line) == (9, 10, 11)


def test_a_csv_file_says_the_same(policy: Policy) -> None:
    text = "id,usage,as_of,->tier,points,#\na,400000,2026-01-01,A,3,why not\nb,1,,undetermined gap,,\n"
    first, second = read_cases(policy, Source("cases.csv", text))

    assert (first.facts, first.expected, first.as_of) == ({"usage": "400000"}, {"tier": "A", "points": "3"}, date(2026, 1, 1))
    assert second.expected == {"tier": "undetermined", "reasons": {"tier": "gap"}}


@pytest.mark.parametrize(
    ("old", "new", "code", "place"),
    [
        ("| usage  |", "| usagee |", "unknown-fact", "cases.yaml:8:14"),
        ("gap [A, B]", "gab", "unknown-reason", "cases.yaml:10:7"),
        ("two  |", "one  |", "duplicate-case", "cases.yaml:10:7"),
        ("2026-01-01", "2026-13-01", "wrong-value", "cases.yaml:9:7"),
        ("-> A     ", "   A     ", "no-arrow", "cases.yaml:9:7"),
    ],
)
def test_what_is_wrong_with_a_row_stands_at_it(policy: Policy, old: str, new: str, code: str, place: str) -> None:
    with pytest.raises(PolicyError) as caught:
        read_cases(policy, Source("cases.yaml", ROWS.replace(old, new, 1)))

    assert (caught.value.findings[0].code, caught.value.findings[0].span.place) == (code, place)  # type: ignore[union-attr]  # each has a place


def test_a_case_expects_something(policy: Policy) -> None:
    with pytest.raises(PolicyError) as caught:
        read_cases(policy, Source("cases.csv", "usage,->tier\n1,\n"))

    assert caught.value.findings[0].message == "row `1` expects nothing"


def test_a_case_is_confirmed_unless_it_says_otherwise(policy: Policy) -> None:
    def confirmed(text: str) -> list[bool]:
        cases: tuple[Case, ...] = read_cases(policy, Source("cases.yaml", text))
        return [case.is_confirmed for case in cases]

    assert confirmed(CASES) == [True, True]
    assert confirmed(ROWS.replace("    rows:", "    unconfirmed: true\n    rows:")) == [False] * 3
