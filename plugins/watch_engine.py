"""What an engine that watches has to find out: whether the events that lie in one window are enough. The reference engine defines it.

Windows are cut, and conditions decided, before: a matcher sees whole numbers only, so that every engine sees the same ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from tierwise.core.errors import PolicyError

__all__ = ["Mark", "Match", "Matcher", "Task", "WatchEngine", "choose_watch_engine"]

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

    def close(self) -> None:
        """End what it started."""


class WatchEngine(Protocol):
    """A way to match events.

    Attributes:
        name: What ``--engine`` calls it.
        about: One sentence for lists.
    """

    name: str
    about: str

    def unusable(self) -> str:
        """Say why it cannot match here, such as a library that is not there; an empty text when it can."""

    def matcher(self) -> Matcher:
        """Start a matcher; the caller closes it."""


def choose_watch_engine(engines: Mapping[str, WatchEngine], name: str | None = None) -> tuple[WatchEngine, str]:
    """Return the engine of a name; without one, the first that can match here.

    Returns:
        The engine, and why the first one was passed over, where it was.

    Raises:
        PolicyError: There is none of that name, or it cannot match here.
    """
    if name is not None and name not in engines:
        from tierwise.core.language.suggest import suggest  # here, because plugins are listed without what it needs

        known = ", ".join(f"`{engine}`" for engine in engines)
        raise PolicyError(f"there is no engine `{name}` that watches", help=suggest(name, engines) or f"the engines are {known}")
    passed: list[str] = []
    for engine in engines.values() if name is None else (engines[name],):
        lacking = engine.unusable()
        if not lacking:
            return engine, f"{passed[0]}; `{engine.name}` matches" if passed else ""
        passed.append(f"the engine `{engine.name}` cannot match here: {lacking}")
    if name is not None:
        raise PolicyError(passed[0], help="leave `--engine` out: another one matches then")
    raise PolicyError(passed[0] if passed else "no plugin gives an engine that watches", help="`tierwise plugins` lists what is there")
