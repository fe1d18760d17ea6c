"""So many events within a period."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

DEMOTION = """
events: {late: {fields: {n: {type: integer}}}}
rules:
  demotion: {on: late, count: 2, %s, action: {do: demote}}
"""
BOTH = "within: 3 months, calendar: quarter, reading: quarter"

CASES = [
    ("one is not enough", BOTH, "2024-01-15", []),
    ("two in one calendar quarter are within three months, too", BOTH, "2024-01-15 2024-03-20", ["2024-03-20 a demote"]),
    ("two in two quarters hang on the reading", BOTH, "2024-03-20 2024-04-10", ["2024-04-10 a demote quarter=rolling"]),
    ("first and last day of a rolling period count", "within: 3 months", "2024-01-15 2024-04-15", ["2024-04-15 a demote"]),
    ("a day more does not", "within: 3 months", "2024-01-15 2024-04-16", []),
    ("a month that is too short ends the period", "within: 1 month", "2024-01-31 2024-02-29", ["2024-02-29 a demote"]),
    ("used up events do not count again", "within: 1 year", "2024-01-01 2024-01-02 2024-01-03", ["2024-01-02 a demote"]),
    (
        "and fire again with new ones",
        "within: 1 year",
        "2024-01-01 2024-01-02 2024-01-03 2024-01-04",
        ["2024-01-02 a demote", "2024-01-04 a demote"],
    ),
    (
        "each further one fires",
        "within: 1 year, again: each",
        "2024-01-01 2024-01-02 2024-01-03",
        ["2024-01-02 a demote", "2024-01-03 a demote"],
    ),
    ("never again", "within: 1 year, again: never", "2024-01-01 2024-01-02 2024-01-03 2024-01-04", ["2024-01-02 a demote"]),
    (
        "never again in another quarter",
        "calendar: quarter, again: never",
        "2024-01-01 2024-01-02 2024-05-03 2024-05-04",
        ["2024-01-02 a demote"],
    ),
    (
        "once a quarter, whatever follows in it",
        "calendar: quarter, again: after_period",
        "2024-01-01 2024-01-02 2024-01-03 2024-01-04 2024-05-03 2024-05-04",
        ["2024-01-02 a demote", "2024-05-04 a demote"],
    ),
    (
        "once a rolling period, from the first that counted",
        "within: 7 days, again: after_period",
        "2024-01-01 2024-01-02 2024-01-08 2024-01-09 2024-01-12 2024-01-13",
        ["2024-01-02 a demote", "2024-01-12 a demote"],
    ),
    ("weeks begin on Monday", "calendar: week", "2024-01-07 2024-01-08 2024-01-14", ["2024-01-14 a demote"]),
    ("a half-year ends in June", "calendar: half-year", "2024-06-30 2024-07-01 2024-12-31", ["2024-12-31 a demote"]),
    (
        "times count to the second",
        "within: 1 hour",
        "2024-01-01T10:00:00 2024-01-01T11:00:01 2024-01-01T12:00:01",
        ["2024-01-01T12:00:01 a demote"],
    ),
]


@pytest.mark.parametrize(("period", "days", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
@pytest.mark.parametrize("at_once", [True, False])
def test_counts(period: str, days: str, expected: list[str], at_once: bool, watcher: Any, event: Any, brief: Any) -> None:
    watching = watcher(DEMOTION % period)
    events = [event(day) for day in days.split()]
    actions = watching.process(events) if at_once else [action for one in events for action in watching.process([one])]
    assert brief(actions) == expected


def test_subjects_are_counted_apart(watcher: Any, event: Any, brief: Any) -> None:
    watching = watcher(DEMOTION % "within: 1 year")
    assert brief(watching.process([event("2024-01-01"), event("2024-01-02", subject="b"), event("2024-01-03")])) == ["2024-01-03 a demote"]


def test_an_action_names_its_events_and_has_the_same_id_in_every_run(watcher: Any, event: Any) -> None:
    runs = [watcher(DEMOTION % BOTH).process([event("2024-01-15"), event("2024-03-20")]) for _ in range(2)]
    assert runs[0] == runs[1]
    assert runs[0][0].events == ("late/a/2024-01-15", "late/a/2024-03-20")


def test_a_late_event_counts_while_its_window_is_open(watcher: Any, event: Any, brief: Any) -> None:
    watching = watcher(DEMOTION % "within: 3 months")
    assert watching.process([event("2024-03-01")]) == []
    assert brief(watching.process([event("2024-02-01")])) == ["2024-03-01 a demote"]
    assert [f.code for f in watching.findings()] == ["late-event"]


def test_a_late_event_whose_window_is_closed_is_reported_and_does_not_count(watcher: Any, event: Any) -> None:
    watching = watcher(DEMOTION % "within: 3 months")
    watching.process([event("2024-09-01")])
    assert watching.process([event("2024-02-01"), event("2024-02-02")]) == []
    assert "2 times one did not count" in watching.findings()[0].message


def test_amounts_are_expressions_and_hang_on_readings(watcher: Any, event: Any) -> None:
    watching = watcher("""
    events: {check: {fields: {form: {type: text}, occasion: {type: text}, on_time: {type: boolean}}}}
    rules:
      fines:
        on: check
        where: {on_time: "false"}
        per: ["if border = inclusive then occasion else id"]
        again: never
        action: {do: donate, amount: fine, unit: 元, say: {zh: "{subject} 捐 {amount}", en: "{subject} gives {amount} for {form}"}}
    """)

    def check(form: str) -> Any:
        return event("2024-01-01", "check", id=form, form=form, occasion="o", on_time=False)

    first, second = watching.process(
        [check("f1"), check("f2"), event("2024-01-01", "check", id="f3", form="f3", occasion="o", on_time=True)]
    )
    assert (first.amount, dict(first.readings), dict(first.text)) == (20, {}, {"zh": "a 捐 20", "en": "a gives 20 for f1"})
    assert dict(second.readings) == {"border": ("exclusive",)}


def test_what_hangs_on_a_missing_field_is_reported(watcher: Any, event: Any, brief: Any) -> None:
    watching = watcher("""
    events: {trade: {fields: {kind_of: {type: enum, values: [bond, stock]}, rating: {type: enum, values: [AA, A]}}}}
    rules:
      alert: {on: trade, when: "kind_of = stock or rating = A or (rating = AA and border = inclusive)", action: {do: look}}
    """)
    trades = [
        event("2024-01-01", "trade", id="1", kind_of="stock"),
        event("2024-01-02", "trade", id="2", kind_of="bond"),
        event("2024-01-03", "trade", id="3", kind_of="bond", rating="AA"),
    ]
    assert brief(watching.process(trades)) == ["2024-01-01 a look", "2024-01-03 a look border=inclusive"]
    assert [f.message for f in watching.findings()] == ["1 events may matter to `alert`, but `rating` is missing; such as `2`"]


def test_actions_make_events_for_other_rules(watcher: Any, event: Any, brief: Any) -> None:
    watching = watcher("""
    events:
      late: {}
      demoted: {}
    rules:
      lost: {on: demoted, count: 2, action: {do: stop}}
      demotion: {on: late, count: 2, within: 3 months, calendar: quarter, reading: quarter, action: {do: demote, post: demoted}}
    """)
    days = ["2024-01-01", "2024-01-02", "2024-06-20", "2024-07-03"]
    expected = ["2024-01-02 a demote", "2024-07-03 a demote quarter=rolling", "2024-07-03 a stop quarter=rolling"]
    assert brief(watching.process([event(day) for day in days])) == expected


def open_windows(watching: Any) -> list[Any]:
    return [state for _, _, state in watching.changes() if state is not None]


def test_nothing_is_kept_of_what_can_no_longer_match(watcher: Any, event: Any) -> None:
    watching = watcher(DEMOTION % "within: 3 months")
    for subject in range(50):
        watching.process([event("2024-01-01", subject=f"s{subject}"), event("2024-01-02", subject=f"s{subject}")])
    assert open_windows(watching) == []


@pytest.mark.parametrize("period", ["within: 3 months", "calendar: month", "within: 3 months, again: each"])
def test_what_nobody_comes_back_to_is_forgotten_when_its_window_closes(period: str, watcher: Any, event: Any) -> None:
    watching = watcher(DEMOTION % period)
    watching.process([event("2024-01-01", subject=f"s{number}") for number in range(50)])
    assert len(open_windows(watching)) == 50
    watching.process([event("2024-09-01", subject="t")])
    assert {key[0]: state for _, key, state in watching.changes() if state is None}.keys() == {f"s{number}" for number in range(50)}


def test_a_watcher_goes_on_where_another_stopped(watcher: Callable[..., Any], event: Any, brief: Any) -> None:
    first, second = watcher(DEMOTION % BOTH), watcher(DEMOTION % BOTH)
    first.process([event("2024-03-20", n=3)])
    second.restore([change for change in first.changes() if change[2] is not None], first.now)
    assert brief(second.process([event("2024-04-10")])) == ["2024-04-10 a demote quarter=rolling"]


RESETS = """
events: {late: {}, set: {}}
rules:
  demotion: {on: late, count: 2, within: 1 year, reset: set, again: %s, action: {do: demote}}
"""


@pytest.mark.parametrize(
    ("again", "told", "expected"),
    [
        ("after_reset", "2024-01-01 set/2024-01-02 2024-01-03 2024-01-04", ["2024-01-04 a demote"]),
        ("after_period", "2024-01-01 2024-01-02 set/2024-01-03 2024-01-04 2024-01-05", ["2024-01-02 a demote", "2024-01-05 a demote"]),
        ("each", "2024-01-01 2024-01-02 set/2024-01-03 2024-01-04", ["2024-01-02 a demote"]),
        ("never", "2024-01-01 set/2024-01-02 2024-01-03 2024-01-04 2024-01-05", ["2024-01-04 a demote"]),
        ("after_reset", "2024-01-01 set/2024-01-03 set/2024-01-02 2024-01-03", []),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_what_came_before_a_reset_no_longer_counts(
    again: str, told: str, expected: list[str], at_once: bool, watcher: Any, event: Any, brief: Any
) -> None:
    watching = watcher(RESETS % again)
    events = [event(day, kind) for kind, _, day in (text.rpartition("/") for text in told.split()) for kind in [kind or "late"]]
    actions = watching.process(events) if at_once else [action for one in events for action in watching.process([one])]

    assert brief(actions) == expected
