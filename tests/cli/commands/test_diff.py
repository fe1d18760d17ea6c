"""`tierwise diff` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.command_line import POLICY, tierwise


@pytest.fixture
def two(small: Path) -> Path:
    (small / "other.yaml").write_text(POLICY.replace("| >= 50万     | true ", "| >= 60万     | true "), encoding="utf-8")
    (small / "reworded.yaml").write_text(POLICY.replace("big   |", "huge  |").replace("en: tier", "en: rank"), encoding="utf-8")
    return small


def test_a_customer_is_named_whom_the_two_decide_differently(two: Path) -> None:
    done = tierwise("diff", "small.yaml", "other.yaml", "--format", "json")

    document = json.loads(done.out)
    tier = document["outputs"]["tier"]
    assert (done.code, document["verdict"], tier["verdict"]) == (0, "different", "different")
    assert 500_000 <= tier["witness"]["amount"] < 600_000
    assert tier["outcomes"] == {"from": {"value": "甲"}, "to": {"undetermined": "gap"}}
    assert document["cells"] == [{"table": "tier", "rule": "big", "column": "amount", "from": ">= 50万", "to": ">= 60万"}]


@pytest.mark.parametrize(("other", "code", "said"), [("reworded.yaml", 0, "same meaning"), ("other.yaml", 1, "different meaning")])
def test_the_exit_code_tells_when_it_is_asked_to(two: Path, other: str, code: int, said: str) -> None:
    done = tierwise("diff", "small.yaml", other, "--exit-code")

    assert done.code == code
    assert said in done.out


def test_it_speaks_chinese(two: Path) -> None:
    assert "含义不同" in tierwise("--language", "zh", "diff", "small.yaml", "other.yaml").out
