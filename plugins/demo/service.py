"""Visits, calls, inquiries, complaints, follow-ups, events and trades of the demo database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from tierwise.plugins.demo.makers import Customer, World, weighted

__all__ = ["rows"]

KINDS = ("visit", "visit", "call", "call", "call", "letter", "email", "sms", "gift", "banquet", "reception", "callback")
EVENTS = weighted(
    {
        "birth": 3,
        "retirement": 3,
        "account_opening": 5,
        "first_product_purchase": 5,
        "abnormal_behaviour": 3,
        "exchange_oral_warning": 1,
        "relation_ended": 1,
    }
)
INSTRUMENTS = weighted(
    {"delisting_period_stock": 1, "chinext_stock": 3, "newly_listed_overhyped": 1, "bond": 4, "main_board_stock": 8, "other": 3}
)
LEVELS = weighted({"staff": 7, "manager": 2, "executive": 1})
RATINGS = ("AAA", "AA+", "AA", "AA-", "A+")

Row = tuple[str, tuple[Any, ...]]


def rows(world: World) -> Iterator[Row]:
    """Yield the service side of every customer."""
    for customer in world.customers:
        yield from _interactions(world, customer)
        yield from _inquiries_and_cases(world, customer)
        yield from _events(world, customer)


def _interactions(world: World, customer: Customer) -> Iterator[Row]:
    random = world.random
    for _ in range(max(0, round(random.gauss(5, 3)))):
        kind = world.pick(KINDS)
        at = world.moment(330)
        reported = kind == "visit" and world.chance(0.9)
        yield (
            "interactions",
            (
                world.number("I"),
                customer.key,
                None,
                world.pick(world.staff).key,
                kind,
                at,
                world.pick(LEVELS),
                world.pick((1, 2, 2, 3, 3, 4)) if kind == "call" else None,
                world.pick(("phone_fault", "caller_upset", "dialect", "beyond_competence"))
                if kind == "call" and world.chance(0.1)
                else None,
                None,
                int(reported) if kind == "visit" else None,
                at[:10] if reported else None,
                at[:10] if kind == "visit" and world.chance(0.8) else None,
                "区域经理" if reported else None,
                json.dumps(random.sample(("accuracy", "timeliness", "attitude", "other"), world.between(2, 4)))
                if kind == "callback"
                else None,
            ),
        )
    if world.chance(0.5):
        before = world.pick("ABCDE")
        yield "follow_ups", (customer.key, world.moment(60), world.pick(world.staff).key, before, world.pick("ABCDE"))


def _inquiries_and_cases(world: World, customer: Customer) -> Iterator[Row]:
    if world.chance(0.5):
        received = datetime.fromisoformat(world.moment(90, 3))
        answered = received + timedelta(minutes=world.pick((30, 120, 600, 1439, 1440, 1441, 2000, 4000)))
        yield (
            "inquiries",
            (
                world.number("X"),
                customer.key,
                world.pick(("price_inquiry", "letter")),
                str(received),
                str(answered) if world.chance(0.95) else None,
            ),
        )
    if world.chance(0.15):
        flags = [world.flag(share) for share in (0.3, 0.3, 0.25, 0.2, 0.15, 0.05, 0.05, 0.1, 0.2)]
        closed = world.moment(60) if world.chance(0.6) else None
        yield (
            "cases",
            (world.number("C"), customer.key, world.pick(("phone", "fax", "in_person")), world.moment(200, 61), closed, *flags, None),
        )


def _events(world: World, customer: Customer) -> Iterator[Row]:
    random = world.random
    if world.chance(0.2):
        yield "events", (world.number("E"), customer.key, world.pick(EVENTS), world.moment(300))
    if world.chance(0.3):
        for _ in range(world.between(1, 3)):
            instrument = world.pick(INSTRUMENTS)
            rating = world.pick(RATINGS) if instrument == "bond" else None
            amount = round(random.lognormvariate(10, 1), 2)
            yield "trades", (world.number("T"), customer.key, instrument, rating, amount, round(amount * 0.0003, 2), world.moment(200))
    if world.chance(0.4):
        for month in ("2026-04", "2026-05", "2026-06"):
            yield (
                "service_spend",
                (customer.key, month, round(customer.size**0.5 * random.uniform(0.5, 3), 2), round(random.uniform(0.5, 12), 1), "retain"),
            )
