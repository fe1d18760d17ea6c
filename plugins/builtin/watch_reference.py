"""The reference engine that watches: what matching means, in plain Python."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tierwise.plugins import hookimpl
from tierwise.plugins.watch_engine import Match, Matcher, Task, WatchEngine

__all__ = ["ReferenceMatcher", "ReferenceWatch", "tierwise_watch_engines"]


class ReferenceMatcher:
    """Matches by counting."""

    def match(self, tasks: Sequence[Task]) -> list[list[Match]]:
        """Return the matches of each task."""
        return [_answers(task) if task.form == "answer" else _counts(task) for task in tasks]

    def close(self) -> None:
        """It started nothing."""


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


class ReferenceWatch:
    """Gives the reference matcher."""

    name = "reference"
    about = "plain Python; it defines the meaning"

    def unusable(self) -> str:
        """It needs nothing."""
        return ""

    def matcher(self) -> Matcher:
        """Return a matcher."""
        return ReferenceMatcher()


@hookimpl
def tierwise_watch_engines() -> Iterable[WatchEngine]:
    """Give the reference engine."""
    return (ReferenceWatch(),)
