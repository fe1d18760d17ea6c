"""Who comes in: a browser with the token of the address that was printed, or a proxy that knows the token and names its user.

What is meant for this server at all is decided before (``plugins/web/admission.py``). Here the token is asked for, and a request that changes something has
to show that it comes from a page of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, urlencode

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from tierwise.plugins.web.admission import Admission, Admitted, Refusal, bears, is_token

__all__ = ["USER", "Entrance", "admitted_console", "refusal_text", "token_cookie"]

USER = "tierwise.user"
"""Where in the scope of a request the name of its user stands."""
TOKEN = "token"
METHODS = ("GET", "HEAD", "POST")
MOST_BYTES = 4_000_000
MOST_NAME = 100
HEADERS: Mapping[str, str] = {
    "content-security-policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
        "base-uri 'none'; frame-ancestors 'none'"
    ),
    "referrer-policy": "same-origin",  # without any, browsers call the origin of our own forms `null`
    "cache-control": "no-store",
}
"""What every answer says: nothing runs or is fetched that does not come from here."""


@dataclass(frozen=True, slots=True)
class Entrance:
    """The console behind its entrance.

    Attributes:
        app: The console.
        token: What every request has to bear, in a cookie or as ``Authorization: Bearer``.
        local_user: Who sits at this machine: the user of requests that bear the token in a cookie.
        user_header: The header in which a proxy names the user. It is believed of requests alone that bear the token as ``Authorization``, as the
            proxy sends it; empty where there is no proxy.
    """

    app: ASGIApp
    token: str
    local_user: str
    user_header: str = ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or send it away."""
        headers = Headers(scope=scope)
        by_proxy = bears(headers, self.token)
        answer = self._sent_away(scope, headers, by_proxy)
        if answer is not None:
            await answer(scope, receive, send)
            return
        scope[USER] = self._user(headers, by_proxy)
        await self.app(scope, receive, send)

    def _sent_away(self, scope: Scope, headers: Headers, by_proxy: bool) -> Response | None:
        """Return what a request gets that does not come in."""
        if scope["method"] not in METHODS:
            return _refused(Refusal(405, "Not this method", "the console knows no such method", "open its pages"))
        if by_proxy:
            return None
        name = token_cookie(headers.get("host", ""))
        if not is_token(_cookie(headers, name), self.token):
            return self._first_visit(scope, name)
        if scope["method"] == "POST" and headers.get("origin") is None and headers.get("sec-fetch-site") is None:
            return _refused(
                Refusal(403, "Another origin", "the request does not say from which page it comes", "open the page of this server itself")
            )
        return None

    def _first_visit(self, scope: Scope, cookie: str) -> Response:
        """Return a cookie for the token in the address, which then goes from it; without one the visit ends."""
        query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
        given = next((value for key, value in query if key == TOKEN), "")
        if scope["method"] != "GET" or not is_token(given, self.token):
            return _refused(
                Refusal(
                    401,
                    "No token",
                    "the token is missing or wrong",
                    "open the address that was printed when the console started: it holds the token",
                )
            )
        rest = urlencode([(key, value) for key, value in query if key != TOKEN])
        # Only the path is kept, with one slash before it: `//elsewhere` would lead to another machine.
        response = RedirectResponse("/" + scope["path"].lstrip("/\\") + (f"?{rest}" if rest else ""), 303)
        response.set_cookie(cookie, self.token, httponly=True, samesite="strict", secure=scope.get("scheme") == "https")
        return response

    def _user(self, headers: Headers, by_proxy: bool) -> str:
        """Return who asks; a proxy that names nobody asks for nobody."""
        if not (by_proxy and self.user_header):
            return self.local_user
        named = headers.getlist(self.user_header)
        if len(named) != 1:
            return ""
        try:
            text = named[0].encode("latin-1").decode("utf-8").strip()
        except UnicodeError:
            return ""
        return text if len(text) <= MOST_NAME and text.isprintable() else ""


def admitted_console(entrance: Entrance, hosts: frozenset[str], most_bytes: int = MOST_BYTES) -> Admission:
    """Return the console behind its entrance and before that what admits requests at all.

    Args:
        entrance: The entrance.
        hosts: The names by which requests may call it.
        most_bytes: The largest body.
    """
    return Admission(entrance, Admitted(hosts, most_bytes, headers=HEADERS), _refused)


def token_cookie(host: str) -> str:
    """Return the name of the cookie for a host; cookies do not know ports, so that two consoles of one machine need two names."""
    port = host.rpartition(":")[2]
    return f"tierwise_token_{port}" if port.isdigit() else "tierwise_token"


def refusal_text(refusal: Refusal) -> str:
    """Return what is said of a request that is refused."""
    return f"{refusal.detail}; {refusal.help}" if refusal.help else refusal.detail


def _refused(refusal: Refusal) -> Response:
    return PlainTextResponse(refusal_text(refusal) + "\n", refusal.status)


def _cookie(headers: Headers, name: str) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(name)
    except CookieError:
        return ""
    return found.value if found is not None else ""
