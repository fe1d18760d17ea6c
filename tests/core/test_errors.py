"""What an exception tells where nobody catches it."""

from __future__ import annotations

import traceback
from pathlib import Path

import pytest

import tierwise


def test_a_traceback_of_a_policy_error_names_every_finding_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "policy.yaml").write_text("tierwise: 1\npolicy: p\nversoin: 1.0.0\n", encoding="utf-8")
    with pytest.raises(tierwise.PolicyError) as caught:
        tierwise.load(tmp_path)
    told = "".join(traceback.format_exception(caught.value))
    assert caught.value.findings
    for finding in caught.value.findings:
        assert finding.message in told
    assert "policy.yaml:3:1: error[unknown-key]" in told
    assert "did you mean `version`" in told
