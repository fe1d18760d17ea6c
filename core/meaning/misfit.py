"""Says why a value is none of a type: what code from outside gives is checked before anything is decided by it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never

from tierwise.core.language.messages import quoted
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

__all__ = ["misfit"]


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
