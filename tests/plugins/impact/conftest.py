"""A policy with a scale, rights and measures, and populations with holes, for the tests of what a change does."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from random import Random

import pytest

POLICY = """\
tierwise: 1
policy: weighed
version: 1.0.0
title: {{zh: 权衡, en: Weighed}}
subject: customer
facts:
  amount: {{type: number, scale: 2, unit: 元}}
  region: {{type: enum, values: [north, south, west]}}
  paid: {{type: boolean}}
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
          rules: |
            id    | amount          -> tier
            big   | >= {big}        -> A
            mid   | [{mid}..{big})  -> B
            small | [0..{mid})      -> C
      credit_limit: {{type: number, scale: 2, unit: 元, lookup: {{by: tier, values: {{A: "{limit}", B: "300.25", C: "0"}}}}}}
      contact: {{type: set, values: [call, visit], labels: {{call: amount < {mid}, visit: paid}}}}
      position:
        type: enum
        values: [top, rest]
        ranking: {{by: amount, quotas: {{top: {top}%, rest: "rest"}}, rounding: floor}}
measures:
  exposure: {{sum: credit_limit}}
  paying: {{count: paid}}
  exposed_unpaid: {{sum: credit_limit, where: not(paid)}}
  mean_amount: {{average: amount, digits: 4}}
"""

SETTINGS = {"big": "1000", "mid": "400", "limit": "1000.10", "top": "20"}

Weighed = Callable[..., Path]
Population = Callable[..., Path]


@pytest.fixture
def weighed(tmp_path: Path) -> Weighed:
    """Return a maker of the policy with other numbers."""

    def make(name: str = "policy", **settings: str) -> Path:
        path = tmp_path / f"{name}.yaml"
        path.write_text(POLICY.format(**(SETTINGS | settings)), encoding="utf-8")
        return path

    return make


@pytest.fixture
def population(tmp_path: Path) -> Population:
    """Return a maker of customers, some of whose values are missing."""

    def make(count: int = 100, seed: int = 1) -> Path:
        random = Random(seed)
        path = tmp_path / "customers.csv"
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream)
            writer.writerow(["customer_id", "name", "amount", "region", "paid", "owner"])
            for number in range(count):
                amount = "" if random.random() < 0.1 else f"{random.randint(-20_000, 150_000) / 100:.2f}"
                region = random.choice(["north", "south", ""])
                writer.writerow(
                    [
                        f"{number:04}",
                        f"N{number}",
                        amount,
                        region,
                        random.choice(["true", "false", ""]),
                        random.choice(["李", "王", "O'Neil"]),
                    ]
                )
        return path

    return make
