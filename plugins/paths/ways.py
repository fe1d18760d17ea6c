"""The values that one fact may move to, nearest first: on its line step by step, along a list of words, or items added to a list."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import ceil, floor
from typing import Literal as OneOfWords

from tierwise.core.meaning.regions import domain_of
from tierwise.core.meaning.value_line import Line, line_of
from tierwise.core.plan import Fact, borders_of
from tierwise.core.plan.usage import Usage
from tierwise.core.types import BooleanType, DateType, EnumType, ListType, NumberType
from tierwise.core.values import Value
from tierwise.plugins.paths.ranges import Range

__all__ = ["Direction", "LineWay", "ListedWay", "Way", "ways_of"]

Direction = OneOfWords["up", "down"]

MOST_ADDED = 12
"""How many items a list of dates may grow by."""
FARTHEST = 10**15
"""How many steps of its scale a number without a bound may move."""
MOST_YEARS = 10
"""How many years a date may move."""
YEAR = 365


@dataclass(frozen=True, slots=True)
class ListedWay:
    """A fact that moves along a few values; step 0 is where it stands.

    Attributes:
        name: The fact.
        direction: Where it moves to.
        values: What it may become, nearest first.
        costs: How far each is; rising.
    """

    name: str
    direction: Direction
    values: tuple[Value, ...]
    costs: tuple[Fraction, ...]

    @property
    def last(self) -> int:
        """The farthest step."""
        return len(self.values)

    def value(self, step: int) -> Value:
        """Return the value at a step."""
        return self.values[step - 1]

    def cost(self, step: int) -> Fraction:
        """Return how far a step is."""
        return self.costs[step - 1]

    def range(self, first: int, last: int) -> Range:
        """Return what it may be from one step to another."""
        return Range.among(self.values[first - 1 : last])

    def middle(self, first: int, last: int) -> int:
        """Return the last step of the nearer half."""
        return (first + last) // 2


@dataclass(frozen=True, slots=True)
class LineWay:
    """A fact that moves along its line, a step of its scale (a cent, a day) at a time; step 0 is where it stands.

    Attributes:
        name: The fact.
        direction: Where it moves to.
        line: Its line.
        start: Its place on it.
        last: The farthest step.
        unit: How many steps count as one.
        borders: Steps at which a test somewhere in the policy begins to come out otherwise; ascending.
    """

    name: str
    direction: Direction
    line: Line
    start: Fraction
    last: int
    unit: Fraction
    borders: tuple[int, ...]

    def value(self, step: int) -> Value:
        """Return the value at a step."""
        return self.line.value(self.start + (step if self.direction == "up" else -step))

    def cost(self, step: int) -> Fraction:
        """Return how far a step is."""
        return Fraction(step) / self.unit

    def range(self, first: int, last: int) -> Range:
        """Return what it may be from one step to another."""
        if first == last:
            return Range.among((self.value(first),))
        ends = (self.value(first), self.value(last))
        low, high = ends if self.direction == "up" else ends[::-1]
        return Range(None, low, high)

    def middle(self, first: int, last: int) -> int:
        """Return the last step of the nearer part: before the middle one of the borders that lie between, else the middle."""
        low, high = bisect_left(self.borders, first + 1), bisect_left(self.borders, last + 1)
        return self.borders[(low + high) // 2] - 1 if low < high else (first + last) // 2


Way = ListedWay | LineWay


def ways_of(fact: Fact, value: Value, directions: Iterable[Direction], usage: Usage, day: date | None) -> Iterator[Way]:
    """Yield the ways on which a fact may move; none for a type that has no next value.

    Args:
        fact: The fact.
        value: What it is now; not none.
        directions: Where it may move to.
        usage: How the decision in question reads it: of a fact that is only tested against constants one value between each two of them will do.
        day: The date of the run, which an item added to a list of dates gets.
    """
    for direction in directions:
        if isinstance(fact.type, BooleanType):
            if value is (direction == "down"):
                yield ListedWay(fact.name, direction, (direction == "up",), (Fraction(1),))
        elif isinstance(fact.type, EnumType):
            yield from _along_words(fact, value, direction)
        elif isinstance(fact.type, ListType) and isinstance(fact.type.item, DateType):
            if direction == "up" and day is not None and isinstance(value, tuple):
                grown = tuple((*value, *[day] * more) for more in range(1, MOST_ADDED + 1))
                yield ListedWay(fact.name, direction, grown, tuple(Fraction(more) for more in range(1, MOST_ADDED + 1)))
        else:
            yield from _along_line(fact, value, direction, usage)


def _along_words(fact: Fact, value: Value, direction: Direction) -> Iterator[ListedWay]:
    """A word moves up to those declared before it (of grades the best comes first), down to those after it."""
    assert isinstance(fact.type, EnumType)
    words = fact.type.values
    at = words.index(str(value))
    reached = words[:at][::-1] if direction == "up" else words[at + 1 :]
    if reached:
        yield ListedWay(fact.name, direction, reached, tuple(Fraction(i + 1) for i in range(len(reached))))


def _along_line(fact: Fact, value: Value, direction: Direction, usage: Usage) -> Iterator[Way]:
    line = line_of(fact.type)
    if line is None or not line.discrete:
        return
    start = line.position(value)
    end = line.high if direction == "up" else line.low
    far = FARTHEST if isinstance(fact.type, NumberType) else MOST_YEARS * _year(fact, line)
    last = far if end is None else min(int(abs(end - start)), far)
    if start.denominator != 1 or (end is not None and (end < start if direction == "up" else end > start)) or last < 1:
        return
    places = _places(fact, usage, line)
    borders = _steps(places, start, last, 1 if direction == "up" else -1)
    unit = _unit(fact, line, start, places)
    if fact.name in usage.exact:
        yield LineWay(fact.name, direction, line, start, last, unit, borders)
        return
    way = LineWay(fact.name, direction, line, start, last, unit, ())
    if borders:
        yield ListedWay(fact.name, direction, tuple(way.value(step) for step in borders), tuple(way.cost(step) for step in borders))


def _places(fact: Fact, usage: Usage, line: Line) -> tuple[Fraction, ...]:
    """Return where on the line the borders stand that tests of the policy have for a fact."""
    domain = domain_of(fact.type, ())
    constants = {border for test in usage.tests.get(fact.name, ()) for border in borders_of(test) if border is not None}
    return tuple(line.position(constant) for constant in constants if type(constant) is type(domain.atoms[0].value))


def _steps(places: Iterable[Fraction], start: Fraction, last: int, sign: int) -> tuple[int, ...]:
    """Return the nearest step of every piece of the line in one direction: each border, and the first step beyond it."""
    steps: set[int] = set()
    for place in places:
        distance = sign * (place - start)
        steps |= {floor(distance) + 1, ceil(distance)}
    return tuple(sorted(step for step in steps if 1 <= step <= last))


def _unit(fact: Fact, line: Line, start: Fraction, borders: Iterable[Fraction]) -> Fraction:
    """Return how many steps count as one: of numbers the largest border that the policy has, else as much as there is; of dates a year."""
    if isinstance(line.value(start), Decimal):
        return max((abs(border) for border in borders), default=Fraction(0)) or abs(start) or Fraction(line.step)
    return Fraction(_year(fact, line))


def _year(fact: Fact, line: Line) -> int:
    """Return the steps of a year: a date stands on its day, a time and a duration on its second."""
    return YEAR if isinstance(fact.type, DateType) else YEAR * line.step
