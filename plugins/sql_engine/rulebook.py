"""Numbers for sets of rules: SQL carries one whole number a row, and the ids are read off it at the end."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

__all__ = ["MOST_SUBSET_RULES", "Rulebook"]

MOST_SUBSET_RULES = 40  # a subset of rules is a bit set inside 62 bits


class Rulebook:
    """Hands out ranges of numbers to tables and turns a number back into rule ids."""

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._entries: list[tuple[tuple[str, ...], bool]] = []
        self._next = 0

    def single(self, ids: Sequence[str]) -> int:
        """Reserve numbers for "no rule" (the returned one) and for each rule alone (those after it)."""
        return self._reserve(tuple(ids), False, len(ids) + 1)

    def subset(self, ids: Sequence[str]) -> int:
        """Reserve numbers for every subset of rules: the returned one plus the bit set."""
        assert len(ids) <= MOST_SUBSET_RULES
        return self._reserve(tuple(ids), True, 1 << len(ids))

    def _reserve(self, ids: tuple[str, ...], is_subset: bool, size: int) -> int:
        start = self._next
        self._starts.append(start)
        self._entries.append((ids, is_subset))
        self._next += size
        return start

    def ids(self, number: int | None) -> tuple[str, ...]:
        """Return the rule ids that a number stands for."""
        if number is None:
            return ()
        place = bisect_right(self._starts, number) - 1
        ids, is_subset = self._entries[place]
        offset = number - self._starts[place]
        if is_subset:
            return tuple(id for bit, id in enumerate(ids) if offset >> bit & 1)
        return (ids[offset - 1],) if offset else ()
