"""When each customer was last graded: once a year, of most of them.

It draws from a random source of its own, so that it moves no other row of the demo.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any

from tierwise.plugins.demo.makers import World

__all__ = ["rows"]

Row = tuple[str, tuple[Any, ...]]

SEED = 100
POLICY = "scorecard-100-rights"
SHARE_GRADED = 0.9
GRADES = "ABCD"


def rows(world: World) -> Iterator[Row]:
    """Yield the last grading of those who have been graded: within the last two years, of most within the last one."""
    random = Random(SEED)
    for customer in world.customers:
        if random.random() >= SHARE_GRADED:
            continue
        day = world.as_of - timedelta(days=random.choice((random.randint(0, 364), random.randint(0, 364), random.randint(365, 720))))
        grade = GRADES[min(3, int((1 - customer.quality) * len(GRADES)))]
        yield (
            "gradings",
            (customer.key, POLICY, "customer", "yearly", grade, None, None, 0, day.isoformat(), day.isoformat(), None, "营销部"),
        )
