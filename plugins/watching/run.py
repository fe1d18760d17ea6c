"""Runs a watch: batches of events in, new actions out, each batch kept whole before its actions are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from tierwise.core.environment import Environment
from tierwise.core.errors import DataError
from tierwise.core.finding import Finding
from tierwise.core.watching import Action, Event, Matcher, ReferenceMatcher, Watcher, WatchPlan
from tierwise.plugins.watching.store import WatchStore

if TYPE_CHECKING:
    from tierwise.plugins.builtin.watch_durable import DurableMatcher

__all__ = ["ENGINES", "Total", "WatchRun"]

ENGINES = ("durable", "reference")


@dataclass
class Total:
    """What a rule's amounts add up to: what is certain, and what hangs on a reading."""

    unit: str
    certain: Decimal = field(default_factory=Decimal)
    open: Decimal = field(default_factory=Decimal)


class WatchRun:
    """One run over events; a context manager that closes its store and its worker.

    Args:
        plan: What is watched.
        environment: The functions that conditions may use.
        engine: ``durable`` or ``reference``.
        ledger: Where to go on and what to keep; ``None`` keeps nothing beyond the run.
    """

    def __init__(self, plan: WatchPlan, environment: Environment, engine: str = "durable", ledger: str | None = None) -> None:
        self.events = 0
        self.actions = 0
        self.totals: dict[str, Total] = {}
        self._open = ExitStack()
        self._durable: DurableMatcher | None = None
        self._store = self._open.enter_context(WatchStore(plan, ledger))
        self._watcher = Watcher(plan, environment, self._matcher(engine))
        self._watcher.restore(*self._store.states())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def worker(self) -> int | None:
        """The id of the worker's process, where there is one."""
        return self._durable.process if self._durable is not None else None

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

    def _matcher(self, engine: str) -> Matcher:
        if engine == "reference":
            return ReferenceMatcher()
        if engine == "durable":
            from tierwise.plugins.builtin.watch_durable import DurableMatcher

            self._durable = self._open.enter_context(DurableMatcher())
            return self._durable
        raise DataError(f"there is no engine `{engine}` that watches", f"the engines are {', '.join(f'`{name}`' for name in ENGINES)}")
