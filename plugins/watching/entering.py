"""Makes an event of named values from outside, or says why they are none."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import Any

from tierwise.core.language import suggest
from tierwise.core.types import DateTimeType, DateType, Type
from tierwise.plugins.deciding.value_reading import UnfitError, read_value
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import EventKind, WatchPlan

__all__ = ["BadEvent", "Entered", "enter_event", "enter_fields"]


class BadEvent(Exception):
    """Values that are no event; the text says why."""


class Entered:
    """An event, and which of its fields did not fit: they count as missing."""

    __slots__ = ("event", "unfit")

    def __init__(self, event: Event, unfit: tuple[str, ...]) -> None:
        self.event, self.unfit = event, unfit


def enter_event(raw: Mapping[str, Any], plan: WatchPlan) -> Entered | None:
    """Return an event; ``None`` for a kind that the policy does not watch.

    Raises:
        BadEvent: It lacks its id, kind, subject or time, or one of them does not read.
    """
    id, kind, subject = (_text(raw, name) for name in ("id", "kind", "subject"))
    at = _moment(raw.get("at"))
    declared = plan.kinds.get(kind)
    if declared is None:
        return None
    fields, unfit = enter_fields(raw, declared)
    return Entered(Event(id, kind, subject, at, fields), unfit)


def enter_fields(raw: Mapping[str, Any], kind: EventKind) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Return typed fields, and what is wrong with those that do not fit. A null is none where the field may be none, else it is missing."""
    fields: dict[str, Any] = {}
    unfit = []
    for name, type in kind.fields.items():
        value = raw.get(name)
        if value is None:
            if name in raw and name in kind.nullable:
                fields[name] = None
            continue
        try:
            fields[name] = _read_again(value, type) if isinstance(value, _PLAIN) else read_value(value, type)
        except UnfitError as error:
            unfit.append(f"field `{name}` {error}; it counts as missing")
    return fields, tuple(unfit)


_PLAIN = (str, int, Decimal)


@lru_cache(maxsize=20_000, typed=True)
def _read_again(raw: Any, type: Type) -> Any:
    """Read a plain value; words, days and amounts repeat in long streams."""
    return read_value(raw, type)


def _text(raw: Mapping[str, Any], name: str) -> str:
    value = raw.get(name)
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if value is None or value == "":
        near = suggest(name, [key for key in raw if isinstance(key, str)])
        raise BadEvent(f"an event demands `{name}`" + (f"; {near}" if near else ""))
    if not isinstance(value, str):
        raise BadEvent(f"`{name}` is no text")
    if not value.isprintable():
        raise BadEvent(f"`{name}` holds characters that cannot be printed")
    return value


def _moment(raw: Any) -> date:
    if raw is None:
        raise BadEvent("an event demands `at`, its day or time")
    if isinstance(raw, str):
        with suppress(UnfitError):
            found = _read_again(raw, DateTimeType() if ":" in raw else DateType())  # a day would be read from a time, too
            if isinstance(found, date):
                return found
    raise BadEvent(f"`at` is `{str(raw)[:40]}`; write a day as `2026-11-21`, a time as `2026-11-21T10:30:00`, without a zone")
