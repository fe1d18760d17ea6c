"""Runs a rule that counts events within a period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from tierwise.core.values import Duration
from tierwise.plugins.watch_engine import Match, Task
from tierwise.plugins.watching.deadlines import Deadlines
from tierwise.plugins.watching.event import FOREVER, Event, end_of_period, first_second, last_second, period_of, time_after
from tierwise.plugins.watching.event_json import Stored, event_of, stored
from tierwise.plugins.watching.firing import Arrival, Firing, Key
from tierwise.plugins.watching.rule import Count

__all__ = ["CountRun"]


@dataclass(frozen=True, slots=True)
class _Asked:
    key: Key
    events: tuple[Event, ...]


class CountRun:
    """The open windows of one rule under one variant.

    Args:
        form: What it counts.
        within: The rolling period; ``None`` for no bound.
        calendar: The calendar period; it stands in the key, so that periods are counted apart.
    """

    def __init__(self, form: Count, within: Duration | None, calendar: str | None) -> None:
        self.late = 0
        self._count, self._within, self._calendar, self._again = form.count, within, calendar, form.again
        self._open: dict[Key, list[Event]] = {}
        self._done: set[Key] = set()
        self._spent: dict[Key, tuple[int, int]] = {}  # the first and the last second of a period in which nothing counts any more
        self._resets: dict[Key, list[int]] = {}  # the last seconds of what no longer counts, by subject and what else keeps counts apart
        self._deadlines = Deadlines()
        self._asked: list[_Asked] = []
        self._touched: dict[Key, None] = {}

    def gather(self, arrivals: Sequence[Arrival], before: int) -> list[Task]:
        """Take events in; a window with too few events in it is no question."""
        new: dict[Key, list[Event]] = {}
        for arrival in arrivals:
            event = arrival.event
            if arrival.role:
                self._resets.setdefault(arrival.key, []).append(last_second(event.at))
                self._touched[arrival.key] = None
                continue
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
        if self._again == "after_period":
            firings = self._once_a_period(firings)
        elif self._again == "after_reset":
            self._use_up(firings)
        for resets in self._resets.values():
            resets[:] = [max(resets)]
        for key in self._touched:
            self._trim(key, now)
        for key in self._deadlines.passed(now):  # nobody may ever come back to it
            if key in self._open or key in self._spent:
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
        if state.get("spent"):
            first, last = state["spent"]
            self._spent[key] = first, last
            self._deadlines.add(last, key)
        if state.get("reset"):
            self._resets[key] = [state["reset"]]
        if state.get("open"):
            self._open[key] = [event_of(raw) for raw in state["open"]]
            for event in self._open[key]:
                self._deadlines.add(self._limit(event), key)

    # ---- private -------------------------------------------------------------------------------------------------------------

    def _state(self, key: Key) -> dict[str, Any] | None:
        waiting: list[Stored] = [stored(event) for event in self._open.get(key, ())]
        state = {"open": waiting, "done": key in self._done, "spent": self._spent.get(key), "reset": max(self._resets.get(key, [0]))}
        return state if any(state.values()) else None

    def _own(self, key: Key) -> Key:
        """Return the key without the calendar period."""
        return key if self._calendar is None else key[:-1]

    def _resets_before(self, key: Key, event: Event) -> int:
        """Return how many resets lie before an event: events with different numbers do not count together."""
        return sum(reset < first_second(event.at) for reset in self._resets.get(self._own(key), ()))

    def _is_spent(self, key: Key, event: Event) -> bool:
        """Say whether an event lies in a period that has counted already."""
        if key not in self._spent:
            return False
        (first, last), at = self._spent[key], first_second(event.at)
        return at <= last and not any(first <= reset < at for reset in self._resets.get(self._own(key), ()))

    def _limit(self, event: Event) -> int:
        if self._calendar is not None:
            return end_of_period(event.at, self._calendar)
        return FOREVER if self._within is None else time_after(event.at, self._within)

    def _ask(self, key: Key, events: list[Event]) -> None:
        held = sorted([*self._open.get(key, ()), *events], key=lambda event: event.order)
        self._open[key] = held
        fresh = {event.id for event in events}
        for _, together in groupby(held, lambda event: self._resets_before(key, event)):
            self._ask_together(key, tuple(together), fresh)

    def _ask_together(self, key: Key, held: tuple[Event, ...], fresh: set[str]) -> None:
        if self._again in ("after_reset", "never"):
            if len(held) >= self._count:
                self._asked.append(_Asked(key, held))
            return
        for end in range(self._count, len(held) + 1):
            some = held[end - self._count : end]
            if some[-1].id in fresh or (self._again == "after_period" and any(event.id in fresh for event in some)):
                self._asked.append(_Asked(key, some))

    def _task(self, asked: _Asked) -> Task:
        return Task("count", self._count, tuple((first_second(event.at), self._limit(event)) for event in asked.events))

    def _use_up(self, firings: Sequence[tuple[Key, Firing]]) -> None:
        for key, firing in firings:
            ids = {event.id for event in firing.events}
            self._open[key] = [event for event in self._open[key] if event.id not in ids]

    def _once_a_period(self, firings: Sequence[tuple[Key, Firing]]) -> list[tuple[Key, Firing]]:
        """Keep what fires first in a period; with it all events of that period are used up."""
        kept = []
        for key, firing in sorted(firings, key=lambda one: one[1].events[-1].order):
            if not any(self._is_spent(key, event) for event in firing.events):
                first = firing.events[0]
                self._spent[key] = first_second(first.at), self._limit(first)
                self._deadlines.add(self._limit(first), key)
                kept.append((key, firing))
        return kept

    def _trim(self, key: Key, now: int) -> None:
        if key in self._spent and self._spent[key][1] < now:
            del self._spent[key]
        last = max(self._resets.get(self._own(key), [0]))
        held = [event for event in self._open.get(key, ()) if self._limit(event) >= now and first_second(event.at) > last]
        if self._again in ("each", "after_period"):
            held = held[len(held) + 1 - self._count :] if self._count > 1 else []
        if held:
            self._open[key] = held
        else:
            self._open.pop(key, None)

    def _first_only(self, firings: list[tuple[Key, Firing]]) -> list[tuple[Key, Firing]]:
        kept = []
        for key, firing in sorted(firings, key=lambda one: one[1].events[-1].order):
            own = self._own(key)
            if own not in self._done:
                self._done.add(own)
                self._touched[own] = None
                self._open.pop(key, None)
                kept.append((key, firing))
        return kept
