"""Finds the nearest point of a grid at which something holds: best first, leaving out boxes in which it cannot hold (branch and bound).

A. H. Land, A. G. Doig, *An automatic method of solving discrete programming problems*, Econometrica 28 (1960). Boxes are looked at in the
order of their nearest corner, so that the first corner at which it holds is the nearest point of all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from heapq import heappop, heappush
from itertools import count

from tierwise.plugins.paths.ways import Way

__all__ = ["Nearest", "nearest"]

Steps = tuple[int, ...]
Box = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Nearest:
    """What a search came to.

    Attributes:
        steps: How far each way is gone; ``None``: nowhere does it hold.
        is_proved: Nothing nearer was left out for want of time.
    """

    steps: Steps | None
    is_proved: bool


def nearest(
    ways: Sequence[Way], holds: Callable[[Steps], bool], may_hold: Callable[[Box], bool], most: int, below: Fraction | None = None
) -> Nearest:
    """Return the nearest point: at least one step on each way, the least sum of costs.

    Args:
        ways: The dimensions; each cost rises with the step.
        holds: Whether it holds at a point.
        may_hold: Whether it can hold anywhere in a box of first and last steps; may say yes too often, never no too often.
        most: How many boxes to look at.
        below: Look only for points that cost less.
    """
    order = count()
    start: Box = tuple((1, way.last) for way in ways)
    heap: list[tuple[Fraction, int, Box, bool]] = [(_cost(ways, start), next(order), start, False)]
    for _ in range(most):
        if not heap:
            return Nearest(None, True)
        cost, _, box, corner_failed = heappop(heap)
        if below is not None and cost >= below:
            return Nearest(None, True)
        corner = tuple(first for first, _ in box)
        if not corner_failed and holds(corner):
            return Nearest(corner, True)
        if all(first == last for first, last in box) or not may_hold(box):
            continue
        at = max(range(len(ways)), key=lambda i: ways[i].cost(box[i][1]) - ways[i].cost(box[i][0]))
        first, last = box[at]
        middle = ways[at].middle(first, last)
        for part, failed in (((first, middle), True), ((middle + 1, last), False)):
            smaller = (*box[:at], part, *box[at + 1 :])
            heappush(heap, (_cost(ways, smaller), next(order), smaller, failed))
    return Nearest(None, not heap)


def _cost(ways: Sequence[Way], box: Box) -> Fraction:
    return sum((way.cost(first) for way, (first, _) in zip(ways, box, strict=True)), Fraction(0))
