"""Says what a border is: a number that something is compared with, or where a class of a ranking ends."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Self

from tierwise.plugins.sentences.words import cell_value, percent_text, short_name, value_text

if TYPE_CHECKING:
    from tierwise.plugins.paths.borders import Border

__all__ = ["StandingText", "border_text", "number_text"]

LEVELS = " ▁▂▃▄▅▆▇█"
"""The signs of bars, from nothing up."""


class StandingText(str):
    """A picture, in signs, of how many stand in each part of the neighbourhood of a border, which is the line in the middle.

    Attributes:
        parts: The numbers, for who draws them better.
    """

    __slots__ = ("parts",)
    parts: tuple[int, ...]

    def __new__(cls, parts: Sequence[int]) -> Self:
        """Make the picture of these numbers."""
        most = max(parts) or 1
        bars = "".join(LEVELS[-(-part * (len(LEVELS) - 1) // most)] for part in parts)
        half = len(bars) // 2
        new = super().__new__(cls, f"{bars[:half]}│{bars[half:]}")
        new.parts = tuple(parts)
        return new


def border_text(border: Border, language: str) -> str:
    """Return the name of a border; of a cut the ranking, its class and where that ends."""
    number = number_text(border, border.value, language)
    about = short_name(border.about, border.label, language)
    return f"{about} {number}" if border.cut is None else f"{about} {cell_value(border.cut, border.cut_type, language)} ≤ {number}"


def number_text(border: Border, number: Decimal, language: str) -> str:
    """Return where a border stands; a share of a ranking in percent."""
    is_share = border.cut is not None and border.type.scale != 0
    return percent_text(number) if is_share else value_text(number, border.type, language)
