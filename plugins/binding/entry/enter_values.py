"""Enters a stored value of any type into a fact of any type."""

from __future__ import annotations

from functools import partial

from sqlglot import exp

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
    Type,
)
from tierwise.plugins.binding.entry.enter_collections import enter_list, enter_map, enter_record
from tierwise.plugins.binding.entry.enter_mixed import is_mixed
from tierwise.plugins.binding.entry.enter_numbers import enter_number
from tierwise.plugins.binding.entry.enter_times import enter_date, enter_date_time, enter_duration
from tierwise.plugins.binding.entry.enter_words import as_words, enter_boolean, enter_text, enter_word
from tierwise.plugins.binding.entry.entered import Entered, Once, as_it_is

__all__ = ["enter"]


def enter(raw: exp.Expr, raw_type: str, type: Type, depth: int = 0, once: Once = as_it_is) -> Entered:
    """Return how a stored value becomes a value of the fact's type.

    Args:
        raw: The stored value.
        raw_type: Its DuckDB type, as DESCRIBE gives it.
        type: The fact's type.
        depth: How many lists it stands in.
        once: Sees to it that the reading of a date or a list, from which value and problem are made, is computed once.
    """
    inner = partial(enter, depth=depth + 1)
    if is_mixed(raw_type) and isinstance(type, ListType | SetType | MapType | RecordType | DurationType):
        raw, raw_type = as_words(raw, raw_type), "VARCHAR"
    if isinstance(type, NumberType):
        return enter_number(raw, raw_type, type)
    if isinstance(type, BooleanType):
        return enter_boolean(raw, raw_type)
    if isinstance(type, DateType):
        return enter_date(raw, raw_type, once)
    if isinstance(type, DateTimeType):
        return enter_date_time(raw, raw_type, once)
    if isinstance(type, DurationType):
        return enter_duration(raw, raw_type)
    if isinstance(type, EnumType):
        return enter_word(raw, raw_type, type)
    if isinstance(type, ListType | SetType):
        return enter_list(raw, raw_type, type, inner, depth, once)
    if isinstance(type, MapType):
        return enter_map(raw, raw_type, type, inner, depth)
    if isinstance(type, RecordType):
        return enter_record(raw, raw_type, type, inner)
    return enter_text(raw, raw_type)
