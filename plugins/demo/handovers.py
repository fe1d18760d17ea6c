"""Key accounts that a key-account manager has lost this year: assignments that have ended.

It draws from a random source of its own, so that it moves no other row of the demo.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random
from typing import Any

from tierwise.plugins.demo.makers import World

__all__ = ["MANAGER", "rows"]

Row = tuple[str, tuple[Any, ...]]

SEED = 42
MANAGER = "大客户经理"
MOST_LOST = 8


def rows(world: World) -> Iterator[Row]:
    """Yield up to eight ended assignments of each key-account manager, of different customers."""
    random = Random(SEED)
    year = date(world.as_of.year, 1, 1)
    for employee in world.staff:
        if employee.role != MANAGER:
            continue
        for customer in random.sample(world.customers, min(random.randint(1, MOST_LOST), len(world.customers))):
            began = year - timedelta(days=random.randint(30, 900))
            ended = year + timedelta(days=random.randint(0, (world.as_of - year).days))
            yield "assignments", (customer.key, employee.key, MANAGER, began.isoformat(), ended.isoformat())
