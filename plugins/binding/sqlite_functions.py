"""What SQLite lacks: numbers and dates in text cells, and the last two distinct rows of a group. Same meaning as the DuckDB dialect."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import datetime
from decimal import Decimal
from typing import Any

__all__ = ["FirstTwo", "LastTwo", "add_functions", "date_of_text", "moment_of_text", "number_of_text", "steps_of_text"]

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?", re.ASCII)
LARGEST = 2**63 - 1


def steps_of_text(value: Any, scale: int, exact: int) -> int | None:
    """Return the number in a text in steps of ``10**-scale``; ``None`` when it is no number, or (``exact``) is not on the scale."""
    text = value.strip() if isinstance(value, str) else ""
    if not NUMBER.fullmatch(text):
        return None
    steps = Decimal(text).scaleb(scale)
    if abs(steps) > LARGEST or (exact and steps != steps.to_integral_value()):
        return None
    return int(steps.to_integral_value(rounding="ROUND_HALF_UP"))


def number_of_text(value: Any) -> float | None:
    """Return the number in a text, or ``None``."""
    text = value.strip() if isinstance(value, str) else ""
    return float(text) if NUMBER.fullmatch(text) else None


def date_of_text(value: Any) -> str | None:
    """Return the ISO date at the start of a text such as ``2024/1/5`` or ``2024年1月5日``, or ``None``."""
    moment = moment_of_text(value)
    return moment[:10] if moment else None


def moment_of_text(value: Any) -> str | None:
    """Return the date and time in a text as ``2024-01-05 10:00:00``, or ``None``."""
    match = DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    if match is None:
        return None
    hour, minute, second = (*(match[4] or "0:0").split(":"), "0")[:3]
    try:
        return datetime(int(match[1]), int(match[2]), int(match[3]), int(hour), int(minute), int(float(second))).isoformat(sep=" ")
    except ValueError:
        return None


class LastTwo:
    """An aggregate over ``(by, value)``: the two distinct pairs with the greatest ``by``, as JSON; greatest first."""

    def __init__(self) -> None:
        self._pairs: list[tuple[tuple[Any, ...], Any, Any]] = []

    def step(self, by: Any, value: Any) -> None:
        """Look at one row."""
        pair = (_order(by) + _order(value), by, value)
        pairs = self._pairs
        if (len(pairs) == 2 and pair[0] <= pairs[1][0]) or any(pair[0] == kept[0] for kept in pairs):
            return
        pairs.append(pair)
        pairs.sort(key=lambda kept: kept[0], reverse=True)
        del pairs[2:]

    def finalize(self) -> str | None:
        """Return the pairs."""
        from tierwise.plugins.arrow_columns import as_text

        return json.dumps([[as_text(by), as_text(value)] for _, by, value in self._pairs], ensure_ascii=False) if self._pairs else None


class FirstTwo(LastTwo):
    """The same for the two distinct pairs with the least ``by``; least first."""

    def step(self, by: Any, value: Any) -> None:
        """Look at one row."""
        pair = (_order(by) + _order(value), by, value)
        pairs = self._pairs
        if (len(pairs) == 2 and pair[0] >= pairs[1][0]) or any(pair[0] == kept[0] for kept in pairs):
            return
        pairs.append(pair)
        pairs.sort(key=lambda kept: kept[0])
        del pairs[2:]


def add_functions(connection: sqlite3.Connection) -> None:
    """Add the functions to a connection; none of them reads or writes anything."""
    connection.create_function("tierwise_steps", 3, steps_of_text, deterministic=True)
    connection.create_function("tierwise_number", 1, number_of_text, deterministic=True)
    connection.create_function("tierwise_date", 1, date_of_text, deterministic=True)
    connection.create_function("tierwise_moment", 1, moment_of_text, deterministic=True)
    connection.create_aggregate("tierwise_last", 2, LastTwo)  # type: ignore[arg-type]
    connection.create_aggregate("tierwise_first", 2, FirstTwo)  # type: ignore[arg-type]


def _order(value: Any) -> tuple[Any, ...]:
    """Return a sort key over SQLite's values: NULL, numbers, text, blobs."""
    if value is None:
        return (0, 0)
    if isinstance(value, int | float):
        return (1, value)
    return (2, value) if isinstance(value, str) else (3, value.hex())
