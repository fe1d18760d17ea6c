"""Places that nobody knows because facts are missing: each may be one of several numbered ones, and what hangs on it is told by classes of numbers.

A missing fact may be in any of its atoms, and a sum with missing parts may be any of their sums. What a decision comes to is looked up for each
number once, and kept as bits: for a subject a shift and an AND say which values are possible. That holds where a decision hangs on one such
place; the rest is left to the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tierwise.core.meaning import Evaluator
from tierwise.core.meaning.settling import MOST_LISTED, of_values
from tierwise.core.meaning.sums import Asked, Sum
from tierwise.core.outcome import Determined, Outcome, Undetermined
from tierwise.core.plan import Decision
from tierwise.core.values import Value

__all__ = ["MOST_CELLS", "Added", "Cells", "Class", "Part", "Place", "Teller", "alone", "fact_place", "scaled"]

MOST_CELLS = 100_000  # of one decision, before they are forgotten
_MOST_NUMBERS = 20_000  # that one place may have
_HOLE = object()
_TWO = (Determined(Decimal(0)), Determined(Decimal(1)))  # they stand for all values of a sum, which are more than one


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """One of several places, nobody knows which.

    Attributes:
        sum: The numbers that are possible, counted from the first, and what they hang on.
        first: The least number.
        names: The place of each number; ``None`` where the number itself is the place.
    """

    sum: Sum
    first: int = 0
    names: tuple[Hashable, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A part of a sum that is not known: what it adds in any case, and what each of its own unknowns may add."""

    known: int
    pieces: tuple[tuple[Asked, tuple[int, ...]], ...]


def alone(place: Place, values: Sequence[int]) -> Part:
    """Return the part of a sum that hangs on one unknown.

    Raises:
        KeyError: It hangs on several.
    """
    if len(place.sum.parts) > 1:
        raise KeyError
    ((asked, _, _),) = place.sum.parts
    return Part(0, ((asked, tuple(values)),))


def scaled(place: Place, factor: Fraction) -> Part:
    """Return a sum as a part of another.

    Raises:
        KeyError: It is no whole number of steps there.
    """
    if factor.denominator != 1:
        raise KeyError
    by = factor.numerator
    return Part(place.first * by, tuple([(asked, tuple([step * by for step in added])) for asked, added, _ in place.sum.parts]))


Class = tuple[Any, int]
"""What a decision comes to, and the numbers for which it does, as bits counted from the first."""


def fact_place(asked: Asked, atoms: Sequence[Hashable]) -> Place | None:
    """Return the place of a missing fact; ``None`` where it has too many atoms."""
    sums = Sum.of([(asked, range(len(atoms)))])
    return None if sums is None else Place(sums, 0, tuple(atoms))


class Cells(dict[Any, Any]):
    """What a decision comes to, by the places it reads; found out when first asked for.

    Args:
        decide: What it comes to where all places are known; ``None`` where the policy leaves it open.
        tell: What is told where one is not.
    """

    def __init__(self, decide: Callable[[Any], Any], tell: Callable[[Place, Sequence[Class]], Any]) -> None:
        super().__init__()
        self._decide = decide
        self._tell = tell
        self._bands: dict[Hashable, _Bands] = {}

    def __missing__(self, key: Any) -> Any:
        if len(self) >= MOST_CELLS:
            self.clear()
            self._bands.clear()
        places: list[Place] = []
        like = _like(key, places)
        found = self[key] = self._told(like, places) if places else self._decide(key)
        return found

    def _told(self, like: Hashable, places: Sequence[Place]) -> Any:
        place = places[0]
        if any(other is not place for other in places):
            raise KeyError  # two unknowns meet
        bands = self._bands.get(like)
        if bands is None:
            bands = self._bands[like] = _Bands()
        numbers = place.first, place.first + place.sum.steps[-1]
        bands.cover(*numbers, lambda number: self[_filled(like, number if place.names is None else place.names[number])])
        shift, possible = place.first - bands.first, place.sum.bits
        return self._tell(place, [(cell, met) for cell, bits in bands.bits.items() if (met := bits >> shift & possible)])


class _Bands:
    """For which numbers a decision comes to what."""

    def __init__(self) -> None:
        self.first = self.behind = 0
        self.bits: dict[Any, int] = {}

    def cover(self, first: int, last: int, cell_of: Callable[[int], Any]) -> None:
        """Find out what the decision comes to for all numbers from one to another."""
        if self.first <= first and last < self.behind:
            return
        new_first, behind = (min(first, self.first), max(last + 1, self.behind)) if self.bits else (first, last + 1)
        if behind - new_first > _MOST_NUMBERS:
            raise KeyError
        bits = {cell: known << self.first - new_first for cell, known in self.bits.items()}
        fresh = [number for number in range(new_first, behind) if not (self.bits and self.first <= number < self.behind)]
        for number in fresh:
            cell = cell_of(number)
            bits[cell] = bits.get(cell, 0) | 1 << number - new_first
        self.first, self.behind, self.bits = new_first, behind, bits


def _like(key: Any, places: list[Place]) -> Hashable:
    """Return a key with a hole for each sum that is not known; gather all places that are not."""
    if key.__class__ is Place:
        places.append(key)
        return key if key.names is not None else _HOLE
    if key.__class__ is tuple:
        return tuple([_like(item, places) for item in key])
    found: Hashable = key
    return found


def _filled(like: Any, place: Hashable) -> Hashable:
    if like is _HOLE or like.__class__ is Place:
        return place
    if like.__class__ is tuple:
        return tuple([_filled(item, place) for item in like])
    found: Hashable = like
    return found


class Added:
    """Adds up parts of which some are not known."""

    def __init__(self) -> None:
        self._sums: dict[tuple[Part, ...], tuple[Sum | None, int]] = {}
        self._places: dict[tuple[Sum, int], Place] = {}

    def __call__(self, *parts: int | Part) -> int | Place:
        """Return the sum of parts."""
        known = sum([part for part in parts if part.__class__ is int])
        unsure: Any = tuple([part for part in parts if part.__class__ is not int])
        if not unsure:
            return known
        found = self._sums.get(unsure)
        if found is None:
            found = self._sums[unsure] = _summed(unsure)
        sums, least = found
        if sums is None:
            return known + least
        at = (sums, known + least)
        place = self._places.get(at)
        if place is None:
            if len(self._places) >= MOST_CELLS:
                self._places.clear()
            place = self._places[at] = Place(*at)
        return place


def _summed(parts: Sequence[Part]) -> tuple[Sum | None, int]:
    """Return what parts add up to, and the least of it; nothing but that where they add one value alone."""
    pieces = [piece for part in parts for piece in part.pieces]
    if len({asked for asked, _ in pieces}) < len(pieces):
        raise KeyError  # an unknown comes twice
    least = sum(part.known for part in parts) + sum(min(values) for _, values in pieces)
    several = [piece for piece in pieces if len(set(piece[1])) > 1]
    sums = Sum.of(several) if several else None
    if several and sums is None:
        raise KeyError  # they are too far apart
    return sums, least


class Teller:
    """Tells what decisions come to of which several values are possible, as the reference tells it.

    Args:
        evaluator: The reference.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._asked: dict[Hashable, frozenset[Asked]] = {}
        self._outcomes: dict[Hashable, Outcome] = {}

    def outcome(self, decision: Decision, place: Place, classes: Sequence[Class]) -> Outcome:
        """Return the outcome of a decision.

        Raises:
            KeyError: The policy itself leaves it open for one of the numbers.
        """
        by_value: dict[Hashable, int] = {}
        for found, bits in classes:
            if found is None:
                raise KeyError
            mark = (found.value.__class__, found.value)
            by_value[mark] = by_value.get(mark, 0) | bits
        asked = self._needs(place.sum, tuple(by_value.values())) if len(by_value) > 1 else frozenset()
        return self._told(decision, tuple([found for found, _ in classes]), asked)

    def of_sum(self, decision: Decision, place: Place, value_at: Callable[[int], Value]) -> Outcome:
        """Return the outcome of a sum itself: each of its values is possible."""
        values = tuple([value_at(place.first + step) for step in place.sum.steps])
        told = self._told(decision, _TWO, frozenset([need for need, _, _ in place.sum.parts]))
        assert isinstance(told, Undetermined)
        return Undetermined(told.reason, values if len(values) <= MOST_LISTED else (), told.needs)

    def _needs(self, sums: Sum, classes: tuple[int, ...]) -> frozenset[Asked]:
        key = (sums, classes)
        found = self._asked.get(key)
        if found is None:
            if len(self._asked) >= MOST_CELLS:
                self._asked.clear()
            found = self._asked[key] = frozenset(sums.asks(classes))
        return found

    def _told(self, decision: Decision, found: tuple[Determined, ...], asked: frozenset[Asked]) -> Outcome:
        key = (decision.name, found, asked)
        told = self._outcomes.get(key)
        if told is None:
            if len(self._outcomes) >= MOST_CELLS:
                self._outcomes.clear()
            told = self._outcomes[key] = self._evaluator.outcome_of(decision.name, of_values(found, asked, decision.node.type))
        return told
