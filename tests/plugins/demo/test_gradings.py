"""The yearly gradings of the demo."""

from __future__ import annotations

from datetime import date
from random import Random

from tierwise.plugins.demo.demo_tables import TABLES
from tierwise.plugins.demo.gradings import rows
from tierwise.plugins.demo.makers import Customer, World

AS_OF = date(2026, 6, 30)
CUSTOMERS = [Customer(f"{index:05d}", "拉萨", 1e5, index / 200, 1.0, True) for index in range(200)]


def test_most_customers_were_graded_once_and_some_of_them_too_long_ago() -> None:
    graded = [row for _, row in rows(World(Random(1), AS_OF, len(CUSTOMERS), list(CUSTOMERS)))]
    ages = [(AS_OF - date.fromisoformat(row[8])).days for row in graded]

    assert len({row[0] for row in graded}) == len(graded) and 150 < len(graded) < 200
    assert all(len(row) == len(TABLES["gradings"].split(",")) for row in graded)
    assert min(ages) >= 0 and 30 < sum(age > 365 for age in ages) < 90


def test_the_random_source_of_the_other_makers_is_left_alone() -> None:
    demo = World(Random(1), AS_OF, len(CUSTOMERS), list(CUSTOMERS))
    before = demo.random.getstate()

    list(rows(demo))

    assert before == demo.random.getstate()
