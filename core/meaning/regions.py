"""Splits the domain of a value into atoms: pieces so small that no test over the value can tell two of its members apart.

An ordered domain falls into its borders (points) and the open intervals between them; an interval that holds no value of the declared
scale is left out. Every atom has a representative, a real value of the domain, so that a test is decided for a whole atom by deciding it
for that one value. Sets of atoms are bit sets (``int``): bit ``i`` is atom ``i``.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from tierwise.core.meaning.value_line import Line, line_of
from tierwise.core.plan import Fact, Node, borders_of
from tierwise.core.plan.usage import Usage
from tierwise.core.types import BooleanType, DateTimeType, DateType, DurationType, EnumType, NumberType, TextType, Type
from tierwise.core.values import Duration, Value

__all__ = ["Atom", "Domain", "atoms_of", "domain_of", "key_of", "values_to_try"]


@dataclass(frozen=True, slots=True)
class Atom:
    """A piece of a domain.

    Attributes:
        value: The representative; ``None`` when the atom is *none*.
        low: Where an open interval starts, exclusive; ``None`` when it reaches down to the domain's end. For a point the value itself.
        high: Where an open interval ends, exclusive; ``None`` when it reaches up to the domain's end. For a point the value itself.
        point: It holds exactly one value.
        place: Its position on the domain's line; ``None`` in a domain without order, and for none.
    """

    value: Value
    low: Value = None
    high: Value = None
    point: bool = True
    place: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Domain:
    """The atoms of one value: those on its line first, in order, then the others, then *none*.

    Attributes:
        line: The order it has, or ``None``.
        places: Positions of the atoms on the line, ascending, whole ones as ``int``, which are compared sooner; atom ``i`` stands on ``places[i]``.
        points: Where the atom of each single value is that stands on no line.
    """

    type: Type
    atoms: tuple[Atom, ...]
    line: Line | None
    places: tuple[Fraction | int, ...]
    points: Mapping[Value, int]

    @property
    def everything(self) -> int:
        """The set of all atoms."""
        return (1 << len(self.atoms)) - 1

    def where(self, op: str, constant: Value) -> int | None:
        """Return the atoms whose values compare so with ``constant`` (one of the domain's borders); ``None`` when that is not known."""
        if op == "!=":
            equal = self.where("=", constant)
            return None if equal is None else self.everything & ~equal
        if constant is None:
            return self._equal(None) if op == "=" else 0
        if self.line is None or not self._on_line(constant):
            return self._equal(constant) if op == "=" and isinstance(self.type, EnumType | BooleanType | TextType) else None
        exact = self.line.position(constant)
        place = exact.numerator if exact.denominator == 1 else exact
        below, upto = (1 << bisect_left(self.places, place)) - 1, (1 << bisect_right(self.places, place)) - 1
        ordered = (1 << len(self.places)) - 1
        return {"=": upto & ~below, "<": below, "<=": upto, ">": ordered & ~upto, ">=": ordered & ~below}[op]

    def _equal(self, constant: Value) -> int:
        atom = self.points.get(constant)
        return 0 if atom is None else 1 << atom

    def _on_line(self, constant: Value) -> bool:
        if not isinstance(constant, Duration):
            return True
        sample = next((a.value for a in self.atoms if isinstance(a.value, Duration)), constant)
        return bool(sample.months) == bool(constant.months) or not (constant.months or constant.seconds)


def atoms_of(of: Type, tests: Iterable[Node], nullable: bool = False, column: Node | None = None) -> tuple[Atom, ...]:
    """Split a type's domain by every constant that ``tests`` compare a value with.

    Args:
        of: The type of the value.
        tests: Conditions over it, alone or among others.
        nullable: The value may be none.
        column: Take only the constants that this node is compared with; by default all that have the kind of ``type``.
    """
    return domain_of(of, (b for test in tests for b in borders_of(test, column)), nullable).atoms


def domain_of(of: Type, borders: Iterable[Value], nullable: bool = False) -> Domain:
    """Split a type's domain at the given values; values of another kind are ignored."""
    values = [b for b in borders if b is not None]
    months = isinstance(of, DurationType) and any(isinstance(v, Duration) and v.months for v in values)
    line = line_of(of, months)
    atoms = list(_plain_atoms(of, values)) if line is None else list(_line_atoms(line, [v for v in values if _fits(v, of, months)]))
    places = tuple(at.numerator if at.denominator == 1 else at for atom in atoms if (at := atom.place) is not None)
    if nullable:
        atoms.append(Atom(None))
    points = {atom.value: i for i, atom in enumerate(atoms) if atom.point and atom.place is None}
    return Domain(of, tuple(atoms), line, places, points)


def _fits(value: Value, of: Type, months: bool) -> bool:
    """Say whether a border stands on the line of ``type``."""
    if isinstance(of, DurationType):
        return isinstance(value, Duration) and (bool(value.months) == months or value == Duration())
    if isinstance(value, bool) or not isinstance(value, Decimal | date):
        return False
    return {"date": date, "date and time": datetime}.get(str(of), Decimal) is type(value)


def _line_atoms(line: Line, borders: list[Value]) -> Iterator[Atom]:
    """Yield points and open intervals from the lowest to the highest."""
    at = {line.position(value): value for value in borders}
    low: Fraction | None = None
    for place in sorted(at):
        yield from _between(line, low, place, at)
        if line.holds(place):
            yield Atom(at[place], at[place], at[place], True, place)
        low = place
    yield from _between(line, low, None, at)


def _between(line: Line, low: Fraction | None, high: Fraction | None, at: dict[Fraction, Value]) -> Iterator[Atom]:
    place = line.between(low, high)
    if place is not None:
        start = None if low is None or (line.low is not None and low < line.low) else at[low]
        end = None if high is None or (line.high is not None and high > line.high) else at[high]
        yield Atom(line.value(place), start, end, False, place)


def _plain_atoms(of: Type, values: Iterable[Value]) -> Iterator[Atom]:
    """Yield the atoms of a domain without order: each word or truth value; for text each compared text, then any other."""
    if isinstance(of, EnumType):
        yield from (Atom(word) for word in of.values)
    elif isinstance(of, BooleanType):
        yield from (Atom(True), Atom(False))
    else:
        known = list(dict.fromkeys(v for v in values if isinstance(v, str)))
        yield from (Atom(text) for text in known)
        other = "other"
        while other in known:
            other += "…"
        yield Atom(other, point=False)


def values_to_try(fact: Fact, usage: Usage) -> tuple[Value, ...]:
    """Return one value of every atom of a fact's domain; of the words that no test mentions only the first."""
    values = tuple(atom.value for atom in atoms_of(fact.type, usage.tests[fact.name], fact.nullable))
    if not isinstance(fact.type, EnumType) or fact.name in usage.loose:
        return values
    mentioned = _borders(fact.name, usage)
    other = next((value for value in values if value not in mentioned and value is not None), None)
    return tuple(value for value in values if value is None or value in mentioned or value == other)


def key_of(fact: Fact, usage: Usage) -> Callable[[Value], Hashable]:
    """Return the function from a value of a fact to its key: equal keys, equal outcomes."""
    if fact.name in usage.exact or fact.name in usage.loose or isinstance(fact.type, BooleanType):
        return _itself
    borders = _borders(fact.name, usage)
    if isinstance(fact.type, NumberType | DateType | DateTimeType):
        return _on_line(borders)
    return _among(borders)


def _borders(name: str, usage: Usage) -> frozenset[Value]:
    return frozenset(border for test in usage.tests[name] for border in borders_of(test) if border is not None)


def _itself(value: Value) -> Hashable:
    return value  # a list of records cannot be hashed; ``Memory`` knows


def _on_line(known: frozenset[Value]) -> Callable[[Value], Hashable]:
    """A border has an odd number, an interval between two borders an even one."""
    borders: list[Any] = list(known)  # all numbers, or all dates
    borders.sort()

    def key(value: Value) -> Hashable:
        if value is None:
            return None
        place = bisect_left(borders, value)
        return 2 * place + (place < len(borders) and borders[place] == value)

    return key


def _among(known: frozenset[Value]) -> Callable[[Value], Hashable]:
    """A word that is compared with nothing is as good as any other such word."""
    return lambda value: value if value is None or value in known else ...
