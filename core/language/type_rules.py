"""Says whether and how types fit together, and which type a result has."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Any

from tierwise.core.language.units import EXACT
from tierwise.core.outcome import distinct
from tierwise.core.types import EnumType, ListType, MapType, NumberType, RecordType, SetType, TextType, Type

__all__ = ["fits", "product_type", "set_of", "sum_type", "unified"]


def fits(found: Type, demanded: Type) -> bool:
    """Say whether a value of one type may stand where another is demanded. Digits are looked at inside lists, records and maps only."""
    if isinstance(found, EnumType):
        return isinstance(demanded, TextType) or (isinstance(demanded, EnumType) and set(found.values) <= set(demanded.values))
    if isinstance(found, ListType | SetType):
        return isinstance(demanded, type(found)) and _part_fits(found.item, demanded.item)
    if isinstance(found, MapType):
        return isinstance(demanded, MapType) and _part_fits(found.value, demanded.value)
    if isinstance(found, RecordType) and isinstance(demanded, RecordType):
        return all((part := found.field(name)) is not None and _part_fits(part, type_) for name, type_ in demanded.fields)
    return isinstance(demanded, type(found)) if isinstance(found, NumberType) else found == demanded


def _part_fits(found: Type, demanded: Type) -> bool:
    if isinstance(found, NumberType) and isinstance(demanded, NumberType):
        return demanded.scale is None or (found.scale is not None and found.scale <= demanded.scale)
    return fits(found, demanded)


def unified(left: Type, right: Type) -> Type | None:
    """Return the least type that holds the values of both, or ``None``."""
    if isinstance(left, NumberType) and isinstance(right, NumberType):
        scale = None if left.scale is None or right.scale is None else max(left.scale, right.scale)
        low = None if left.low is None or right.low is None else min(left.low, right.low)
        high = None if left.high is None or right.high is None else max(left.high, right.high)
        return NumberType(scale, left.unit or right.unit, low, high)
    if isinstance(left, EnumType) and isinstance(right, EnumType):
        return _both_lists(left, right)
    if isinstance(left, ListType | SetType) and isinstance(right, type(left)):
        item = unified(left.item, right.item)
        return None if item is None else type(left)(item)
    return right if fits(left, right) else left if fits(right, left) else None


def _both_lists(left: EnumType, right: EnumType) -> EnumType:
    """Return the list with the words of two, without what one of them calls otherwise than the other."""
    words = tuple(dict.fromkeys((*left.values, *right.values)))
    aliases = tuple(dict.fromkeys((*left.aliases, *right.aliases)))
    told = [spelling for spelling, _ in aliases]
    return EnumType(words, tuple((spelling, word) for spelling, word in aliases if spelling not in words and told.count(spelling) == 1))


def sum_type(operator: str, left: NumberType, right: NumberType) -> NumberType:
    """Return the type of ``left + right`` or ``left - right``."""
    scale = None if left.scale is None or right.scale is None else max(left.scale, right.scale)
    if operator == "+":
        low, high = _both(EXACT.add, left.low, right.low), _both(EXACT.add, left.high, right.high)
    else:
        low, high = _both(EXACT.subtract, left.low, right.high), _both(EXACT.subtract, left.high, right.low)
    return NumberType(scale, left.unit or right.unit, low, high)


def product_type(left: NumberType, right: NumberType) -> NumberType:
    """Return the type of ``left * right``. The unit of two numbers that both have one is not kept."""
    scale = None if left.scale is None or right.scale is None else left.scale + right.scale
    unit = "" if left.unit and right.unit else left.unit or right.unit
    if left.low is None or left.high is None or right.low is None or right.high is None:
        zero = Decimal(0)
        positive = left.low is not None and right.low is not None and left.low >= zero and right.low >= zero
        return NumberType(scale, unit, _both(EXACT.multiply, left.low, right.low) if positive else None)
    corners = [EXACT.multiply(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return NumberType(scale, unit, min(corners), max(corners))


def _both(combine: Callable[[Decimal, Decimal], Decimal], left: Decimal | None, right: Decimal | None) -> Decimal | None:
    return None if left is None or right is None else combine(left, right)


def set_of(values: Iterable[Any], item: Type) -> tuple[Any, ...]:
    """Return the value of a set: without repeats; words stand in their declared order, anything else in the order given."""
    kept = distinct(values)
    return tuple(sorted(kept, key=item.values.index)) if isinstance(item, EnumType) and None not in kept else kept
