"""Policies with a section ``watch``, and what they do with events."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from decimal import Decimal
from textwrap import dedent, indent
from typing import Any

import pytest

from tierwise.core.checking import CheckedPolicy, check
from tierwise.core.policy import read_policy
from tierwise.core.source import Source
from tierwise.core.watching import Action, Event, ReferenceMatcher, Watcher
from tierwise.plugins.manager import Plugins

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


@pytest.fixture(scope="session")
def checked() -> Callable[..., CheckedPolicy]:
    """Check a policy whose section ``watch`` is given as YAML; its readings are read by it alone."""
    environment = Plugins(entry_points=False).environment()

    def of(watch: str, overlay: str = "") -> CheckedPolicy:
        text = HEAD + "watch:\n" + indent(dedent(watch), "  ")
        source = Source("company.yaml", "overlay: 1\npolicy: watched\n" + dedent(overlay)) if overlay else None
        return check(read_policy({"policy.yaml": text}, environment, source), environment)

    return of


@pytest.fixture(scope="session")
def watcher(checked: Callable[..., CheckedPolicy]) -> Callable[..., Watcher]:
    """Make a watcher from YAML, on the reference."""
    environment = Plugins(entry_points=False).environment()

    def of(watch: str, overlay: str = "") -> Watcher:
        result = checked(watch, overlay)
        result.require_plan()
        assert result.watch is not None, result.findings
        return Watcher(result.watch, environment, ReferenceMatcher())

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
