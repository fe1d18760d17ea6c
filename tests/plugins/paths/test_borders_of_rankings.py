"""The cut of a ranking is a border: who stands near it is who changes class when it moves, counted by hand."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from tierwise.core.meaning import Subject
from tierwise.plugins.demo import make_demo_database
from tierwise.plugins.fact_rows import fact_table_of
from tierwise.plugins.manager import Plugins
from tierwise.plugins.paths.borders import border_counts
from tierwise.plugins.policy import load
from tierwise.plugins.run import Bound, bound_database

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


SALES = """\
WITH counted AS (
  SELECT customer_id, amount, typeof(amount) <> 'real' OR date(ordered_on, '+0 days') IS NOT ordered_on AS is_unknown FROM orders
  WHERE status IN ('delivered', 'open') AND (date(ordered_on, '+0 days') IS NOT ordered_on OR ordered_on BETWEEN '2025-07-01' AND '2026-06-30')
)
SELECT customers.customer_id,
  (SELECT coalesce(sum(amount), 0) FROM counted WHERE counted.customer_id = customers.customer_id),
  EXISTS (SELECT 1 FROM counted WHERE counted.customer_id = customers.customer_id AND is_unknown)
FROM customers
"""
"""Sales of a year by customer; whether an amount or a day that may count does not read. SQLite makes another day of one that there is not."""


def classes_by_hand(database: Path, cut: Decimal) -> list[str]:
    """Return the class of every customer by plain SQL and counting, with the A cut at a share: of whom a sale is unknown may stand anywhere."""
    with closing(sqlite3.connect(database)) as connection:
        sales = connection.execute(SALES).fetchall()
    known = [amount for _, amount, is_unknown in sales if not is_unknown]
    unknown, classes = len(sales) - len(known), []
    for _, amount, is_unknown in sales:
        best = 1 if is_unknown else 1 + sum(other > amount for other in known)
        worst = len(sales) if is_unknown else best + unknown
        possible = {
            next(grade for grade, share in (("A", cut), ("B", Decimal("0.2")), ("C", Decimal(1))) if rank <= int(share * len(sales)))
            for rank in range(best, worst + 1)
        }
        classes.append("".join(sorted(possible)))
    return classes


def test_around_a_cut_with_customers_of_unknown_sales_both_edges_of_the_band_move(tmp_path: Path) -> None:
    database = tmp_path / "demo.db"
    make_demo_database(database, customers=1_200)
    loaded = load("abc-5-20-80-care", plugins=PLUGINS, settings={"rounding": "floor"})
    now = classes_by_hand(database, Decimal("0.05"))

    with bound_database(loaded, str(database), None, date(2026, 6, 30)) as bound:
        first = next(border_counts(bound, PLUGINS.engines()["duckdb"], [loaded.plan.decisions["grade"]]))

    def changed(cut: str) -> int:
        return sum(before != after for before, after in zip(now, classes_by_hand(database, Decimal(cut)), strict=True))

    assert now.count("A") + now.count("AB") == 60
    assert now.count("AB") > 3, "a band of those who may be A"
    assert (first.below, first.above) == (changed("0.0525"), changed("0.0475")) == (6, 6), "three places on each edge of the band"
    assert (first.lower.changed["grade"], first.higher.changed["grade"]) == (changed("0.0495"), changed("0.0505"))
