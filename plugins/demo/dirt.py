"""Spreads the dirt that real tables have: text in number columns, impossible dates, unknown words, orphans."""

from __future__ import annotations

from random import Random
from typing import Any

__all__ = ["spread"]

# (table, position of the column, how many rows, the values that stand there instead)
SPOTS: tuple[tuple[str, int, int, tuple[Any, ...]], ...] = (
    ("customers", 17, 8, ("约三成", "NaN", "120", -5.0)),
    ("customers", 18, 5, ("十年", "不详")),
    ("customers", 9, 6, ("南网", "国家电网公司")),
    ("orders", 5, 10, ("待定", "12,500", "")),
    ("orders", 2, 4, ("2026-02-30", "去年")),
    ("payments", 4, 4, ("2026-13-01",)),
    ("judgements", 2, 12, ("很好", "是吧", "")),
)


def spread(random: Random, rows: dict[str, list[tuple[Any, ...]]]) -> None:
    """Replace a few values in place, and add one order of a customer who does not exist."""
    for table, position, count, values in SPOTS:
        items = rows[table]
        for index in random.sample(range(len(items)), min(count, len(items))):
            row = list(items[index])
            row[position] = random.choice(values)
            items[index] = tuple(row)
    if rows["orders"]:
        orphan = list(rows["orders"][0])
        orphan[0], orphan[1] = "O999999", "99999"
        rows["orders"].append(tuple(orphan))
