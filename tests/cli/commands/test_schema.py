"""``schema`` prints a JSON Schema that admits good policies and refuses bad ones."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
from ruamel.yaml import YAML

from tests.command_line import POLICY, tierwise


def test_the_schema_admits_a_policy_and_refuses_an_unknown_key(tmp_path: Path) -> None:
    done = tierwise("schema")
    validator = jsonschema.Draft7Validator(json.loads(done.out))
    jsonschema.Draft7Validator.check_schema(validator.schema)
    read = YAML(typ="safe", pure=True)

    assert done.code == 0
    assert list(validator.iter_errors(read.load(POLICY))) == []
    assert list(validator.iter_errors(read.load(POLICY.replace("subject:", "subjct:")))) != []


def test_the_schema_of_overlays_admits_an_overlay_and_refuses_an_unknown_key() -> None:
    done = tierwise("schema", "overlay")
    validator = jsonschema.Draft7Validator(json.loads(done.out))
    jsonschema.Draft7Validator.check_schema(validator.schema)
    good = {
        "overlay": 1,
        "policy": "p",
        "parameters": {"days": 3, "dates": ["2026-01-01"]},
        "readings": {"quarter": "rolling"},
        "tables": {"t": "a"},
    }

    assert done.code == 0
    assert list(validator.iter_errors(good)) == []
    assert list(validator.iter_errors({**good, "paramters": {}})) != []
    assert list(validator.iter_errors({key: value for key, value in good.items() if key != "policy"})) != []
