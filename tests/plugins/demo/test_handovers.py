"""Key accounts that were lost this year."""

from __future__ import annotations

from datetime import date
from random import Random

from tierwise.plugins.demo.handovers import MANAGER, rows
from tierwise.plugins.demo.makers import Customer, Employee, World

AS_OF = date(2026, 6, 30)


def world() -> World:
    """A small world of the demo."""
    customers = [Customer(f"{index:05d}", "拉萨", 1e5, 0.5, 1.0, True) for index in range(20)]
    staff = [Employee("S001", MANAGER, "拉萨"), Employee("S002", "业务员", "拉萨")]
    return World(Random(1), AS_OF, len(customers), customers, staff)


def test_managers_alone_lose_accounts_and_none_twice() -> None:
    lost = [row for _, row in rows(world())]

    assert lost
    assert {row[1] for row in lost} == {"S001"}
    assert len({row[0] for row in lost}) == len(lost)


def test_they_began_before_the_year_and_ended_in_it() -> None:
    for _, row in rows(world()):
        assert date.fromisoformat(row[3]) < date(2026, 1, 1) <= date.fromisoformat(row[4]) <= AS_OF


def test_the_random_source_of_the_other_makers_is_left_alone() -> None:
    demo = world()
    before = demo.random.getstate()

    list(rows(demo))

    assert before == demo.random.getstate()
