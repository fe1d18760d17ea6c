"""The service answers what `decide` and `explain` say, refuses everything else in words, and its OpenAPI document tells the truth."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from prometheus_client.parser import text_string_to_metric_families
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_schema_conformance,
    status_code_conformance,
)
from starlette.testclient import TestClient

from tests.plugins.service.conftest import BUILT_IN, Serve
from tierwise.plugins.cases.read_cases import read_cases
from tierwise.plugins.policy import load
from tierwise.plugins.service.requests import MOST_SUBJECTS
from tierwise.plugins.web.server import Draining

SHIPPED = ("big-customer-tiers", "scorecard-100-rights", "abc-5-20-80-care", "closing-time-a-e")
DECIDE, EXPLAIN = "/policies/small/decide", "/policies/small/explain"
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
FEW = settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
KNOWN = {"amount": 500000, "judged_good": True}


@pytest.fixture(scope="module")
def shipped(serve: Serve) -> TestClient:
    return serve(*SHIPPED)


@pytest.mark.parametrize("name", SHIPPED)
def test_every_case_of_a_policy_gets_what_decide_says(shipped: TestClient, name: str) -> None:
    loaded = load(name, plugins=BUILT_IN)
    cases = read_cases(loaded.policy, loaded.policy.sources["cases.yaml"])
    assert cases
    for case in cases:
        facts = json.loads(json.dumps(case.facts, default=str))
        day = None if case.as_of is None else case.as_of.isoformat()
        answer = shipped.post(f"/policies/{name}/decide", json={"facts": facts, "as_of": day}).json()
        answer.pop("findings")

        assert answer == json.loads(json.dumps(loaded.decide(facts, day).to_dict())), case.id


def test_many_get_each_what_one_gets(serve: Serve, small: Path) -> None:
    client = serve(small)
    many = [KNOWN, {"amount": "499999.99"}, {}, {"amount": 1, "amuont": 2}, {"amount": "x", "judged_good": False}]
    answer = client.post(DECIDE, json={"subjects": many, "as_of": "2026-11-26"}).json()

    ones = [client.post(DECIDE, json={"facts": facts, "as_of": "2026-11-26"}).json() for facts in many]
    assert [(one["outputs"], one["findings"]) for one in ones] == [(r["outputs"], r["findings"]) for r in answer["results"]]
    assert answer["as_of"] == "2026-11-26"
    assert answer["results"][3]["findings"][0]["help"] == "did you mean `amount`?"


def test_numbers_come_exactly(serve: Serve, small: Path) -> None:
    client = serve(small)

    def tier(amount: str) -> Any:
        body = f'{{"facts": {{"amount": {amount}, "judged_good": true}}}}'
        return client.post(DECIDE, content=body, headers={"content-type": "application/json"}).json()["outputs"]["tier"]

    assert tier("500000.00") == tier('"50万"') == {"value": "甲"}
    assert tier("499999.99") == {"value": "丙"}
    assert tier("499999.995") == {"undetermined": "missing_fact", "candidates": ["甲", "丙"]}


def test_an_explanation_is_in_the_language_that_is_asked_for(serve: Serve, small: Path) -> None:
    client = serve(small)
    english = client.post(EXPLAIN, json={"facts": KNOWN}).json()
    chinese = client.post(f"{EXPLAIN}?language=zh", json={"facts": KNOWN}).json()
    preferred = client.post(EXPLAIN, json={"facts": KNOWN}, headers={"accept-language": "zh-CN,zh;q=0.9"}).json()

    assert english["outputs"] == {"tier": {"value": "甲", "rules": ["big"], "reasons": []}}
    assert "rule big gives 甲" in english["lines"][1]["text"]
    assert "规则 big 得出 甲" in chinese["lines"][1]["text"]
    assert preferred == chinese


JSON = {"content-type": "application/json"}


@pytest.mark.parametrize(
    ("path", "body", "headers", "status", "said"),
    [
        (DECIDE, "{", JSON, 400, "no JSON"),
        (DECIDE, "", JSON, 400, "nothing in it"),
        (DECIDE, "[" * 100_000, JSON, 413, "larger than"),
        (DECIDE, "[" * 50_000, JSON, 400, "nested too deeply"),
        (DECIDE, b"\xff\xff\xff", JSON, 400, "is no"),
        (DECIDE, "[]", JSON, 422, "no object"),
        (DECIDE, "{}", JSON, 422, "needs `facts`, or `subjects`"),
        (DECIDE, '{"facts": {}, "subjects": []}', JSON, 422, "not both"),
        (DECIDE, '{"facts": []}', JSON, 422, "`facts` is no object"),
        (DECIDE, '{"subjects": [{}, 1]}', JSON, 422, "member 2"),
        (DECIDE, '{"fact": {}}', JSON, 422, "no member `fact`"),
        (DECIDE, '{"facts": {}, "as_of": "yesterday"}', JSON, 422, "as_of"),
        (DECIDE, '{"facts": {}, "as_of": 20261126}', JSON, 422, "no text"),
        (DECIDE, "{}", {"content-type": "text/plain"}, 415, "not said to be JSON"),
        (DECIDE, "{}", {}, 415, "not said to be JSON"),
        ("/policies/smal/decide", "{}", JSON, 404, "no policy `smal`"),
        ("/policies/small/deciding", "{}", JSON, 404, "there is no POST"),
        (EXPLAIN, '{"subjects": []}', JSON, 422, "no member `subjects`"),
        (f"{EXPLAIN}?language=fr", '{"facts": {}}', JSON, 422, "no sentences in `fr`"),
        (EXPLAIN, '{"facts": {"population": []}}', JSON, 422, "one subject is explained"),
        ("/policies/..%2f..%2fetc/decide", "{}", JSON, 404, ""),
    ],
)
def test_what_is_not_asked_for_is_refused_in_words(
    serve: Serve, small: Path, path: str, body: str | bytes, headers: dict[str, str], status: int, said: str
) -> None:
    answer = serve(small, most=60_000).post(path, content=body, headers=headers)

    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (problem["status"], said in problem["detail"]) == (status, True), problem


def test_a_refusal_is_told_in_the_language_that_is_asked_for(serve: Serve, small: Path) -> None:
    client = serve(small)
    asked = {**JSON, "accept-language": "zh-CN"}

    assert client.post(DECIDE, content="{}", headers=asked).json()["detail"] == "正文需要 `facts` 或 `subjects`，不能两者都有"
    assert client.get("/healthz", headers={**asked, "host": "evil.example"}).json()["detail"] == "请求是发给主机 `evil.example` 的"


def test_more_subjects_than_one_request_may_ask_about_are_refused(serve: Serve, small: Path) -> None:
    answer = serve(small).post(DECIDE, json={"subjects": [{}] * (MOST_SUBJECTS + 1)})

    assert answer.status_code == 422
    assert "at most 10,000" in answer.json()["detail"]


def test_a_method_that_is_not_there_names_those_that_are(serve: Serve, small: Path) -> None:
    answer = serve(small).get(DECIDE)

    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_repeated_keys_and_halves_of_characters_are_told_and_lose_nothing(serve: Serve, small: Path) -> None:
    body = r'{"facts": {"amount": 1, "amount": 500000, "judged_good": true, "\ud800": 1}}'
    answer = serve(small).post(DECIDE, content=body, headers=JSON).json()

    assert answer["outputs"] == {"tier": {"value": "甲"}}
    assert [finding["code"] for finding in answer["findings"]] == ["duplicate-key", "unknown-fact"]


def test_a_request_that_takes_too_long_is_refused(serve: Serve, small: Path) -> None:
    answer = serve(small, seconds=0.02, most=1_000_000).post(DECIDE, json={"subjects": [{"amount": i} for i in range(9_999)]})

    assert answer.status_code == 503
    assert "within 0.02 seconds" in answer.json()["detail"]


def test_a_token_keeps_facts_from_others_but_not_that_the_service_lives(serve: Serve, small: Path) -> None:
    client = serve(small, token="a-token-of-some-length")
    open_paths = [client.get(path).status_code for path in ("/healthz", "/openapi.json")]
    refused = client.post(DECIDE, json={"facts": KNOWN})

    assert open_paths == [200, 200]
    assert (refused.status_code, refused.headers["www-authenticate"]) == (401, "Bearer")
    assert client.get("/metrics").status_code == 401
    assert client.post(DECIDE, json={"facts": KNOWN}, headers={"authorization": "Bearer a-token-of-some-length"}).status_code == 200


def test_metrics_count_what_was_decided_and_what_was_left_open(serve: Serve, small: Path) -> None:
    client = serve(small)
    client.post(DECIDE, json={"facts": KNOWN})
    client.post(DECIDE, json={"subjects": [KNOWN, {}]})
    client.post("/policies/nobody/decide", json={})
    answer = client.get("/metrics")
    families = list(text_string_to_metric_families(answer.text))
    found = {
        (one.name, *(one.labels.get(name, "") for name in ("operation", "policy", "status", "reason"))): one.value
        for family in families
        for one in family.samples
    }

    assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
    assert all(
        family.documentation and family.type in ("counter", "gauge", "histogram")
        for family in families
        if not family.name.endswith("_created")
    )
    assert found["tierwise_requests_total", "decide", "small", "200", ""] == 2
    assert found["tierwise_requests_total", "decide", "", "404", ""] == 1
    assert found["tierwise_decided_total", "", "small", "", ""] == 3
    assert found["tierwise_undetermined_total", "", "small", "", "missing_fact"] == 1
    assert found["tierwise_request_seconds_count", "decide", "", "", ""] == 3


def test_health_says_which_policies_serve_and_that_stopping_has_begun(serve: Serve, small: Path) -> None:
    draining = Draining()
    client = serve(small, draining=draining)
    assert client.get("/healthz").json()["status"] == "ok"
    draining.has_begun = True

    stopping = client.get("/healthz")
    assert (stopping.status_code, stopping.json()["status"]) == (503, "stopping")
    assert client.post(DECIDE, json={"facts": KNOWN}).status_code == 200, "what comes is still answered"


@pytest.mark.parametrize(
    ("token", "mode", "checks", "count"),
    [
        (None, GenerationMode.POSITIVE, CHECKS, 4),  # all but the document itself
        ("a-token-of-some-length", GenerationMode.POSITIVE, CHECKS, 4),
        (None, GenerationMode.NEGATIVE, [*CHECKS, negative_data_rejection], 2),
    ],
)
def test_what_is_answered_is_what_the_openapi_document_says(
    serve: Serve, small: Path, token: str | None, mode: GenerationMode, checks: list[Any], count: int
) -> None:
    client = serve(small, token=token, most=20_000_000)  # a list that is too long is refused for its length, not its bytes
    schema = schemathesis.openapi.from_asgi("/openapi.json", client.app)
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    asked = set()
    for result in schema.get_all_operations():
        assert isinstance(result, Ok)
        operation = result.ok()
        if mode is GenerationMode.NEGATIVE and not operation.body:
            continue

        @FEW
        @given(case=operation.as_strategy(mode))
        def conforms(case: Any) -> None:
            case.call_and_validate(headers=headers, checks=checks)
            asked.add(case.operation.label)

        conforms()

    assert len(asked) == count
