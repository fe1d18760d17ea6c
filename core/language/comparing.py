"""Compiles comparisons and ``between``, and checks that the two sides can be compared."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from tierwise.core.finding import Finding
from tierwise.core.language import messages
from tierwise.core.language.arithmetic import refuse_quotients
from tierwise.core.language.node_types import type_of, unified
from tierwise.core.language.syntax import Between, Number, Operation, Opposite, Place
from tierwise.core.language.unit_checks import Side, check_units
from tierwise.core.plan import Compare, CompareOp, Constant, Node, Quotient, Within
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)

if TYPE_CHECKING:
    from tierwise.core.language.compiler import Compiler

__all__ = ["advice", "check_comparable", "compare", "compile_between", "compile_comparison"]

ORDERINGS = ("<", "<=", ">", ">=")


def compile_comparison(compiler: Compiler, tree: Operation) -> Node:
    """Compile ``a < b`` and its like; either side may be a quotient."""
    left, right = compiler.together(tree.parts)
    return compare(compiler, tree.at, tree.operator, (left, tree.parts[0]), (right, tree.parts[1]))


def compile_between(compiler: Compiler, tree: Between) -> Node:
    """Compile ``x between low and high``."""
    value, low, high = compiler.together((tree.of, tree.low, tree.high))
    refuse_quotients(compiler, (tree.of, value), (tree.low, low), (tree.high, high))
    check_comparable(compiler, tree.at, "<=", (low, tree.low), (value, tree.of))
    check_comparable(compiler, tree.at, "<=", (value, tree.of), (high, tree.high))
    return Within(value, low, high, True, True)


def compare(compiler: Compiler, at: Place, operator: str, left: Side, right: Side) -> Node:
    """Return a checked comparison of two sides, each with the tree it came from (``None`` for a column)."""
    check_comparable(compiler, at, operator, left, right)
    for op in get_args(CompareOp):
        if op == operator:
            return Compare(op, left[0], right[0])
    raise AssertionError(operator)


def check_comparable(compiler: Compiler, at: Place, operator: str, left: Side, right: Side) -> None:
    """Raise ``Unsound`` unless two sides can be compared; warn about literals that nothing can equal."""
    span = compiler.span(at)
    left_type, right_type = type_of(left[0]), type_of(right[0])
    if _is_none(left[0]) or _is_none(right[0]):
        if operator in ORDERINGS:
            raise compiler.failure(messages.syntax(span, "`null` is compared by `=` and `!=` only"))
    elif isinstance(left_type, NumberType) and isinstance(right_type, NumberType):
        check_units(compiler, at, [left, right])
        _check_digits(compiler, left, right)
        _check_digits(compiler, right, left)
    elif unified(left_type, right_type) is None or isinstance(left_type, RecordType | MapType):
        raise compiler.failure(_mismatch(compiler, at, left, right))
    elif isinstance(left_type, EnumType) and isinstance(right_type, EnumType) and not set(left_type.values) & set(right_type.values):
        raise compiler.failure(messages.unknown_word(span, right_type.values[0] if right_type.values else "", left_type.values))
    elif operator in ORDERINGS and isinstance(left_type, EnumType):
        raise compiler.failure(messages.enum_order(span, operator))
    elif operator in ORDERINGS and isinstance(left_type, BooleanType | ListType | SetType):
        raise compiler.failure(messages.not_comparable(span, str(left_type), str(right_type), "compare these by `=` and `!=`"))


def _mismatch(compiler: Compiler, at: Place, left: Side, right: Side) -> Finding:
    left_type, right_type = type_of(left[0]), type_of(right[0])
    help = advice(left_type, right_type)
    if not help and isinstance(right_type, BooleanType) and left[1] is None:
        help = "a condition in a cell says `?` for the value of its column"
    span = compiler.span(right[1].at if right[1] is not None else at)
    return messages.not_comparable(span, str(left_type), str(right_type), help)


def advice(*types: Type) -> str:
    """Return what an author who mixed two types probably has to do, or an empty text."""
    kinds = {type(type_) for type_ in types}
    if kinds == {TextType, NumberType}:
        return "a number is written without quotes"
    if kinds in ({TextType, DateType}, {TextType, DateTimeType}):
        return "write a date as `2024-01-31`, without quotes"
    if kinds == {DateTimeType, DateType}:
        return "take the day of a date and time by `date(x)`"
    return ""


def _check_digits(compiler: Compiler, literal: Side, other: Side) -> None:
    literal_type, other_type = type_of(literal[0]), type_of(other[0])
    if not isinstance(literal[0], Constant) or literal[1] is None or isinstance(other[0], Constant | Quotient):
        return
    if not isinstance(literal_type, NumberType) or not isinstance(other_type, NumberType) or not isinstance(literal[1], Number | Opposite):
        return
    digits, scale = literal_type.scale, other_type.scale
    if digits is not None and scale is not None and digits > scale:
        compiler.findings.append(messages.finer_than_scale(compiler.span(literal[1].at), digits, scale))


def _is_none(node: Node) -> bool:
    return isinstance(node, Constant) and node.value is None
