"""Where one subject of a graded population would stand in a ranking with another amount, while everybody else stays where they are."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property

from tierwise.core.meaning import exact
from tierwise.core.meaning.population_ranking import share_of
from tierwise.core.plan import Position
from tierwise.core.values import Value

__all__ = ["Rank", "ranks_by_probing", "ranks_by_sums"]


@dataclass(frozen=True)
class Rank:
    """One subject's place in one ranking.

    Attributes:
        position: Where it stands.
        by: What it is ranked by.
        descending: The highest comes first.
    """

    position: Position
    by: Value
    descending: bool

    def is_before(self, left: Value, right: Value) -> bool:
        """Say whether who has ``left`` comes before who has ``right``."""
        return exact.compare(">" if self.descending else "<", left, right)

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


def ranks_by_probing(rank: Rank, by_at: Callable[[int], Value]) -> Callable[[Value], Position | None]:
    """Return the function from an amount to the position it would have, by looking at who stands where: a few dozen looks, each once.

    Args:
        rank: The subject's own place.
        by_at: Rank to what the member there is ranked by; ``None`` where nobody surely stands.
    """
    seen: dict[int, Value] = {}

    def at(place: int) -> Value:
        if place not in seen:
            seen[place] = by_at(place)
        return seen[place]

    def reach(is_inside: Callable[[Value], bool]) -> int:
        """Return how many of the ranked, one after the other from the first, are inside."""
        low, high = 0, rank.position.count
        while low < high:
            middle = (low + high + 1) // 2
            by = at(middle)
            low, high = (middle, high) if by is not None and is_inside(by) else (low, middle - 1)
        return low - is_inside(rank.by)

    def position(by: Value) -> Position | None:
        if by is None:
            return None
        before = reach(lambda other: rank.is_before(other, by))
        inside = reach(lambda other: not rank.is_before(by, other))
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


def ranks_by_sums(rank: Rank, others: Sequence[Decimal]) -> Callable[[Value], Position | None]:
    """Return the function from an amount to the position it would have in a Pareto ranking, where the total changes with it.

    Args:
        rank: The subject's own place; the highest comes first.
        others: The amounts of all others.
    """
    sums = _Sums(others)

    def position(by: Value) -> Position | None:
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
