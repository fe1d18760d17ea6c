"""Ties across a cut, who crosses a share, several keys and totals of nothing: one meaning in every engine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.differential.comparing import differences
from tests.short_policies import ENVIRONMENT, checked
from tierwise.core.meaning.decide import decide_population
from tierwise.core.meaning.subjects import Subject
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Plan
from tierwise.plugins.engine import Engine

FACTS = "facts:\n  money: {type: number, scale: 2}\n  orders: {type: integer}\n"


def plan_of(ranking: str) -> Plan:
    """Return the plan of a policy of one ranking."""
    body = f"modules:\n  m:\n    kind: module\n    decisions:\n      x: {{type: enum, values: [A, B, C], ranking: {ranking}}}\n"
    return checked(FACTS + body).require_plan()


def subjects_of(money: list[Any], orders: list[Any] | None = None) -> list[dict[str, Any]]:
    """Return subjects, of whom a value of ``None`` is missing."""
    rows = zip(money, orders or [None] * len(money), strict=True)
    return [{name: Decimal(v) for name, v in zip(("money", "orders"), row, strict=True) if v is not None} for row in rows]


def word(outcome: Outcome) -> str:
    return str(outcome.value) if isinstance(outcome, Determined) else f"{outcome.reason} {''.join(map(str, outcome.candidates))}".strip()


TOP = "top: {A: 2, B: rest}"
PARETO = "pareto: {A: 80%, B: 15%, C: rest}"
CASES: list[tuple[str, list[Any], list[Any] | None, list[str]]] = [
    # three tie for the places 2 to 4, and there are two places
    (f"{{by: money, {TOP}}}", [9, 5, 5, 5, 1], None, ["A", "tie AB", "tie AB", "tie AB", "B"]),
    (f"{{by: money, ties: together_better, {TOP}}}", [9, 5, 5, 5, 1], None, ["A", "A", "A", "A", "B"]),
    (f"{{by: money, ties: together_worse, {TOP}}}", [9, 5, 5, 5, 1], None, ["A", "B", "B", "B", "B"]),
    (f"{{by: money, ties: together_better, {TOP}}}", [7, 7, 7], None, ["A", "A", "A"]),
    # one without a value may stand anywhere
    (f"{{by: money, ties: together_better, {TOP}}}", [9, 5, 5, None], None, ["A", "missing_fact AB", "missing_fact AB", "missing_fact AB"]),
    (f"{{by: money, ties: together_worse, {TOP}}}", [9, 5, 5, None], None, ["A", "B", "B", "missing_fact AB"]),
    (f"{{by: money, ties: together_worse, {TOP}}}", [9, 5, 4, None], None, ["A", "missing_fact AB", "B", "missing_fact AB"]),
    # a second key parts those who tie by the first
    (f"{{by: [orders desc, money desc], {TOP}}}", [1, 5, 4, 9], [9, 2, 2, 1], ["A", "A", "B", "B"]),
    (f"{{by: [orders asc, money desc], {TOP}}}", [1, 5, 4, 9], [9, 2, 2, 1], ["B", "A", "B", "A"]),
    (f"{{by: [orders, money asc], {TOP}}}", [1, 5, 4, 9], [9, 2, 2, 1], ["A", "B", "A", "B"]),
    (f"{{by: [orders, money], {TOP}}}", [1, 5, 5, 9], [9, 2, 2, 1], ["A", "tie AB", "tie AB", "B"]),
    (f"{{by: [orders, money], {TOP}}}", [1, 5, None, 9], [9, 2, 2, 1], ["A", "missing_fact AB", "missing_fact AB", "B"]),
    # who crosses 80 % is in, or out
    (f"{{by: money, {PARETO}}}", [70, 20, 10], None, ["A", "A", "B"]),
    (f"{{by: money, crossing: out, {PARETO}}}", [70, 20, 10], None, ["A", "B", "C"]),
    (f"{{by: money, crossing: out, {PARETO}}}", [80, 15, 5], None, ["A", "B", "C"]),
    (f"{{by: money, {PARETO}}}", [80, 15, 5], None, ["A", "B", "C"]),
    (f"{{by: money, crossing: out, {PARETO}}}", [90, 10], None, ["B", "C"]),
    (f"{{by: money, crossing: out, {PARETO}}}", [1, 1, 1], None, ["tie ABC"] * 3),
    (f"{{by: money, {PARETO}}}", [70, 10, 10, 10], None, ["A", "tie AB", "tie AB", "tie AB"]),
    (f"{{by: money, ties: together_better, {PARETO}}}", [70, 10, 10, 10], None, ["A", "A", "A", "A"]),
    (f"{{by: money, ties: together_worse, {PARETO}}}", [70, 10, 10, 10], None, ["A", "B", "B", "B"]),
    (f"{{by: money, {PARETO}}}", [800, 150, 50], None, ["A", "B", "C"]),
    (f"{{by: money, {PARETO}}}", [600, 200, 150, 50, -100, 0], None, ["A", "A", "B", "C", "C", "C"]),
    (f"{{by: money, {PARETO}}}", [600, 200, 200], None, ["A", "tie AB", "tie AB"]),
    # a total of nothing has no shares
    (f"{{by: money, {PARETO}}}", [0, 0, 0], None, ["gap"] * 3),
    (f"{{by: money, crossing: out, {PARETO}}}", [5, -5], None, ["gap"] * 2),
    (f"{{by: money, {PARETO}}}", [1, -5], None, ["gap"] * 2),
    (f"{{by: money, {PARETO}}}", [0], None, ["gap"]),
    (f"{{by: money, {PARETO}}}", [5], None, ["A"]),
]


@pytest.mark.parametrize(("ranking", "money", "orders", "expected"), CASES, ids=[f"{n}-{ranking}" for n, (ranking, *_) in enumerate(CASES)])
def test_a_ranking_means_one_thing_in_every_engine(
    engine: Engine, ranking: str, money: list[Any], orders: list[Any] | None, expected: list[str]
) -> None:
    plan, subjects = plan_of(ranking), subjects_of(money, orders)
    found = decide_population(plan, ENVIRONMENT, [Subject(str(n), None, facts) for n, facts in enumerate(subjects)], None)

    assert [word(result.outcomes["x"]) for result in found.subjects] == expected
    assert differences(engine, plan, subjects, None, ENVIRONMENT) == []
