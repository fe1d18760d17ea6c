"""Where one subject of a graded population would stand in a ranking if it were ranked by something else, while everybody else stays where they are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from tierwise.core.meaning import exact
from tierwise.core.meaning.population_ranking import share_of, sortable
from tierwise.core.plan import Position
from tierwise.core.values import Value

__all__ = ["Keys", "Rank", "Standing", "ranks_by_probing", "ranks_by_sums"]

Keys = tuple[Value, ...]
"""What one is ranked by, in turn."""
Standing = Callable[[str, Keys, Value], Position | None]
"""Ranking, what a subject would be ranked by and in which partition, to the position that it would have; ``None`` where that is not known."""


@dataclass(frozen=True)
class Rank:
    """One subject's place in one partition of a ranking.

    Attributes:
        position: Where it stands; if it is no member, where it would stand last.
        keys: What it is ranked by; ``None``: it is no member.
        descending: Of each of these, whether the highest comes first.
    """

    position: Position
    keys: Keys | None
    descending: tuple[bool, ...]

    def is_before(self, left: Keys, right: Keys) -> bool:
        """Say whether who has ``left`` comes before who has ``right``: by the first key in which they differ."""
        for own, other, is_down in zip(map(sortable, left), map(sortable, right), self.descending, strict=True):
            if own != other:
                return bool(own > other) is is_down
        return False

    def moved(self, before: int, tied: int) -> Position:
        """Return the position behind so many others and beside so many, without shares."""
        last = before + tied + 1
        return Position(
            first=before + 1,
            last=last,
            last_possible=last + self.position.last_possible - self.position.last,
            count=self.position.count,
            maybe=self.position.maybe,
        )


def ranks_by_probing(rank: Rank, keys_at: Callable[[int], Keys | None]) -> Callable[[Keys], Position | None]:
    """Return the function from what one is ranked by to the position it would have, by looking at who stands where: a few dozen looks, each once.

    Args:
        rank: The subject's own place.
        keys_at: Rank to what the member there is ranked by; ``None`` where nobody surely stands.
    """
    seen: dict[int, Keys | None] = {}

    def at(place: int) -> Keys | None:
        if place not in seen:
            seen[place] = keys_at(place)
        return seen[place]

    def reach(is_inside: Callable[[Keys], bool]) -> int:
        """Return how many of the ranked, one after the other from the first, are inside."""
        low, high = 0, rank.position.count - (rank.keys is None)
        while low < high:
            middle = (low + high + 1) // 2
            keys = at(middle)
            low, high = (middle, high) if keys is not None and is_inside(keys) else (low, middle - 1)
        return low - (rank.keys is not None and is_inside(rank.keys))

    def position(keys: Keys) -> Position | None:
        if None in keys:
            return None
        before = reach(lambda other: rank.is_before(other, keys))
        inside = reach(lambda other: not rank.is_before(keys, other))
        return rank.moved(before, inside - before)

    return position


class _Sums:
    """The amounts of all others, highest first, and what the first of them hold together."""

    def __init__(self, others: Sequence[Decimal]) -> None:
        self.others = sorted(others)

    @cached_property
    def held(self) -> list[Decimal]:
        """What the first 0, 1, 2, … hold."""
        held = [Decimal(0)]
        for amount in reversed(self.others):
            total = exact.add(held[-1], amount)
            assert isinstance(total, Decimal)
            held.append(total)
        return held


def ranks_by_sums(rank: Rank, others: Sequence[Decimal]) -> Callable[[Keys], Position | None]:
    """Return the function from an amount to the position it would have in a Pareto ranking, where the total changes with it.

    Args:
        rank: The subject's own place; the highest comes first.
        others: The amounts of all others.
    """
    sums = _Sums(others)

    def position(keys: Keys) -> Position | None:
        (by,) = keys
        if not isinstance(by, Decimal):
            return None
        before = len(others) - bisect_right(sums.others, by)
        tied = bisect_right(sums.others, by) - bisect_left(sums.others, by)
        total, held = exact.add(sums.held[-1], by), sums.held[before]
        ends = [exact.add(held, exact.multiply(by, Decimal(members))) for members in (0, tied, 1, tied + 1)]
        sound = [end for end in ends if isinstance(end, Decimal)]
        if not isinstance(total, Decimal) or len(sound) < len(ends):
            return None
        moved = rank.moved(before, tied)
        if total <= 0:
            return replace(moved, holds_nothing=True)
        first, last, with_first, with_last = (share_of(end, total) for end in sound)
        return replace(moved, share_before=first, share_before_last=last, share_with=with_first, share_with_last=with_last)

    return position
