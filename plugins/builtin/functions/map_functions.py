"""Functions of maps."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from itertools import pairwise

from tierwise.core.language.units import EXACT, plain
from tierwise.core.types import EnumType, ListType, MapType, NumberType, TextType
from tierwise.plugins.builtin.functions.declare import INTEGER, any_type, declare, list_of, map_of, number, text
from tierwise.plugins.builtin.functions.number_functions import added

__all__ = ["MAPS"]

SHARE_DIGITS = 6
MAP = map_of(any_type)
AMOUNTS = map_of(number)
ROUNDINGS = {"floor": ROUND_FLOOR, "ceiling": ROUND_CEILING, "nearest": ROUND_HALF_UP}
TREND = EnumType(("falling", "tied", "equal", "inverted"))


def _frequencies(words: Sequence[str]) -> dict[str, Decimal]:
    return {word: Decimal(count) for word, count in Counter(words).items()}


def _shares(amounts: Mapping[str, Decimal | None]) -> dict[str, Decimal] | None:
    known = [amount for amount in amounts.values() if amount is not None]
    total = added(known)
    if len(known) < len(amounts) or not total:
        return None
    step = Decimal(1).scaleb(-SHARE_DIGITS)
    return {key: _percent(amount, total, step) for key, amount in amounts.items() if amount is not None}


def _top_share(amounts: Mapping[str, Decimal | None], share: Decimal, rounding: str) -> Decimal | None:
    known = sorted((amount for amount in amounts.values() if amount is not None), reverse=True)
    total = added(known)
    if len(known) < len(amounts) or not total:
        return None
    members = EXACT.multiply(share, Decimal(len(known))).quantize(Decimal(1), ROUNDINGS[rounding], EXACT)
    return _percent(added(known[: max(0, int(members))]), total, Decimal(1).scaleb(-SHARE_DIGITS))


def _trend(amounts: Mapping[str, Decimal | None], words: Sequence[str]) -> str | None:
    found = [amounts[word] for word in words if word in amounts]
    known = [amount for amount in found if amount is not None]
    if len(known) < len(found):
        return None
    pairs = list(pairwise(known))
    if any(one < next_one for one, next_one in pairs):
        return "inverted"
    if all(one > next_one for one, next_one in pairs):
        return "falling"
    return "equal" if all(one == next_one for one, next_one in pairs) else "tied"


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
        undefined="perhaps",
    ),
    declare(
        "frequencies(list of text) -> map of integer",
        "How often each text or word stands in a list, in the order of first occurrence.",
        (list_of(text),),
        MapType(INTEGER),
        _frequencies,
    ),
    declare(
        "shares pct(map of number) -> map of number",
        f"Each value's share of the total in percent, rounded half up to {SHARE_DIGITS} digits; none when the total is 0.",
        (AMOUNTS,),
        MapType(NumberType(SHARE_DIGITS)),
        _shares,
        undefined="zero",
    ),
    declare(
        "top share pct(map of number, share: number, rounding: text) -> number",
        "How many percent of the total the largest values have that are this share of all; `rounding` (floor, ceiling or nearest) makes "
        "their number whole.",
        (AMOUNTS, number, text),
        NumberType(SHARE_DIGITS),
        _top_share,
        undefined="zero",
    ),
    declare(
        "trend(map of number, words: list) -> word",
        "How the values of some keys go from the first to the last: `falling` (each is less than the one before), `tied` (some are the same), "
        "`equal` (all are), or `inverted` (one is more than the one before). A key that the map lacks is left out.",
        (AMOUNTS, list_of(text)),
        TREND,
        _trend,
    ),
)
