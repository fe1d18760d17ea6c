"""Exact arithmetic on numbers, dates and durations, and calls of functions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from typing import Literal as OneOfWords

if TYPE_CHECKING:
    from tierwise.core.plan.node import Node
    from tierwise.core.types import Type

__all__ = ["Arithmetic", "Call", "Quotient", "Round", "RoundMode"]


@dataclass(frozen=True, slots=True)
class Arithmetic:
    """Exact ``+ - *``: numbers; date ± duration and date − date (a duration in days); duration ± duration, duration * integer.

    Any number of parts for ``+`` and ``*``; two for ``-``. None in, none out.
    """

    op: OneOfWords["+", "-", "*"]
    parts: tuple[Node, ...]
    type: Type


@dataclass(frozen=True, slots=True)
class Quotient:
    """An exact quotient; stands only as a side of ``Compare`` or inside ``Round``. By zero: none."""

    left: Node
    right: Node
    type: Type


RoundMode = OneOfWords["up", "down", "half up", "half down", "half even", "floor", "ceiling"]


@dataclass(frozen=True, slots=True)
class Round:
    """A number at ``scale`` digits, exact. up = away from zero, down = towards zero; halves as the mode says."""

    value: Node
    scale: int
    mode: RoundMode
    type: Type


@dataclass(frozen=True, slots=True)
class Call:
    """A function of the environment by its canonical name. ``environment.functions[name]`` holds its Python and its SQL.

    An unknown argument makes it unknown, unless the function says that it takes unknowns itself.
    """

    function: str
    arguments: tuple[Node, ...]
    type: Type
