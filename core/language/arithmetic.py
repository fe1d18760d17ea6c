"""Puts operands together by ``+ - * /``: numbers exactly, dates and durations; what divides becomes one exact quotient."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import reduce
from typing import Literal

from tierwise.core.language import messages
from tierwise.core.language.operand import Operand, Unsound, check_units
from tierwise.core.language.syntax import Place
from tierwise.core.language.type_rules import product_type, sum_type
from tierwise.core.language.units import EXACT, plain
from tierwise.core.plan import Arithmetic, Call, Constant, Node, Quotient, Round, RoundMode
from tierwise.core.types import DateTimeType, DateType, DurationType, EnumType, ListType, NumberType, SetType, TextType, Type
from tierwise.core.values import Duration

__all__ = ["Ratio", "computed", "demand_number", "mean_of", "opposite", "quotient", "refuse_quotients", "rounded_to", "total"]

Ratio = tuple[Operand, Operand | None]
"""An expression as one exact quotient: what stands above and, when it divides at all, below."""


def quotient(ratio: Ratio, at: Place) -> Operand:
    """Return a ratio as one operand."""
    above, below = ratio
    if below is None:
        return above
    known = isinstance(above.type, NumberType) and not below.unit
    return Operand(Quotient(above.node, below.node, NumberType(None, above.unit if known else "")), at)


def refuse_quotients(*operands: Operand) -> None:
    """Raise ``Unsound`` when quotients stand where none may."""
    found = [operand for operand in operands if operand.is_quotient]
    if found:
        raise Unsound(*(messages.quotient_without_scale(operand.at.span) for operand in found))


def computed(operator: str, parts: Sequence[Ratio], at: Place) -> Ratio:
    """Return ``a + b + …``, ``a - b``, ``a * b * …`` or ``a / b`` of ratios."""
    if operator == "/":
        return _divided(parts[0], parts[1], at)
    if any(below is not None for _, below in parts):
        return reduce(lambda one, other: _joined(operator, one, other, at), parts)
    operands = [above for above, _ in parts]
    return (_product(operands, at) if operator == "*" else total(operator, operands, at)), None


def _joined(operator: str, one: Ratio, other: Ratio, at: Place) -> Ratio:
    (a, b), (c, d) = one, other
    below = [x for x in (b, d) if x is not None]
    above = _product([a, c], at) if operator == "*" else total(operator, [_times(a, d), _times(c, b)], at)
    return above, _product(below, at) if below else None


def _times(operand: Operand, factor: Operand | None) -> Operand:
    return operand if factor is None else Operand(_product([operand, factor], operand.at).node, operand.at, operand.tree)


def _divided(one: Ratio, other: Ratio, at: Place) -> Ratio:
    (a, b), (c, d) = one, other
    if d is not None:
        raise Unsound(messages.syntax(c.at.span, "a quotient may not stand below another one"))
    if isinstance(a.type, DurationType) and b is None:
        demand_number(c)
        return Operand(Call("divide", (a.node, c.node), DurationType(), "zero"), at), None
    demand_number(a)
    demand_number(c)
    return a, c if b is None else _product([b, c], at)


def mean_of(operand: Operand) -> Ratio:
    """Return the mean of a list as its sum over its count."""
    type_ = operand.type
    if not isinstance(type_, ListType | SetType) or not isinstance(type_.item, NumberType):
        raise Unsound(messages.type_mismatch(operand.at.span, str(type_), "list of number"))
    above = Call("sum", (operand.node,), NumberType(type_.item.scale, type_.item.unit))
    return Operand(above, operand.at), Operand(Call("count", (operand.node,), NumberType(0, "", Decimal(0))), operand.at)


def opposite(ratio: Ratio, at: Place) -> Ratio:
    """Return ``-x``."""
    above, below = ratio
    constant = above.constant
    if constant is not None and isinstance(constant.value, Duration):
        return Operand(Constant(constant.value.times(-1), DurationType()), at), None
    if isinstance(above.type, DurationType) and below is None:
        return Operand(Arithmetic("*", (above.node, Constant(Decimal(-1), NumberType(0))), DurationType()), at), None
    type_ = demand_number(above)
    if constant is not None and isinstance(constant.value, Decimal):
        return Operand(Constant(plain(EXACT.minus(constant.value)), type_), at), below
    zero = Constant(Decimal(0), NumberType(0))
    below_zero = sum_type("-", NumberType(0, "", Decimal(0), Decimal(0)), type_)
    return Operand(Arithmetic("-", (zero, above.node), below_zero), at), below


def rounded_to(ratio: Ratio, zeros: int, mode: RoundMode, at: Place) -> Node:
    """Return a number or quotient rounded to tens, hundreds, …: what is counted in these is rounded and multiplied out again."""
    unit = demand_number(ratio[0]).unit
    size = Operand(Constant(Decimal(10) ** zeros, NumberType(0)), at)
    counted = quotient(_divided(ratio, (size, None), at), at)
    whole = Round(counted.node, 0, mode, NumberType(0, unit))
    return Arithmetic("*", (whole, size.node), NumberType(0, unit))


def demand_number(operand: Operand) -> NumberType:
    """Return the type of an operand that must be a number."""
    if not isinstance(operand.type, NumberType) or operand.is_none:
        found = "null" if isinstance(operand.type, NumberType) else str(operand.type)
        raise Unsound(messages.type_mismatch(operand.at.span, found, "number"))
    return operand.type


def _product(operands: Sequence[Operand], at: Place) -> Operand:
    """Return the product of numbers, or of a duration and a whole number; constants are multiplied out."""
    if len(operands) == 1:
        return operands[0]
    if any(isinstance(operand.type, DurationType) for operand in operands):
        return _repeated(operands, at)
    type_ = reduce(product_type, [demand_number(operand) for operand in operands])
    return _folded("*", EXACT.multiply, operands, type_, at)


def _repeated(operands: Sequence[Operand], at: Place) -> Operand:
    lengths = [operand for operand in operands if isinstance(operand.type, DurationType)]
    factors = [operand for operand in operands if operand not in lengths]
    if len(lengths) != 1:
        raise Unsound(messages.syntax(at.span, "a duration may be multiplied only by numbers"))
    (length,), factor = lengths, _product(factors, at)
    if demand_number(factor).scale == 0:
        return Operand(Arithmetic("*", (length.node, factor.node), DurationType()), at)
    return Operand(Call("multiply", (length.node, factor.node), DurationType()), at)


def total(operator: str, operands: Sequence[Operand], at: Place) -> Operand:
    """Return the sum or the difference of numbers, dates and durations."""
    if operator == "+" and all(isinstance(operand.type, TextType | EnumType) for operand in operands):
        return Operand(Call("join", tuple(operand.node for operand in operands), TextType()), at)
    if not all(isinstance(operand.type, NumberType) for operand in operands):
        return reduce(lambda left, right: _shifted(operator, left, right, at), operands)
    types = [demand_number(operand) for operand in operands]
    check_units(at, operands)
    type_ = reduce(lambda left, right: sum_type(operator, left, right), types)
    if operator == "+":
        return _folded("+", EXACT.add, operands, type_, at)
    return _folded("-", EXACT.subtract, operands, type_, at)


def _folded(
    operator: Literal["+", "-", "*"],
    compute: Callable[[Decimal, Decimal], Decimal],
    operands: Sequence[Operand],
    type_: NumberType,
    at: Place,
) -> Operand:
    constants = [constant.value for operand in operands if (constant := operand.constant) is not None]
    numbers = [value for value in constants if isinstance(value, Decimal)]
    if len(numbers) == len(operands):
        return Operand(Constant(plain(reduce(compute, numbers)), type_), at)
    return Operand(Arithmetic(operator, tuple(operand.node for operand in operands), type_), at)


def _shifted(operator: str, left: Operand, right: Operand, at: Place) -> Operand:
    type_ = _shifted_type(operator, left.type, right.type)
    if type_ is None:
        raise Unsound(messages.not_comparable(at.span, str(left.type), str(right.type)))
    return Operand(Arithmetic("+" if operator == "+" else "-", (left.node, right.node), type_), at)


def _shifted_type(operator: str, left: Type, right: Type) -> Type | None:
    if isinstance(left, DateType | DateTimeType) and isinstance(right, DurationType):
        return left
    if isinstance(left, DurationType) and isinstance(right, DurationType):
        return left
    if operator == "-" and isinstance(left, DateType | DateTimeType) and left == right:
        return DurationType()
    return right if operator == "+" and isinstance(left, DurationType) and isinstance(right, DateType | DateTimeType) else None
