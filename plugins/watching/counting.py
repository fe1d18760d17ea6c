"""Runs a rule that counts events within a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tierwise.core.values import Duration
from tierwise.plugins.watch_engine import Match, Task
from tierwise.plugins.watching.deadlines import Deadlines
from tierwise.plugins.watching.event import FOREVER, Event, end_of_period, first_second, period_of, time_after
from tierwise.plugins.watching.event_json import Stored, event_of, stored
from tierwise.plugins.watching.firing import Arrival, Firing, Key
from tierwise.plugins.watching.rule import Again

__all__ = ["CountRun"]


@dataclass(frozen=True, slots=True)
class _Asked:
    key: Key
    events: tuple[Event, ...]


class CountRun:
    """The open windows of one rule under one variant.

    Args:
        count: How many events it takes.
        within: The rolling period; ``None`` for no bound.
        calendar: The calendar period; it stands in the key, so that periods are counted apart.
        again: When the same key may fire again.
    """

    def __init__(self, count: int, within: Duration | None, calendar: str | None, again: Again) -> None:
        self.late = 0
        self._count, self._within, self._calendar, self._again = count, within, calendar, again
        self._open: dict[Key, list[Event]] = {}
        self._done: set[Key] = set()
        self._deadlines = Deadlines()
        self._asked: list[_Asked] = []
        self._touched: dict[Key, None] = {}

    def gather(self, arrivals: Sequence[Arrival], before: int) -> list[Task]:
        """Take events in; a window with too few events in it is no question."""
        new: dict[Key, list[Event]] = {}
        for arrival in arrivals:
            event = arrival.event
            if self._again == "never" and arrival.key in self._done:
                continue
            if self._count > 1 and self._limit(event) < before:
                self.late += 1
                continue
            key = arrival.key if self._calendar is None else (*arrival.key, period_of(event.at, self._calendar))
            new.setdefault(key, []).append(event)
            if self._count > 1:
                self._deadlines.add(self._limit(event), key)
        self._asked = []
        for key, events in new.items():
            self._touched[key] = None
            self._ask(key, events)
        return [self._task(asked) for asked in self._asked]

    def conclude(self, matches: Sequence[Sequence[Match]], now: int) -> list[Firing]:
        """Use up what matched and drop what is out of every window."""
        firings: list[tuple[Key, Firing]] = []
        for asked, found in zip(self._asked, matches, strict=True):
            for match in found:
                events = tuple(asked.events[position] for position in match)
                firings.append((asked.key, Firing(events, events[-1].at)))
        if self._again != "each":
            self._use_up(firings)
        for key in self._touched:
            self._trim(key, now)
        for key in self._deadlines.passed(now):  # nobody may ever come back to it
            if key in self._open:
                self._touched[key] = None
                self._trim(key, now)
        if self._again == "never":
            firings = self._first_only(firings)
        return [firing for _, firing in firings]

    def finish(self) -> list[Firing]:
        """Nothing fires for want of events."""
        return []

    def changed(self) -> dict[Key, Any]:
        """Return the open events of each key that changed."""
        touched, self._touched = self._touched, {}
        return {key: self._state(key) for key in touched}

    def settle(self) -> None:
        """Forget what changed: nobody keeps it."""
        self._touched.clear()

    def restore(self, key: Key, state: Any) -> None:
        """Put the open events of a key back."""
        if state.get("done"):
            self._done.add(key)
        if state.get("open"):
            self._open[key] = [event_of(raw) for raw in state["open"]]
            for event in self._open[key]:
                self._deadlines.add(self._limit(event), key)

    # ---- private -------------------------------------------------------------------------------------------------------------

    def _state(self, key: Key) -> dict[str, Any] | None:
        waiting: list[Stored] = [stored(event) for event in self._open.get(key, ())]
        done = key in self._done
        return {"open": waiting, "done": done} if waiting or done else None

    def _limit(self, event: Event) -> int:
        if self._calendar is not None:
            return end_of_period(event.at, self._calendar)
        return FOREVER if self._within is None else time_after(event.at, self._within)

    def _ask(self, key: Key, events: list[Event]) -> None:
        held = sorted([*self._open.get(key, ()), *events], key=lambda event: event.order)
        self._open[key] = held
        if self._again != "each":
            if len(held) >= self._count:
                self._asked.append(_Asked(key, tuple(held)))
            return
        fresh = {event.id for event in events}
        for position, event in enumerate(held):
            if event.id in fresh and position + 1 >= self._count:
                self._asked.append(_Asked(key, tuple(held[position + 1 - self._count : position + 1])))

    def _task(self, asked: _Asked) -> Task:
        return Task("count", self._count, tuple((first_second(event.at), self._limit(event)) for event in asked.events))

    def _use_up(self, firings: Sequence[tuple[Key, Firing]]) -> None:
        for key, firing in firings:
            ids = {event.id for event in firing.events}
            self._open[key] = [event for event in self._open[key] if event.id not in ids]

    def _trim(self, key: Key, now: int) -> None:
        held = [event for event in self._open.get(key, ()) if self._limit(event) >= now]
        if self._again == "each":
            held = held[len(held) + 1 - self._count :] if self._count > 1 else []
        if held:
            self._open[key] = held
        else:
            self._open.pop(key, None)

    def _first_only(self, firings: list[tuple[Key, Firing]]) -> list[tuple[Key, Firing]]:
        kept = []
        for key, firing in sorted(firings, key=lambda one: one[1].events[-1].order):
            own = key if self._calendar is None else key[:-1]
            if own not in self._done:
                self._done.add(own)
                self._touched[own] = None
                self._open.pop(key, None)
                kept.append((key, firing))
        return kept
