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
