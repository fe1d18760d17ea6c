"""The JSON Schema for editors: shipped policies fit it, typos do not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from ruamel.yaml import YAML

from tierwise.core.environment import Environment
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy_schema import json_schema

POLICIES = sorted((Path(__file__).parents[2] / "policies").glob("*/policy.yaml"))


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    schema = json_schema(Plugins().environment())
    Draft7Validator.check_schema(schema)
    return Draft7Validator(json.loads(json.dumps(schema)))


def as_editors_see(text: str) -> Any:
    """Read YAML as an editor does: unquoted numbers and booleans are such."""
    return json.loads(json.dumps(YAML(typ="safe", pure=True).load(text), default=str))


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.parent.name)
def test_a_shipped_policy_fits(validator: Draft7Validator, path: Path) -> None:
    assert [error.message for error in validator.iter_errors(as_editors_see(path.read_text(encoding="utf-8")))] == []


POLICY = """\
tierwise: 1
policy: p
version: 1.0
title: {zh: 甲, en: A}
facts: {a: {type: number, scale: 2, min: 0.5, judged: true}}
readings: {r: [x, y], s: {values: {x: 一, y: 二}}}
parameters: {q: {type: integer, value: 3}}
modules:
  m: {kind: value-tier, scale: [A, B], grade: d, decisions: {d: {type: enum, values: [A, B], lookup: {by: a, values: {1: A, 2: }}}}}
"""


def test_unquoted_numbers_and_booleans_fit(validator: Draft7Validator) -> None:
    assert [error.message for error in validator.iter_errors(as_editors_see(POLICY))] == []


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version", "verison"),
        ("facts", "fakts"),
        ("scale: 2", "scla: 2"),
        ("scale: 2", "scale: two"),
        ("judged: true", "judged: maybe"),
        ("values: [A, B], lookup", "vlaues: [A, B], lookup"),
        ("lookup: {by", "lokup: {by"),
        ("{by: a", "{buy: a"),
        ("kind: value-tier", "kind: value-teir"),
        ("grade: d", "graed: d"),
        ("tierwise: 1", "tierwise: 2"),
        ("{type: integer, ", "{"),
        ("lookup:", "formula: a, lookup:"),
        ("policy: p", "policy: Big P"),
        ("en: A", "de: A"),
    ],
)
def test_a_typo_does_not_fit(validator: Draft7Validator, old: str, new: str) -> None:
    assert POLICY.count(old) >= 1

    assert not validator.is_valid(as_editors_see(POLICY.replace(old, new, 1)))


def test_a_schema_without_forms_and_kinds_is_a_schema() -> None:
    Draft7Validator.check_schema(json_schema(Environment()))
