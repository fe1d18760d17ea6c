"""Runs a watch: batches of events in, new actions out, each batch kept whole before its actions are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Self

from tierwise.core.environment import Environment
from tierwise.core.finding import Finding
from tierwise.plugins.watch_engine import WatchEngine
from tierwise.plugins.watching.action import Action
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watch_store import WatchStore
from tierwise.plugins.watching.watcher import Watcher

__all__ = ["Total", "WatchRun"]


@dataclass
class Total:
    """What a rule's amounts add up to: what is certain, and what hangs on a reading."""

    unit: str
    certain: Decimal = field(default_factory=Decimal)
    open: Decimal = field(default_factory=Decimal)


class WatchRun:
    """One run over events; a context manager that closes its store and ends what its engine started.

    Args:
        plan: What is watched.
        environment: The functions that conditions may use.
        engine: What matches the events.
        ledger: Where to go on and what to keep; ``None`` keeps nothing beyond the run.
    """

    def __init__(self, plan: WatchPlan, environment: Environment, engine: WatchEngine, ledger: str | None = None) -> None:
        self.events = 0
        self.actions = 0
        self.totals: dict[str, Total] = {}
        self._open = ExitStack()
        self._store = self._open.enter_context(WatchStore(plan, ledger))
        matcher = engine.matcher()
        self._open.callback(matcher.close)
        self._watcher = Watcher(plan, environment, matcher)
        self._watcher.restore(*self._store.states())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    def process(self, batches: Iterable[list[Event]]) -> Iterator[Action]:
        """Yield the actions of events as they come."""
        for batch in batches:
            fresh = self._store.unseen(batch)
            if fresh:
                self.events += len(fresh)
                yield from self._kept(fresh, self._watcher.process(fresh))

    def finish(self, as_of: date | None = None) -> Iterator[Action]:
        """Yield the actions that fire because no further events come."""
        yield from self._kept([], self._watcher.finish(as_of))

    def findings(self) -> list[Finding]:
        """Return what there is to say about the events."""
        return self._watcher.findings()

    def _kept(self, events: list[Event], actions: list[Action]) -> Iterator[Action]:
        new = self._store.keep(events, actions, self._watcher.changes(), self._watcher.now)
        self._watcher.settle()
        self.actions += len(new)
        for action in new:
            if action.amount is not None:
                total = self.totals.setdefault(action.rule, Total(action.unit))
                if action.readings:
                    total.open += action.amount
                else:
                    total.certain += action.amount
        yield from new
