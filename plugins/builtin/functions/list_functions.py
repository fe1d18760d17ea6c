"""Functions of lists and sets. A set keeps the order in which its items were given."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tierwise.core.environment import Function
from tierwise.core.language.type_rules import unified
from tierwise.core.language.units import EXACT
from tierwise.core.outcome import distinct
from tierwise.core.types import BooleanType, DateTimeType, DateType, ListType, NumberType, SetType, Type
from tierwise.plugins.builtin.functions.declare import any_type, declare, list_of, number
from tierwise.plugins.builtin.functions.number_functions import added

__all__ = ["LISTS"]

Items = Sequence[Any]


def _has(items: Items, value: Any) -> bool:
    return any(value == item for item in items)


def _same_items(of: Type, *others: Type) -> str:
    strange = (other for other in others if isinstance(of, ListType | SetType) and not _goes_with(of.item, other))
    return next((f"the items of {of} and {other} do not go together" for other in strange), "")


def _goes_with(item: Type, of: Type) -> bool:
    return isinstance(of, ListType | SetType) and unified(item, of.item) is not None


def _holds(of: Type, item: Type) -> str:
    return "" if isinstance(of, ListType | SetType) and unified(of.item, item) is not None else f"{of} does not hold {item}"


def _first_type(*types: Type) -> Type:
    return types[0]


def _as_set(*types: Type) -> SetType:
    item = types[0].item if isinstance(types[0], ListType | SetType) else types[0]
    for other in types[1:]:
        item = unified(item, other.item if isinstance(other, ListType | SetType) else other) or item
    return SetType(item)


def _as_list(*types: Type) -> Type:
    return ListType(_as_set(*types).item)


def _item_type(of: Type, *_: Type) -> Type:
    return of.item if isinstance(of, ListType | SetType) else of


def _ordered(type_: Type) -> bool:
    return isinstance(type_, NumberType | DateType | DateTimeType)


_ordered.__name__ = "number_or_date"


def _extreme(name: str, words: str, duckdb: str) -> Function:
    """``min`` and ``max``: of the items of one list, or of two or more values written out."""
    pick = min if name == "min" else max

    def type_of(types: tuple[Type, ...]) -> Type | str:
        if not types:
            return "it takes a list, or two or more numbers or dates"
        first = types[0].item if len(types) == 1 and isinstance(types[0], ListType | SetType) else types[0]
        for type_ in (first, *types[1:]):
            joined = unified(first, type_)
            if not _ordered(type_) or joined is None:
                return f"it takes numbers or dates, not {type_}"
            first = joined
        return NumberType(first.scale, first.unit, first.low, first.high) if isinstance(first, NumberType) else first

    def python(*arguments: Any) -> Any:
        items = arguments[0] if len(arguments) == 1 and isinstance(arguments[0], tuple | list) else arguments
        if items is None or not items or any(item is None for item in items):
            return None
        return pick(items)

    return Function(
        name,
        f"{name}(list) -> item, {name}(a, b, …)",
        f"The {words}; none for an empty list.",
        type_of,
        python,
        rises="+",
        undefined="empty",
    )


def _sum_type(of: Type) -> Type:
    item = _item_type(of)
    return NumberType(item.scale, item.unit) if isinstance(item, NumberType) else item


def _sum(items: Items) -> Decimal | None:
    return None if any(item is None for item in items) else added(items)


def _in_order(items: Items, words: Items) -> Items:
    return tuple(sorted(items, key=lambda item: words.index(item) if item in words else len(words)))


def _coalesce(*arguments: Any) -> Any:
    return next((argument for argument in arguments if argument is not None), None)


def _coalesced_type(types: tuple[Type, ...]) -> Type | str:
    if not types:
        return "it takes at least 1 argument, not 0"
    result = types[0]
    for other in types[1:]:
        joined = unified(result, other)
        if joined is None:
            return f"{result} and {other} do not go together"
        result = joined
    return result


def _list_type(types: tuple[Type, ...]) -> Type | str:
    joined = _coalesced_type(types)
    return joined if isinstance(joined, str) else ListType(joined)


LIST = list_of(any_type)

LISTS = (
    _extreme("min", "least", ""),
    _extreme("max", "greatest", ""),
    declare(
        "sum(list of number) -> number", "The exact sum; 0 for an empty list. `sum(a, b)` is `a + b`.", (list_of(number),), _sum_type, _sum
    ),
    declare(
        "count(list) -> integer",
        "How many items a list or a set has.",
        (LIST,),
        NumberType(0, "", Decimal(0)),
        lambda items: Decimal(len(items)),
        "CAST(len({0}) AS DECIMAL(18,0))",
    ),
    declare(
        "mean(list of number) -> quotient",
        "The average, as an exact quotient: it stands in a comparison or inside a rounding function.",
        (list_of(number),),
        NumberType(),
        lambda items: EXACT.divide(added(items), Decimal(len(items))),
    ),
    Function(
        "list",
        "list(a, b, …) -> list",
        "A list of values; `[a, b]` is the usual way to write it.",
        _list_type,
        lambda *items: items,
        undefined="never",
    ),
    declare(
        "list contains(list, item) -> boolean",
        "Whether a list or set holds an item.",
        (LIST, any_type),
        BooleanType(),
        _has,
        "list_contains({0}, {1})",
        together=_holds,
    ),
    declare(
        "contains any(list, items: list) -> boolean",
        "Whether a list or set holds at least one of some items.",
        (LIST, LIST),
        BooleanType(),
        lambda of, items: any(_has(of, item) for item in items),
        "list_has_any({0}, {1})",
        together=_same_items,
    ),
    declare(
        "contains all(list, items: list) -> boolean",
        "Whether a list or set holds every one of some items.",
        (LIST, LIST),
        BooleanType(),
        lambda of, items: all(_has(of, item) for item in items),
        "list_has_all({0}, {1})",
        together=_same_items,
    ),
    declare(
        "without(list, items: list) -> list",
        "The items of the first that are not in the second, in their order.",
        (LIST, LIST),
        _first_type,
        lambda of, items: tuple(item for item in of if not _has(items, item)),
        "list_filter({0}, lambda item: NOT list_contains({1}, item))",
        together=_same_items,
    ),
    declare(
        "concatenate(a: list, b: list, …) -> list",
        "Every item of the first, then of the next, with repeats.",
        (LIST, LIST),
        _as_list,
        lambda *lists: tuple(item for items in lists for item in items),
        "CASE WHEN {0} IS NOT NULL AND {1} IS NOT NULL THEN list_concat({0}, {1}) END",
        variadic=True,
        together=_same_items,
    ),
    declare(
        "union(a: list, b: list, …) -> set",
        "Every item of any of them, without repeats, in the order of first occurrence.",
        (LIST, LIST),
        _as_set,
        lambda *lists: distinct(item for items in lists for item in items),
        variadic=True,
        together=_same_items,
    ),
    declare(
        "intersection(a: list, b: list) -> set",
        "The items that both hold, without repeats, in the order of the first.",
        (LIST, LIST),
        _as_set,
        lambda of, items: distinct(item for item in of if _has(items, item)),
        together=_same_items,
    ),
    declare("distinct values(list) -> set", "The items without repeats, in the order of first occurrence.", (LIST,), _as_set, distinct),
    declare(
        "in order(list, words: list) -> list",
        "The items in the order of some words; the others come last. The compiler adds it where a set of words is put together.",
        (LIST, LIST),
        _first_type,
        _in_order,
        together=_same_items,
    ),
    declare(
        "is empty(list) -> boolean",
        "Whether a list or set has no items.",
        (LIST,),
        BooleanType(),
        lambda items: not items,
        "(len({0}) = 0)",
    ),
    declare(
        "first(list) -> item",
        "The first item; none for an empty list.",
        (LIST,),
        _item_type,
        lambda items: items[0],
        "{0}[1]",
        undefined="empty",
    ),
    declare(
        "last(list) -> item",
        "The last item; none for an empty list.",
        (LIST,),
        _item_type,
        lambda items: items[-1],
        "{0}[-1]",
        undefined="empty",
    ),
    Function(
        "coalesce",
        "coalesce(a, b, …) -> value",
        "The first of some values that is not none.",
        _coalesced_type,
        _coalesce,
        undefined="never",
    ),
)
