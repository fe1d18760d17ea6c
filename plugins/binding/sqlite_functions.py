"""What SQLite lacks: numbers and dates in text cells, and the last two distinct rows of a group. Same meaning as the DuckDB dialect."""

from __future__ import annotations

import json
import re
import sqlite3
from datetime import datetime
from decimal import Decimal
from typing import Any

__all__ = ["FirstTwo", "LastTwo", "add_functions", "date_of_text", "moment_of_text", "number_of_text", "steps"]

NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)", re.ASCII)
DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?(?:[ T](\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?))?", re.ASCII)
LARGEST = 2**63 - 1
LARGEST_EXACT = 2**53


def steps(value: Any, scale: int, exact: int) -> int | None:
    """Return a number, or the number in a text, in steps of ``10**-scale``.

    ``None`` when it is no number, not finite, too large, or (``exact``) not on the scale: further from a step than a millionth, or than
    floats of its size can tell.
    """
    if isinstance(value, float):
        scaled = value * 10.0**scale
        if not abs(scaled) < LARGEST_EXACT:
            return None
        off = abs(scaled - round(scaled))
        return None if exact and off > 1e-6 and off > abs(scaled) * 1e-15 else round(scaled)
    text = str(value).strip() if isinstance(value, int | str) else ""
    if not NUMBER.fullmatch(text):
        return None
    exactly = Decimal(text).scaleb(scale)
    if abs(exactly) > LARGEST or (exact and exactly != exactly.to_integral_value()):
        return None
    return int(exactly.to_integral_value(rounding="ROUND_HALF_UP"))


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
    """An aggregate over ``(by, value)``: of the rows with the greatest ``by`` two with different values, as JSON; or one, when they agree.

    ``by`` is never NULL, and within a group always text or always a number.
    """

    __slots__ = ("by", "other", "value")

    def __init__(self) -> None:
        self.by: Any = None
        self.value: Any = None
        self.other: Any = None

    def step(self, by: Any, value: Any) -> None:
        """Look at one row."""
        if self.by is None or by > self.by:
            self.by, self.value, self.other = by, value, None
        elif by == self.by and value != self.value:
            self._disagree(value)

    def finalize(self) -> str | None:
        """Return the rows."""
        from tierwise.plugins.arrow_columns import as_text

        if self.by is None:
            return None
        values = [self.value] if self.other is None else [self.value, self.other[0]]
        return json.dumps([[as_text(self.by), as_text(value)] for value in values], ensure_ascii=False)

    def _disagree(self, value: Any) -> None:
        """Keep the two least values, so that the order of the rows does not matter."""
        kept = {_order(v): v for v in (self.value, value, *(self.other or ()))}
        self.value, other = (kept[key] for key in sorted(kept)[:2])
        self.other = (other,)


class FirstTwo(LastTwo):
    """The same for the rows with the least ``by``."""

    __slots__ = ()

    def step(self, by: Any, value: Any) -> None:
        """Look at one row."""
        if self.by is None or by < self.by:
            self.by, self.value, self.other = by, value, None
        elif by == self.by and value != self.value:
            self._disagree(value)


def add_functions(connection: sqlite3.Connection) -> None:
    """Add the functions to a connection; none of them reads or writes anything."""
    connection.create_function("tierwise_steps", 3, steps, deterministic=True)
    connection.create_function("tierwise_number", 1, number_of_text, deterministic=True)
    connection.create_function("tierwise_date", 1, date_of_text, deterministic=True)
    connection.create_function("tierwise_moment", 1, moment_of_text, deterministic=True)
    connection.create_aggregate("tierwise_last", 2, LastTwo)  # type: ignore[arg-type]
    connection.create_aggregate("tierwise_first", 2, FirstTwo)  # type: ignore[arg-type]


def _order(value: Any) -> tuple[int, str]:
    """Return a sort key; NULL first."""
    return (0, "") if value is None else (1, str(value))
