"""Who does not come from a page of ours, with the token, does not come in, whatever the console would say."""

from __future__ import annotations

import asyncio

import pytest

pytest.importorskip("starlette")
pytest.importorskip("uvicorn")

import httpx2
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import Receive, Scope, Send

from tierwise.plugins.console.entrance import HEADERS, USER, Entrance, admitted_console, token_cookie
from tierwise.plugins.web.admission import HARDENING

HOST = "127.0.0.1:8765"
TOKEN = "a-token-0123456789"
BEARER = f"Bearer {TOKEN}"
WITH_COOKIE = {"host": HOST, "cookie": f"{token_cookie(HOST)}={TOKEN}"}
OURS = {**WITH_COOKIE, "origin": f"http://{HOST}"}


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    body = await request.body()
    await PlainTextResponse(f"{scope[USER]}|{scope['path']}|{len(body)}")(scope, receive, send)


def ask(method: str, path: str, headers: dict[str, str], content: bytes = b"", user_header: str = "") -> httpx2.Response:
    entrance = Entrance(echo, TOKEN, "lin", user_header)
    app = admitted_console(entrance, frozenset({"127.0.0.1", "grading.example"}), 1_000)

    async def asking() -> httpx2.Response:
        transport = httpx2.ASGITransport(app=app)
        async with httpx2.AsyncClient(transport=transport, base_url=f"http://{HOST}") as client:
            return await client.request(method, path, headers=headers, content=content)

    return asyncio.run(asking())


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("GET", WITH_COOKIE, 200),
        ("GET", {"host": HOST}, 401),
        ("GET", {"host": HOST, "cookie": f"{token_cookie(HOST)}=wrong"}, 401),
        ("GET", {**WITH_COOKIE, "host": "evil.example"}, 421),
        ("GET", {**WITH_COOKIE, "host": "127.0.0.1:9999"}, 401),
        ("GET", {**WITH_COOKIE, "origin": "http://evil.example"}, 403),
        ("GET", {**WITH_COOKIE, "origin": "null"}, 403),
        ("POST", OURS, 200),
        ("POST", {**OURS, "origin": "https://evil.example"}, 403),
        ("POST", {**OURS, "origin": f"http://{HOST}.evil.example"}, 403),
        ("POST", {**OURS, "sec-fetch-site": "cross-site"}, 403),
        ("POST", {**OURS, "sec-fetch-site": "same-site"}, 403),
        ("POST", WITH_COOKIE, 403),
        ("POST", {**WITH_COOKIE, "sec-fetch-site": "same-origin"}, 200),
        ("POST", {"host": HOST, "origin": f"http://{HOST}"}, 401),
        ("POST", {"host": HOST, "authorization": BEARER}, 200),
        ("POST", {"host": HOST, "authorization": "Bearer wrong"}, 401),
        ("PUT", OURS, 405),
        ("DELETE", OURS, 405),
        ("TRACE", OURS, 405),
    ],
)
def test_only_our_pages_with_the_token_are_answered(method: str, headers: dict[str, str], status: int) -> None:
    assert ask(method, "/", headers).status_code == status


def test_a_name_that_is_made_known_is_answered_over_either_scheme() -> None:
    headers = {"host": "grading.example", "authorization": BEARER, "origin": "https://grading.example"}

    assert ask("POST", "/", headers).status_code == 200


def test_the_token_in_the_address_becomes_a_cookie_and_goes_from_the_address() -> None:
    answer = ask("GET", f"/policies?a=1&token={TOKEN}", {"host": HOST})

    assert (answer.status_code, answer.headers["location"]) == (303, "/policies?a=1")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith(f"tierwise_token_8765={TOKEN};") and "HttpOnly" in cookie and "SameSite=strict" in cookie


def test_the_way_out_of_the_token_never_leads_to_another_machine() -> None:
    assert ask("GET", f"http://{HOST}//evil.example/x?token={TOKEN}", {"host": HOST}).headers["location"] == "/evil.example/x"


def test_a_token_in_the_address_of_a_post_is_none() -> None:
    assert ask("POST", f"/?token={TOKEN}", {"host": HOST, "origin": f"http://{HOST}"}).status_code == 401


@pytest.mark.parametrize(("size", "status"), [(1_000, 200), (1_001, 413), (50_000_000, 413)])
def test_a_body_over_the_limit_is_refused(size: int, status: int) -> None:
    assert ask("POST", "/", OURS, b"x" * size).status_code == status


@pytest.mark.parametrize(
    ("header", "headers", "user"),
    [
        ("", {"authorization": BEARER, "x-user": "wang"}, "lin"),
        ("x-user", {"authorization": BEARER, "x-user": "wang"}, "wang"),
        ("x-user", {"authorization": BEARER, "x-user": "王".encode().decode("latin-1")}, "王"),
        ("x-user", {"authorization": BEARER}, ""),
        ("x-user", {"authorization": BEARER, "x-user": "a" * 101}, ""),
        ("x-user", {"cookie": f"{token_cookie(HOST)}={TOKEN}", "x-user": "wang"}, "lin"),
    ],
)
def test_a_user_is_believed_of_the_proxy_alone(header: str, headers: dict[str, str], user: str) -> None:
    raw = {name: value.encode("latin-1") for name, value in {"host": HOST, **headers}.items()}

    assert ask("GET", "/", raw, user_header=header).text == f"{user}|/|0"  # type: ignore[arg-type]  # httpx2 takes bytes, too


@pytest.mark.parametrize("headers", [WITH_COOKIE, {"host": "evil.example"}, {"host": HOST}])
def test_every_answer_says_what_a_browser_may_do_with_it(headers: dict[str, str]) -> None:
    answer: Response | httpx2.Response = ask("GET", "/", headers)

    expected = {**HARDENING, **HEADERS}
    assert {name: answer.headers.get(name) for name in expected} == expected
    assert "unsafe" not in HEADERS["content-security-policy"]
