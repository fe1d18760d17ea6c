"""Says whether and how types fit together, which type a result has, and why a value is none of a type."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_never

from tierwise.core.language.messages import quoted
from tierwise.core.language.units import EXACT
from tierwise.core.outcome import distinct
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from tierwise.core.values import Duration

__all__ = ["fits", "misfit", "product_type", "set_of", "sum_type", "unified"]


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


def misfit(value: object, type_: Type) -> str:
    """Return why a value cannot stand for one of a type, to go on from "gave"; empty when it can, as *none* always can.

    Args:
        value: Anything; the values of a type are those that ``core/values.py`` lists.
        type_: The type it should have.
    """
    if value is None:
        return ""
    match type_:
        case NumberType():
            return _number(value, type_)
        case BooleanType():
            return "" if isinstance(value, bool) else _no(value, "`True` or `False`")
        case DateType():
            return "" if isinstance(value, date) and not isinstance(value, datetime) else _no(value, "a `date`")
        case DateTimeType():
            return "" if isinstance(value, datetime) and value.tzinfo is None else _no(value, "a `datetime` without a zone")
        case DurationType():
            return "" if isinstance(value, Duration) else _no(value, "a `Duration`")
        case TextType():
            return "" if isinstance(value, str) else _no(value, "a `str`")
        case EnumType():
            return "" if isinstance(value, str) and value in type_.values else _no(value, f"one of {', '.join(type_.values[:5])}")
        case ListType() | SetType():
            return _items(value, type_)
        case RecordType():
            return _fields(value, dict(type_.fields))
        case MapType():
            return _fields(value, dict.fromkeys(value, type_.value) if isinstance(value, Mapping) else {})
        case _:
            assert_never(type_)


def _number(value: object, type_: NumberType) -> str:
    if not isinstance(value, Decimal):
        return _no(value, "a `Decimal`")
    if not value.is_finite():
        return _no(value, "a finite number")
    exponent = value.as_tuple().exponent
    if type_.scale is not None and isinstance(exponent, int) and -exponent > type_.scale and value != round(value, type_.scale):
        return _no(value, f"a number of scale {type_.scale}")
    if (type_.low is not None and value < type_.low) or (type_.high is not None and value > type_.high):
        return _no(value, "a number within its bounds")
    return ""


def _items(value: object, type_: ListType | SetType) -> str:
    if not isinstance(value, tuple):
        return _no(value, "a `tuple`")
    wrong = next((found for item in value if (found := "`None` in it" if item is None else misfit(item, type_.item))), "")
    if wrong:
        return f"a list that holds {wrong}"
    return _no(value, "a set without repeats") if isinstance(type_, SetType) and len(distinct(value)) < len(value) else ""


def _fields(value: object, types: Mapping[str, Type]) -> str:
    if not isinstance(value, Mapping):
        return _no(value, "a mapping")
    strange = next((name for name in value if not isinstance(name, str) or name not in types), None)
    if strange is not None:
        return f"a mapping with the key `{strange}`, which is not declared"
    return next((f"a mapping whose `{name}` is {wrong}" for name, item in value.items() if (wrong := misfit(item, types[name]))), "")


def _no(value: object, demanded: str) -> str:
    return f"{quoted(repr(value))}, where {demanded} is needed"
