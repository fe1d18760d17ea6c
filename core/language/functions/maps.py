"""Functions of maps."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from tierwise.core.language.functions.declare import any_type, declare, map_of, number, text
from tierwise.core.language.functions.numbers import added
from tierwise.core.language.units import EXACT, plain
from tierwise.core.types import ListType, MapType, NumberType, TextType

__all__ = ["MAPS"]

SHARE_DIGITS = 6
MAP = map_of(any_type)


def _shares(amounts: Mapping[str, Decimal | None]) -> dict[str, Decimal] | None:
    known = [amount for amount in amounts.values() if amount is not None]
    total = added(known)
    if len(known) < len(amounts) or not total:
        return None
    step = Decimal(1).scaleb(-SHARE_DIGITS)
    return {key: _percent(amount, total, step) for key, amount in amounts.items() if amount is not None}


def _percent(amount: Decimal, total: Decimal, step: Decimal) -> Decimal:
    # In whole steps, so that a half is seen exactly; halves go away from zero.
    above = EXACT.divide(EXACT.multiply(amount, Decimal(100)), step)
    steps, rest = EXACT.divmod(EXACT.abs(above), EXACT.abs(total))
    if EXACT.multiply(rest, Decimal(2)) >= EXACT.abs(total):
        steps = EXACT.add(steps, Decimal(1))
    share = EXACT.multiply(steps, step)
    return plain(share if (above < 0) == (total < 0) else EXACT.minus(share))


MAPS = (
    declare("keys(map) -> list of text", "The keys of a map, in their order.", (MAP,), ListType(TextType()), tuple, "map_keys({0})"),
    declare(
        "values(map) -> list",
        "The values of a map, in the order of its keys.",
        (MAP,),
        lambda of: ListType(of.value),
        lambda of: tuple(of.values()),
        "map_values({0})",
    ),
    declare(
        "get value(map, key: text) -> value",
        "The value of a key; none when the map lacks it.",
        (MAP, text),
        lambda of, key: of.value,
        lambda of, key: of.get(key),
        "{0}[{1}]",
    ),
    declare(
        "shares pct(map of number) -> map of number",
        f"Each value's share of the total in percent, rounded half up to {SHARE_DIGITS} digits; none when the total is 0.",
        (map_of(number),),
        MapType(NumberType(SHARE_DIGITS)),
        _shares,
    ),
)
