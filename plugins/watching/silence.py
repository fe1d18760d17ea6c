"""Runs a rule that fires when no further event comes for too long."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from tierwise.core.values import Duration
from tierwise.plugins.watch_engine import Match, Task
from tierwise.plugins.watching.deadlines import Deadlines
from tierwise.plugins.watching.event import Event, first_second, moment_of, time_after
from tierwise.plugins.watching.event_json import event_of, stored
from tierwise.plugins.watching.firing import Arrival, Firing, Key

__all__ = ["SilenceRun"]


class SilenceRun:
    """The last event of each key, for one rule under one variant."""

    def __init__(self, length: Duration) -> None:
        self.late = 0
        self._length = length
        self._last: dict[Key, Event] = {}
        self._deadlines = Deadlines()
        self._asked: list[Event] = []
        self._touched: dict[Key, None] = {}

    def gather(self, arrivals: Sequence[Arrival], before: int) -> list[Task]:
        """Ask of each event that the next one did not follow in time; most did, and need no question."""
        new: dict[Key, list[Event]] = {}
        for arrival in arrivals:
            last = self._last.get(arrival.key)
            if last is not None and arrival.event.order < last.order:
                self.late += 1
            else:
                new.setdefault(arrival.key, []).append(arrival.event)
        self._asked = []
        tasks = []
        for key, events in new.items():
            self._touched[key] = None
            held = [self._last[key]] if key in self._last else []
            chain = [*held, *sorted(events, key=lambda event: event.order)]
            for earlier, later in pairwise(chain):
                limit = self._limit(earlier)
                if first_second(later.at) <= limit:  # it came in time: nothing can fire
                    continue
                self._asked.append(earlier)
                tasks.append(Task("answer", 2, ((first_second(earlier.at), limit), (first_second(later.at), limit))))
            self._last[key] = chain[-1]
            self._deadlines.add(self._limit(chain[-1]), key)
        return tasks

    def conclude(self, matches: Sequence[Sequence[Match]], now: int) -> list[Firing]:
        """Fire for events that the next one did not follow in time, and for last events that none has followed."""
        firings = [self._fired(event) for event, found in zip(self._asked, matches, strict=True) if not found]
        for key in self._deadlines.passed(now):
            last = self._last.get(key)
            if last is not None and self._limit(last) < now:
                self._touched[key] = None
                firings.append(self._fired(self._last.pop(key)))
        return firings

    def finish(self) -> list[Firing]:
        """Nothing fires before its time."""
        return []

    def changed(self) -> dict[Key, Any]:
        """Return the last event of each key that changed."""
        touched, self._touched = self._touched, {}
        return {key: stored(self._last[key]) if key in self._last else None for key in touched}

    def settle(self) -> None:
        """Forget what changed: nobody keeps it."""
        self._touched.clear()

    def restore(self, key: Key, state: Any) -> None:
        """Put the last event of a key back."""
        self._last[key] = event_of(state)
        self._deadlines.add(self._limit(self._last[key]), key)

    def _limit(self, event: Event) -> int:
        return time_after(event.at, self._length)

    def _fired(self, event: Event) -> Firing:
        return Firing((event,), moment_of(self._limit(event), event.at))
