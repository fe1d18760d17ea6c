"""A chain of ``if`` that is a lookup or a table is told, with the one to write; that one decides alike."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from tests.short_policies import decided, found
from tierwise.core.finding import Finding

FACTS = """\
facts:
  grade: {type: enum, values: [A, B, C, 其他/未知]}
  size: {type: enum, values: [large, small], nullable: true}
  n: {type: integer, nullable: true}
  good: {type: boolean, nullable: true}
  price 1: {type: number, scale: 2}
modules:
  m:
    kind: module
    decisions:
"""
TYPES = {"number": ("type: number", "scale: 2"), "word": ("type: enum", "values: [x, y, z]")}


def policy(type: str, way: str) -> str:
    lines = (*TYPES[type], "nullable: true", *way.splitlines())
    return f"{FACTS}      d:\n" + "".join(f"        {line}\n" for line in lines)


def notes(text: str) -> list[Finding]:
    return [finding for finding in found(text) if finding.code.startswith("formula-is-")]


CHAINS = [
    ("lookup", "number", "if grade = A then 20 else if grade = B then 30 else 0"),
    ("lookup", "number", "if grade in (A, B) then n else if grade = 其他/未知 then round half up(n / 3, 2) else null"),
    ("lookup", "word", "if good = null then undetermined(vague, x, y) else if good then x else y"),
    ("lookup", "word", "if n = 1 or n = 2 then x else if 3 = n then y else z"),
    ("lookup", "word", "if good = false then x else if good = null then y else z"),
    ("table", "word", "if n > 10 then x else if n in [5..10] then y else if 3 < n then z else null"),
    ("table", "word", "if grade = A and good then x else if grade = B or size = null then y else if n < 3 and not(good) then z else x"),
    ("table", "word", "if size = large then (if good then x else y) else if good then y else z"),
    ("table", "number", "if good or size = small then (if n > 10 then n else if n > 5 then 5 else 0) else 1"),
    ("table", "number", "if n + 1 > `price 1` then n else if size = small then n * 2 else if good then -1.5 else 0"),
]


@pytest.mark.parametrize(("what", "type", "formula"), CHAINS, ids=[formula for _, _, formula in CHAINS])
def test_what_is_to_be_written_decides_alike(what: str, type: str, formula: str) -> None:
    [note] = notes(policy(type, f"formula: >-\n  {formula}"))
    written = note.help.split("\n", 1)[1].replace("\n  ", "\n").removeprefix("  ")

    assert note.code == f"formula-is-{what}"
    assert notes(policy(type, written)) == []
    for facts in _subjects():
        assert decided(policy(type, written), facts) == decided(policy(type, f"formula: >-\n  {formula}"), facts)


def _subjects() -> list[dict[str, Any]]:
    choices = product((None, "A", "B", "其他/未知"), ("large", "small"), (1, 4, 7, 12), (True, False))
    subjects = [{"grade": grade, "size": size, "n": n, "good": good, "price 1": 5} for grade, size, n, good in choices][::3]
    whole = [{name: value for name, value in subject.items() if value is not None} for subject in subjects]
    return [*whole, {**whole[0], "size": None}, {**whole[1], "good": None}, {**whole[2], "n": None}]


@pytest.mark.parametrize(
    "formula",
    [
        "if grade = A then 1 else 0",
        "if grade = A then 1 else if n > 3 then 2 else 0",
        "if grade = A then 1 else if grade = A then 2 else 0",
        "if not(good and n > 1) then 1 else if not(good or n > 2) then 2 else if n = 4 then 3 else 0",
        "if not(good) then 1 else if good = null then 2 else 0",
        "n + 1",
    ],
)
def test_what_is_no_plain_chain_is_left_alone(formula: str) -> None:
    assert notes(policy("number", f"formula: >-\n  {formula}")) == []


def test_what_a_kind_or_a_part_of_a_decision_says_is_left_alone() -> None:
    chain = "if grade = A then 20 else if grade = B then 30 else 0"

    assert notes(policy("number", f"where: {{p: '{chain}'}}\nformula: p + 1")) == []
