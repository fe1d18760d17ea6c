"""The grade job as a Python function, and customers for it: the yardstick. It imports nothing, so that peers in another environment have the same."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random
from typing import Any

__all__ = ["BANDS", "GRADES", "ITEMS", "OUTPUTS", "RIGHTS", "WORDS", "Customer", "by_hand", "customers"]

Customer = dict[str, Any]
OUTPUTS = ("score", "grade", "terms_days", "price_factor", "visit_days")
ITEMS = ("annual_sales", "on_time_rate", "margin", "order_count", "years_active", "sales_mode", "share_of_wallet", "fame")
BANDS: dict[str, tuple[tuple[float | None, int], ...]] = {
    "annual_sales": ((1_000_000, 25), (500_000, 20), (200_000, 14), (50_000, 7), (None, 2)),
    "on_time_rate": ((0.95, 15), (0.85, 11), (0.70, 6), (None, 0)),
    "margin": ((0.30, 15), (0.20, 11), (0.10, 7), (0, 3), (None, 0)),
    "order_count": ((60, 10), (24, 7), (8, 4), (None, 1)),
    "years_active": ((10, 10), (5, 7), (2, 4), (None, 1)),
    "share_of_wallet": ((0.60, 10), (0.40, 7), (0.20, 4), (0.05, 2), (None, 0)),
}
"""Lower bound and points, from the greatest down."""
WORDS = {"sales_mode": {"exclusive": 10, "mixed": 6, "other": 2}, "fame": {"high": 5, "medium": 3, "low": 1}}
GRADES: tuple[tuple[int | None, str], ...] = ((85, "A"), (70, "B"), (50, "C"), (None, "D"))
RIGHTS = {"A": (60, 30, 0.95, 7), "B": (30, 15, 0.97, 14), "C": (15, 0, 1.0, 30), "D": (0, 0, 1.05, 90)}
"""Days of credit, those of who was late twice, price factor, days between visits."""


def by_hand(c: Mapping[str, Any]) -> tuple[int, str, int, float, int]:
    """The yardstick: the job as a programmer would write it."""
    x = c["annual_sales"]
    s = 25 if x >= 1_000_000 else 20 if x >= 500_000 else 14 if x >= 200_000 else 7 if x >= 50_000 else 2
    x = c["on_time_rate"]
    s += 15 if x >= 0.95 else 11 if x >= 0.85 else 6 if x >= 0.70 else 0
    x = c["margin"]
    s += 15 if x >= 0.30 else 11 if x >= 0.20 else 7 if x >= 0.10 else 3 if x >= 0 else 0
    x = c["order_count"]
    s += 10 if x >= 60 else 7 if x >= 24 else 4 if x >= 8 else 1
    x = c["years_active"]
    s += 10 if x >= 10 else 7 if x >= 5 else 4 if x >= 2 else 1
    x = c["share_of_wallet"]
    s += 10 if x >= 0.60 else 7 if x >= 0.40 else 4 if x >= 0.20 else 2 if x >= 0.05 else 0
    x = c["sales_mode"]
    s += 10 if x == "exclusive" else 6 if x == "mixed" else 2
    x = c["fame"]
    s += 5 if x == "high" else 3 if x == "medium" else 1
    g = "A" if s >= 85 else "B" if s >= 70 else "C" if s >= 50 else "D"
    late = c["late_payments_this_quarter"] >= 2
    terms = {"A": 30, "B": 15, "C": 0, "D": 0}[g] if late else {"A": 60, "B": 30, "C": 15, "D": 0}[g]
    return s, g, terms, {"A": 0.95, "B": 0.97, "C": 1.0, "D": 1.05}[g], {"A": 7, "B": 14, "C": 30, "D": 90}[g]


def customers(count: int, seed: int, missing: int = 0) -> list[Customer]:
    """Return random customers, some of them on or one step beside a border; of each, some items are missing."""
    random = Random(seed)

    def near(value: float, borders: tuple[float, ...], digits: int) -> float:
        if random.random() < 0.05:
            value = random.choice(borders) + random.choice((-1, 0, 1)) * 10**-digits
        return round(max(0.0, value), digits)

    found = []
    for _ in range(count):
        one: Customer = {
            "annual_sales": near(min(random.lognormvariate(13, 1.2), 3e6), (5e4, 2e5, 5e5, 1e6), 2),
            "on_time_rate": min(1.0, near(random.betavariate(9, 1.4), (0.7, 0.85, 0.95), 4)),
            "margin": near(random.gauss(0.22, 0.11), (0.1, 0.2, 0.3), 4),
            "order_count": int(random.gammavariate(1.2, 28)),
            "years_active": int(random.gammavariate(2, 3.8)),
            "sales_mode": random.choice(("exclusive", "mixed", "other")),
            "share_of_wallet": min(1.0, near(random.betavariate(2.4, 2.4), (0.05, 0.2, 0.4, 0.6), 4)),
            "fame": random.choice(("high", "medium", "low")),
            "late_payments_this_quarter": random.choice((0, 0, 0, 1, 2, 3)),
        }
        for name in random.sample(ITEMS, missing):
            del one[name]
        found.append(one)
    return found
