"""How far work is that somebody waits for: who does it tells, who waits looks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

__all__ = ["Progress", "watched", "watching"]


@dataclass(slots=True)
class Progress:
    """How far work is; asked by another thread than the one that works.

    Attributes:
        rows: How many rows are worked through; 0 as long as that is not told.
        share: Returns the part of them that is done, from 0 to 1.
        begun: When that began, in seconds of the monotonic clock.
    """

    rows: int = 0
    share: Callable[[], float] = field(default=lambda: 0.0)
    begun: float = 0.0

    def tell(self, rows: int, share: Callable[[], float]) -> None:
        """Begin to work through rows."""
        self.begun, self.share, self.rows = time.monotonic(), share, rows

    def done(self) -> tuple[float, float]:
        """Return the part that is done, and the rows a second until now; both 0 where nobody knows."""
        share = self.share() if self.rows else 0.0
        seconds = time.monotonic() - self.begun
        return (share, self.rows * share / seconds) if share > 0 and seconds > 0 else (0.0, 0.0)


_watched: ContextVar[Progress | None] = ContextVar("progress", default=None)


def watched() -> Progress | None:
    """Return where to tell how far the work is; ``None`` when nobody looks."""
    return _watched.get()


@contextmanager
def watching() -> Iterator[Progress]:
    """Look at what is told inside the block."""
    progress = Progress()
    token = _watched.set(progress)
    try:
        yield progress
    finally:
        _watched.reset(token)
