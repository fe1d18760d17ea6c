"""Finds what a set of boxes leaves uncovered, as boxes: walks the dimensions with a memo on (dimension, boxes still possible).

The walk yields a small graph whose paths are the uncovered boxes, disjoint but often many. From it come the few that people should read: the
simplest first, each widened as far as nothing covers it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count

from tierwise.plugins.geometry.space import Box

__all__ = ["EFFORT", "Cover", "TooLarge", "atoms_in", "compact", "meets"]

EFFORT = 2_000_000  # atoms looked at in one walk, a second or less
PATHS = 400  # looked at for simple boxes
BITS = 2_000_000  # of all boxes together

CLOSED = -1
OPEN = -2


class TooLarge(Exception):
    """The analysis would take too long; the caller says so in a note."""


def atoms_in(mask: int) -> Iterator[int]:
    """Yield the positions of the bits that are set, lowest first."""
    while mask:
        low = mask & -mask
        yield low.bit_length() - 1
        mask ^= low


def meets(box: Box, other: Box) -> bool:
    """Say whether two boxes share anything."""
    return all(a & b for a, b in zip(box, other, strict=True))


def compact(boxes: Iterable[Box]) -> tuple[Box, ...]:
    """Return fewer boxes that cover the same: those that differ in one dimension only become one."""
    kept = tuple(dict.fromkeys(boxes))
    for dimension in range(len(kept[0]) if kept else 0):
        sides: dict[Box, int] = {}
        for box in kept:
            rest = box[:dimension] + box[dimension + 1 :]
            sides[rest] = sides.get(rest, 0) | box[dimension]
        kept = tuple((*rest[:dimension], side, *rest[dimension:]) for rest, side in sides.items())
    return kept


@dataclass(slots=True)
class Cover:
    """Boxes that cover, and the box within which one asks.

    Attributes:
        walked: Look for what is left uncovered; without it only ``meeting`` is answered.
        effort: How many atoms the walk may look at; what is left of it afterwards.

    Raises:
        TooLarge: From any method, when there are too many boxes or atoms, or the walk takes too long.
    """

    boxes: Sequence[Box]
    within: Box
    walked: bool = True
    effort: int = EFFORT
    _accepting: list[dict[int, int]] = field(init=False, default_factory=list)
    _reached: list[int] = field(init=False, default_factory=list)
    _finished: list[int] = field(init=False, default_factory=list)
    _memo: dict[tuple[int, int], int] = field(init=False, default_factory=dict)
    _nodes: list[tuple[int, tuple[tuple[int, int], ...]]] = field(init=False, default_factory=list)
    _known: dict[tuple[int, tuple[tuple[int, int], ...]], int] = field(init=False, default_factory=dict)
    _root: int = field(init=False, default=CLOSED)

    def __post_init__(self) -> None:
        """Prepare, for each dimension, which boxes accept each atom; then walk."""
        if (
            sum(
                (side & limit).bit_count()
                for box in self.boxes
                for side, limit in zip(box, self.within, strict=True)
                if side & limit != limit
            )
            > BITS
        ):
            raise TooLarge
        everyone = (1 << len(self.boxes)) - 1
        self._finished = [everyone]
        for dimension in reversed(range(len(self.within))):
            limit = self.within[dimension]
            whole = sum(1 << i for i, box in enumerate(self.boxes) if box[dimension] & limit == limit)
            accepting = dict.fromkeys(atoms_in(limit), whole)
            for i, box in enumerate(self.boxes):
                if not whole >> i & 1:
                    for atom in atoms_in(box[dimension] & limit):
                        accepting[atom] |= 1 << i
            self._accepting.insert(0, accepting)
            self._finished.insert(0, self._finished[0] & whole)
        self._reached = [self._any(dimension, limit) for dimension, limit in enumerate(self.within)]
        self._root = self._walk(0, everyone) if self.walked and all(self.within) else CLOSED

    @property
    def complete(self) -> bool:
        """Whether nothing is left uncovered."""
        return self._root == CLOSED

    def meeting(self, box: Box, without: int | None = None) -> int:
        """Return the set of covering boxes that share an atom with ``box`` in every dimension (but ``without``)."""
        shared = (1 << len(self.boxes)) - 1
        for dimension, side in enumerate(box):
            if dimension != without:
                shared &= self._reached[dimension] if side == self.within[dimension] else self._any(dimension, side)
        return shared

    def holes(self) -> tuple[tuple[Box, ...], bool]:
        """Return uncovered boxes for people, the simplest first, and whether there are more than these show."""
        found: list[Box] = []
        looked_at = 0
        for path in self._paths():
            looked_at += 1
            if looked_at > PATHS:
                break
            if not any(_inside(path, hole) for hole in found):
                found.append(self._widened(path))
        found.sort(key=self._simplicity)
        return tuple(_needed(found)), looked_at > PATHS

    def _walk(self, dimension: int, alive: int) -> int:
        """Return the graph node of what ``alive`` boxes leave open from a dimension on."""
        if not alive:
            return OPEN
        if alive & self._finished[dimension]:
            return CLOSED
        known = self._memo.get((dimension, alive))
        if known is not None:
            return known
        self.effort -= len(self._accepting[dimension])
        if self.effort < 0:
            raise TooLarge
        groups: dict[int, int] = {}
        for atom, accepted in self._accepting[dimension].items():
            still = accepted & alive
            groups[still] = groups.get(still, 0) | 1 << atom
        children: dict[int, int] = {}
        for still, atoms in groups.items():
            child = self._walk(dimension + 1, still)
            if child != CLOSED:
                children[child] = children.get(child, 0) | atoms
        node = self._node(dimension, tuple((atoms, child) for child, atoms in children.items()))
        self._memo[dimension, alive] = node
        return node

    def _node(self, dimension: int, edges: tuple[tuple[int, int], ...]) -> int:
        """Return the number of a graph node; equal nodes are one, so that equal remainders merge further up."""
        if not edges:
            return CLOSED
        if edges == ((self.within[dimension], OPEN),):
            return OPEN
        number = self._known.setdefault((dimension, edges), len(self._nodes))
        if number == len(self._nodes):
            self._nodes.append((dimension, edges))
        return number

    def _paths(self) -> Iterator[Box]:
        """Yield the disjoint uncovered boxes, those that say something about the fewest dimensions first."""
        if self._root == CLOSED:
            return
        cost: dict[int, int] = {OPEN: 0}
        # INVARIANT: a node is numbered after the nodes below it
        for number, (dimension, edges) in enumerate(self._nodes):
            cost[number] = min(cost[child] + (atoms != self.within[dimension]) for atoms, child in edges)
        order = count()
        heap: list[tuple[int, int, int, Box]] = [(cost[self._root], next(order), self._root, ())]
        while heap:
            total, _, node, sides = heappop(heap)
            if node == OPEN:
                yield sides + self.within[len(sides) :]
                continue
            dimension, edges = self._nodes[node]
            for atoms, child in edges:
                here = total - cost[node] + (atoms != self.within[dimension])
                heappush(heap, (here + cost[child], next(order), child, (*sides, atoms)))

    def _widened(self, box: Box) -> Box:
        """Let every side grow, the last dimension first, as far as no covering box is met."""
        sides = list(box)
        for dimension in reversed(range(len(sides))):
            others = self.meeting(tuple(sides), dimension)
            sides[dimension] = sum(1 << atom for atom, accepted in self._accepting[dimension].items() if not accepted & others)
        return tuple(sides)

    def _any(self, dimension: int, side: int) -> int:
        met = 0
        for atom in atoms_in(side):
            met |= self._accepting[dimension].get(atom, 0)
        return met

    def _simplicity(self, box: Box) -> tuple[int, tuple[int, ...]]:
        narrowed = sum(side != limit for side, limit in zip(box, self.within, strict=True))
        return narrowed, tuple(-side.bit_count() for side in box)


def _inside(box: Box, other: Box) -> bool:
    return all(not side & ~limit for side, limit in zip(box, other, strict=True))


def _needed(boxes: Sequence[Box]) -> Iterator[Box]:
    """Yield the boxes that add something to those before them."""
    kept: list[Box] = []
    for box in boxes:
        meeting = [k for k in kept if meets(k, box)]
        if not Cover(meeting, box).complete:
            kept.append(box)
            yield box
