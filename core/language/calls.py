"""Calls of functions over compiled arguments. Most go through the function's own ``type_of``; a few become nodes that every engine knows.

To add a function: a plugin declares it. Only one that needs more than its arguments' types is named here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime

from tierwise.core.language import messages
from tierwise.core.language.arithmetic import demand_number
from tierwise.core.language.operand import Operand, Unsound
from tierwise.core.language.parse import ARGUMENT_WORDS
from tierwise.core.language.scan import read_iso
from tierwise.core.language.scope import Function, words_of_type
from tierwise.core.language.syntax import CallOf, Number, Opposite, Text
from tierwise.core.plan import Call, Constant, InSet, Node, Round, RoundMode
from tierwise.core.types import DateTimeType, DateType, DurationType, EnumType, ListType, NumberType, SetType, TextType, Type
from tierwise.core.values import Duration

__all__ = ["ROUNDINGS", "WORD_ARGUMENTS", "call", "digits_kept", "literal", "rounded", "time_type"]

ROUNDINGS: dict[str, RoundMode] = {
    "round up": "up",
    "round down": "down",
    "round half up": "half up",
    "round half down": "half down",
    "round half even": "half even",
    "floor": "floor",
    "ceiling": "ceiling",
}
"""Functions that are the node ``Round``."""
WORD_ARGUMENTS = {function: EnumType(words) for function, words in ARGUMENT_WORDS.items()}
"""Functions whose last of two arguments is one of some words."""
LITERALS: dict[str, tuple[Type, str]] = {
    "date": (DateType(), "2024-01-31"),
    "date and time": (DateTimeType(), "2024-01-31T08:00:00"),
    "duration": (DurationType(), "P7D"),
}
BY_SCALE = ("next in scale", "previous in scale", "step down")
PUT_TOGETHER = ("union", "distinct values")
MOST_DIGITS = 30


def call(tree: CallOf, function: Function, arguments: Sequence[Operand], has_order: bool) -> Node:
    """Return the call of a function with its arguments.

    Args:
        tree: What was written.
        function: The function.
        arguments: Its compiled arguments.
        has_order: Whether the function ``in order`` exists, which puts words into their declared order.

    Raises:
        Unsound: It does not take these arguments.
    """
    types = tuple(argument.type for argument in arguments)
    result = function.type_of(types)
    if isinstance(result, str):
        raise Unsound(messages.wrong_arguments(tree.at.span, function.name, result, function.signature))
    nodes = tuple(argument.node for argument in arguments)
    name, enum = tree.name.text, words_of_type(types[0]) if types else None
    if name in COMPARED or name in BY_SCALE:
        if enum is not None and not isinstance(types[0], ListType | SetType):
            return _by_order(name, function, arguments, enum, result)
    elif name in PUT_TOGETHER and has_order and isinstance(result, SetType) and isinstance(result.item, EnumType):
        # A set of words put together from others stands in its declared order, as every set of words does.
        return Call("in order", (Call(function.name, nodes, result, function.undefined), _order(result.item)), result)
    return Call(function.name, nodes, result, function.undefined)


def _by_order(name: str, function: Function, arguments: Sequence[Operand], enum: EnumType, result: Type) -> Node:
    """A function over the declared order of an enum gets that order as one more argument; against a word it is a plain set test."""
    first = arguments[0]
    if name in COMPARED and first.constant is None and (word := arguments[1].constant) is not None:
        return InSet(first.node, COMPARED[name](enum.values, str(word.value)))
    return Call(function.name, (*(argument.node for argument in arguments), _order(enum)), result, function.undefined)


def _order(enum: EnumType) -> Constant:
    return Constant(enum.values, ListType(TextType()))


def _from(values: tuple[str, ...], word: str) -> int:
    return values.index(word) if word in values else len(values)


COMPARED: dict[str, Callable[[tuple[str, ...], str], tuple[str, ...]]] = {
    "at least": lambda values, word: values[: _from(values, word) + 1],
    "better than": lambda values, word: values[: _from(values, word)],
    "at most": lambda values, word: values[_from(values, word) :],
    "worse than": lambda values, word: values[_from(values, word) + 1 :],
}


def digits_kept(tree: CallOf, function: Function, mode: RoundMode) -> int:
    """Return how many digits a rounding function keeps; negative for those before the point that it makes 0.

    Raises:
        Unsound: It is called with too many or too few arguments, or the digits are not written out.
    """
    whole = mode in ("floor", "ceiling")
    if len(tree.arguments) != (1 if whole else 2):
        problem = "it takes one number" if whole else "it takes a number and how many digits to keep"
        raise Unsound(messages.wrong_arguments(tree.at.span, tree.name.text, problem, function.signature))
    if whole:
        return 0
    digits = tree.arguments[1]
    sign, number = (-1, digits.of) if isinstance(digits, Opposite) else (1, digits)
    if isinstance(number, Number) and number.value == number.value.to_integral_value() and number.value <= MOST_DIGITS:
        return sign * int(number.value)
    problem = f"how many digits to keep must be a whole number from -{MOST_DIGITS} to {MOST_DIGITS}, written out"
    raise Unsound(messages.wrong_arguments(digits.at.span, tree.name.text, problem, function.signature))


def rounded(operand: Operand, scale: int, mode: RoundMode) -> Node:
    """Return a number or a quotient rounded."""
    return Round(operand.node, scale, mode, NumberType(scale, demand_number(operand).unit))


def literal(tree: CallOf) -> Node | None:
    """Return the constant that ``date("2024-01-31")``, ``date and time("…")`` or ``duration("P3M")`` is; ``None`` for any other call."""
    name = tree.name.text
    if name not in LITERALS or len(tree.arguments) != 1 or not isinstance(text := tree.arguments[0], Text):
        return None
    value = read_iso(text.value)
    type_, example = LITERALS[name]
    if value is None or time_type(value) != type_:
        raise Unsound(messages.bad_literal(text.at.span, text.value, name, f"write it as `{example}`"))
    return Constant(value, type_)


def time_type(value: object) -> Type:
    """Return the type of a date, a date and time, or a duration."""
    if isinstance(value, Duration):
        return DurationType()
    return DateTimeType() if isinstance(value, datetime) else DateType()
