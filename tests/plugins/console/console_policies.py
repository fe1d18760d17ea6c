"""Policies that the tests of the console change: a small one with comments, and one with a large table."""

from __future__ import annotations

from pathlib import Path

SMALL = """\
# What our sales people agreed on in March.
tierwise: 1
policy: small
version: 1.0.0
title: {zh: 小制度, en: A small policy}
subject: customer

facts:
  amount: {type: number, scale: 0, min: 0, label: {zh: 年用量, en: usage}}   # per year
  good: {type: boolean, label: {zh: 回款好, en: pays well}}

parameters:
  border: {type: integer, value: 100, adjustable: {min: 50, max: 500}}

modules:
  tier:
    kind: value-tier
    scale: [A, B, C]
    decisions:
      tier:
        type: enum
        values: [A, B, C]
        table:
          hit: unique
          # the rows are in the order of the paper
          rules: |
            id   | amount      | good  -> tier | # why
            top  | >= 300      | true  -> A    | 第一条
            mid  | [100..300)  | true  -> B    | 第二条
            low  | < 100       | true  -> C    |
            bad  | -           | false -> C    | whoever pays badly
      bonus:
        type: number
        scale: 0
        formula: if amount >= border then 2 else 1    # doubled
"""

CASES = """\
cases:
  - id: c1
    facts: {amount: 400, good: true}
    expected: {tier: A}
    why: "the first rule"
"""


def write_small(folder: Path, name: str = "small", changes: str = "") -> Path:
    """Write the small policy into a folder of its own."""
    policy = folder / name
    policy.mkdir(parents=True)
    (policy / "policy.yaml").write_text(SMALL + changes, encoding="utf-8")
    (policy / "cases.yaml").write_text(CASES, encoding="utf-8")
    return policy


def write_large(folder: Path, rows: int = 300, columns: int = 30) -> None:
    """Write a policy whose table has so many rows and columns."""
    policy = folder / "large"
    policy.mkdir(parents=True)
    inputs = columns - 3
    facts = "\n".join(f"  f{number}: {{type: integer, min: 0, max: 1000}}" for number in range(inputs))
    head = "id | " + " | ".join(f"f{number}" for number in range(inputs)) + " -> tier | # why"
    lines = [
        f"r{row} | " + " | ".join(str(row) if number == 0 else "-" for number in range(inputs)) + " -> A | note" for row in range(rows)
    ]
    table = "\n".join(f"            {line}" for line in [head, *lines])
    (policy / "policy.yaml").write_text(
        f"tierwise: 1\npolicy: large\nversion: 1.0.0\ntitle: Large\nsubject: customer\nfacts:\n{facts}\nmodules:\n  tier:\n    kind: value-tier\n"
        f"    scale: [A, B]\n    decisions:\n      tier:\n        type: enum\n        values: [A, B]\n        table:\n          hit: unique\n"
        f"          default: B\n          rules: |\n{table}\n",
        encoding="utf-8",
    )
