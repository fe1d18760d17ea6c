"""Judgements of customers for single policies."""

from __future__ import annotations

from datetime import date
from random import Random

from tierwise.plugins.demo.makers import Customer, World
from tierwise.plugins.demo.opinions import OPINIONS, rows

CUSTOMERS = [Customer(f"{index:05d}", "拉萨", 1e5, 0.5, 1.0, True) for index in range(60)]


def world() -> World:
    """A small world of the demo."""
    return World(Random(1), date(2026, 6, 30), len(CUSTOMERS), list(CUSTOMERS))


def test_every_opinion_is_drawn_from_its_words() -> None:
    drawn = [row for _, row in rows(world())]

    assert {row[1] for row in drawn} == set(OPINIONS)
    assert all(row[2] in OPINIONS[row[1]] for row in drawn)


def test_not_every_customer_is_judged_and_nobody_twice() -> None:
    pairs = [(row[0], row[1]) for _, row in rows(world())]

    assert len(set(pairs)) == len(pairs) < len(CUSTOMERS) * len(OPINIONS)


def test_the_random_source_of_the_other_makers_is_left_alone() -> None:
    demo = world()
    before = demo.random.getstate()

    list(rows(demo))

    assert before == demo.random.getstate()
