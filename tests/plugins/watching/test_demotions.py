"""A shipped policy demotes as often by what is decided as by what is watched, whatever the events."""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierwise.plugins.data_source import open_source
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.watching.action import Action
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.stored_events import DatabaseEvents
from tierwise.plugins.watching.watch_run import WatchRun

AS_OF = date(2026, 6, 30)
START = date(2024, 1, 1)
DATES = st.lists(st.integers(0, 900).map(lambda days: START + timedelta(days)), max_size=8)
CUSTOMERS = 60
LEVELS = "ABCD"


@cache
def settled(quarter: str) -> LoadedPolicy:
    """Return the policy with one reading of a quarter."""
    with TemporaryDirectory() as folder:
        overlay = Path(folder) / "company.yaml"
        overlay.write_text(f"overlay: 1\npolicy: scorecard-100-rights\nreadings: {{quarter: {quarter}}}\n", encoding="utf-8")
        return load("scorecard-100-rights", overlay=overlay)


@dataclass(frozen=True)
class Watched:
    """How often the watch demotes, and whether it asks somebody to decide about a third late payment."""

    times: int
    asks: bool

    @classmethod
    def of(cls, actions: list[Action]) -> Watched:
        """Count actions."""
        done = Counter(action.do for action in actions)
        return cls(done["demote_payment_level"], bool(done["decide_demotion"]))

    def agrees_with(self, outputs: Any) -> None:
        """Assert that what is decided of a customer of level A is the same."""
        level = LEVELS[min(self.times, 3)]
        if self.asks:  # whether a third demotes again is not said: what is sure is the best of what is possible
            assert outputs["payment_demotions"] == {"undetermined": "gap"}
            assert outputs["payment_level"]["undetermined"] == "gap"
            assert outputs["payment_level"]["candidates"][0] == level
            return
        assert outputs["payment_demotions"] == {"value": self.times}
        if self.times < 4:
            assert outputs["payment_level"] == {"value": level}


def watched(policy: LoadedPolicy, dates: list[date]) -> Watched:
    """Watch late payments of one customer."""
    plan = WatchPlan.of(policy.sections)
    assert plan is not None
    events = [Event(f"late_payment/{at}", "late_payment", "c", day, {}) for at, day in enumerate(dates)]
    with WatchRun(plan, policy.environment, policy.plugins.watch_engines()["reference"]) as run:
        return Watched.of([*run.process([events]), *run.finish(AS_OF)])


@pytest.mark.parametrize("quarter", ["calendar", "rolling"])
@settings(max_examples=40, deadline=None)
@given(dates=DATES)
def test_the_payment_mode_is_lowered_as_often_by_decide_as_by_watch(quarter: str, dates: list[date]) -> None:
    policy = settled(quarter)
    facts = {"payment_level_now": "A", "late_payment_dates": [day.isoformat() for day in dates]}

    watched(policy, dates).agrees_with(policy.decide(facts, AS_OF).to_dict()["outputs"])


@dataclass(frozen=True)
class Customer:
    """Due and paid days of a customer's invoices, and the days on which the payment level was set."""

    key: str
    invoices: tuple[tuple[date, date | None], ...]
    level_set: tuple[date, ...]

    @property
    def facts(self) -> dict[str, Any]:
        """What a binding would give."""
        return {
            "payment_level_now": "A",
            "invoices": [{"due_on": due.isoformat(), "paid_on": paid and paid.isoformat()} for due, paid in self.invoices],
            "payment_level_since": max(self.level_set).isoformat() if self.level_set else None,
        }


def customers(random: Random) -> list[Customer]:
    """Draw customers: some days are the border of a quarter, the day of the run, or the day on which the level was set."""

    def day() -> date:
        return random.choice([START + timedelta(random.randint(0, 250)), date(2024, 3, 31), AS_DUE, SET])

    def invoice() -> tuple[date, date | None]:
        due = day()
        return due, random.choice([None, due, due - timedelta(3), due + timedelta(1), due + timedelta(random.randint(2, 120))])

    return [
        Customer(
            f"{number:03}",
            tuple(invoice() for _ in range(random.randint(0, 7))),
            tuple(random.choice([SET, START + timedelta(random.randint(0, 250))]) for _ in range(random.randint(0, 2))),
        )
        for number in range(CUSTOMERS)
    ]


AS_DUE, SET = date(2024, 9, 1), date(2024, 5, 15)


@pytest.mark.parametrize("quarter", ["calendar", "rolling"])
@pytest.mark.parametrize("seed", range(2))
def test_invoices_of_a_database_and_levels_set_count_for_both_alike(quarter: str, seed: int, tmp_path: Path) -> None:
    policy = settled(quarter)
    plan = WatchPlan.of(policy.sections)
    assert plan is not None
    drawn = customers(Random(seed))
    database = tmp_path / "payments.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("CREATE TABLE payments (payment_id TEXT, customer_id TEXT, due_on TEXT, paid_on TEXT)")
        connection.execute("CREATE TABLE credit_ratings (customer_id TEXT, rated_on TEXT)")
        for customer in drawn:
            for place, (due, paid) in enumerate(customer.invoices):
                values = (f"{customer.key}/{place}", customer.key, due.isoformat(), paid and paid.isoformat())
                connection.execute("INSERT INTO payments VALUES (?, ?, ?, ?)", values)
            for day in {*customer.level_set}:
                connection.execute("INSERT INTO credit_ratings VALUES (?, ?)", (customer.key, day.isoformat()))
    with (
        closing(open_source(str(database), policy.plugins.sources().values())) as source,
        WatchRun(plan, policy.environment, policy.plugins.watch_engines()["reference"]) as run,
    ):
        actions = [*run.process(DatabaseEvents(policy.policy, plan, source).batches(AS_DUE)), *run.finish(AS_DUE)]

    for customer in drawn:
        since = max(customer.level_set, default=date.min)
        own = [action for action in actions if action.subject == customer.key and action.at > since]
        Watched.of(own).agrees_with(policy.decide(customer.facts, AS_DUE).to_dict()["outputs"])
