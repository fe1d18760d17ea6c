"""Puts values in order: the items of a list, of which the first are taken (see ``plan.Sorted``), and the values that an outcome may still have.

A key that is unknown matters only where no earlier one decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cmp_to_key
from itertools import combinations

from tierwise.core.meaning.exact import compare, equal
from tierwise.core.meaning.unknown import Result, Unknown, same
from tierwise.core.outcome import Reason, distinct
from tierwise.core.types import EnumType, ListType, SetType, Type
from tierwise.core.values import Duration, Value

__all__ = ["Keyed", "Order", "in_stated_order", "leaders", "ranks_of", "taken"]

Keyed = tuple[tuple[Result, ...], Value]
"""The keys of an item and what is taken of it."""


@dataclass(frozen=True, slots=True)
class Order:
    """By the first key, then the second, …; none comes last either way, an enum in its declared order.

    Attributes:
        descending: For each key whether the largest comes first.
        ranks: For each key that is an enum the places of its words (``ranks_of``).
    """

    descending: Sequence[bool]
    ranks: Sequence[Mapping[str, int] | None]

    def sign(self, left: Keyed, right: Keyed) -> int | None:
        """Return -1 when ``left`` comes first, 1 when ``right`` does, 0 when they are equal, ``None`` when that hangs on an unknown key."""
        for a, b, is_descending, rank in zip(left[0], right[0], self.descending, self.ranks, strict=True):
            if isinstance(a, Unknown) or isinstance(b, Unknown):
                return None
            if a is None or b is None:
                if a is not b:
                    return 1 if a is None else -1
                continue
            sign = _sign(a, b, rank)
            if sign:
                return -sign if is_descending else sign
        return 0

    def is_sure(self, items: Sequence[Keyed]) -> bool:
        """Say whether no two items hang on an unknown key."""
        return all(self.sign(left, right) is not None for left, right in combinations(items, 2))

    def sorted(self, items: Sequence[Keyed]) -> list[Keyed]:
        """Sort items whose order is sure; equal ones stay as they were."""

        def sure(left: Keyed, right: Keyed) -> int:
            return self.sign(left, right) or 0

        return sorted(items, key=cmp_to_key(sure))


def ranks_of(of: Type | None) -> Mapping[str, int] | None:
    """Return the place of every word of an enum; ``None`` for other types."""
    return {word: place for place, word in enumerate(of.values)} if isinstance(of, EnumType) else None


def _sign(a: Value, b: Value, rank: Mapping[str, int] | None) -> int:
    if rank is None:
        return compare("<", b, a) - compare("<", a, b)
    left, right = rank.get(str(a), len(rank)), rank.get(str(b), len(rank))
    return (left > right) - (left < right)


def leaders(items: Sequence[Keyed], order: Order) -> list[Keyed]:
    """Return the items that may come first: none of the others surely comes before them."""
    return [item for item in items if all(order.sign(other, item) != -1 for other in items)]


def taken(items: Sequence[Keyed], take: int | None, single: bool, ties: Reason) -> Result:
    """Return what is taken of the first ``take`` items in order, or ``Unknown`` because of a tie that matters."""
    reach = len(items) if take is None else min(take, len(items))
    for place in range(reach):
        tied = [each for keys, each in items if _equal(keys, items[place][0])]
        if any(not same(each, tied[0]) for each in tied):
            return Unknown(Unknown.because(ties).needs, distinct(tied) if single else None)
    chosen = tuple(each for _, each in items[:reach])
    if single:
        return chosen[0] if chosen else None
    return chosen


def _equal(left: tuple[Result, ...], right: tuple[Result, ...]) -> bool:
    return left is right or all(
        not isinstance(a, Unknown) and not isinstance(b, Unknown) and equal(a, b) for a, b in zip(left, right, strict=True)
    )


def in_stated_order(values: Iterable[Value], of: Type) -> tuple[Value, ...]:
    """Return values in the order of their type, in which candidates are told whatever order they came to light in.

    Words as declared, true before false, numbers and dates from the least, texts by code point, lists and records by what is in them; none last.
    """
    words = ranks_of(of.item if isinstance(of, ListType | SetType) else of) or {}

    def place(value: Value) -> tuple[object, ...]:
        match value:
            case None:
                return (2,)
            case str():
                return (0, words.get(value, len(words)), value)
            case bool():
                return (0, not value)
            case tuple():
                return (0, tuple(map(place, value)))
            case Duration():
                return (0, value.months, value.seconds)
            case Mapping():
                return (0, tuple((key, place(item)) for key, item in sorted(value.items())))
        return (0, value)

    return tuple(sorted(values, key=place))
