"""A formula as deep and as wide as the limits allow is compiled, and gives the same in every engine, within seconds."""

from __future__ import annotations

import time
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from tests.differential.comparing import differences
from tests.short_policies import ENVIRONMENT, checked
from tierwise.core.values import Duration
from tierwise.plugins.engine import Engine

FACTS = """\
facts:
  a: {type: number, scale: 2, nullable: true}
  b: {type: number, scale: 2}
  d: {type: date}
  h: {type: duration}
  s: {type: text}
  l: {type: list of number, scale: 2}
"""
GIVEN = {"a": Decimal("1.50"), "b": Decimal(2), "d": date(2024, 1, 31), "h": Duration(months=1), "s": "x", "l": (Decimal("-1.50"),)}
WHOLE: dict[str, Any] = {**GIVEN, "a": None}
SUBJECTS: list[dict[str, Any]] = [GIVEN, WHOLE, {"b": Decimal(1)}, {}]
ENOUGH = 60  # seconds, of a machine with others at work on it; what doubles with every level would take years


def nested(head: str, inner: str, tail: str, times: int = 20) -> str:
    return head * times + inner + tail * times


FORMULAS = [
    ("number, scale: 2", nested("abs(", "a", ")", 50)),
    ("number, scale: 2", nested("min(", "a", ", b)")),
    ("number, scale: 2", nested("coalesce(", "a", ", b)")),
    ("number, scale: 2", nested("round half up(", "a", " / 3, 2)")),
    ("number, scale: 2", nested("round half up(", "a", ", -1)")),
    ("number, scale: 2", nested("round half up(abs(", "a", "), 2)")),
    ("number, scale: 2", f"round half up({' * '.join(['a'] * 60)}, 2)"),
    ("boolean", f"{' * '.join(['a'] * 60)} > 0"),
    ("number, scale: 4", " + ".join(["a * b"] * 60)),
    ("integer", nested("if a > 1 then 2 else (", "0", ")", 25)),
    ("date", nested("add(", "d", ", h)")),
    ("date", nested("start of month(end of month(", "d", "))", 10)),
    ("text", nested("upper case(lower case(", "s", "))", 10)),
    ("text", " + ".join(["s"] * 60)),
    ("boolean", f"some x in l satisfies {nested('abs(', 'x', ')')} > 1"),
    ("boolean", nested("not(", "a > 1", ")", 25)),
]


@pytest.mark.parametrize(("type", "formula"), FORMULAS, ids=[formula[:40] for _, formula in FORMULAS])
def test_a_deep_formula_gives_the_same_in_every_engine_before_long(engine: Engine, type: str, formula: str) -> None:
    start = time.monotonic()
    body = f"modules:\n  m:\n    kind: module\n    decisions:\n      x: {{type: {type}, nullable: true, formula: '{formula}'}}\n"
    assert differences(engine, checked(FACTS + body).require_plan(), SUBJECTS, None, ENVIRONMENT) == []
    assert time.monotonic() - start < ENOUGH
