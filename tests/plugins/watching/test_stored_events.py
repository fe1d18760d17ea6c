"""Events from the tables of a database."""

from __future__ import annotations

from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tierwise.core.errors import DataError, PolicyError
from tierwise.plugins.data_source import open_source
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.stored_events import DatabaseEvents


def read(loaded: LoadedPolicy, location: Path, until: date | None = None) -> tuple[list[str], DatabaseEvents]:
    plan = WatchPlan.of(loaded.sections)
    assert plan is not None
    with closing(open_source(str(location), Plugins(entry_points=False).sources().values())) as source:
        events = DatabaseEvents(loaded.policy, plan, source)
        found = [event for batch in events.batches(until) for event in batch]
    return [f"{event.at.isoformat()} {event.id} {event.subject} {dict(event.fields)}" for event in found], events


def test_rows_are_events_in_the_order_of_their_own_time(loaded: LoadedPolicy, database: Path) -> None:
    found, _ = read(loaded, database)
    assert found == [
        f"2024-01-15T10:00:00 late/4 7 { ({'amount': Decimal(2), 'cash': True}) }",
        "2024-02-01 called/1/7 7 {}",
        "2024-02-01 called/1/8 8 {}",
        f"2024-03-20 late/1 00012 { ({'amount': Decimal('10.5'), 'cash': True}) }",
        "2024-03-20 late/5 7 {}",
        f"2024-04-10 late/2 00012 { ({'amount': Decimal(20), 'cash': False}) }",
    ]


def test_what_does_not_read_is_a_finding_and_a_row_without_a_day_has_not_happened(loaded: LoadedPolicy, database: Path) -> None:
    _, events = read(loaded, database)
    said = [finding.message for finding in events.findings()]
    assert len(said) == 1 and "field `amount` is `x`" in said[0]


def test_nothing_after_a_day(loaded: LoadedPolicy, database: Path) -> None:
    assert len(read(loaded, database, date(2024, 1, 15))[0]) == 1


def test_names_that_are_not_there_are_found_at_their_place(policy_folder: Path, database: Path) -> None:
    path = policy_folder / "policy.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("id: id, subject", "id: idd, subject"), encoding="utf-8")
    with pytest.raises(PolicyError) as wrong:
        read(load(str(policy_folder)), database)
    assert [(f.code, f.span.line if f.span else 0) for f in wrong.value.findings] == [("unknown-column", 12)]
    path.write_text(text.replace("table: payments", "table: payment"), encoding="utf-8")
    with pytest.raises(DataError, match="has no table `payment`"):
        read(load(str(policy_folder)), database)
