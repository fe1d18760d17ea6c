"""What independent unknown parts may add up to, as a set of whole steps, and which of the parts matter to what hangs on the sum."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_

from tierwise.core.outcome import Reason

__all__ = ["Asked", "Sum"]

_MOST_STEPS = 50_000  # between the least and the greatest sum

Asked = tuple[str, Reason]
"""The name of an unknown, and what an outcome is called that hangs on it."""


@dataclass(frozen=True, slots=True, eq=False)
class Sum:
    """All sums of independent unknown parts, counted in steps from the least one on.

    Attributes:
        bits: The sums that are possible, as bits.
        steps: The same, ascending.
        parts: For each part what it hangs on, what it may add to its least value, and, as bits, what all others may add up to.
    """

    bits: int
    steps: tuple[int, ...]
    parts: tuple[tuple[Asked, tuple[int, ...], int], ...]

    @classmethod
    def of(cls, parts: Sequence[tuple[Asked, Collection[int]]]) -> Sum | None:
        """Return the sums of parts, each with the values it may have; ``None`` where they are too far apart to be listed."""
        added = [tuple([value - min(values) for value in sorted(set(values))]) for _, values in parts]
        if sum(each[-1] for each in added) > _MOST_STEPS:
            return None
        others = (_bits_of(added[:at] + added[at + 1 :]) for at in range(len(parts)))
        bits = _bits_of(added)
        steps = tuple([step for step in range(bits.bit_length()) if bits >> step & 1])
        return cls(bits, steps, tuple(zip([need for need, _ in parts], added, others, strict=True)))

    def asks(self, classes: Collection[int]) -> Iterator[Asked]:
        """Yield what matters when only the class of a sum does: some sum of the others falls into another class with another value of the part.

        Args:
            classes: The sums of each class, as bits; none is in two, and each is in one.
        """
        for need, added, others in self.parts:
            first = [others & bits >> added[0] for bits in classes]
            if any(first != [others & bits >> step for bits in classes] for step in added[1:]):
                yield need


def _bits_of(added: Sequence[Sequence[int]]) -> int:
    """Return, as bits, what several parts may add up to."""
    bits = 1
    for each in added:
        bits = reduce(or_, (bits << step for step in each))
    return bits
