"""Builds the sums that ``scorecard`` and ``weighted`` share: weighted terms, a factor, the bounds of the result."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from tierwise.core.environment import FormContext
from tierwise.core.finding import Finding
from tierwise.core.plan import Arithmetic, Compare, Conditional, Node, constant_of
from tierwise.core.source import Path
from tierwise.core.types import NumberType

__all__ = ["ANY_NUMBER", "added", "bounded", "multiplied", "number_output", "scale_of"]

ANY_NUMBER = NumberType()


def number_output(form: str, context: FormContext) -> tuple[str, NumberType] | None:
    """Return the one output of the entry and its type; ``None`` when it is no number, which is then reported."""
    name = context.only_output()
    if name is None:
        return None
    type = context.outputs[name]
    if not isinstance(type, NumberType):
        context.report(
            Finding.error("type-mismatch", f"`{form}` gives a number, but `{name}` is declared `{type}`", context.span(context.path))
        )
        return None
    return name, type


def multiplied(parts: Sequence[Node], context: FormContext) -> Node:
    """Return the product of the parts, without the ones that are plainly 1."""
    kept = tuple(part for part in parts if not _is(part, 1)) or tuple(parts[:1])
    if len(kept) == 1:
        return kept[0]
    return Arithmetic("*", kept, NumberType(_sum_of_scales(kept, context)))


def added(parts: Sequence[Node], context: FormContext) -> Node:
    """Return the sum of the parts, without the ones that are plainly 0."""
    kept = tuple(part for part in parts if not _is(part, 0)) or tuple(parts[:1])
    if len(kept) == 1:
        return kept[0]
    scales = [scale_of(part, context) for part in kept]
    return Arithmetic("+", kept, NumberType(None if None in scales else max(s for s in scales if s is not None)))


def bounded(name: str, total: Node, floor: Node | None, cap: Node | None, path: Path, context: FormContext) -> Node:
    """Keep ``total`` within its bounds; it becomes the hidden decision ``<name>.sum``, so that an explanation shows it before the cut."""
    if floor is None and cap is None:
        return total
    type = context.type_of(total)
    total = context.add_hidden(f"{name}.sum", type, total, path)
    kept = total
    if floor is not None:
        kept = Conditional(Compare("<", total, floor), floor, kept, type)
    if cap is not None:
        kept = Conditional(Compare(">", total, cap), cap, kept, type)
    return kept


def scale_of(node: Node, context: FormContext) -> int | None:
    """Return how many digits after the point a value may have, or ``None`` when nobody knows."""
    constant = constant_of(node)
    if constant is not None and isinstance(constant.value, Decimal):
        return max(0, -int(constant.value.normalize().as_tuple().exponent))
    type = context.type_of(node)
    return type.scale if isinstance(type, NumberType) else None


def _sum_of_scales(parts: Sequence[Node], context: FormContext) -> int | None:
    scales = [scale_of(part, context) for part in parts]
    return None if None in scales else sum(s for s in scales if s is not None)


def _is(node: Node, number: int) -> bool:
    constant = constant_of(node)
    return constant is not None and constant.value == number
