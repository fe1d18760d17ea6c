"""A console that serves in a thread of the test's process, on a free port of this machine."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import uvicorn

from tierwise.plugins.console.app import Console, ConsoleSettings, console_app
from tierwise.plugins.console.entrance import Entrance, admitted_console
from tierwise.plugins.manager import Plugins
from tierwise.plugins.web.admission import hosts_of
from tierwise.plugins.web.server import listening

TOKEN = "a-token-of-the-tests-0123456789"
USER = "lin"


@dataclass(frozen=True)
class Served:
    """Where a console answers."""

    port: int
    console: Console

    @property
    def address(self) -> str:
        """The address to open, with the token."""
        return self.url(f"/?token={TOKEN}")

    def url(self, path: str) -> str:
        """The address of a page."""
        return f"http://127.0.0.1:{self.port}{path}"


@contextmanager
def served(
    folder: Path | None, database: str | None = None, read_only: bool = False, user_header: str = "", names: tuple[str, ...] = ()
) -> Iterator[Served]:
    """Serve a console."""
    bound = listening("127.0.0.1", 0)
    times = iter(range(10_000))
    settings = ConsoleSettings(folder, database, date(2026, 6, 30), "en", read_only)
    console = Console(settings, Plugins(), lambda: f"2026-11-26T10:00:00+08:00 {next(times)}")
    entrance = Entrance(console_app(console), TOKEN, USER, user_header)
    config = uvicorn.Config(admitted_console(entrance, hosts_of("127.0.0.1", names)), log_config=None, lifespan="off", ws="none")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield Served(bound.getsockname()[1], console)
    finally:
        server.should_exit = True
        thread.join(20)
        bound.close()
