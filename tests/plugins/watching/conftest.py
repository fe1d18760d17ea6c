"""A policy that watches, and a database with its events."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tierwise.plugins.policy import LoadedPolicy, load

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
