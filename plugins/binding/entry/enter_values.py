"""Enters a stored value of any type into a fact of any type."""

from __future__ import annotations

from functools import partial
from typing import Protocol

from sqlglot import exp

from tierwise.core.types import (
    SEPARATORS,
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
from tierwise.plugins.binding.entry.enter_numbers import enter_number
from tierwise.plugins.binding.entry.enter_times import enter_date, enter_date_time, enter_duration
from tierwise.plugins.binding.entry.enter_words import as_words, enter_boolean, enter_text, enter_word
from tierwise.plugins.binding.entry.entered import Entered, is_mixed, known_as, problem_case
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import (
    NULL,
    any_of,
    call,
    case,
    cast,
    column,
    identifier,
    integer,
    is_known,
    is_null,
    lambda_of,
    text,
    try_cast,
)

__all__ = ["enter", "enter_list", "enter_map", "enter_record"]


def enter(raw: exp.Expr, raw_type: str, type: Type, depth: int = 0, name: str = "") -> Entered:
    """Return how a stored value becomes a value of the fact's type.

    Args:
        raw: The stored value.
        raw_type: Its DuckDB type, as DESCRIBE gives it.
        type: The fact's type.
        depth: How many lists it stands in.
        name: The column by which value and problem know the reading of a date or a list from which they are made, so that it is computed once.
    """
    inner = partial(enter, depth=depth + 1)
    if is_mixed(raw_type) and isinstance(type, ListType | SetType | MapType | RecordType | DurationType):
        raw, raw_type = as_words(raw, raw_type), "VARCHAR"
    if isinstance(type, NumberType):
        return enter_number(raw, raw_type, type)
    if isinstance(type, BooleanType):
        return enter_boolean(raw, raw_type)
    if isinstance(type, DateType):
        return enter_date(raw, raw_type, name)
    if isinstance(type, DateTimeType):
        return enter_date_time(raw, raw_type, name)
    if isinstance(type, DurationType):
        return enter_duration(raw, raw_type)
    if isinstance(type, EnumType):
        return enter_word(raw, raw_type, type)
    if isinstance(type, ListType | SetType):
        return enter_list(raw, raw_type, type, inner, depth, name)
    if isinstance(type, MapType):
        return enter_map(raw, raw_type, type, inner, depth)
    if isinstance(type, RecordType):
        return enter_record(raw, raw_type, type, inner)
    return enter_text(raw, raw_type)


BETWEEN = rf"\s*[{''.join(sorted(SEPARATORS))}]\s*"
JSON_ARRAY = r"\s*\[[\s\S]*"


class Enter(Protocol):
    """Enters a stored value of any type."""

    def __call__(self, raw: exp.Expr, raw_type: str, type: Type, *, name: str = ...) -> Entered: ...


def enter_list(raw: exp.Expr, raw_type: str, type: ListType | SetType, enter: Enter, depth: int, name: str) -> Entered:
    """Enter a list or a set; one item that does not fit keeps the whole list out."""
    inner, marks = type.item.undivided() if isinstance(type.item, EnumType) else (type.item, ())
    items, item_type = _items(raw, raw_type, type.item, marks)
    item = f"item{depth}"
    entered = enter(column(item), item_type, inner, name=item if isinstance(type.item, DateType | DateTimeType) else "")
    if entered.reading is not None:  # a step of its own: inside a lambda DuckDB computes an expression wherever it stands
        items = call("list_transform", items, lambda_of(item, entered.reading))
    value, reading = known_as(name, call("list_transform", items, lambda_of(item, entered.value)))
    unfit = exp.GT(this=call("len", call("list_filter", value, lambda_of(item, is_null(column(item))))), expression=integer(0))
    problem = problem_case(raw, (any_of(is_null(value), unfit), "bad-list"))
    if isinstance(type, SetType):
        value = _as_set(value, type.item, depth)
    return Entered(case((is_null(problem), cast(value, canonical_type(type)))), problem, reading)


def enter_record(raw: exp.Expr, raw_type: str, type: RecordType, enter: Enter) -> Entered:
    """Enter a record: a STRUCT, a list of texts in the order of the fields, or a JSON object; a field that is NULL stays missing."""
    names = [name for name, _ in type.fields]
    if raw_type == "VARCHAR[]":
        cells = [call("list_extract", raw, integer(i)) for i in range(1, len(names) + 1)]
    elif raw_type == "VARCHAR":
        parsed = _json(raw, f"STRUCT({', '.join(identifier(n).sql('duckdb') + ' VARCHAR' for n in names)})")
        cells = [call("struct_extract", parsed, text(name)) for name in names]
    else:
        cells = [cast(call("struct_extract", raw, text(name)), "VARCHAR") for name in names]
    parts = [enter(cell, "VARCHAR", item) for cell, (_, item) in zip(cells, type.fields, strict=True)]
    fields = [exp.PropertyEQ(this=identifier(n), expression=p.value) for n, p in zip(names, parts, strict=True)]
    unfit = any_of(*(is_known(exp.Paren(this=part.problem)) for part in parts)) if parts else exp.false()
    problem = problem_case(raw, (unfit, "bad-record"))
    return Entered(case((is_null(problem), cast(exp.Struct(expressions=fields), canonical_type(type)))), problem)


def enter_map(raw: exp.Expr, raw_type: str, type: MapType, enter: Enter, depth: int) -> Entered:
    """Enter a map: the database's own, or a JSON object."""
    if raw_type == "VARCHAR":
        raw_map, value_type = _json(raw, "MAP(VARCHAR, VARCHAR)"), "VARCHAR"
    else:
        raw_map, value_type = cast(raw, "MAP(VARCHAR, VARCHAR)"), "VARCHAR"
    item = f"item{depth}"
    values = call("list_transform", call("map_values", raw_map), lambda_of(item, enter(column(item), value_type, type.value).value))
    unfit = exp.GT(this=call("len", call("list_filter", values, lambda_of(item, is_null(column(item))))), expression=integer(0))
    problem = problem_case(raw, (any_of(is_null(raw_map), unfit), "bad-map"))
    value = cast(call("map_from_entries", call("list_zip", call("map_keys", raw_map), values)), canonical_type(type))
    return Entered(case((any_of(is_null(raw), is_known(problem)), NULL), default=value), problem)


def _items(raw: exp.Expr, raw_type: str, item: Type, marks: tuple[tuple[str, str], ...]) -> tuple[exp.Expr, str]:
    if raw_type.endswith("[]"):
        return raw, raw_type[:-2]
    if raw_type != "VARCHAR":
        return cast(NULL, "VARCHAR[]"), "VARCHAR"
    is_array = call("regexp_full_match", raw, text(JSON_ARRAY))
    of_json = _json(raw, "JSON[]" if isinstance(item, RecordType | MapType) else "VARCHAR[]")
    blank = call("trim", raw).eq(text(""))
    whole_words = call("trim", raw)
    for spelling, mark in marks:
        whole_words = call("replace", whole_words, text(spelling), text(mark))
    split = call("regexp_split_to_array", whole_words, text(BETWEEN))
    empty = cast(exp.Array(expressions=[]), "VARCHAR[]")
    return case((blank, empty), (is_array, cast(of_json, "VARCHAR[]")), default=split), "VARCHAR"


def _json(raw: exp.Expr, type: str) -> exp.Expr:
    """Return JSON text as a DuckDB type; NULL when it is not JSON or of another shape."""
    return try_cast(case((call("json_valid", raw), cast(raw, "JSON"))), type)


def _as_set(value: exp.Expr, item: Type, depth: int) -> exp.Expr:
    """Drop repeats; words of a closed list stand in its order, others by code point."""
    if isinstance(item, EnumType):
        word = f"word{depth}"
        declared = exp.Array(expressions=[text(w) for w in item.values])
        kept = call("list_filter", declared, lambda_of(word, call("list_contains", value, column(word))))
        return case((is_known(value), kept))
    return call("list_sort", call("list_distinct", value))
