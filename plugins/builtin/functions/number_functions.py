"""Functions of numbers. The rounding ones become ``Round`` nodes when compiled; what stands here is their documented meaning."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)
from functools import reduce

from tierwise.core.language.type_rules import unified
from tierwise.core.language.units import EXACT, plain
from tierwise.core.types import NumberType, Type
from tierwise.plugins.builtin.functions.declare import INTEGER, declare, number, whole

__all__ = ["NUMBERS", "added"]

MODES = {
    "up": (ROUND_UP, "away from zero"),
    "down": (ROUND_DOWN, "towards zero"),
    "half up": (ROUND_HALF_UP, "to the nearest, halves away from zero"),
    "half down": (ROUND_HALF_DOWN, "to the nearest, halves towards zero"),
    "half even": (ROUND_HALF_EVEN, "to the nearest, halves to the even digit"),
}


def added(numbers: Sequence[Decimal]) -> Decimal:
    """Return the exact sum of numbers; 0 for none at all."""
    return reduce(EXACT.add, numbers, Decimal(0))


def _rounded(mode: str) -> Callable[[Decimal, Decimal], Decimal]:
    def round_to(value: Decimal, digits: Decimal) -> Decimal:
        return plain(value.quantize(Decimal(1).scaleb(-int(digits)), mode, EXACT))

    return round_to


def _to_whole(mode: str) -> Callable[[Decimal], Decimal]:
    return lambda value: value.quantize(Decimal(1), mode, EXACT)


def _modulo(value: Decimal, divisor: Decimal) -> Decimal:
    """FEEL's modulo: the result has the sign of the divisor."""
    rest = EXACT.remainder(value, divisor)
    return plain(EXACT.add(rest, divisor) if rest and (rest < 0) != (divisor < 0) else rest)


def _number_like(*types: Type) -> Type:
    result = types[0]
    for other in types[1:]:
        result = unified(result, other) or result
    return NumberType(result.scale, result.unit) if isinstance(result, NumberType) else result


NUMBERS = (
    declare("abs(x: number) -> number", "The number without its sign.", (number,), _number_like, Decimal.copy_abs, "abs({0})"),
    declare(
        "floor(x: number) -> integer", "The next whole number below, or itself.", (number,), INTEGER, _to_whole(ROUND_FLOOR), rises="+"
    ),
    declare(
        "ceiling(x: number) -> integer", "The next whole number above, or itself.", (number,), INTEGER, _to_whole(ROUND_CEILING), rises="+"
    ),
    *(
        declare(
            f"round {name}(x: number, digits: integer) -> number",
            f"The number with that many digits after the point (`-2` rounds to hundreds), rounded {words}; a quotient may stand in it.",
            (number, whole),
            lambda value, digits: NumberType(None, value.unit),
            _rounded(mode),
        )
        for name, (mode, words) in MODES.items()
    ),
    declare(
        "modulo(x: number, divisor: number) -> number",
        "The rest of a division, with the sign of the divisor; none for the divisor 0.",
        (number, number),
        _number_like,
        _modulo,
        undefined="zero",
    ),
)
