"""Deadlines in the order in which they pass."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import heappop, heappush

from tierwise.plugins.watching.event import FOREVER
from tierwise.plugins.watching.firing import Key

__all__ = ["Deadlines"]


class Deadlines:
    """Keys by the last second at which something may still come. A key may stand in it that has been answered meanwhile."""

    def __init__(self) -> None:
        self._heap: list[tuple[int, Key]] = []

    def add(self, limit: int, key: Key) -> None:
        """Put a deadline in."""
        if limit < FOREVER:
            heappush(self._heap, (limit, key))

    def passed(self, now: int) -> Iterator[Key]:
        """Take out and yield the keys of all deadlines that lie before ``now``, the earliest first."""
        while self._heap and self._heap[0][0] < now:
            yield heappop(self._heap)[1]
