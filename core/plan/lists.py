"""Lists: which of their items, what of each item, whether some or every item, in which order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Literal as OneOfWords

if TYPE_CHECKING:
    from tierwise.core.outcome import Reason
    from tierwise.core.plan.node import Node
    from tierwise.core.types import Type

__all__ = ["Filter", "Project", "Quantified", "Sorted"]


@dataclass(frozen=True, slots=True)
class Filter:
    """The items of a list for which ``test`` (over ``ItemRef``) is true; unknown as soon as one item's test is unknown."""

    of: Node
    test: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Project:
    """``each`` (over ``ItemRef``) of every item, in order."""

    of: Node
    each: Node
    type: Type


@dataclass(frozen=True, slots=True)
class Quantified:
    """``some`` / ``every`` item of a list satisfies ``test``; Kleene over the items."""

    op: OneOfWords["some", "every"]
    of: Node
    test: Node


@dataclass(frozen=True, slots=True)
class Sorted:
    """The items of a list ordered by ``keys`` (over ``ItemRef``; each ``(node, descending)``), ``each`` taken of every item.

    An enum key orders by its declared values, the first being least. Two items with equal keys: undetermined with reason ``ties``, unless
    ``each`` is equal for both. ``take``: only the first n of them (a single value when ``take`` is 1 and ``type`` is no list); a tie further
    back does not matter. An unknown key makes the whole unknown.
    """

    of: Node
    keys: tuple[tuple[Node, bool], ...]
    each: Node
    take: int | None
    ties: Reason
    type: Type
