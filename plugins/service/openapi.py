"""Writes the OpenAPI 3.1 document of a service: one path for each policy and operation, its facts and outputs by name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from tierwise import __version__
from tierwise.core.outcome import Reason
from tierwise.core.plan import Decision, Fact, Plan
from tierwise.core.types import EnumType, NumberType, Type
from tierwise.plugins.service.requests import MOST_SUBJECTS

__all__ = ["openapi_document"]

JSON = "application/json"
REFUSALS = {
    "400": "the body is no JSON, or the request no HTTP",
    "401": "the token is missing or wrong",
    "403": "the request comes from a page of another origin",
    "408": "the body did not come in time",
    "413": "the body is too large",
    "415": "the body is said to be something else than JSON",
    "421": "the request is meant for another host",
    "422": "the body is JSON, but not what is asked for",
    "500": "a plugin, or tierwise itself, failed",
    "503": "too much is asked at once, or it took too long; try again later",
}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _closed(properties: Mapping[str, Any], *required: str) -> dict[str, Any]:
    """Return the schema of an object that has no other members."""
    return {"type": "object", "properties": properties, "required": list(required), "additionalProperties": False}


PROBLEM = {
    "description": "RFC 9457 problem details",
    **_closed(
        {
            "type": {"type": "string"},
            "title": {"type": "string"},
            "status": {"type": "integer"},
            "detail": {"type": "string", "description": "what is wrong with this request"},
            "help": {"type": "string", "description": "one suggestion"},
        },
        "type",
        "title",
        "status",
        "detail",
    ),
}
FINDING = {
    "description": "what is odd about a fact; it does not keep the others from being decided",
    **_closed(
        {
            "code": {"type": "string"},
            "severity": {"enum": ["error", "warning", "note"]},
            "message": {"type": "string"},
            "help": {"type": "string"},
        },
        "code",
        "severity",
        "message",
        "help",
    ),
}
OUTCOME = {
    "description": "a value, or why there is none",
    "oneOf": [
        {"type": "object", "properties": {"value": {}}, "required": ["value"], "additionalProperties": False},
        {
            "type": "object",
            "properties": {
                "undetermined": {"enum": [str(reason) for reason in Reason]},
                "candidates": {"type": "array", "description": "the values still possible"},
                "bound": {"const": True, "description": "the candidates are only all that may be"},
            },
            "required": ["undetermined"],
            "additionalProperties": False,
        },
    ],
}
FINDINGS = {"type": "array", "items": _ref("Finding")}
POLICY_STATE = _closed(
    {
        "version": {"type": "string"},
        "fingerprint": {"type": "string"},
        "swaps": {"type": "integer", "minimum": 0},
        "refused": {
            "type": "object",
            "description": "why the files as they are now do not serve, while the policy before them does",
            "properties": {"message": {"type": "string"}, "help": {"type": "string"}, "findings": FINDINGS},
            "required": ["message", "help", "findings"],
        },
    },
    "version",
    "fingerprint",
    "swaps",
)
HEALTH = _closed(
    {"status": {"enum": ["ok", "stopping"]}, "policies": {"type": "object", "additionalProperties": POLICY_STATE}}, "status", "policies"
)
DAY = {"type": ["string", "null"], "description": "the day of the decision, such as 2026-11-21; nothing reads the clock"}


def openapi_document(plans: Iterable[Plan], with_token: bool) -> dict[str, Any]:
    """Return the document.

    Args:
        plans: The policies in service.
        with_token: Requests need a token.
    """
    paths: dict[str, Any] = {}
    schemas: dict[str, Any] = {"Problem": PROBLEM, "Finding": FINDING, "Outcome": OUTCOME}
    for plan in plans:
        schemas |= _schemas(plan)
        path = f"/policies/{quote(plan.policy)}"
        paths[f"{path}/decide"] = {"post": _decide(plan)}
        paths[f"{path}/explain"] = {"post": _explain(plan)}
    paths |= _of_the_service()
    document: dict[str, Any] = {
        "openapi": "3.1.0",
        "info": {
            "title": "Tierwise decision service",
            "version": __version__,
            "description": "Grades by checked policies. A fact that is not given is missing: what hangs on it is undetermined, with the values still possible.",
        },
        "paths": paths,
        "components": {"schemas": schemas},
    }
    if with_token:
        document["components"]["securitySchemes"] = {"token": {"type": "http", "scheme": "bearer"}}
        document["security"] = [{"token": []}]
        for open_path in ("/healthz", "/openapi.json"):
            paths[open_path]["get"]["security"] = []
    return document


def _schemas(plan: Plan) -> dict[str, Any]:
    key = _key(plan)
    outputs = {d.name: {"allOf": [_ref("Outcome")], "description": _label(d)} for d in plan.outputs}
    about = {
        "policy": {"const": plan.policy},
        "version": {"type": "string"},
        "fingerprint": {"type": "string", "description": "identifies the meaning of the policy"},
        "as_of": {"type": ["string", "null"]},
    }
    own = _ref(f"{key}.Outputs")
    results = {
        "type": "array",
        "description": "one for each subject, in their order",
        "items": _closed({"outputs": own, "findings": FINDINGS}, "outputs", "findings"),
    }
    by_customer = {"type": "object", "additionalProperties": own}
    return {
        f"{key}.Facts": {
            "type": "object",
            "description": "Facts by name; what does not fit its fact counts as missing and is told in `findings`, an unknown name likewise.",
            "properties": {fact.name: _fact(fact) for fact in plan.facts.values()},
        },
        f"{key}.Outputs": {"type": "object", "properties": outputs, "additionalProperties": False},
        f"{key}.Decided": _closed(
            {**about, "outputs": own, "by_customer": by_customer, "findings": FINDINGS}, *about, "outputs", "findings"
        ),
        f"{key}.DecidedMany": _closed({**about, "results": results, "findings": FINDINGS}, *about, "results", "findings"),
    }


def _fact(fact: Fact) -> dict[str, Any]:
    """Say what a fact is. Its type is said in words: a value of another type is no bad request, but a fact that nobody knows."""
    said = [_label(fact), f"({_in_words(fact.type)}{', may be null: there is none' if fact.nullable else ''})"]
    return {"title": fact.name, "description": " ".join(part for part in said if part)}


def _in_words(of: Type) -> str:
    match of:
        case EnumType(values=words):
            return "one of " + ", ".join(words)
        case NumberType(scale=scale, unit=unit, low=low, high=high):
            digits = f", {scale} digits after the point" if scale else ""
            span = f", from {low}" * (low is not None) + f", to {high}" * (high is not None)
            return f"{of}{f' in {unit}' if unit else ''}{digits}{span}"
        case _:
            return str(of)


def _decide(plan: Plan) -> dict[str, Any]:
    key = _key(plan)
    many = _closed({"subjects": {"type": "array", "items": _ref(f"{key}.Facts"), "maxItems": MOST_SUBJECTS}, "as_of": DAY}, "subjects")
    answer = {"oneOf": [_ref(f"{key}.Decided"), _ref(f"{key}.DecidedMany")]}
    return _operation(plan, "decide", "Decide for one subject, or for many.", {"oneOf": [_one_subject(key), many]}, answer)


def _explain(plan: Plan) -> dict[str, Any]:
    answer = {
        "type": "object",
        "properties": {
            **{name: {} for name in ("policy", "version", "fingerprint", "as_of")},
            "outputs": {
                "type": "object",
                "description": "each outcome, with the rules that decided and at most four leading reasons",
                "additionalProperties": {"type": "object"},
            },
            "decisions": {
                "type": "object",
                "description": "every output and every decision behind it: what gave it, what was missed, points, place in a ranking",
                "additionalProperties": {"type": "object"},
            },
            "lines": {
                "type": "array",
                "items": _closed({"indent": {"type": "integer", "minimum": 0}, "text": {"type": "string"}}, "indent", "text"),
            },
            "findings": FINDINGS,
        },
        "required": ["policy", "version", "fingerprint", "as_of", "outputs", "decisions", "lines", "findings"],
    }
    operation = _operation(plan, "explain", "Decide for one subject and say why, in sentences.", _one_subject(_key(plan)), answer)
    said = "the language of the sentences; without it what Accept-Language prefers"
    operation["parameters"] = [
        {"name": "language", "in": "query", "required": False, "description": said, "schema": {"enum": ["en", "zh"]}}
    ]
    return operation


def _one_subject(key: str) -> dict[str, Any]:
    """Return the body that asks about one subject."""
    return _closed({"facts": _ref(f"{key}.Facts"), "as_of": DAY}, "facts")


def _operation(plan: Plan, name: str, summary: str, asked: Mapping[str, Any], answer: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "operationId": f"{name} {plan.policy}",
        "summary": summary,
        "tags": [plan.policy],
        "requestBody": {"required": True, "content": {JSON: {"schema": asked}}},
        "responses": {"200": {"description": "decided", "content": {JSON: {"schema": answer}}}, **_refusals(*REFUSALS)},
    }


def _of_the_service() -> dict[str, Any]:
    health = {JSON: {"schema": HEALTH}}
    return {
        "/healthz": _get(
            "health",
            "Whether the service answers, and with which policies.",
            {
                "200": {"description": "it answers", "content": health},
                **_refusals("403", "421"),
                "503": {"description": "it is being stopped", "content": health},
            },
        ),
        "/metrics": _get(
            "metrics",
            "Counts in the text format of Prometheus.",
            {
                "200": {"description": "the counts", "content": {"text/plain": {"schema": {"type": "string"}}}},
                **_refusals("401", "403", "421"),
            },
        ),
        "/openapi.json": _get(
            "openapi",
            "This document.",
            {"200": {"description": "it", "content": {JSON: {"schema": {"type": "object"}}}}, **_refusals("403", "421")},
        ),
    }


def _get(name: str, summary: str, responses: Mapping[str, Any]) -> dict[str, Any]:
    return {"get": {"operationId": name, "summary": summary, "responses": responses}}


def _refusals(*statuses: str) -> dict[str, Any]:
    content = {"application/problem+json": {"schema": _ref("Problem")}}
    return {status: {"description": REFUSALS[status], "content": content} for status in statuses}


def _key(plan: Plan) -> str:
    """Return what the schemas of a policy are called: only letters, digits, `.`, `-` and `_` may be in the name of one."""
    return "".join(sign if sign.isascii() and (sign.isalnum() or sign in "-_") else f"u{ord(sign):x}." for sign in plan.policy)


def _label(of: Fact | Decision) -> str:
    return of.label.get("en") or next(iter(of.label.values()), "")
