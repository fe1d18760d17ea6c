"""Classes: several at once, what they agree on or bring together, and which of several ways to one is preferred."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierwise.core.plan.node import Node
    from tierwise.core.types import Type

__all__ = ["Agree", "Collected", "Labels", "Prefer"]


@dataclass(frozen=True, slots=True)
class Labels:
    """Several classes at once: the tuple of those labels, in order, whose test is true. Unknown when any test is unknown."""

    tests: tuple[tuple[str, Node], ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Agree:
    """The right that all of several classes agree on.

    ``of`` is a set of words, ``values`` gives some of them a value. None of those: ``gap`` (or ``empty``). Two different known values:
    ``overlap`` with those values. Else, when one is undecided, that reason. Else the one value.
    """

    of: Node
    values: tuple[tuple[str, Node], ...]
    empty: Node | None
    type: Type


@dataclass(frozen=True, slots=True)
class Collected:
    """The union of the sets that several classes bring: ``of`` is a set of words, ``values`` gives each word a set."""

    of: Node
    values: tuple[tuple[str, Node], ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Prefer:
    """The first part that is determined by itself; when none is, the outcome of the first part that does not simply lack all its facts, else of the last.

    A part is decided on its own, with its own completion of missing facts: `level`, computed, else `level_now`, as recorded.
    """

    parts: tuple[Node, ...]
    type: Type
