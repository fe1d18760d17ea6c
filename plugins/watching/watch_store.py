"""Keeps which events were seen, which actions fired and which windows are open: in the ledger, or on a temporary disk file of this process."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Self

from sqlite_utils import Database

from tierwise.core.errors import DataError
from tierwise.plugins.ledger import APPLICATION_ID, WAIT_SECONDS
from tierwise.plugins.watching.action import Action
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watcher import StateChange

__all__ = ["WatchStore"]

TABLES: dict[str, tuple[dict[str, Any], str | tuple[str, ...]]] = {
    "watch_events": ({"plan": str, "id": str}, ("plan", "id")),
    "watch_actions": (
        {"id": str, "policy": str, "rule": str, "subject": str, "at": str, "do": str, "level": str, "document": str},
        "id",
    ),
    "watch_states": ({"plan": str, "run": str, "key": str, "state": str}, ("plan", "run", "key")),
    "watch_times": ({"plan": str, "now": int}, "plan"),
}


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
        self.location = location
        self.keeps_state = location is not None  # without a file nobody will go on from here
        self._plan = plan
        if location is not None and not Path(location).resolve().parent.is_dir():
            raise DataError(f"the folder of the ledger `{location}` does not exist")
        with self._errors():
            # the empty name is a file of SQLite's own, so that what was seen does not fill the memory
            connection = sqlite3.connect(location or "", timeout=WAIT_SECONDS, isolation_level=None)
            self._database = Database(connection)
            try:
                self._make_tables()
            except BaseException:
                connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._database.conn.close()

    def unseen(self, events: Iterable[Event]) -> list[Event]:
        """Return the events that have not been seen yet, each once."""
        by_id: dict[str, Event] = {}
        for event in events:
            by_id.setdefault(event.id, event)
        ids = list(by_id)
        with self._errors():
            for start in range(0, len(ids), 500):
                some = ids[start : start + 500]
                marks = ",".join("?" * len(some))
                query = f"SELECT id FROM watch_events WHERE plan = ? AND id IN ({marks})"
                for (seen,) in self._database.conn.execute(query, [self._plan.fingerprint, *some]).fetchall():
                    del by_id[seen]
        return list(by_id.values())

    def keep(self, events: Sequence[Event], actions: Sequence[Action], changes: Iterable[StateChange], now: int) -> list[Action]:
        """Write a batch, whole or not at all, and return the actions that are new.

        Raises:
            DataError: It cannot be written; nothing of it is.
        """
        plan = self._plan.fingerprint
        with self._errors(), self._transaction() as connection:
            connection.executemany("INSERT OR IGNORE INTO watch_events VALUES (?, ?)", ((plan, event.id) for event in events))
            if not self.keeps_state:
                return list(actions)
            new = [action for action in actions if connection.execute(INSERT_ACTION, self._row(action)).rowcount]
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
        with self._errors():
            rows = self._database.conn.execute("SELECT run, key, state FROM watch_states WHERE plan = ?", plan).fetchall()
            time = self._database.conn.execute("SELECT now FROM watch_times WHERE plan = ?", plan).fetchone()
        return [(run, tuple(json.loads(key)), json.loads(state)) for run, key, state in rows], time[0] if time else 0

    def _row(self, action: Action) -> tuple[str, ...]:
        document = json.dumps(action.to_dict(), ensure_ascii=False)
        at = action.at.isoformat()
        return action.id, self._plan.policy, action.rule, action.subject, at, action.do, action.level, document

    def _make_tables(self) -> None:
        application = self._database.execute("PRAGMA application_id").fetchone()[0]
        if application != APPLICATION_ID and self._database.table_names():
            raise DataError(f"`{self.location}` is a database, but not a ledger", help="name another file")
        if self.location is None:
            self._database.execute("PRAGMA journal_mode = OFF")
            self._database.execute("PRAGMA synchronous = OFF")
        with self._transaction():
            if application != APPLICATION_ID:
                self._database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            for name, (columns, key) in TABLES.items():
                self._database.table(name).create(columns, pk=key, if_not_exists=True)

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._database.conn
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise DataError(
                f"the ledger `{self.location or 'in memory'}` cannot be used: {error}", "nothing of this batch was saved"
            ) from error


INSERT_ACTION = "INSERT OR IGNORE INTO watch_actions VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
