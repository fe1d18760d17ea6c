"""Tables whose hits count together, on both engines."""

from __future__ import annotations

from pathlib import Path

import pytest

from tierwise.plugins.testing import run_cases

POLICY = """\
tierwise: 1
policy: collected
version: 1.0.0
title: Collected
facts:
  n: {type: integer}
modules:
  m:
    kind: module
    decisions:
      listed: {type: list of integer, table: {hit: collect, rules: "n -> listed\\n>= 1 -> CELL5\\n>= 2 -> CELL5\\n>= 3 -> CELL7\\n"}}
      united: {type: set of integer, table: {hit: collect, rules: "n -> united\\n>= 1 -> CELL5\\n>= 2 -> CELL5\\n>= 3 -> CELL7\\n"}}
      total: {type: integer, formula: sum(listed)}
      summed: {type: integer, table: {hit: collect sum, rules: "n -> summed\\n>= 1 -> 5\\n>= 2 -> 5\\n>= 3 -> 7\\n", default: 0}}
"""
CASES = """\
cases:
  - {id: none, facts: {n: 0}, expected: {listed: [], united: [], total: 0, summed: 0}}
  - {id: once, facts: {n: 1}, expected: {listed: [5], united: [5], total: 5, summed: 5}}
  - {id: twice, facts: {n: 2}, expected: {listed: [5, 5], united: [5], total: 10, summed: 10}}
  - {id: all, facts: {n: 3}, expected: {listed: [5, 5, 7], united: [5, 7], total: 17, summed: 17}}
"""


@pytest.mark.parametrize("cell", ["{}", "[{}]"], ids=["a value", "a list of one"])
def test_a_list_keeps_repeats_and_a_set_does_not(tmp_path: Path, cell: str) -> None:
    text = POLICY
    for number in ("5", "7"):
        text = text.replace(f"CELL{number}", cell.format(number))
    (tmp_path / "policy.yaml").write_text(text, encoding="utf-8")
    (tmp_path / "cases.yaml").write_text(CASES, encoding="utf-8")

    assert run_cases(tmp_path, engines=("reference", "duckdb")) == 8  # four cases on each
