"""Named values become an event, as exact as they say when it was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from tierwise.plugins.watching.entering import BadEvent, enter_event
from tierwise.plugins.watching.rule import WatchPlan

HEAD = {"id": "1", "kind": "late", "subject": "a", "at": "2024-01-15"}


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        ("2024-01-15", date(2024, 1, 15)),
        ("2024-01-15T10:00:00", datetime(2024, 1, 15, 10)),
        ("2024-01-15 10:00:00", datetime(2024, 1, 15, 10)),
        ("2024-01-15T00:00:00", datetime(2024, 1, 15)),
    ],
)
def test_a_day_stays_a_day_and_a_time_a_time(plan: WatchPlan, at: str, expected: date) -> None:
    entered = enter_event({**HEAD, "at": at}, plan)

    assert entered is not None
    assert (entered.event.at, type(entered.event.at)) == (expected, type(expected))


@pytest.mark.parametrize("at", [None, "", "soon", "2024-02-30", "2024-01-15T25:00:00", "2024-01-15T10:00:00Z", 20240115, True])
def test_what_is_no_day_and_no_time_is_no_event(plan: WatchPlan, at: Any) -> None:
    with pytest.raises(BadEvent):
        enter_event({**HEAD, "at": at}, plan)


def test_an_event_of_a_kind_that_is_not_watched_is_none(plan: WatchPlan) -> None:
    assert enter_event({**HEAD, "kind": "other"}, plan) is None


def test_a_field_that_does_not_fit_is_missing_and_told(plan: WatchPlan) -> None:
    entered = enter_event({**HEAD, "amount": "x", "cash": True}, plan)

    assert entered is not None
    assert entered.event.fields == {"cash": True}
    assert [said.split(" is ")[0] for said in entered.unfit] == ["field `amount`"]
