"""What boxes leave uncovered is found, exactly, fast, and in few pieces."""

from __future__ import annotations

import random
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tierwise.plugins.geometry import cover
from tierwise.plugins.geometry.cover import Cover, TooLarge, compact
from tierwise.plugins.geometry.space import Box

SIZES = (3, 4, 2)
FULL: Box = tuple((1 << size) - 1 for size in SIZES)
boxes = st.tuples(*(st.integers(0, side) for side in FULL))


def holds(box: Box, point: tuple[int, ...]) -> bool:
    """Say whether a box holds a point, by looking."""
    return all(side >> atom & 1 for side, atom in zip(box, point, strict=True))


@settings(max_examples=100)
@given(st.lists(boxes, max_size=6), boxes)
def test_the_holes_are_what_no_box_covers(covering: list[Box], within: Box) -> None:
    found = Cover(covering, within)
    holes, more = found.holes()

    for point in product(*(range(size) for size in SIZES)):
        is_open = holds(within, point) and not any(holds(box, point) for box in covering)
        assert any(holds(hole, point) for hole in holes) == is_open
    assert found.complete == (not holes)
    assert not more


@settings(max_examples=50)
@given(st.lists(boxes, max_size=6))
def test_no_hole_can_grow(covering: list[Box]) -> None:
    for hole in Cover(covering, FULL).holes()[0]:
        for dimension, size in enumerate(SIZES):
            for atom in range(size):
                if not hole[dimension] >> atom & 1:
                    grown = tuple(1 << atom if i == dimension else side for i, side in enumerate(hole))
                    assert any(all(a & b for a, b in zip(box, grown, strict=True)) for box in covering)


def test_the_simplest_holes_come_first() -> None:
    holes, _ = Cover([(0b001, 0b0111, 0b11), (0b010, 0b1110, 0b01)], FULL).holes()

    narrowed = [sum(side != limit for side, limit in zip(hole, FULL, strict=True)) for hole in holes]
    assert narrowed == sorted(narrowed)


def test_meeting_boxes_share_an_atom_everywhere() -> None:
    covering: list[Box] = [(0b001, 0b1111, 0b11), (0b010, 0b0001, 0b11), (0b111, 0b1000, 0b10)]

    assert Cover(covering, FULL, walked=False).meeting((0b011, 0b0001, 0b10)) == 0b011


def test_tens_of_thousands_of_holes_are_found_within_the_effort_allowed() -> None:
    random.seed(1)
    full = ((1 << 15) - 1,) * 6
    covering = [tuple(run(15) if random.random() < 0.6 else (1 << 15) - 1 for _ in full) for _ in range(50)]

    cover = Cover(covering, full)
    holes, more = cover.holes()

    assert holes and more
    assert cover.effort > 0


def run(size: int) -> int:
    """Return a random run of atoms."""
    low = random.randrange(size)
    return sum(1 << i for i in range(low, random.randrange(low, size) + 1))


def test_a_walk_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(TooLarge):
        Cover([(0b001, 0b0111, 0b01), (0b010, 0b1110, 0b01), (0b100, 0b0110, 0b10)], FULL, effort=5)


def test_too_many_atoms_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cover, "BITS", 3)

    with pytest.raises(TooLarge):
        Cover([(0b011, 0b0111, 0b01)], FULL)


@settings(max_examples=50)
@given(st.lists(boxes, max_size=6))
def test_compact_boxes_cover_the_same(covering: list[Box]) -> None:
    fewer = compact(covering)

    assert len(fewer) <= len(covering)
    for point in product(*(range(size) for size in SIZES)):
        assert any(holds(box, point) for box in fewer) == any(holds(box, point) for box in covering)
