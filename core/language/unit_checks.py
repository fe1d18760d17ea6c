"""Checks that numbers with units go together: 元 with 元, and no 万 on what is counted in 万元 already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierwise.core.language import messages
from tierwise.core.language.node_types import type_of
from tierwise.core.language.syntax import Number, Opposite, Place, Tree
from tierwise.core.plan import Node
from tierwise.core.types import NumberType

if TYPE_CHECKING:
    from tierwise.core.language.compiler import Compiler

__all__ = ["Side", "check_literal_unit", "check_units", "is_unit_twice"]

MULTIPLE_SIGNS = "千万亿"
Side = tuple[Node, Tree | None]
"""A node and the tree it came from; ``None`` for a column."""


def check_units(compiler: Compiler, at: Place, sides: list[Side]) -> None:
    """Raise ``Unsound`` when two numbers count different things, or a literal repeats what the unit says already."""
    units = [type_.unit for node, _ in sides if isinstance(type_ := type_of(node), NumberType) and type_.unit]
    for other in units[1:]:
        if other != units[0]:
            raise compiler.failure(messages.unit_mismatch(compiler.span(at), units[0], other))
    for _, tree in sides:
        if units:
            check_literal_unit(compiler, tree, units[0])


def check_literal_unit(compiler: Compiler, tree: Tree | None, unit: str) -> None:
    """Raise ``Unsound`` when a literal carries a multiple that the declared unit has already."""
    number = tree.of if isinstance(tree, Opposite) else tree
    if isinstance(number, Number) and is_unit_twice(number.unit, unit):
        raise compiler.failure(messages.unit_twice(compiler.span(number.at), number.unit, unit))


def is_unit_twice(written: str, declared: str) -> bool:
    """Say whether a multiple written after a number is in the declared unit already.

    Example:
        >>> is_unit_twice("万", "万元"), is_unit_twice("万", "元")
        (True, False)
    """
    signs = ("%", "百分") if written == "%" else tuple(MULTIPLE_SIGNS)
    return bool(written) and any(sign in declared for sign in signs)
