"""Requests that are meant for another host, come from another page, or are too large are refused before anything answers them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

pytest.importorskip("starlette", reason="needs the extra `serve` or `console`")

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette.types import Message

from tierwise.plugins.web.admission import Admission, Admitted, Refusal, hosts_of

TOKEN = "a-token-of-some-length"


async def echo(request: Request) -> PlainTextResponse:
    return PlainTextResponse(f"{len(await request.body())} bytes")


async def too_large(request: Request, error: Exception) -> PlainTextResponse:
    assert isinstance(error, Refusal)
    return PlainTextResponse(str(error), error.status)


def client(admitted: Admitted, base: str = "http://127.0.0.1:8000") -> TestClient:
    inner = Starlette(routes=[Route("/{path:path}", echo, methods=["GET", "POST"])], exception_handlers={Refusal: too_large})
    return TestClient(Admission(inner, admitted, lambda refusal: PlainTextResponse(str(refusal), refusal.status)), base_url=base)


LOCAL = Admitted(hosts_of("127.0.0.1"), 100)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.1:8000", "localhost:1", "LocalHost", "[::1]:8000", "[::1]"])
def test_the_names_of_the_loopback_are_ours(host: str) -> None:
    assert client(LOCAL).get("/", headers={"host": host}).status_code == 200


@pytest.mark.parametrize(
    "host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:8000", "", "0.0.0.0", "127.0.0.1@evil.example", "[::2]"]
)
def test_a_name_that_is_not_ours_is_refused(host: str) -> None:
    answer = client(LOCAL).get("/", headers={"host": host})

    assert answer.status_code == 421
    assert "is meant for host" in answer.text


def test_two_hosts_are_none() -> None:
    assert client(LOCAL).get("/", headers=[("host", "localhost"), ("host", "localhost")]).status_code == 421


def test_a_server_for_all_addresses_has_only_the_names_that_it_is_given() -> None:
    hosts = hosts_of("0.0.0.0", ["Grades.Company.example"])

    assert "grades.company.example" in hosts
    assert "0.0.0.0" not in hosts
    assert hosts_of("10.1.2.3") >= {"10.1.2.3", "localhost"}


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"origin": "http://127.0.0.1:8000"}, 200),
        ({"origin": "https://127.0.0.1:8000"}, 200),  # a proxy in front ends TLS
        ({"origin": "http://127.0.0.1:9000"}, 403),
        ({"origin": "http://localhost:8000"}, 403),  # another name is another origin
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
        ({"sec-fetch-site": "same-origin"}, 200),
        ({"sec-fetch-site": "none"}, 200),
    ],
)
def test_only_pages_of_our_own_may_ask(headers: dict[str, str], status: int) -> None:
    assert client(LOCAL).post("/", headers=headers).status_code == status


def test_a_body_within_the_bound_comes_whole_and_a_larger_one_is_refused() -> None:
    assert client(LOCAL).post("/", content=b"x" * 100).text == "100 bytes"
    assert client(LOCAL).post("/", content=b"x" * 101).status_code == 413


def test_a_body_that_comes_drop_by_drop_is_not_waited_for() -> None:
    async def asked() -> list[str]:
        said: list[str] = []
        app = client(Admitted(hosts_of("127.0.0.1"), 100, body_seconds=0.1)).app

        async def receive() -> Message:
            await asyncio.sleep(0.03)
            return {"type": "http.request", "body": b"x", "more_body": True}

        async def send(message: Message) -> None:
            said.append(str(message.get("status") or message.get("body", b"").decode()))

        scope = {"type": "http", "method": "POST", "path": "/", "scheme": "http", "query_string": b"", "headers": [(b"host", b"localhost")]}
        await app(scope, receive, send)
        return said

    assert asyncio.run(asked())[:2] == ["408", "the body did not come within 0.1 seconds"]


def test_a_body_in_chunks_without_a_length_is_bounded_too() -> None:
    def chunks(count: int) -> Iterator[bytes]:
        yield from [b"x" * 10] * count

    assert client(LOCAL).post("/", content=chunks(10)).text == "100 bytes"
    assert client(LOCAL).post("/", content=chunks(11)).status_code == 413


@pytest.mark.parametrize("length", ["-1", "1e3", "٣", "99999999999999999999999999"])
def test_a_length_that_is_none_is_refused(length: str) -> None:
    assert client(LOCAL).post("/", content=b"x", headers=[(b"content-length", length.encode())]).status_code == 413


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/", {}, 401),
        ("/", {"authorization": f"Bearer {TOKEN}"}, 200),
        ("/", {"authorization": f"bearer  {TOKEN} "}, 200),
        ("/", {"authorization": TOKEN}, 401),
        ("/", {"authorization": f"Basic {TOKEN}"}, 401),
        ("/", {"authorization": f"Bearer {TOKEN}x"}, 401),
        ("/open", {}, 200),
        ("/open/", {}, 401),
    ],
)
def test_a_token_is_asked_for_where_there_is_one(path: str, headers: dict[str, str], status: int) -> None:
    admitted = Admitted(hosts_of("127.0.0.1"), 100, TOKEN, ["/open"])

    assert client(admitted).get(path, headers=headers).status_code == status


def test_every_answer_tells_browsers_to_keep_it_to_itself() -> None:
    for answer in (client(LOCAL).get("/"), client(LOCAL).get("/", headers={"host": "evil.example"})):
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["x-frame-options"] == "DENY"


def test_a_proxy_that_looks_at_names_itself_may_pass_any() -> None:
    assert client(Admitted(frozenset({"*"}), 100)).get("/", headers={"host": "grades.example"}).status_code == 200
