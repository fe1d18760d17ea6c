"""A fact that is none when it is not given: nothing there is none, a bad value is missing, on both engines and when explained."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import tierwise

POLICY = """\
tierwise: 1
policy: visits
version: 1.0.0
title: Visits
subject: customer
facts:
  last_on: {type: date, nullable: true, missing: none}
  amount: {type: number, scale: 2, nullable: true, missing: none}
modules:
  state:
    kind: value-tier
    scale: [fresh, old, never]
    decisions:
      state:
        type: enum
        values: [fresh, old, never]
        table:
          hit: unique
          rules: |
            last_on       -> state
            null          -> never
            >= 2026-01-01 -> fresh
            < 2026-01-01  -> old
      bought: {type: boolean, formula: amount != null}
"""


@pytest.mark.parametrize("engine", ["reference", "duckdb"])
def test_nothing_is_none_and_a_bad_value_is_missing(tmp_path: Path, engine: str) -> None:
    (tmp_path / "visits.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "c.csv").write_text("customer_id,last_on\na,2026-02-03\nb,\nc,2026-02-30\n", encoding="utf-8")
    words = ("--policy", tmp_path / "visits.yaml")

    done = tierwise("grade", tmp_path / "c.csv", *words, "--engine", engine, "--format", "json")
    rows = {row["key"]: row["outputs"] for row in json.loads(done.out)}

    assert {key: outputs["state"].get("value", "?") for key, outputs in rows.items()} == {"a": "fresh", "b": "never", "c": "?"}
    assert rows["c"]["state"]["undetermined"] == "missing_fact"
    assert [outputs["bought"]["value"] for outputs in rows.values()] == [False, False, False], "the column is not there at all"
    for key, outputs in rows.items():
        explained = json.loads(tierwise("explain", tmp_path / "c.csv", key, *words, "--format", "json").out)["outputs"]
        assert all("reasons" in outcome for outcome in explained.values())
        told = {name: {word: said for word, said in outcome.items() if word != "reasons"} for name, outcome in explained.items()}
        assert {name: {**o, "rules": o.get("rules", [])} for name, o in outputs.items()} == told
