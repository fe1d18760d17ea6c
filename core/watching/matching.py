"""What a matcher has to find out: whether the events that lie in one window are enough. The reference here defines it.

Windows are cut, and conditions decided, before: a matcher sees whole numbers only, so that every engine sees the same ones.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

__all__ = ["Mark", "Match", "Matcher", "ReferenceMatcher", "Task"]

Mark = tuple[int, int]
"""An event of a task: its time, and the last time at which another one is in one window with it; both in seconds."""

Match = tuple[int, ...]
"""The positions of the marks that belong together."""


@dataclass(frozen=True, slots=True)
class Task:
    """One question about a few events of one subject.

    count: the marks are in order; whenever ``count`` of them lie in one window (each not later than the limit of all before it) they are a
    match and used up. answer: the first mark opens something, the second answers it, which is a match when it is not later than the
    first one's limit.
    """

    form: Literal["count", "answer"]
    count: int
    marks: tuple[Mark, ...]


class Matcher(Protocol):
    """Answers tasks; it keeps nothing between two calls."""

    def match(self, tasks: Sequence[Task]) -> list[list[Match]]:
        """Return the matches of each task, in the order of their last marks."""


class ReferenceMatcher:
    """The meaning, in plain Python."""

    def match(self, tasks: Sequence[Task]) -> list[list[Match]]:
        """Return the matches of each task."""
        return [_answers(task) if task.form == "answer" else _counts(task) for task in tasks]


def _counts(task: Task) -> list[Match]:
    found: list[Match] = []
    waiting: list[int] = []
    for position, (at, _) in enumerate(task.marks):
        waiting = [earlier for earlier in waiting if at <= task.marks[earlier][1]]
        waiting.append(position)
        if len(waiting) == task.count:
            found.append(tuple(waiting))
            waiting = []
    return found


def _answers(task: Task) -> list[Match]:
    (_, limit), (at, _) = task.marks
    return [(0, 1)] if at <= limit else []
