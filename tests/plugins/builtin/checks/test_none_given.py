"""What may be none is told where it is given, and where a `not` lets it pass; what the author has looked at is not."""

from __future__ import annotations

import pytest

from tests.short_policies import checked

FACTS = """\
facts:
  d: {type: date, nullable: true}
  e: {type: date}
  p: {type: boolean, nullable: true}
  q: {type: boolean}
  s: {type: text, nullable: true}
  a: {type: number, scale: 2, nullable: true}
  b: {type: number, scale: 2}
  amounts: {type: map of number, scale: 2}
  l: {type: list of integer}
  n: {type: integer}
  t: {type: text}
  u: {type: duration}
  m: {type: date and time}
  g: {type: enum, values: [A, B]}
"""

GIVES_NONE = [
    ("integer", "days between(d, e)"),
    ("integer", "if q then 0 else days between(d, e)"),
    ("integer", "if d != null or q then days between(d, e) else 0"),
    ("integer", "if not(d != null) then days between(d, e) else 0"),
    ("number, scale: 2", "a + b"),
    ("number, scale: 2", "round half up(b / b, 2)"),
    ("number, scale: 2", "if b >= 0 then round half up(1 / b, 2) else 0"),
    ("number, scale: 2", "amounts.x"),
    ("number, scale: 2", "coalesce(a, a)"),
    ("integer", "first(l)"),
    ("integer", "max(l)"),
    ("integer", "min(l[item > 3])"),
    ("number, scale: 2", "round half up(mean(l), 2)"),
    ("number, scale: 2", "get value(amounts, t)"),
    ("number, scale: 2", "amounts[t]"),
    ("number, scale: 2", "modulo(b, b)"),
    ("duration", "u / b"),
    ("date", "date(2024, 2, n)"),
    ("enum, values: [A, B]", "next in scale(g)"),
    ("map of number, scale: 6", "shares pct(amounts)"),
    ("integer", "if is empty(l) then max(l) else 0"),
    ("integer", "if count(l) >= 0 then max(l) else 0"),
]
SURE = [
    ("integer", "if d = null then 0 else days between(d, e)"),
    ("integer", "if d != null then days between(d, e) else 0"),
    ("integer", "if d = null or q then 0 else days between(d, e)"),
    ("integer", "if not(d = null) and q then days between(d, e) else 0"),
    ("integer", "if d < e then days between(d, e) else 0"),
    ("integer", "if d in [e..e + 7 days] then days between(d, e) else 0"),
    ("number, scale: 2", "if a > 3 then a else b"),
    ("number, scale: 2", "if a in (1, 2) then a else b"),
    ("number, scale: 2", "if b = 0 then 0 else round half up(1 / b, 2)"),
    ("number, scale: 2", "if b <= 0 then 0 else round half up(1 / b, 2)"),
    ("number, scale: 2", "if b > 0 then round half up(1 / b, 2) else 0"),
    ("number, scale: 2", "coalesce(a, 0)"),
    ("integer", "coalesce(first(l), 0)"),
    ("integer", "first([1, 2])"),
    ("integer", "max(n, 3)"),
    ("integer", "sum(l)"),
    ("integer", "count(l)"),
    ("integer", "if count(l) > 0 then max(l) else 0"),
    ("integer", "if is empty(l) then 0 else first(l)"),
    ("integer", "if sum(l) != 0 then last(l) else 0"),
    ("number, scale: 2", "modulo(b, 10)"),
    ("number, scale: 2", "if b != 0 then modulo(n, b) else 0"),
    ("duration", "u / 2"),
    ("date", "date(e.year, 1, 1)"),
    ("date", "date(m)"),
    ("map of number, scale: 6", "if sum(values(amounts)) = 0 then amounts else shares pct(amounts)"),
    ("boolean", "a > 3"),
]


def codes(decisions: str) -> list[str]:
    """Return what is said of none in a policy of these decisions."""
    body = f"{FACTS}modules:\n  m:\n    kind: module\n    decisions:\n{decisions}"
    return [finding.code for finding in checked(body).findings if finding.code in ("may-be-none", "not-of-none", "gap")]


@pytest.mark.parametrize(("type", "formula"), GIVES_NONE)
def test_a_decision_that_may_be_none_says_so(type: str, formula: str) -> None:
    assert codes(f"      x: {{type: {type}, formula: '{formula}'}}\n") == ["may-be-none"]
    assert codes(f"      x: {{type: {type}, nullable: true, formula: '{formula}'}}\n") == []


@pytest.mark.parametrize(("type", "formula"), SURE)
def test_what_the_author_has_looked_at_is_not_none(type: str, formula: str) -> None:
    assert codes(f"      x: {{type: {type}, formula: '{formula}'}}\n") == []


def test_a_value_in_a_rule_is_not_none_where_its_cells_say_so() -> None:
    rules = "d -> x\n            != null -> days between(d, e)\n            null -> 0\n"
    table = f"      x:\n        type: integer\n        table:\n          hit: first\n          rules: |\n            {rules}"
    assert codes(table) == []
    assert codes(table.replace("            != null", "            -")) == ["may-be-none"]


def test_none_is_told_once_where_it_comes_from() -> None:
    assert codes("      x: {type: integer, formula: 'days between(d, e)'}\n      y: {type: integer, formula: x}\n") == ["may-be-none"]


PASSES = [
    "not(p)",
    'not(contains(s, "x"))',
    "q and not(p)",
    "if q then not(p) else q",
    "not(q and not(p))",
    "p = null or q or not(q) and not(p)",
]
MEANT = [
    "p != null and not(p)",
    "p = null or not(p)",
    "p = false",
    "not(a > 3)",
    "not(q)",
    "if p = null then q else not(p)",
    "not(known to be p)",
]


@pytest.mark.parametrize("formula", PASSES[:-1])
def test_a_not_that_holds_of_none_is_told(formula: str) -> None:
    assert codes(f"      x: {{type: boolean, formula: '{formula}'}}\n") == ["not-of-none"]


@pytest.mark.parametrize("formula", [*MEANT, PASSES[-1]])
def test_a_not_that_is_never_asked_of_none_is_not(formula: str) -> None:
    assert codes(f"      x: {{type: boolean, formula: '{formula}'}}\n") == []
