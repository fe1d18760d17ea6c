"""Checks that two operands can be compared, or that a value may stand where a type is demanded."""

from __future__ import annotations

from decimal import Decimal

from tierwise.core import types
from tierwise.core.finding import Finding
from tierwise.core.language import messages
from tierwise.core.language.operand import Operand, Unsound, check_literal_unit, check_units
from tierwise.core.language.syntax import Place
from tierwise.core.language.type_rules import fits, unified
from tierwise.core.source import Span
from tierwise.core.types import Type

__all__ = ["check_comparable", "check_number", "demand", "finer_than_scale"]

ORDERINGS = ("<", "<=", ">", ">=")


def check_comparable(operator: str, left: Operand, right: Operand, at: Place) -> None:
    """Raise ``Unsound`` unless two sides can be compared."""
    left_type, right_type = left.type, right.type
    if left.is_none or right.is_none:
        if operator in ORDERINGS:
            raise Unsound(messages.syntax(at.span, "`null` is compared by `=` and `!=` only"))
    elif isinstance(left_type, types.NumberType) and isinstance(right_type, types.NumberType):
        check_units(at, [left, right])
    elif unified(left_type, right_type) is None or isinstance(left_type, types.RecordType | types.MapType):
        raise Unsound(_mismatch(left, right))
    elif (
        isinstance(left_type, types.EnumType)
        and isinstance(right_type, types.EnumType)
        and not set(left_type.values) & set(right_type.values)
    ):
        raise Unsound(messages.unknown_word(at.span, right_type.values[0] if right_type.values else "", left_type.values))
    elif operator in ORDERINGS and isinstance(left_type, types.EnumType):
        raise Unsound(messages.enum_order(at.span, operator))
    elif operator in ORDERINGS and isinstance(left_type, types.BooleanType | types.ListType | types.SetType):
        raise Unsound(messages.not_comparable(at.span, str(left_type), str(right_type), "compare these by `=` and `!=`"))


def _mismatch(left: Operand, right: Operand) -> Finding:
    help = _advice(left.type, right.type)
    if not help and isinstance(right.type, types.BooleanType) and left.tree is None:
        help = "a condition in a cell says `?` for the value of its column"
    return messages.not_comparable(right.at.span, str(left.type), str(right.type), help)


def _advice(*mixed: Type) -> str:
    """Return what an author who mixed two types probably has to do, or an empty text."""
    kinds = {type(type_) for type_ in mixed}
    if kinds == {types.TextType, types.NumberType}:
        return "a number is written without quotes"
    if kinds in ({types.TextType, types.DateType}, {types.TextType, types.DateTimeType}):
        return "write a date as `2024-01-31`, without quotes"
    if kinds == {types.DateTimeType, types.DateType}:
        return "take the day of a date and time by `date(x)`"
    return ""


def finer_than_scale(one: Operand, other: Operand) -> list[Finding]:
    """Return a warning for a written number that has more digits than any value it is compared with."""
    return [finding for pair in ((one, other), (other, one)) for finding in _finer(*pair)]


def _finer(literal: Operand, other: Operand) -> list[Finding]:
    if literal.constant is None or literal.literal is None or other.constant is not None or other.is_quotient:
        return []
    if not isinstance(literal.type, types.NumberType) or not isinstance(other.type, types.NumberType):
        return []
    digits, scale = literal.type.scale, other.type.scale
    return (
        [messages.finer_than_scale(literal.at.span, digits, scale)] if digits is not None and scale is not None and digits > scale else []
    )


def demand(operand: Operand, expected: Type) -> None:
    """Raise ``Unsound`` unless an operand may stand where a value of the type ``expected`` is demanded."""
    found, span = operand.type, operand.at.span
    if isinstance(found, types.NumberType) and isinstance(expected, types.NumberType):
        if found.unit and expected.unit and found.unit != expected.unit:
            raise Unsound(messages.unit_mismatch(span, found.unit, expected.unit))
        check_literal_unit(operand, expected.unit)
        constant = operand.constant
        value = constant.value if constant is not None and isinstance(constant.value, Decimal) else None
        wrong = check_number(span, found.scale, value, expected, literal=constant is not None and operand.literal is not None)
        if wrong:
            raise Unsound(*wrong)
    elif not fits(found, expected):
        inner, wanted = _inner(found), _inner(expected)
        if isinstance(inner, types.EnumType) and isinstance(wanted, types.EnumType) and type(found) is type(expected):
            stray = next(word for word in inner.values if word not in wanted.values)
            raise Unsound(messages.unknown_word(span, stray, wanted.values))
        raise Unsound(messages.type_mismatch(span, str(found), str(expected), _advice(found, expected)))


def check_number(span: Span, digits: int | None, value: Decimal | None, expected: types.NumberType, literal: bool) -> list[Finding]:
    """Return what is wrong with the digits or the range of a number of a declared type."""
    if digits is not None and expected.scale is not None and digits > expected.scale:
        return [messages.scale_too_fine(span, digits, expected.scale, literal)]
    if value is None:
        return []
    if expected.low is not None and value < expected.low:
        return [messages.out_of_range(span, f"{value:f}", f"{expected.low:f}", None)]
    if expected.high is not None and value > expected.high:
        return [messages.out_of_range(span, f"{value:f}", None, f"{expected.high:f}")]
    return []


def _inner(type_: Type) -> Type:
    return type_.item if isinstance(type_, types.ListType | types.SetType) else type_
