"""The decision service as an ASGI application: decide, explain, health, metrics and its OpenAPI document."""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from tierwise.core.errors import DataError, TierwiseError
from tierwise.core.language import suggest
from tierwise.core.plan import POPULATION
from tierwise.core.values import to_json
from tierwise.plugins.deciding.given import read_facts
from tierwise.plugins.deciding.result import Result
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.sentences.catalogue import said
from tierwise.plugins.sentences.explained import explanation_document
from tierwise.plugins.service.figures import MEDIA_TYPE, Figures
from tierwise.plugins.service.in_service import InService
from tierwise.plugins.service.openapi import openapi_document
from tierwise.plugins.service.requests import Asked, Problem, findings_document, read_asked
from tierwise.plugins.web.admission import Admission, Admitted, Refusal
from tierwise.plugins.web.server import Draining

__all__ = ["OPEN_PATHS", "Service"]

OPEN_PATHS = ("/healthz", "/openapi.json")
"""Paths that need no token: they tell what is served, nothing about anybody."""
JSON, PROBLEM = "application/json", "application/problem+json"
THREADS = 4
MOST_WAITING = 64
"""Decisions that take longer, at the same time; more are sent away."""
MANY = 50
"""Subjects from which on a request is decided in a thread, so that others need not wait for it."""

T = TypeVar("T")


class Service:
    """Decides over HTTP by the policies in service.

    Args:
        serving: The policies by name.
        admitted: Which requests are admitted.
        seconds: How long a request may take, from its first byte to its answer.
        draining: Whether the service is being stopped.

    Attributes:
        app: The ASGI application.
    """

    def __init__(self, serving: Mapping[str, InService], admitted: Admitted, seconds: float, draining: Draining) -> None:
        self._serving = serving
        self._seconds = seconds
        self._draining = draining
        self._with_token = admitted.token is not None
        self._figures = Figures()
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="tierwise-decide")
        self._waiting = 0
        routes = [
            Route("/policies/{name}/decide", self._operation("decide", self._decide), methods=["POST"]),
            Route("/policies/{name}/explain", self._operation("explain", self._explain), methods=["POST"]),
            Route("/healthz", self._health, methods=["GET"]),
            Route("/metrics", self._metrics, methods=["GET"]),
            Route("/openapi.json", self._openapi, methods=["GET"]),
        ]
        inner = Starlette(routes=routes, exception_handlers={HTTPException: _http_problem, Refusal: _refusal_problem})
        self.app: ASGIApp = Admission(inner, admitted, _refused)

    # ---- operations

    async def _decide(self, serving: InService, request: Request) -> dict[str, Any]:
        asked = read_asked(await request.body())
        loaded = serving.loaded
        if asked.facts is None:
            return await self._decide_many(serving.name, loaded, asked)
        result = loaded.decide_at_once(asked.facts, asked.as_of)
        if result is None:
            result = await self._in_thread(loaded.decide, asked.facts, asked.as_of)
        self._count(serving.name, result)
        return {**result.to_dict(), "findings": findings_document((*asked.findings, *result.findings))}

    async def _decide_many(self, name: str, loaded: LoadedPolicy, asked: Asked) -> dict[str, Any]:
        results = await self._in_thread(loaded.decide_many, asked.subjects, asked.as_of)
        for result in results:
            self._count(name, result)
        plan = loaded.plan
        return {
            "policy": plan.policy,
            "version": plan.version,
            "fingerprint": plan.fingerprint,
            "as_of": to_json(results[0].as_of) if results else asked.as_of,
            "results": [{"outputs": result.to_dict()["outputs"], "findings": findings_document(result.findings)} for result in results],
            "findings": findings_document(asked.findings),
        }

    async def _explain(self, serving: InService, request: Request) -> dict[str, Any]:
        asked = read_asked(await request.body(), one_only=True)
        language = _language(request)
        loaded = serving.loaded
        facts = asked.facts or {}
        if POPULATION in facts and POPULATION not in loaded.plan.facts:
            raise Problem(
                422, "Not what is asked for", "one subject is explained, not a population", "grade a file and use `tierwise explain`"
            )
        explanation = await self._in_thread(loaded.explain, facts, asked.as_of)
        self._figures.decided(serving.name, explanation.outcomes)
        return {
            **explanation_document(explanation, language),
            "findings": findings_document((*asked.findings, *read_facts(loaded.plan, facts)[1])),
        }

    # ---- what the service says of itself

    async def _health(self, request: Request) -> Response:
        is_stopping = self._draining.has_begun
        document = {"status": "stopping" if is_stopping else "ok", "policies": {n: _state(one) for n, one in self._serving.items()}}
        return _json(document, 503 if is_stopping else 200)

    async def _metrics(self, request: Request) -> Response:
        return Response(self._figures.text(self._serving.values()), media_type=MEDIA_TYPE)

    async def _openapi(self, request: Request) -> Response:
        return _json(openapi_document([one.loaded.plan for one in self._serving.values()], self._with_token))

    # ---- how a request is answered

    def _operation(
        self, operation: str, answer: Callable[[InService, Request], Awaitable[dict[str, Any]]]
    ) -> Callable[[Request], Awaitable[Response]]:
        async def answered(request: Request) -> Response:
            begun = time.perf_counter()
            name = request.path_params["name"]
            try:
                response = _json(await self._asked(name, request, answer))
            except Problem as problem:
                response = _problem(problem, _preferred(request.headers))
            known = name if name in self._serving else ""
            self._figures.answered(known, operation, response.status_code, time.perf_counter() - begun)
            return response

        return answered

    async def _asked(
        self, name: str, request: Request, answer: Callable[[InService, Request], Awaitable[dict[str, Any]]]
    ) -> dict[str, Any]:
        serving = self._serving.get(name)
        if serving is None:
            instead = suggest(name[:200], self._serving) or f"the policies are {', '.join(self._serving)}"
            raise Problem(404, "No such policy", f"no policy `{name[:200]}` is in service", instead)
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != JSON:
            raise Problem(415, "Not JSON", "the body is not said to be JSON", f"send `Content-Type: {JSON}`")
        try:
            async with asyncio.timeout(self._seconds):
                return await answer(serving, request)
        except TimeoutError:
            raise Problem(
                503, "Took too long", f"no answer within {self._seconds:g} seconds", "give more facts, or fewer subjects"
            ) from None
        except ClientDisconnect:
            raise Problem(400, "No request", "the request ended before its body did") from None
        except Refusal as refusal:
            raise _of_refusal(refusal) from None
        except DataError as error:
            raise Problem(422, "Not what is asked for", str(error), error.help) from None
        except TierwiseError as error:
            raise Problem(500, "A plugin failed", str(error), error.help) from None
        except Problem:
            raise
        except Exception as error:  # noqa: BLE001  a defect of ours must still be an answer
            print(f"error: a defect of tierwise: {type(error).__name__}: {error}", file=sys.stderr, flush=True)
            raise Problem(500, "A defect of tierwise", type(error).__name__) from None

    async def _in_thread(self, ask: Callable[..., T], *given: Any) -> T:
        """Ask what may take its time without keeping others waiting; it goes on to its end, bounded by the policy's limits, also if nobody waits."""
        if self._waiting >= MOST_WAITING:
            raise Problem(503, "Too busy", f"{self._waiting} requests are waiting", "try again in a second", {"Retry-After": "1"})
        self._waiting += 1
        future = self._threads.submit(ask, *given)
        loop = asyncio.get_running_loop()
        future.add_done_callback(lambda _: None if loop.is_closed() else loop.call_soon_threadsafe(self._done))
        return await asyncio.wrap_future(future)

    def _done(self) -> None:
        self._waiting -= 1

    def _count(self, name: str, result: Result) -> None:
        for outcomes in (result.by_subject or {"": result.outcomes}).values():
            self._figures.decided(name, outcomes)


def _state(one: InService) -> dict[str, Any]:
    plan, refused = one.loaded.plan, one.refused
    state: dict[str, Any] = {"version": plan.version, "fingerprint": plan.fingerprint, "swaps": one.swaps}
    if refused is not None:
        state["refused"] = {"message": refused.message, "help": refused.help, "findings": findings_document(refused.findings)}
    return state


def _language(request: Request) -> str:
    asked = request.query_params.get("language")
    if asked is None:
        return _preferred(request.headers)
    if asked not in ("en", "zh"):
        raise Problem(422, "Not what is asked for", f"no sentences in `{asked[:80]}`", "ask for `en` or `zh`")
    return asked


def _preferred(headers: Headers) -> str:
    """Return the language that a client asks to be spoken to in: Chinese if it names it first, else English."""
    return "zh" if headers.get("accept-language", "").strip().lower().startswith("zh") else "en"


def _json(document: Mapping[str, Any], status: int = 200, media_type: str = JSON, headers: Mapping[str, str] | None = None) -> Response:
    # What is half of a character cannot be sent; its escape, which is what came, can.
    content = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode("utf-8", "backslashreplace")
    return Response(content, status, {"cache-control": "no-store", **(headers or {})}, media_type)


def _problem(problem: Problem, language: str) -> Response:
    document = {key: said(text, language) if isinstance(text, str) else text for key, text in problem.document().items()}
    return _json(document, problem.status, PROBLEM, problem.headers)


def _refused(refusal: Refusal) -> ASGIApp:
    async def refused(scope: Scope, receive: Receive, send: Send) -> None:
        await _problem(_of_refusal(refusal), _preferred(Headers(scope=scope)))(scope, receive, send)

    return refused


def _of_refusal(refusal: Refusal) -> Problem:
    headers = {"www-authenticate": "Bearer"} if refusal.status == 401 else {}
    return Problem(refusal.status, refusal.title, refusal.detail, refusal.help, headers)


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = f"{request.method} `{request.url.path[:200]}`"
    known = {404: ("No such path", f"there is no {detail}"), 405: ("Not this method", f"no {detail}")}
    title, text = known.get(error.status_code, ("Not answered", str(error.detail)))
    return _problem(Problem(error.status_code, title, text, "see /openapi.json", error.headers), _preferred(request.headers))


async def _refusal_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    return _problem(_of_refusal(error), _preferred(request.headers))
