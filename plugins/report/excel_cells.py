"""Writes a value into a cell of a report's sheet as what it is: a number, a truth value, a date, else a text."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

__all__ = ["write_cell"]

EXACT_DIGITS = 15
"""A number of more digits would be another one in Excel; it stays text."""
LONGEST_TEXT = 32_000


def write_cell(sheet: Any, row: int, column: int, value: Any, text: Any, day: Any) -> None:
    """Write a value.

    Args:
        sheet: The sheet of xlsxwriter.
        row: Its row, from 0.
        column: Its column, from 0.
        value: What stands there; ``None`` leaves the cell empty.
        text: The format of texts.
        day: The format of dates.
    """
    match value:
        case None:
            pass
        case bool():
            sheet.write_boolean(row, column, value)
        case Decimal() if len(value.as_tuple().digits) <= EXACT_DIGITS:
            sheet.write_number(row, column, float(value))
        case int() if abs(value) < 10**EXACT_DIGITS:
            sheet.write_number(row, column, value)
        case datetime():
            sheet.write_string(row, column, value.isoformat(sep=" "), text)
        case date() if value.year >= 1900:
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), day)
        case _:
            sheet.write_string(row, column, str(value)[:LONGEST_TEXT], text)
