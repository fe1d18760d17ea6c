"""Functions over the declared order of an enum, the best word first. The compiler passes that order as the last argument."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tierwise.core.environment import Function
from tierwise.core.types import BooleanType, EnumType, Type
from tierwise.plugins.builtin.functions.declare import declare, enum, whole

__all__ = ["SCALES"]

Order = Sequence[str]


def _step(word: str, order: Order, steps: int) -> str | None:
    position = order.index(word) + steps
    return order[position] if 0 <= position < len(order) else None


def _same_order(function: Function) -> Function:
    """Refuse two words that do not belong to one scale."""

    def type_of(types: tuple[Type, ...]) -> Type | str:
        result = function.type_of(types)
        first, *others = [type_.values for type_ in types if isinstance(type_, EnumType)] or [()]
        if isinstance(result, str) or all(set(other) <= set(first) for other in others):
            return result
        return "its two words do not belong to one scale"

    return replace(function, type_of=type_of)


def _comparison(name: str, words: str, met: Callable[[int, int], bool], sign: str) -> Function:
    def python(left: str, right: str, order: Order) -> Any:
        return met(order.index(left), order.index(right))

    return _same_order(
        declare(
            f"{name}(x: enum, y: enum) -> boolean",
            f"Whether `x` is {words} `y` in the declared order, the best first.",
            (enum, enum),
            BooleanType(),
            python,
            f"(list_position({{2}}, {{0}}) {sign} list_position({{2}}, {{1}}))",
        )
    )


def _same_type(*types: Type) -> Type:
    return types[0]


SCALES = (
    _comparison("at least", "as good as or better than", lambda x, y: x <= y, "<="),
    _comparison("better than", "better than", lambda x, y: x < y, "<"),
    _comparison("at most", "as good as or worse than", lambda x, y: x >= y, ">="),
    _comparison("worse than", "worse than", lambda x, y: x > y, ">"),
    declare(
        "next in scale(x: enum) -> enum",
        "The word one step worse; none below the last.",
        (enum,),
        _same_type,
        lambda word, order: _step(word, order, 1),
        "list_extract({1}, list_position({1}, {0}) + 1)",
        undefined="perhaps",
    ),
    declare(
        "previous in scale(x: enum) -> enum",
        "The word one step better; none above the first.",
        (enum,),
        _same_type,
        lambda word, order: _step(word, order, -1),
        "list_extract({1}, nullif(list_position({1}, {0}) - 1, 0))",
        undefined="perhaps",
    ),
    declare(
        "step down(x: enum, steps: integer) -> enum",
        "The word that many steps worse (better when negative); none beyond the ends.",
        (enum, whole),
        _same_type,
        lambda word, steps, order: _step(word, order, int(Decimal(steps))),
        undefined="perhaps",
    ),
)
