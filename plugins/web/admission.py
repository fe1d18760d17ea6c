"""Admits requests to a local web application: meant for this host, from no foreign page, no larger or slower than told; all others are refused in words.

A server on the loopback interface is within reach of every page that a browser on the machine shows. A page of another site can post to it, and
by a name that is resolved to 127.0.0.1 (DNS rebinding) even read the answers. Both come with a ``Host`` or ``Origin`` that is not ours.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from secrets import compare_digest

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["Admission", "Admitted", "Refusal", "RefusalResponse", "bears", "hosts_of", "is_token"]

LOOPBACK = ("localhost", "127.0.0.1", "::1")
HARDENING: Mapping[str, str] = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
}
"""What every answer says to browsers; the OWASP secure headers that concern what is not a public site."""


class Refusal(Exception):
    """A request that is not admitted.

    Attributes:
        status: The HTTP status.
        title: What sort of refusal it is.
        detail: What is wrong with the request.
        help: One suggestion.
    """

    def __init__(self, status: int, title: str, detail: str, help: str = "") -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.help = status, title, detail, help


RefusalResponse = Callable[[Refusal], ASGIApp]
"""Writes the answer to a request that is refused."""


@dataclass(frozen=True, slots=True)
class Admitted:
    """What is admitted.

    Attributes:
        hosts: Names by which requests may call this server, without ports; ``*`` for any.
        most_bytes: The largest body.
        body_seconds: How long a body may take to come.
        token: What ``Authorization: Bearer`` must say; ``None``: nobody is asked.
        without_token: Paths that need none.
        headers: What every answer says besides ``HARDENING``.
    """

    hosts: Collection[str]
    most_bytes: int
    token: str | None = None
    without_token: Collection[str] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body_seconds: float = 30


def hosts_of(bound: str, named: Collection[str] = ()) -> frozenset[str]:
    """Return the names of a server that is bound to an address: itself, what it is said to be called, and the loopback's names.

    Bound to all addresses of the machine it has only the names that are given.
    """
    own = () if bound in ("", "*") or (_is_address(bound) and ip_address(bound).is_unspecified) else (bound,)
    return frozenset(name.lower().strip("[]") for name in (*LOOPBACK, *own, *named))


class Admission:
    """The application behind its door.

    Args:
        app: What answers requests that are admitted. Reading a body that turns out too large or too slow raises ``Refusal`` in it.
        admitted: Which are.
        refused: Writes the answer to the others.
    """

    def __init__(self, app: ASGIApp, admitted: Admitted, refused: RefusalResponse) -> None:
        self._app = app
        self._admitted = admitted
        self._refused = refused
        self._said = {**HARDENING, **admitted.headers}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request; anything but HTTP and the server's own start and stop is turned away."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        if scope["type"] != "http":
            return
        hardened = self._hardened(send)
        try:
            self._check(scope["path"], scope["scheme"], Headers(scope=scope))
        except Refusal as refusal:
            await self._refused(refusal)(scope, receive, hardened)
            return
        await self._app(scope, _bounded(receive, self._admitted.most_bytes, self._admitted.body_seconds), hardened)

    def _check(self, path: str, scheme: str, headers: Headers) -> None:
        admitted = self._admitted
        called = headers.getlist("host")
        host = _name_of(called[0]) if len(called) == 1 else ""
        if "*" not in admitted.hosts and host not in admitted.hosts:
            raise Refusal(
                421, "Not this host", f"the request is meant for host `{host[:200]}`", "say by `--host-name` what this server is called"
            )
        origin = headers.get("origin")
        if origin is not None and origin.lower() != f"{scheme}://{called[0].lower()}" and not _is_behind_a_proxy(origin, called[0]):
            raise Refusal(
                403, "Another origin", f"the request comes from a page of `{origin[:200]}`", "open the page of this server itself"
            )
        if headers.get("sec-fetch-site") in ("cross-site", "same-site"):
            raise Refusal(403, "Another origin", "the request comes from a page of another site", "open the page of this server itself")
        length = headers.get("content-length", "0")
        if not (length.isascii() and length.isdigit()) or int(length[:20]) > admitted.most_bytes:
            raise _too_large(admitted.most_bytes)
        if admitted.token is not None and path not in admitted.without_token and not bears(headers, admitted.token):
            raise Refusal(401, "No token", "the token is missing or wrong", "send `Authorization: Bearer TOKEN`")

    def _hardened(self, send: Send) -> Send:
        async def hardened(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in self._said.items():
                    headers.setdefault(name, value)
            await send(message)

        return hardened


def bears(headers: Headers, token: str) -> bool:
    """Say whether a request bears a token as ``Authorization: Bearer`` (RFC 6750 2.1)."""
    kind, _, given = headers.get("authorization", "").partition(" ")
    return kind.lower() == "bearer" and is_token(given.strip(), token)


def is_token(given: str, token: str) -> bool:
    """Compare two tokens in a time that does not hang on where they differ."""
    return compare_digest(given.encode("utf-8", "replace"), token.encode())


def _bounded(receive: Receive, most: int, seconds: float) -> Callable[[], Awaitable[Message]]:
    """Count what comes: a body without a length, sent in chunks, has none to be refused by. One that comes drop by drop would hold a request open."""
    came = 0
    is_whole = False
    until: float | None = None

    async def bounded() -> Message:
        nonlocal came, is_whole, until
        if is_whole:
            return await receive()
        until = until or asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout_at(until):
                message = await receive()
        except TimeoutError:
            raise Refusal(408, "Too slow", f"the body did not come within {seconds:g} seconds", "send it at once") from None
        came += len(message.get("body", b""))
        is_whole = not message.get("more_body", False)
        if came > most:
            raise _too_large(most)
        return message

    return bounded


def _too_large(most: int) -> Refusal:
    return Refusal(413, "Too large", f"the body is larger than {most:,} bytes", "send less at once")


def _name_of(host: str) -> str:
    """Return the name in a ``Host`` without its port (RFC 9110 7.2)."""
    host = host.lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.rpartition(":")[0] if host.count(":") == 1 else host


def _is_behind_a_proxy(origin: str, host: str) -> bool:
    """Whether only the scheme differs: a proxy that ends TLS speaks plainly to us, while the browser knows the page by ``https``."""
    return origin.lower() == f"https://{host.lower()}"


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
