"""Bounds what a view of a customer's database may give: unlike a table, it may have no end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Thread

from tierwise.core.errors import DataError

__all__ = ["MOST_ROWS", "MOST_SECONDS", "refuse_rows", "within_bounds"]

MOST_ROWS = 20_000_000
"""Rows that a view may give; a table has as many as fit into the file."""
MOST_SECONDS = 120.0
"""Seconds that one query of a view may take."""
_AGAIN = 0.5


@contextmanager
def within_bounds(view: str, interrupt: Callable[[], object]) -> Iterator[None]:
    """Interrupt what reads a view inside the block once it has taken too long.

    Args:
        view: Its name.
        interrupt: Ends the query that runs, which then raises.

    Raises:
        DataError: It took longer than ``MOST_SECONDS``.
    """
    done, late = Event(), Event()

    def watch() -> None:
        if not done.wait(MOST_SECONDS):
            late.set()
            interrupt()
        while late.is_set() and not done.wait(_AGAIN):  # the first came between two queries
            interrupt()

    watcher = Thread(target=watch, name="tierwise-view", daemon=True)
    watcher.start()
    try:
        yield
    except Exception as error:
        if late.is_set():
            raise _without_end(view, f"takes longer than {MOST_SECONDS:g} seconds") from error
        raise
    finally:
        done.set()
        watcher.join()


def refuse_rows(view: str, count: int) -> None:
    """Refuse a view that gives too many rows.

    Raises:
        DataError: There are more than ``MOST_ROWS``.
    """
    if count > MOST_ROWS:
        raise _without_end(view, f"gives more than {MOST_ROWS:,} rows")


def _without_end(view: str, said: str) -> DataError:
    return DataError(f"the view `{view}` {said}: it may have no end", help="put what it gives into a table, and name that")
