"""Tests: comparisons, Kleene's logic, and the choice between two values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from typing import Literal as OneOfWords

if TYPE_CHECKING:
    from tierwise.core.plan.node import Node
    from tierwise.core.types import Type

__all__ = ["Compare", "CompareOp", "Conditional", "InSet", "Logic", "Not", "Within"]

CompareOp = OneOfWords["=", "!=", "<", "<=", ">", ">="]


@dataclass(frozen=True, slots=True)
class Compare:
    """A comparison of two values of one type. Enums compare by ``=`` and ``!=`` only; sets without regard to order.

    A ``Quotient`` may stand on either side: it is cross-multiplied exactly; a zero divisor gives false.
    """

    op: CompareOp
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Within:
    """The interval test; a bound of ``None`` is open to that side."""

    value: Node
    low: Node | None
    high: Node | None
    low_inclusive: bool
    high_inclusive: bool


@dataclass(frozen=True, slots=True)
class InSet:
    """The value equals one of the constants (none may be among them)."""

    value: Node
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Logic:
    """Kleene ``and`` / ``or`` over any number of parts; none at all is true for ``and``, false for ``or``."""

    op: OneOfWords["and", "or"]
    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Kleene ``not``."""

    part: Node


@dataclass(frozen=True, slots=True)
class Conditional:
    """``if condition then yes else no``; an unknown condition makes it one of the two."""

    condition: Node
    yes: Node
    no: Node
    type: Type
