"""Puts the items of a list in order and takes the first of them (see ``plan.Sorted``)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cmp_to_key
from typing import Any

from tierwise.core.outcome import Reason, distinct
from tierwise.core.running.exact import compare, equal
from tierwise.core.running.unknown import Unknown, same
from tierwise.core.types import EnumType, Type

__all__ = ["Keyed", "in_order", "taken"]

Keyed = tuple[tuple[Any, ...], Any]
"""The keys of an item and what is taken of it."""


def in_order(items: Sequence[Keyed], descending: Sequence[bool], types: Sequence[Type | None]) -> list[Keyed]:
    """Sort by the first key, then the second, …; none comes last either way, an enum in its declared order, equal items stay as they were."""
    ranks = [{word: i for i, word in enumerate(type.values)} if isinstance(type, EnumType) else None for type in types]

    def before(left: Keyed, right: Keyed) -> int:
        for a, b, is_descending, rank in zip(left[0], right[0], descending, ranks, strict=True):
            if a is None or b is None:
                if a is not b:
                    return 1 if a is None else -1
                continue
            if rank is not None:
                a, b = rank.get(a, len(rank)), rank.get(b, len(rank))
                sign = (a > b) - (a < b)
            else:
                sign = compare("<", b, a) - compare("<", a, b)
            if sign:
                return -sign if is_descending else sign
        return 0

    return sorted(items, key=cmp_to_key(before))


def taken(items: Sequence[Keyed], take: int | None, single: bool, ties: Reason) -> Any:
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


def _equal(left: tuple[Any, ...], right: tuple[Any, ...]) -> bool:
    return all(equal(a, b) for a, b in zip(left, right, strict=True))
