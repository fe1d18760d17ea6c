"""An event that is kept comes back as it was."""

from __future__ import annotations

import json
from datetime import date, datetime
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from tierwise.core.values import Duration
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.event_json import event_of, stored

moments = st.dates() | st.datetimes().map(lambda moment: moment.replace(microsecond=0))
plain = st.one_of(
    st.none(),
    st.booleans(),
    st.text(),
    st.decimals(allow_nan=False, allow_infinity=False),
    moments,
    st.integers(1, 99).map(lambda months: Duration(months=months)),
    st.integers(1, 10**6).map(lambda seconds: Duration(seconds=seconds)),
)
values = st.recursive(plain, lambda inner: st.lists(inner).map(tuple) | st.dictionaries(st.text(), inner), max_leaves=6)
events = st.builds(
    Event,
    st.text(),
    st.text(),
    st.text(),
    moments,
    st.dictionaries(st.text(), values),
    st.dictionaries(st.text(), st.lists(st.text()).map(tuple)),
    st.integers(0, 9),
)


@given(events)
def test_an_event_comes_back_from_json_as_it_was(event: Event) -> None:
    again = event_of(json.loads(json.dumps(stored(event))))

    assert again == event
    assert type(again.at) is type(event.at)


def test_digits_and_kinds_of_values_are_kept() -> None:
    fields = {
        "amount": Decimal("10.50"),
        "on": date(2024, 1, 1),
        "at": datetime(2024, 1, 1, 0, 0),
        "flag": True,
        "within": Duration(months=3),
    }

    again = event_of(json.loads(json.dumps(stored(Event("1", "k", "a", date(2024, 1, 1), fields)))))

    assert [(str(value), type(value)) for value in again.fields.values()] == [(str(value), type(value)) for value in fields.values()]
