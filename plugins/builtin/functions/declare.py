"""How a built-in function is declared: its form, what it takes, what it gives, its Python and its SQL."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tierwise.core.environment import Function
from tierwise.core.language.messages import article
from tierwise.core.plan.nodes import Undefined
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    SetType,
    TextType,
    Type,
)

__all__ = [
    "INTEGER",
    "Demand",
    "any_type",
    "boolean",
    "date",
    "date_or_time",
    "declare",
    "duration",
    "enum",
    "list_of",
    "map_of",
    "none_if_undefined",
    "number",
    "text",
    "time",
    "whole",
]

Demand = Callable[[Type], bool]
"""Says whether an argument has the type that is demanded. Its name, with spaces for underlines, is what messages call that type."""

Result = Type | Callable[..., Type]
INTEGER = NumberType(0)


def declare(
    signature: str,
    about: str,
    demands: tuple[Demand, ...],
    result: Result,
    python: Callable[..., Any],
    duckdb: str = "",
    *,
    together: Callable[..., str] | None = None,
    variadic: bool = False,
    optional: int = 0,
    takes_none: bool = False,
    rises: str = "",
    undefined: Undefined = "never",
) -> Function:
    """Declare a function whose arguments each have a demanded type.

    Args:
        signature: As in the reference; its name stands before the bracket.
        about: One sentence for the reference.
        demands: One test an argument; with ``variadic`` the last one repeats.
        result: The type it gives, or what makes that type from the types of the arguments.
        python: Its meaning for arguments that are not none; an ``ArithmeticError``, ``ValueError`` or ``LookupError`` in it is none.
        duckdb: An SQL template with ``{0}``, ``{1}``, …; empty when there is none.
        together: Says what is wrong with the types of the arguments where each by itself is as demanded; an empty text when nothing is.
        variadic: It takes any number of the last argument, at least one.
        optional: How many of the last arguments may be left out.
        takes_none: It wants to see arguments that are none; else none in, none out.
        rises: As in ``Function``: how the result follows each argument.
        undefined: As in ``Function``: where it is none though no argument is.
    """
    name = signature.split("(")[0].strip()

    def type_of(types: tuple[Type, ...]) -> Type | str:
        problem = _count_problem(len(types), len(demands), variadic, optional)
        if problem:
            return problem
        for position, type_ in enumerate(types):
            demand = demands[min(position, len(demands) - 1)]
            if not demand(type_):
                wanted = demand.__name__.replace("_", " ")
                return f"argument {position + 1} is {article(str(type_))}, but {article(wanted)} is needed"
        problem = together(*types) if together is not None else ""
        return problem or (result(*types) if callable(result) else result)

    called = python if takes_none else none_if_undefined(python)
    return Function(name, signature, about, type_of, called, {"duckdb": duckdb} if duckdb else {}, rises, undefined)


def none_if_undefined(python: Callable[..., Any]) -> Callable[..., Any]:
    """Make a function total: none in, none out; none, too, where it is not defined."""

    def call(*arguments: Any) -> Any:
        if any(argument is None for argument in arguments):
            return None
        try:
            return python(*arguments)
        except (ArithmeticError, ValueError, LookupError):
            return None

    return call


def _count_problem(given: int, wanted: int, variadic: bool, optional: int) -> str:
    if wanted - optional <= given <= wanted or (variadic and given > wanted):
        return ""
    if optional:
        return f"it takes {wanted - optional} to {wanted} arguments, not {given}"
    return f"it takes {'at least ' if variadic else ''}{wanted} argument{'' if wanted == 1 else 's'}, not {given}"


# ---- demands ---------------------------------------------------------------------------------------------------------------


def any_type(type_: Type) -> bool:
    """Accept every type."""
    return True


def number(type_: Type) -> bool:
    """Accept numbers."""
    return isinstance(type_, NumberType)


def whole(type_: Type) -> bool:
    """Accept numbers without digits after the point."""
    return isinstance(type_, NumberType) and type_.scale == 0


def boolean(type_: Type) -> bool:
    """Accept true and false."""
    return isinstance(type_, BooleanType)


def text(type_: Type) -> bool:
    """Accept texts and words."""
    return isinstance(type_, TextType | EnumType)


def enum(type_: Type) -> bool:
    """Accept words of a closed list."""
    return isinstance(type_, EnumType)


def date(type_: Type) -> bool:
    """Accept dates."""
    return isinstance(type_, DateType)


def date_or_time(type_: Type) -> bool:
    """Accept dates, and dates with a time."""
    return isinstance(type_, DateType | DateTimeType)


def time(type_: Type) -> bool:
    """Accept dates with a time."""
    return isinstance(type_, DateTimeType)


def duration(type_: Type) -> bool:
    """Accept durations."""
    return isinstance(type_, DurationType)


def list_of(item: Demand) -> Demand:
    """Accept lists and sets whose items are accepted."""

    def accepts(type_: Type) -> bool:
        return isinstance(type_, ListType | SetType) and item(type_.item)

    accepts.__name__ = "list" if item is any_type else f"list_of_{item.__name__}"
    return accepts


def map_of(item: Demand) -> Demand:
    """Accept maps whose values are accepted."""

    def accepts(type_: Type) -> bool:
        return isinstance(type_, MapType) and item(type_.value)

    accepts.__name__ = "map" if item is any_type else f"map_of_{item.__name__}"
    return accepts
