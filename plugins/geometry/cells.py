"""Walks through all that rows can tell apart: each set of rows that hold together for some subject, once, with a place where they do.

The walk goes through the dimensions with a memo on (dimension, rows still possible), as ``cover.py`` does: what no row tells apart is looked at once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tierwise.plugins.geometry.cover import EFFORT, TooLarge, atoms_in
from tierwise.plugins.geometry.space import Box

__all__ = ["cells"]


def cells(boxes: Sequence[Box], within: Box, effort: int = EFFORT) -> Iterator[tuple[int, Box]]:
    """Yield each set of boxes that share a place which no other box has, as a bit set, and the atoms of such a place.

    Args:
        boxes: A set of atoms for each dimension; a bit of the result for each box.
        within: The box to walk through.
        effort: How many atoms may be looked at.

    Raises:
        TooLarge: That was not enough.
    """
    accepting = [_accepting(boxes, dimension, limit) for dimension, limit in enumerate(within)]
    seen: set[tuple[int, int]] = set()
    stack: list[tuple[int, int, Box]] = [(0, (1 << len(boxes)) - 1, ())]
    while stack:
        dimension, alive, path = stack.pop()
        if (dimension, alive) in seen:
            continue
        seen.add((dimension, alive))
        if dimension == len(within):
            yield alive, path
            continue
        effort -= len(accepting[dimension])
        if effort < 0:
            raise TooLarge
        groups: dict[int, int] = {}
        for atom, accepted in accepting[dimension].items():
            still = accepted & alive
            groups[still] = groups.get(still, 0) | 1 << atom
        stack.extend((dimension + 1, still, (*path, atoms)) for still, atoms in groups.items())


def _accepting(boxes: Sequence[Box], dimension: int, limit: int) -> dict[int, int]:
    """Return, for each atom of a dimension, the boxes that have it."""
    found = dict.fromkeys(atoms_in(limit), 0)
    for number, box in enumerate(boxes):
        for atom in atoms_in(box[dimension] & limit):
            found[atom] |= 1 << number
    return found
