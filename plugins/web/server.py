"""Runs a web application under uvicorn, and stops it so that every request that came is answered."""

from __future__ import annotations

import asyncio
import gc
import signal
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from types import FrameType

import uvicorn
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from tierwise.core.errors import DataError

__all__ = ["Draining", "address_of", "collect_rarely", "listening", "run_server"]

SIGNALS = (signal.SIGINT, signal.SIGTERM)
QUIET_TICKS = 5
"""Tenths of a second without a request after which garbage is collected."""


def collect_rarely() -> None:
    """Let garbage of all ages be collected only where much has gathered: to look through the policies that are held takes up to seconds, in which nobody is
    answered. ``run_server`` collects it while nothing is asked."""
    gc.set_threshold(2_000, 10, 1_000)


@dataclass
class Draining:
    """Whether the server is being stopped: it still answers, and says with each answer that the connection ends."""

    has_begun: bool = False


def listening(host: str, port: int) -> socket.socket:
    """Return a socket that listens.

    Args:
        host: The address or name to bind to.
        port: The port; 0 for any that is free.

    Raises:
        DataError: It cannot be had.
    """
    try:
        family, *_, address = socket.getaddrinfo(host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        bound = socket.socket(family, socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise DataError(f"`{host}` is no address of this machine: {error}", "leave `--host` out for this machine alone") from None
    try:
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
        bound.listen(2048)
    except (OSError, OverflowError) as error:
        bound.close()
        reason = getattr(error, "strerror", None) or error
        raise DataError(
            f"port {port} of `{host}` cannot be had: {reason}", "choose another by `--port`, or 0 for any that is free"
        ) from None
    return bound


def address_of(bound: socket.socket) -> str:
    """Return the address to open, such as ``http://127.0.0.1:8000``."""
    host, port = bound.getsockname()[:2]
    if host in ("0.0.0.0", "::"):
        host = "127.0.0.1"
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def run_server(
    app: ASGIApp,
    bound: socket.socket,
    draining: Draining,
    *,
    drain_seconds: float = 0.5,
    grace_seconds: int = 30,
    during: Callable[[], AbstractContextManager[object]] = nullcontext,
) -> None:
    """Serve until the process is told to stop (Ctrl-C, SIGTERM).

    Then requests are answered for ``drain_seconds`` more, each answer closing its connection, so that clients that keep connections open learn of
    it before theirs is closed; then nobody is let in, who was let in last is answered for as long again, and what is being answered has
    ``grace_seconds``. A second Ctrl-C ends it at once.

    Args:
        app: The application.
        bound: A socket that listens.
        draining: Becomes true when stopping begins; the application may tell it.
        drain_seconds: How long, twice.
        grace_seconds: How long at most.
        during: What goes on beside it.
    """
    config = uvicorn.Config(
        _closing(app, draining), log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=grace_seconds,
        timeout_keep_alive=75, limit_concurrency=1_000, lifespan="off", ws="none",
    )  # fmt: skip
    server = _Server(config, draining, drain_seconds)
    collect_rarely()
    with during():
        server.run(sockets=[bound])


class _Server(uvicorn.Server):
    """A server that drains before it stops."""

    def __init__(self, config: uvicorn.Config, draining: Draining, seconds: float) -> None:
        super().__init__(config)
        self._draining = draining
        self._seconds = seconds
        self._asked = self._quiet = 0

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]  # the original raises the signal again after a clean stop
        return _Signals(self.handle_exit)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        if self._draining.has_begun:
            self.should_exit, self.force_exit = True, sig == signal.SIGINT
        self._draining.has_begun = True

    async def on_tick(self, counter: int) -> bool:
        self._collect_when_quiet()
        if self._draining.has_begun and not self.should_exit:
            await asyncio.sleep(self._seconds)
            for server in self.servers:
                server.close()
            await asyncio.sleep(self._seconds)  # who was let in last has perhaps not been read yet
            self.should_exit = True
        return await super().on_tick(counter)

    def _collect_when_quiet(self) -> None:
        asked = self.server_state.total_requests
        self._asked, self._quiet = asked, self._quiet + 1 if asked == self._asked else 0
        if asked and self._quiet == QUIET_TICKS:
            gc.collect()


class _Signals(AbstractContextManager[None]):
    def __init__(self, handle: Callable[[int, FrameType | None], None]) -> None:
        self._handle = handle
        self._before: dict[int, object] = {}

    def __enter__(self) -> None:
        try:
            self._before = {number: signal.signal(number, self._handle) for number in SIGNALS}
        except ValueError:  # not in the main thread: whoever started it stops it
            self._before = {}

    def __exit__(self, *raised: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)  # type: ignore[arg-type]  # what `signal` gave back


def _closing(app: ASGIApp, draining: Draining) -> ASGIApp:
    async def closing(scope: Scope, receive: Receive, send: Send) -> None:
        async def told(message: Message) -> None:
            if draining.has_begun and message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), (b"connection", b"close")]
            await send(message)

        await app(scope, receive, told)

    return closing
