"""What has to follow an event, and what fails to come."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

HANDOVER = """
events: {left: {}, told: {}, replaced: {}}
rules:
  handover:
    on: left
    expect: {notify: {on: told}, replace: {on: replaced}}
    by: %s
    action: {do: complete}
    met: {do: done}
"""

CASES = [
    ("both came in time, in any order", "2024-01-03 replaced, 2024-01-08 told", ["2024-01-08 a done"]),
    ("one did not come", "2024-01-03 told, 2024-02-01 left", ["2024-01-08 a complete replace", "2024-02-08 a complete notify replace"]),
    ("too late is missing", "2024-01-03 told, 2024-01-09 replaced", ["2024-01-08 a complete replace"]),
    ("what came before does not count", "2023-12-31 told, 2024-01-05 replaced, 2024-02-01 told", ["2024-01-08 a complete notify"]),
    ("the same day counts", "2024-01-01 told, 2024-01-01 replaced", ["2024-01-01 a done"]),
    ("the last day counts to its last second", "2024-01-08T23:59:59 told, 2024-01-08 replaced", ["2024-01-08T23:59:59 a done"]),
    ("nothing is late before its time has passed", "2024-01-08 told", []),
]


def events_of(text: str, event: Any) -> list[Any]:
    return [event(at, kind) for at, kind in (one.split() for one in text.split(", "))]


@pytest.mark.parametrize(("after", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
@pytest.mark.parametrize("at_once", [True, False])
def test_duties(after: str, expected: list[str], at_once: bool, watcher: Any, event: Any, brief: Any) -> None:
    watching = watcher(HANDOVER % "7 days")
    events = sorted([event("2024-01-01", "left"), *events_of(after, event)], key=lambda one: one.order)
    actions = watching.process(events) if at_once else [action for one in events for action in watching.process([one])]
    if expected[1:]:
        actions += watching.finish(date(2024, 3, 1))
    assert brief(actions) == expected


def test_a_date_lets_a_deadline_pass(watcher: Any, event: Any, brief: Any) -> None:
    watching = watcher(HANDOVER % "7 days")
    watching.process([event("2024-01-01", "left")])
    assert watching.finish(date(2024, 1, 8)) == []
    assert brief(watching.finish(date(2024, 1, 9))) == ["2024-01-08 a complete notify replace"]
    assert watching.finish(date(2024, 1, 10)) == []


def test_what_is_open_is_told_once_while_the_deadline_is_not_known(watcher: Any, event: Any, brief: Any) -> None:
    watching = watcher(HANDOVER % "days")
    watching.process([event("2024-01-01", "left"), event("2025-01-02", "told")])
    assert brief(watching.finish()) == ["2024-01-01 a complete replace days"]
    assert watching.finish() == []
    assert brief(watching.process([event("2026-01-01", "replaced")])) == ["2026-01-01 a done"]


def test_an_overlay_gives_the_deadline_in_days(watcher: Any, event: Any, brief: Any) -> None:
    watching = watcher(HANDOVER % "days", overlay="parameters: {days: 2}")
    watching.process([event("2024-01-01", "left")])
    assert brief(watching.finish(date(2024, 1, 4))) == ["2024-01-03 a complete notify replace"]


SILENCE = "events: {bought: {}}\nrules: {churn: {on: bought, silence: 30 days, action: {do: visit}}}\n"


@pytest.mark.parametrize("at_once", [True, False])
def test_silence_fires_when_the_time_has_passed(at_once: bool, watcher: Any, event: Any, brief: Any) -> None:
    watching = watcher(SILENCE)
    events = [event(day, "bought") for day in ("2024-01-01", "2024-01-31", "2024-05-01")] + [event("2024-05-20", "bought", subject="b")]
    actions = watching.process(events) if at_once else [action for one in events for action in watching.process([one])]
    assert brief(actions) == ["2024-03-01 a visit"]
    assert brief(watching.finish(date(2024, 6, 1))) == ["2024-05-31 a visit"]


def test_silence_fires_once(watcher: Any, event: Any) -> None:
    watching = watcher(SILENCE)
    watching.process([event("2024-01-01", "bought")])
    assert [len(watching.finish(date(2024, month, 1))) for month in (3, 4, 5)] == [1, 0, 0]
