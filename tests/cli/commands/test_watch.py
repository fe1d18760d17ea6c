"""``watch`` prints what is to be done about events, from a database and from lines on stdin."""

from __future__ import annotations

import json
from pathlib import Path

from tests.command_line import tierwise


def test_events_of_a_database(demo_db: Path) -> None:
    words = ("watch", demo_db, "--policy", "scorecard-100-rights", "--as-of", "2026-06-30", "--engine", "reference")
    text = tierwise(*words)
    lines = [json.loads(line) for line in tierwise(*words, "--format", "jsonl").out.splitlines()]

    assert text.code == 0, text.err
    assert len(text.out.splitlines()) == len(lines)


def test_events_of_stdin_and_a_policy_that_watches_nothing(small: Path) -> None:
    done = tierwise("watch", "-", "--policy", "small.yaml", stdin="")

    assert done.code == 3
    assert "watches no events" in done.err
