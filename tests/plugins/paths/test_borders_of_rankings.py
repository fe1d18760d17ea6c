"""The cut of a ranking is a border: who stands near it is who changes class when it moves, counted by hand."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from tierwise.core.meaning import Subject
from tierwise.plugins.fact_rows import fact_table_of
from tierwise.plugins.manager import Plugins
from tierwise.plugins.paths.borders import border_counts
from tierwise.plugins.policy import load
from tierwise.plugins.run import Bound

PLUGINS = Plugins(entry_points=False)
POLICY = """\
tierwise: 1
policy: ranked
version: 1.0.0
title: ranked
facts:
  sales: {type: integer, min: 0}
modules:
  m:
    kind: module
    decisions:
      grade:
        type: enum
        values: [A, B, C]
        ranking:
          by: sales
          WAY
"""


def in_a(limit: str) -> int:
    """Return how many of those with 2000, 1999, … 1 stand before a share of the total is reached: whose predecessors hold less."""
    total, held, count = sum(range(1, 2001)), 0, 0
    while Decimal(held) / total < Decimal(limit):
        held += 2000 - count
        count += 1
    return count


@pytest.mark.parametrize(
    ("way", "value", "moves", "near"),
    [
        ("quotas: {A: 20%, B: 30%, C: 50%}\n          rounding: floor", Decimal("0.2"), ("0.198", 4, "0.202", 4), (20, 20)),
        ("top: {A: 400, C: rest}", Decimal(400), ("396", 4, "404", 4), (20, 20)),
        (
            "pareto: {A: 20%, C: rest}",
            Decimal("0.2"),
            ("0.198", in_a("0.2") - in_a("0.198"), "0.202", in_a("0.202") - in_a("0.2")),
            (in_a("0.21") - in_a("0.2"), in_a("0.2") - in_a("0.19")),
        ),
    ],
)
def test_moving_a_cut_changes_who_stands_between(
    way: str, value: Decimal, moves: tuple[str, int, str, int], near: tuple[int, int], tmp_path: Path
) -> None:
    (tmp_path / "policy.yaml").write_text(POLICY.replace("WAY", way), encoding="utf-8")
    loaded = load(tmp_path, plugins=PLUGINS)
    people = [Subject(f"{number:04}", None, {"sales": Decimal(number)}) for number in range(1, 2001)]
    bound = Bound(loaded, fact_table_of(loaded.plan, people), None, "facts")

    [first, *_] = border_counts(bound, PLUGINS.engines()["duckdb"], loaded.plan.outputs)

    assert (first.border.about, first.border.cut, first.border.value) == ("grade", "A", value)
    assert (first.lower.to, first.lower.changed["grade"], first.higher.to, first.higher.changed["grade"]) == (
        Decimal(moves[0]),
        moves[1],
        Decimal(moves[2]),
        moves[3],
    )
    assert (first.below, first.above, first.parts) == (*near, near)
