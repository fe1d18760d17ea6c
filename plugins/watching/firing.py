"""A rule that fires under one variant, before it is known which readings it hangs on; and what the runs of the forms share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

from tierwise.plugins.watch_engine import Match, Task
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import Lost

__all__ = ["Arrival", "Firing", "Key", "Run"]

Key = tuple[str, ...]
"""A subject, and what else keeps counts apart, as text."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event that matters to a rule, with the part it plays: its place in ``WatchRule.parts``."""

    event: Event
    role: int
    key: Key


@dataclass(frozen=True, slots=True)
class Firing:
    """One action to be.

    Attributes:
        events: What caused it, in order; texts and amounts read the last.
        met: It is what is done when all expected events came.
        missing: The expected events that did not come.
        lost: Whether it is late is not known: what it hangs on.
    """

    events: tuple[Event, ...]
    at: date
    met: bool = False
    missing: tuple[str, ...] = ()
    lost: Lost | None = None


class Run(Protocol):
    """One rule under one variant, and its open windows."""

    late: int

    def gather(self, arrivals: Sequence[Arrival], before: int) -> list[Task]:
        """Take events in and return what has to be matched. ``before`` is the time reached before this batch."""

    def conclude(self, matches: Sequence[Sequence[Match]], now: int) -> list[Firing]:
        """Take the matches of these tasks, let time pass to ``now``, and return what fires."""

    def finish(self) -> list[Firing]:
        """Return what fires because no further event comes, once."""

    def changed(self) -> dict[Key, Any]:
        """Return the state of each key that changed since the last call, as JSON; ``None`` for one that is empty."""

    def settle(self) -> None:
        """Forget what changed: nobody keeps it."""

    def restore(self, key: Key, state: Any) -> None:
        """Put the state of a key back."""
