"""Keeps which events were seen, which actions fired and which windows are open: in the ledger, or on a temporary disk file of this process."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Self

from tierwise.plugins.store import Store, StoredTable
from tierwise.plugins.watching.action import Action
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watcher import StateChange

__all__ = ["WatchStore"]

_TABLES = (
    StoredTable("watch_events", {"plan": str, "id": str}, ("plan", "id")),
    StoredTable("watch_actions", dict.fromkeys(("id", "policy", "rule", "subject", "at", "do", "level", "document"), str), ("id",)),
    StoredTable("watch_states", dict.fromkeys(("plan", "run", "key", "state"), str), ("plan", "run", "key")),
    StoredTable("watch_times", {"plan": str, "now": int}, ("plan",)),
)
_INSERT_ACTION = "INSERT OR IGNORE INTO watch_actions VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
_AT_ONCE = 500


class WatchStore:
    """An open store; a context manager that closes it.

    Events and windows belong to one plan (its fingerprint), so that a changed policy starts anew; actions belong to all, by their ids.
    """

    def __init__(self, plan: WatchPlan, location: str | None = None) -> None:
        """Open a store.

        Args:
            plan: What is watched.
            location: The ledger's file; without one the store is gone when it is closed.

        Raises:
            DataError: The file is a folder, another database, damaged, or not to be opened.
        """
        self._keeps_state = location is not None  # without a file nobody will go on from here
        self._plan = plan
        self._store = Store(location, "batch", create=True)
        try:
            with self._store.writing(_TABLES):
                pass
        except BaseException:
            self._store.end(failed=True)
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._store.end(failed=kind is not None)

    def unseen(self, events: Iterable[Event]) -> list[Event]:
        """Return the events that have not been seen yet, each once."""
        by_id: dict[str, Event] = {}
        for event in events:
            by_id.setdefault(event.id, event)
        ids = list(by_id)
        for start in range(0, len(ids), _AT_ONCE):
            some = ids[start : start + _AT_ONCE]
            query = f"SELECT id FROM watch_events WHERE plan = ? AND id IN ({','.join('?' * len(some))})"
            for row in list(self._store.rows(query, [self._plan.fingerprint, *some])):
                del by_id[row["id"]]
        return list(by_id.values())

    def keep(self, events: Sequence[Event], actions: Sequence[Action], changes: Iterable[StateChange], now: int) -> list[Action]:
        """Write a batch, whole or not at all, and return the actions that are new.

        Raises:
            DataError: It cannot be written; nothing of it is.
        """
        plan = self._plan.fingerprint
        with self._store.writing() as database:
            connection = database.conn
            connection.executemany("INSERT OR IGNORE INTO watch_events VALUES (?, ?)", ((plan, event.id) for event in events))
            if not self._keeps_state:
                return list(actions)
            new = [action for action in actions if connection.execute(_INSERT_ACTION, self._row(action)).rowcount]
            for run, key, state in changes:
                place = (plan, run, json.dumps(key, ensure_ascii=False))
                if state is None:
                    connection.execute("DELETE FROM watch_states WHERE plan = ? AND run = ? AND key = ?", place)
                else:
                    text = json.dumps(state, ensure_ascii=False, separators=(",", ":"))
                    connection.execute("INSERT OR REPLACE INTO watch_states VALUES (?, ?, ?, ?)", (*place, text))
            connection.execute("INSERT OR REPLACE INTO watch_times VALUES (?, ?)", (plan, now))
        return new

    def states(self) -> tuple[list[StateChange], int]:
        """Return the open windows and the time reached."""
        plan = [self._plan.fingerprint]
        rows = list(self._store.rows("SELECT run, key, state FROM watch_states WHERE plan = ?", plan))
        times = [row["now"] for row in self._store.rows("SELECT now FROM watch_times WHERE plan = ?", plan)]
        return [(row["run"], tuple(json.loads(row["key"])), json.loads(row["state"])) for row in rows], max(times, default=0)

    def _row(self, action: Action) -> tuple[str, ...]:
        document = json.dumps(action.to_dict(), ensure_ascii=False)
        at = action.at.isoformat()
        return action.id, self._plan.policy, action.rule, action.subject, at, action.do, action.level, document
