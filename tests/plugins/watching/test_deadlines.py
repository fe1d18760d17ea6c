"""Deadlines pass in the order of their times, each once."""

from __future__ import annotations

from tierwise.plugins.watching.deadlines import Deadlines
from tierwise.plugins.watching.event import FOREVER


def test_deadlines_pass_once_the_earliest_first() -> None:
    deadlines = Deadlines()
    for limit, key in ((30, "c"), (10, "a"), (20, "b"), (FOREVER, "never")):
        deadlines.add(limit, (key,))

    assert list(deadlines.passed(20)) == [("a",)]
    assert list(deadlines.passed(31)) == [("b",), ("c",)]
    assert list(deadlines.passed(FOREVER)) == []
