"""Policies with a section ``watch``, what they do with events, and a database that holds some."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from textwrap import dedent, indent
from typing import Any

import pytest

from tierwise.core.checking import CheckedPolicy
from tierwise.plugins.builtin.watch_reference import ReferenceMatcher
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.testing import policy_from
from tierwise.plugins.watching.action import Action
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watcher import Watcher

HEAD = """\
tierwise: 1
policy: watched
version: 1.0.0
title: watched
facts:
  x: {type: boolean}
parameters:
  days: {type: integer, local: true, missing: vague}
  fine: {type: integer, value: 20}
readings:
  quarter: [calendar, rolling]
  border: [inclusive, exclusive]
modules:
  m:
    kind: module
    decisions:
      y: {type: boolean, formula: x}
"""


POLICY = """\
tierwise: 1
policy: watched
version: 1.0.0
title: watched
facts: {x: {type: boolean}}
readings: {quarter: [calendar, rolling]}
modules: {m: {kind: module, decisions: {y: {type: boolean, formula: x}}}}
watch:
  events:
    late:
      fields: {amount: {type: number, scale: 2}, cash: {type: boolean}}
      from: {table: payments, id: id, subject: customer, at: paid_on, where: {paid_on: "> due_on"}}
    called:
      from: {table: calls, via: {table: people, key: person}, id: [number, customer], subject: customer, at: at}
  rules:
    demotion:
      {on: late, count: 2, within: 3 months, calendar: quarter, reading: quarter, action: {do: demote, amount: amount, unit: 元, say: "{subject}：降级"}}
    talked: {on: called, action: {do: note, level: note}}
"""

ROWS = """
CREATE TABLE payments (id TEXT, customer TEXT, due_on TEXT, paid_on TEXT, amount REAL, cash INT);
INSERT INTO payments VALUES ('1', '00012', '2024-03-01', '2024-03-20', 10.5, 1), ('2', '00012', '2024-03-01', '2024-04-10', 20, 0),
  ('3', '00012', '2024-05-01', '2024-04-30', 1, 0), ('4', '7', '2024-01-01', '2024-01-15 10:00:00', 2, 1), ('5', '7', '2024-01-01', '2024-03-20', 'x', NULL),
  ('6', '7', '2024-01-01', NULL, 2, 1), ('7', '7', '2024-01-01', '2024-13-45', 2, 1);
CREATE TABLE people (person TEXT, customer TEXT);
INSERT INTO people VALUES ('p', '7'), ('p', '8');
CREATE TABLE calls (number INT, person TEXT, at TEXT);
INSERT INTO calls VALUES (1, 'p', '2024-02-01');
"""


@pytest.fixture(scope="session")
def checked() -> Callable[..., CheckedPolicy]:
    """Check a policy whose section ``watch`` is given as YAML; its readings are read by it alone."""
    plugins = Plugins(entry_points=False)

    def of(watch: str, overlay: str = "") -> CheckedPolicy:
        text = HEAD + "watch:\n" + indent(dedent(watch), "  ")
        return policy_from(text, plugins, overlay and "overlay: 1\npolicy: watched\n" + dedent(overlay))

    return of


@pytest.fixture(scope="session")
def watcher(checked: Callable[..., CheckedPolicy]) -> Callable[..., Watcher]:
    """Make a watcher from YAML, on the reference."""
    environment = Plugins(entry_points=False).environment()

    def of(watch: str, overlay: str = "") -> Watcher:
        result = checked(watch, overlay)
        result.require_plan()
        plan = WatchPlan.of(result.sections)
        assert plan is not None, result.findings
        return Watcher(plan, environment, ReferenceMatcher())

    return of


@pytest.fixture(scope="session")
def event() -> Callable[..., Event]:
    """Make an event; ids count up by their own text."""

    def of(at: str, kind: str = "late", subject: str = "a", id: str = "", **fields: Any) -> Event:
        moment = datetime.fromisoformat(at) if "T" in at else date.fromisoformat(at)
        typed = {
            name: Decimal(value) if isinstance(value, int) and not isinstance(value, bool) else value for name, value in fields.items()
        }
        return Event(id or f"{kind}/{subject}/{at}", kind, subject, moment, typed)

    return of


@pytest.fixture(scope="session")
def brief() -> Callable[..., list[Any]]:
    """Say of actions what tests compare: when, whom, what, and under which readings."""

    def of(actions: Sequence[Action]) -> list[Any]:
        told = []
        for action in actions:
            readings = " ".join(f"{name}={'/'.join(words)}" for name, words in action.readings.items())
            told.append(
                " ".join(
                    part for part in (action.at.isoformat(), action.subject, action.do, readings, *action.missing, action.lost) if part
                )
            )
        return told

    return of


@pytest.fixture
def policy_folder(tmp_path: Path) -> Path:
    """Write the policy."""
    folder = tmp_path / "watched"
    folder.mkdir()
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    return folder


@pytest.fixture
def loaded(policy_folder: Path) -> LoadedPolicy:
    """Load the policy."""
    return load(str(policy_folder))


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Write the database."""
    path = tmp_path / "events.db"
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript(ROWS)
    return path


@pytest.fixture
def plan(loaded: LoadedPolicy) -> WatchPlan:
    """Return what the policy watches."""
    found = WatchPlan.of(loaded.sections)
    assert found is not None
    return found
