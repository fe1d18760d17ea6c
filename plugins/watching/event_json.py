"""Events as JSON, for open windows that have to outlive the process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from tierwise.core.values import Duration
from tierwise.plugins.watching.event import Event

__all__ = ["Stored", "event_of", "stored"]

Stored = dict[str, Any]


def stored(event: Event) -> Stored:
    """Return an event as JSON that ``event_of`` reads back exactly."""
    return {
        "id": event.id,
        "kind": event.kind,
        "subject": event.subject,
        "at": event.at.isoformat(),
        "fields": {name: _out(value) for name, value in event.fields.items()},
        "under": {name: list(words) for name, words in event.under.items()},
        "step": event.step,
    }


def event_of(raw: Mapping[str, Any]) -> Event:
    """Return the event that ``stored`` wrote."""
    return Event(
        raw["id"],
        raw["kind"],
        raw["subject"],
        _moment(raw["at"]),
        {name: _in(value) for name, value in raw["fields"].items()},
        {name: tuple(words) for name, words in raw["under"].items()},
        raw["step"],
    )


def _out(value: Any) -> Any:
    """Return a value with its type beside it, where JSON has none."""
    if isinstance(value, Decimal):
        return {"number": str(value)}
    if isinstance(value, date):
        return {"at": value.isoformat()}
    if isinstance(value, Duration):
        return {"months": value.months, "seconds": value.seconds}
    if isinstance(value, tuple):
        return [_out(item) for item in value]
    if isinstance(value, Mapping):
        return {"record": {name: _out(item) for name, item in value.items()}}
    return value


def _in(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(_in(item) for item in value)
    if not isinstance(value, dict):
        return value
    if "number" in value:
        return Decimal(value["number"])
    if "at" in value:
        return _moment(value["at"])
    if "months" in value:
        return Duration(value["months"], value["seconds"])
    return {name: _in(item) for name, item in value["record"].items()}


def _moment(text: str) -> date:
    return datetime.fromisoformat(text) if "T" in text else date.fromisoformat(text)
