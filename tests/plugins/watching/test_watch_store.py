"""What was seen, what fired and which windows are open are kept together, and belong to one plan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tierwise.plugins.watching.action import Action
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watch_store import WatchStore

EVENTS = [Event(str(n), "late", "a", date(2024, 1, 1)) for n in range(1200)]
ACTION = Action("x", "demotion", "demote", "warning", "a", date(2024, 1, 1), ("1",), {}, None, "", (), "", {"zh": "", "en": ""})


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    return str(tmp_path / "l.db")


@pytest.mark.parametrize("kept", [True, False])
def test_many_events_are_each_seen_once(plan: WatchPlan, ledger: str, kept: bool) -> None:
    with WatchStore(plan, ledger if kept else None) as store:
        assert store.unseen([*EVENTS[:3], *EVENTS[:2]]) == EVENTS[:3]
        store.keep(EVENTS[:1000], [], [], 1)
        assert store.unseen(EVENTS) == EVENTS[1000:]


def test_the_next_store_goes_on_from_there(plan: WatchPlan, ledger: str) -> None:
    with WatchStore(plan, ledger) as store:
        assert store.states() == ([], 0)
        store.keep(EVENTS[:1], [ACTION], [("r/0", ("a", "甲"), {"open": []}), ("r/1", ("b",), {"open": []})], 5)
        store.keep([], [], [("r/1", ("b",), None)], 7)
    with WatchStore(plan, ledger) as store:
        assert store.states() == ([("r/0", ("a", "甲"), {"open": []})], 7)
        assert store.unseen(EVENTS[:2]) == EVENTS[1:2]
        assert store.keep([], [ACTION], [], 8) == []


def test_a_changed_plan_starts_anew_but_actions_stay_known(plan: WatchPlan, ledger: str) -> None:
    with WatchStore(plan, ledger) as store:
        store.keep(EVENTS[:1], [ACTION], [("r/0", ("a",), {"open": []})], 5)
    with WatchStore(replace(plan, fingerprint="another"), ledger) as store:
        assert store.states() == ([], 0)
        assert store.unseen(EVENTS[:1]) == EVENTS[:1]
        assert store.keep([], [ACTION], [], 1) == []
