"""The points at which a sum of products tells what it is everywhere: where each number stands in a product once at most, its corners do.

Between two bounds such a sum lies between its values at both; beyond the only bound it goes on as it begins. So a difference is nowhere
negative exactly when it is not at the bounds, and its first step into each open direction does not lower it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from tierwise.core.types import NumberType

__all__ = ["Axis", "Box", "boxes_of", "far_points", "is_nowhere_negative", "points_of"]

ZERO, ONE = Decimal(0), Decimal(1)
FARTHEST = 24


@dataclass(frozen=True, slots=True)
class Axis:
    """Where one number may lie.

    Attributes:
        name: The fact.
        start: One end.
        end: The other end; where there is none, a step towards where it would be.
        is_open: Whether there is none.
    """

    name: str
    start: Decimal
    end: Decimal
    is_open: bool


Box = tuple[Axis, ...]


def boxes_of(types: Mapping[str, NumberType]) -> list[Box]:
    """Return boxes which together hold all that some numbers can be; a number without any bound is divided at zero."""
    return list(product(*(list(_axes(name, type)) for name, type in types.items())))


def _axes(name: str, type: NumberType) -> Iterator[Axis]:
    if type.low is not None and type.high is not None:
        yield Axis(name, type.low, type.high, is_open=False)
        return
    if type.high is None:
        start = ZERO if type.low is None else type.low
        yield Axis(name, start, start + ONE, is_open=True)
    if type.low is None:
        start = ZERO if type.high is None else type.high
        yield Axis(name, start, start - ONE, is_open=True)


def points_of(box: Box, far: Decimal = ONE) -> list[dict[str, Decimal]]:
    """Return the corners of a box, the last number changing first; in open directions so far from the start."""
    ends = [(axis.start, axis.start + (axis.end - axis.start) * far if axis.is_open else axis.end) for axis in box]
    return [{axis.name: value for axis, value in zip(box, values, strict=True)} for values in product(*ends)]


def far_points(box: Box) -> Iterator[dict[str, Decimal]]:
    """Yield corners ever farther out, among which one shows what the first steps foretell."""
    for power in range(FARTHEST if any(axis.is_open for axis in box) else 1):
        yield from points_of(box, Decimal(10) ** power)


def is_nowhere_negative(differences: Sequence[Decimal], box: Box) -> bool:
    """Say whether a sum of products is nowhere in a box below zero.

    Args:
        differences: What it is at ``points_of`` the box.
        box: Where.
    """
    found = list(differences)
    for place, axis in enumerate(reversed(box)):
        if axis.is_open:  # a value at the far end becomes the step from the near one
            for point in range(len(found)):
                if point >> place & 1:
                    found[point] -= found[point ^ (1 << place)]
    return all(value >= 0 for value in found)
