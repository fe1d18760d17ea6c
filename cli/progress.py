"""Says on stderr what goes on when it takes more than a second, on a terminal only."""

from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from tierwise.cli.telling import spoken

__all__ = ["working"]

PATIENCE_SECONDS = 1.0


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show a moving sign beside ``what`` from the first second on; it vanishes when the work is done."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console
    from rich.status import Status

    status = Status(spoken(what), console=Console(stderr=True))
    timer = threading.Timer(PATIENCE_SECONDS, status.start)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        status.stop()
