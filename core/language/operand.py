"""A compiled part of an expression beside what was written for it, whether its unit goes with another's, and the signal that a part has errors."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.language import messages
from tierwise.core.language.syntax import Number, Opposite, Place, Tree
from tierwise.core.plan import Constant, Node, comparison_of, constant_of, is_none, is_quotient
from tierwise.core.types import NumberType, Type

__all__ = ["Operand", "Unsound", "check_literal_unit", "check_units", "equalled", "is_unit_twice"]


class Unsound(Exception):
    """A part has errors, which it carries. Never leaves this package."""

    def __init__(self, *findings: Finding) -> None:
        super().__init__(*(finding.message for finding in findings))
        self.findings = findings


@dataclass(frozen=True, slots=True)
class Operand:
    """A node and where it was written.

    Attributes:
        node: What it means.
        at: Where findings about it point.
        tree: What was written; ``None`` for the column of a cell and for what was put together from several parts.
    """

    node: Node
    at: Place
    tree: Tree | None = None

    @property
    def type(self) -> Type:
        """Its static type."""
        return self.node.type

    @property
    def constant(self) -> Constant | None:
        """The node when it is a constant; *none* is one, too."""
        return constant_of(self.node)

    @property
    def is_none(self) -> bool:
        """Whether it is the constant *none*."""
        return is_none(self.node)

    @property
    def is_quotient(self) -> bool:
        """Whether it is an exact quotient, which may stand in few places."""
        return is_quotient(self.node)

    @property
    def unit(self) -> str:
        """What it counts, or an empty text."""
        return self.type.unit if isinstance(self.type, NumberType) else ""

    @property
    def literal(self) -> Number | None:
        """The number that was written out for it, without its sign."""
        number = self.tree.of if isinstance(self.tree, Opposite) else self.tree
        return number if isinstance(number, Number) else None


def equalled(node: Node, column: Node) -> Iterator[Any]:
    """Yield the constant that a test says a column must equal, when it says just that."""
    comparison = comparison_of(node)
    if comparison is not None and comparison.op == "=" and comparison.about == column:
        yield comparison.constant.value


MULTIPLE_SIGNS = "千万亿"


def check_units(at: Place, operands: Sequence[Operand]) -> None:
    """Raise ``Unsound`` when two numbers count different things, or a literal repeats what the unit says already."""
    units = [operand.unit for operand in operands if operand.unit]
    for other in units[1:]:
        if other != units[0]:
            raise Unsound(messages.unit_mismatch(at.span, units[0], other))
    for operand in operands:
        if units:
            check_literal_unit(operand, units[0])


def check_literal_unit(operand: Operand, unit: str) -> None:
    """Raise ``Unsound`` when a literal carries a multiple that the declared unit has already."""
    number = operand.literal
    if number is not None and is_unit_twice(number.unit, unit):
        raise Unsound(messages.unit_twice(number.at.span, number.unit, unit))


def is_unit_twice(written: str, declared: str) -> bool:
    """Say whether a multiple written after a number is in the declared unit already.

    Example:
        >>> is_unit_twice("万", "万元"), is_unit_twice("万", "元")
        (True, False)
    """
    signs = ("%", "百分") if written == "%" else tuple(MULTIPLE_SIGNS)
    return bool(written) and any(sign in declared for sign in signs)
