"""``readiness`` lists the facts to collect in text, CSV and JSON, with the text that did not read."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import tierwise

POLICY = """\
tierwise: 1
policy: steps
version: 1.0.0
title: Steps
source: a test
subject: customer
facts:
  sales: {type: number, scale: 2, unit: 元, min: 0, label: {zh: 销售额, en: yearly sales}}
  safe: {type: boolean, label: {zh: 安全, en: is safe}}
modules:
  m:
    kind: module
    decisions:
      tier: {type: text, formula: 'if sales >= 100 and safe then "A" else "B"'}
"""
CUSTOMERS = "customer_id,name,sales,safe\n1,甲,约50万,true\n2,乙,200,\n3,丙,,\n4,丁,50,\n5,戊,,true\n"


@pytest.fixture
def steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "steps.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_facts_come_in_the_order_in_which_to_collect_them(steps: Path) -> None:
    done = tierwise("readiness", "customers.csv", "--policy", "steps.yaml", "--format", "json")

    assert done.code == 0, done.err
    document = json.loads(done.out)
    assert document["subjects"] == 5
    assert document["outputs"] == [{"output": "tier", "determined": 1, "by_facts": 4, "otherwise": {}}]
    assert [(f["fact"], f["subjects"], f["alone"], f["first"]) for f in document["facts"]] == [("sales", 3, 2, 2), ("safe", 2, 1, 4)]
    assert document["facts"][0]["stored"][0]["examples"] == [{"key": "1", "stored": "约50万"}]


def test_the_text_shows_what_did_not_read(steps: Path) -> None:
    out = tierwise("readiness", "customers.csv", "--policy", "steps.yaml").out

    assert "yearly sales" in out
    assert "1: 约50万" in out
    assert "销售额" in tierwise("--language", "zh", "readiness", "customers.csv", "--policy", "steps.yaml").out


def test_an_unknown_output_is_named(steps: Path) -> None:
    done = tierwise("readiness", "customers.csv", "--policy", "steps.yaml", "--output", "tiers")

    assert done.code == 2
    assert "did you mean `tier`" in done.err
