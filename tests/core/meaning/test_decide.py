"""Outcomes of hand-built plans, most of them systems of the catalogue in miniature."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.plans import compare, decision, fact, interval, is_in, plan, table
from tierwise.core.environment import Environment
from tierwise.core.meaning import decide
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Conditional, Constant, DecisionRef, HitPolicy, Plan, Prefer, Undecided
from tierwise.core.types import BooleanType, EnumType, NumberType

TIERS = EnumType(("A1", "A2", "B1", "B2", "C", "D"))
SIZES = EnumType(("large", "fairly_large", "small"))
MONEY = NumberType(2, "元", Decimal(0))


def big_customers() -> Plan:
    usage, u = fact("annual_usage_yuan", MONEY)
    size, s = fact("usage_size", SIZES, missing=Reason.VAGUE)
    paying, p = fact("payment_reputation", EnumType(("good", "fairly_good", "poor")))
    growing, g = fact("growth_potential", EnumType(("large", "some", "small")))
    gain, c = fact("profit_contribution", EnumType(("low", "normal", "high")))
    rate, r = fact("profit_rate_high", BooleanType())
    rows = [
        (compare(u, ">=", 500000), is_in(s, "large"), is_in(p, "good"), None, None, None, "A1"),
        (interval(u, "[200000..300000]"), is_in(s, "fairly_large"), is_in(p, "fairly_good"), None, None, None, "A2"),
        (interval(u, "[50000..100000]"), None, None, is_in(g, "large"), None, None, "B1"),
        (interval(u, "[20000..50000]"), None, None, is_in(g, "small"), None, None, "B2"),
        (None, is_in(s, "fairly_large"), None, None, is_in(c, "low"), None, "C"),
        (None, is_in(s, "small"), None, is_in(g, "some"), None, compare(r, "=", True), "D"),
    ]
    tiers, pick = table("tier", HitPolicy.UNIQUE, (u, s, p, g, c, r), rows, TIERS)
    return plan([usage, size, paying, growing, gain, rate], [decision("tier", TIERS, pick)], [tiers])


CASES: list[tuple[dict[str, Any], Outcome]] = [
    (
        {"annual_usage_yuan": 500000, "usage_size": "large", "payment_reputation": "good", "profit_contribution": "normal"},
        Determined("A1", ("1",)),
    ),
    ({"annual_usage_yuan": 400000, "usage_size": "large", "payment_reputation": "good"}, Undetermined(Reason.GAP)),
    (
        {"annual_usage_yuan": 50000, "usage_size": "small", "growth_potential": "large", "profit_rate_high": False},
        Determined("B1", ("3",)),
    ),
    (
        {"annual_usage_yuan": 30000, "usage_size": "small", "growth_potential": "large", "profit_rate_high": False},
        Undetermined(Reason.GAP),
    ),
    (
        {"annual_usage_yuan": 250000, "usage_size": "fairly_large", "payment_reputation": "fairly_good", "profit_contribution": "low"},
        Undetermined(Reason.OVERLAP, ("A2", "C"), (), ("2", "5")),
    ),
    (
        {"annual_usage_yuan": 500000, "usage_size": "large"},
        Undetermined(Reason.MISSING_FACT, ("A1",), ("payment_reputation",), ("1",)),
    ),
    (
        {"annual_usage_yuan": 500000, "payment_reputation": "good", "profit_contribution": "normal", "growth_potential": "large"},
        Undetermined(Reason.VAGUE, ("A1",), ("usage_size",), ("1",)),
    ),
    (
        {"usage_size": "large", "payment_reputation": "good", "growth_potential": "some"},
        Undetermined(Reason.MISSING_FACT, ("A1",), ("annual_usage_yuan",), ("1",)),
    ),
]


@pytest.mark.parametrize(("facts", "expected"), CASES)
def test_tiers_of_big_customers(facts: dict[str, Any], expected: Outcome) -> None:
    typed = {name: Decimal(value) if type(value) is int else value for name, value in facts.items()}
    assert decide(big_customers(), Environment(), typed, None)["tier"] == expected


@pytest.mark.parametrize("given", [{}, {"recorded": "A1"}], ids=["the record missing", "the record there"])
def test_what_prefers_an_open_decision_with_one_candidate_has_it_whatever_else_is_given(given: dict[str, Any]) -> None:
    paying, p = fact("payment_reputation", EnumType(("good", "poor")))
    recorded, k = fact("recorded", TIERS)
    is_lost = Undecided(Reason.LOST, ("C",), TIERS)
    tier = decision("tier", TIERS, Conditional(compare(p, "=", "poor"), is_lost, Constant("B1", TIERS), TIERS))
    used = decision("used", TIERS, Prefer((DecisionRef("tier", TIERS), k), TIERS))
    system = plan([paying, recorded], [tier, used])

    found = decide(system, Environment(), {"payment_reputation": "poor", **given}, None)

    assert found["used"] == Determined("C")
    assert found["tier"] == Undetermined(Reason.LOST, ("C",))
