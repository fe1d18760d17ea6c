"""Says what a border is: a number that something is compared with, or where a class of a ranking ends."""

from __future__ import annotations

from decimal import Decimal

from tierwise.plugins.paths.borders import Border
from tierwise.plugins.sentences.words import percent_text, value_text

__all__ = ["border_text", "number_text"]


def border_text(border: Border, language: str) -> str:
    """Return the name of a border; of a cut the ranking, its class and where that ends."""
    number = number_text(border, border.value, language)
    return f"{border.about} {number}" if border.cut is None else f"{border.about} {value_text(border.cut, None, language)} ≤ {number}"


def number_text(border: Border, number: Decimal, language: str) -> str:
    """Return where a border stands; a share of a ranking in percent."""
    is_share = border.cut is not None and border.type.scale != 0
    return percent_text(number) if is_share else value_text(number, border.type, language)
