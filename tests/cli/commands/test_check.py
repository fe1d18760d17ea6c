"""``check`` says what is wrong, where, with an example, in three formats; its exit code counts errors only."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

from rich.cells import cell_len

from tests.command_line import POLICY, tierwise


def test_a_sound_policy_has_no_findings(small: Path) -> None:
    assert tierwise("check", "small.yaml") == type(tierwise("--version"))(0, "small.yaml: no findings\n", "")


def test_a_hole_is_shown_with_a_witness_and_an_underline_below_wide_characters(small: Path) -> None:
    (small / "small.yaml").write_text(POLICY.replace("| < 50万 ", "| < 40万 "), encoding="utf-8")
    done = tierwise("check", "small.yaml")
    lines = done.err.splitlines()

    assert "[gap]" in done.err
    assert "example: amount = " in done.err
    marked = [(above, line) for above, line in pairwise(lines) if set(line.partition("|")[2].strip()) == {"^"}]
    assert marked
    for above, line in marked:
        assert cell_len(line) <= cell_len(above)


def test_each_policy_has_a_line_and_the_worst_sets_the_exit_code(small: Path) -> None:
    (small / "bad.yaml").write_text(POLICY.replace("judged_good ->", "judged_god ->"), encoding="utf-8")
    (small / "broken.yaml").write_text("a: [", encoding="utf-8")

    done = tierwise("check", "small.yaml", "bad.yaml", "broken.yaml")

    assert done.code == 3
    assert [line.partition(":")[0] for line in done.out.splitlines()] == ["small.yaml", "bad.yaml", "broken.yaml"]
    assert tierwise("check", "small.yaml", "bad.yaml").code == 1


def test_warnings_count_when_strict(small: Path) -> None:
    unused = POLICY.replace("modules:", "  spare: {type: boolean}\nmodules:")
    (small / "unused.yaml").write_text(unused, encoding="utf-8")

    assert tierwise("check", "unused.yaml").code == 0
    assert tierwise("check", "--strict", "unused.yaml").code == 1


def test_findings_for_programs_are_lines_of_json() -> None:
    done = tierwise("--error-format", "json", "check", "big-customer-tiers")
    findings = [json.loads(line) for line in done.err.splitlines()]

    assert done.code == 0
    assert {finding["severity"] for finding in findings} == {"note"}
    assert all(finding["file"].endswith("big-customer-tiers/policy.yaml") and finding["line"] > 0 for finding in findings)


def test_the_holes_of_big_customer_tiers_are_told() -> None:
    done = tierwise("--error-format", "json", "check", "big-customer-tiers")
    gaps = [
        finding["message"] + json.dumps(finding["witness"])
        for finding in map(json.loads, done.err.splitlines())
        if "gap" in finding["code"]
    ]

    assert len(gaps) == 7


def test_plain_findings_are_one_line_each() -> None:
    done = tierwise("--error-format", "plain", "check", "closing-time-a-e")

    assert all(line.startswith("closing-time-a-e/policy.yaml:") and ": note[" in line for line in done.err.splitlines())
