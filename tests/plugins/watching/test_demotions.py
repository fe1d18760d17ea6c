"""A shipped policy demotes as often by what is decided as by what is watched, whatever the events."""

from __future__ import annotations

from datetime import date, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watch_run import WatchRun

AS_OF = date(2026, 6, 30)
DATES = st.lists(st.integers(0, 900).map(lambda days: date(2024, 1, 1) + timedelta(days)), max_size=8)


@cache
def settled(quarter: str) -> LoadedPolicy:
    """Return the policy with one reading of a quarter."""
    with TemporaryDirectory() as folder:
        overlay = Path(folder) / "company.yaml"
        overlay.write_text(f"overlay: 1\npolicy: scorecard-100-rights\nreadings: {{quarter: {quarter}}}\n", encoding="utf-8")
        return load("scorecard-100-rights", overlay=overlay)


def watched(policy: LoadedPolicy, dates: list[date]) -> tuple[int, bool]:
    """Return how often the watch demotes, and whether it asks somebody to decide about a third late payment."""
    plan = WatchPlan.of(policy.sections)
    assert plan is not None
    events = [Event(f"late_payment/{at}", "late_payment", "c", day, {}) for at, day in enumerate(dates)]
    with WatchRun(plan, policy.environment, policy.plugins.watch_engines()["reference"]) as run:
        actions = [action.do for action in [*run.process([events]), *run.finish(AS_OF)]]
    return actions.count("demote_payment_level"), "decide_demotion" in actions


@pytest.mark.parametrize("quarter", ["calendar", "rolling"])
@settings(max_examples=60, deadline=None)
@given(dates=DATES)
def test_the_payment_mode_is_lowered_as_often_by_decide_as_by_watch(quarter: str, dates: list[date]) -> None:
    policy = settled(quarter)
    facts = {"payment_level_now": "A", "late_payment_dates": [day.isoformat() for day in dates]}
    outputs = policy.decide(facts, AS_OF).to_dict()["outputs"]
    times, third = watched(policy, dates)

    assert outputs["payment_demotions"] == ({"undetermined": "gap"} if third else {"value": times})
    if not third and times < 4:
        assert outputs["payment_level"] == {"value": "ABCD"[times]}
