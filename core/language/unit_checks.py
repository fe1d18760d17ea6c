"""Checks that numbers with units go together: 元 with 元, and no 万 on what is counted in 万元 already."""

from __future__ import annotations

from collections.abc import Sequence

from tierwise.core.language import messages
from tierwise.core.language.operand import Operand, Unsound
from tierwise.core.language.snippet import Place

__all__ = ["check_literal_unit", "check_units", "is_unit_twice"]

MULTIPLE_SIGNS = "千万亿"


def check_units(at: Place, operands: Sequence[Operand]) -> None:
    """Raise ``Unsound`` when two numbers count different things, or a literal repeats what the unit says already."""
    units = [operand.unit for operand in operands if operand.unit]
    for other in units[1:]:
        if other != units[0]:
            raise Unsound(messages.unit_mismatch(at.span, units[0], other))
    for operand in operands:
        if units:
            check_literal_unit(operand, units[0])


def check_literal_unit(operand: Operand, unit: str) -> None:
    """Raise ``Unsound`` when a literal carries a multiple that the declared unit has already."""
    number = operand.literal
    if number is not None and is_unit_twice(number.unit, unit):
        raise Unsound(messages.unit_twice(number.at.span, number.unit, unit))


def is_unit_twice(written: str, declared: str) -> bool:
    """Say whether a multiple written after a number is in the declared unit already.

    Example:
        >>> is_unit_twice("万", "万元"), is_unit_twice("万", "元")
        (True, False)
    """
    signs = ("%", "百分") if written == "%" else tuple(MULTIPLE_SIGNS)
    return bool(written) and any(sign in declared for sign in signs)
