"""What a module is not about is a gap in every output of it, on both engines; where that is open, so is the outcome."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tierwise.plugins.testing import assert_finding, findings_of, run_cases

POLICY = """\
tierwise: 1
policy: among
version: 1.0.0
title: {zh: 例, en: an example}
subject: customer
facts:
  kind: {type: enum, values: [user, agent]}
  sales: {type: integer}
modules:
  gate: {kind: module, decisions: {may: {type: boolean, formula: kind = user}}}
  rating:
    kind: module
    among: may
    decisions:
      points: {type: integer, hidden: true, formula: sales * 2}
      score: {type: integer, formula: points + 1}
      grade:
        type: enum
        values: [A, B]
        table:
          hit: unique
          rules: |
            id | score -> grade
            a  | > 10  -> A
            b  | <= 10 -> B
"""

CASES: list[tuple[dict[str, Any], str, str]] = [
    ({"kind": "user", "sales": 5}, "score: 11, grade: A", ""),
    ({"kind": "agent", "sales": 5}, "score: undetermined, grade: undetermined", "reasons: {score: gap, grade: gap}"),
    ({"kind": "agent"}, "score: undetermined, grade: undetermined", "reasons: {score: gap, grade: gap}"),
    (
        {"sales": 5},
        "score: undetermined, grade: undetermined",
        "reasons: {score: missing_fact, grade: missing_fact}, candidates: {grade: [A]}",
    ),
]


@pytest.mark.parametrize(("facts", "outputs", "more"), CASES)
def test_outputs_of_a_module_that_is_not_about_everybody(facts: dict[str, Any], outputs: str, more: str, tmp_path: Path) -> None:
    folder = tmp_path / "among"
    folder.mkdir()
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    (folder / "cases.yaml").write_text(f"cases: [{{id: among/e1, facts: {facts}, expected: {{{outputs}, {more}}}}}]".replace("'", ""))

    assert run_cases(folder, engines=["reference", "duckdb"]) > 0


def test_what_a_module_is_among_is_a_condition_over_names_of_the_policy() -> None:
    assert_finding(findings_of(POLICY.replace("among: may", "among: mayy")), "unknown-name", underlined="mayy")


def test_what_a_module_is_among_is_said_once_whatever_it_has_to_say() -> None:
    assert_finding(findings_of(POLICY.replace("among: may", "among: sales")), "type-mismatch", underlined="sales")
