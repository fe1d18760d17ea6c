"""``test`` runs the cases of policies on both engines and shows what differs."""

from __future__ import annotations

from pathlib import Path

from tests.command_line import POLICY, tierwise

CASES = """\
cases:
  - {id: border, facts: {amount: 500000, judged_good: true}, expected: {tier: 甲}}
  - {id: below, facts: {amount: 499999.99}, expected: {tier: 乙}}
"""


def test_the_cases_of_shipped_policies_pass_on_both_engines() -> None:
    done = tierwise("test", "big-customer-tiers", "closing-time-a-e")

    assert done.code == 0, done.said
    assert [line.partition(":")[0] for line in done.out.splitlines()] == ["big-customer-tiers", "closing-time-a-e"]
    assert all(", 0 failed" in line for line in done.out.splitlines())


def test_a_failed_case_shows_what_was_expected_and_what_came(tmp_path: Path) -> None:
    folder = tmp_path / "small"
    folder.mkdir()
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "cases.yaml").write_text(CASES, encoding="utf-8")

    done = tierwise("test", folder)

    assert done.code == 1
    assert "FAILED below on reference" in done.out
    assert "FAILED below on duckdb" in done.out
    assert "tier: expected 乙, got 丙" in done.out
    assert done.out.splitlines()[-1].endswith("2 passed, 2 failed")


def test_one_engine_can_be_asked_for_and_the_others_still_run(tmp_path: Path) -> None:
    done = tierwise("test", "--engine", "reference", tmp_path / "nothing.yaml", "closing-time-a-e")

    assert done.code == 3
    assert done.out.splitlines()[-1].startswith("closing-time-a-e: ")
    assert tierwise("test", "--engine", "refrence", "closing-time-a-e").code == 3
