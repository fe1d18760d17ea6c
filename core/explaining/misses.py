"""Measures by how much a condition is missed: numbers and dates by their distance to the border, words by what was asked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from fractions import Fraction

from tierwise.core.explaining.explanation import Asked, Miss, RuleTrace
from tierwise.core.explaining.reader import Reader
from tierwise.core.meaning.exact import add, compare, round_to, subtract
from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.plan import FLIPPED, Compare, CompareOp, InSet, Logic, Node, Not, Within, tested
from tierwise.core.plan.node_text import PEOPLE
from tierwise.core.values import SECONDS_PER_DAY, Duration, Value

__all__ = ["misses_of", "nearness"]

_OPPOSITE: Mapping[CompareOp, CompareOp] = {"=": "!=", "!=": "=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_SHOWN_DIGITS = 6
_FAR = Fraction(10**9)


def misses_of(test: Node, reader: Reader, wanted: bool = True) -> tuple[Miss, ...]:
    """Return why a condition is not ``wanted`` although all it reads is known; nothing where that has no short form."""
    if reader.truth(test) is not (not wanted):
        return ()
    match test:
        case Not(part=part):
            return misses_of(part, reader, not wanted)
        case Logic(op=op, parts=parts):
            ways = [found for part in parts if (found := misses_of(part, reader, wanted))]
            if (op == "and") is wanted:  # all that fail must be mended
                return tuple(miss for way in ways for miss in way)
            return min(ways, key=_furthest, default=())  # one is enough
        case Compare() | Within() | InSet():
            return tuple(_leaf(test, reader, wanted))
        case _:
            return ()


def _leaf(test: Compare | Within | InSet, reader: Reader, wanted: bool) -> Iterator[Miss]:
    about = tested(test)
    value = reader.value(about)
    if isinstance(test, InSet):
        asked: Asked = "in" if wanted else "not in"
        values: tuple[Value, ...] = test.values
    else:
        op, border = _border(test, reader, value)
        if isinstance(border, Unknown):
            return
        asked, values = op if wanted else _OPPOSITE[op], (border,)
    if isinstance(value, Unknown):
        return
    ways = [] if value is None else [way for border in values if (way := _distance(value, border)) is not None]
    by = _shown(min(ways, key=_size, default=None)) if asked != "not in" else None
    yield Miss(
        PEOPLE.write(about),
        reader.label(about),
        about.type,
        _shown(value),
        asked,
        tuple([_shown(v) for v in values]),
        by,
        reader.because(about),
    )


def _border(test: Compare | Within, reader: Reader, value: Result) -> tuple[CompareOp, Result]:
    """Return the comparison that decides: of an interval that with the bound on whose outer side the value lies."""
    if isinstance(test, Compare):
        if tested(test) is test.left:
            return test.op, reader.value(test.right)
        return FLIPPED[test.op], reader.value(test.left)
    low = None if test.low is None else reader.value(test.low)
    op: CompareOp = ">=" if test.low_inclusive else ">"
    is_below = False
    if test.low is not None and not isinstance(low, Unknown) and not isinstance(value, Unknown) and value is not None:
        is_below = not compare(op, value, low)
    if is_below or test.high is None:
        return op, low
    return "<=" if test.high_inclusive else "<", reader.value(test.high)


def _distance(value: Value, border: Value) -> Fraction | Duration | None:
    if isinstance(value, bool) or isinstance(border, bool):
        return None
    if isinstance(value, Decimal | Fraction) and isinstance(border, Decimal | Fraction):
        return abs(Fraction(value) - Fraction(border))
    if isinstance(value, date) and isinstance(border, date):
        elapsed = subtract(value, border)
        return Duration(seconds=abs(elapsed.seconds)) if isinstance(elapsed, Duration) else None
    if isinstance(value, Duration) and isinstance(border, Duration):
        apart = add(value, border.times(-1))
        return Duration(abs(apart.months), abs(apart.seconds)) if isinstance(apart, Duration) else None
    return None


def _size(distance: Value) -> Fraction:
    if isinstance(distance, Duration):
        return Fraction(distance.months * 30 * SECONDS_PER_DAY + distance.seconds)
    return Fraction(distance) if isinstance(distance, Decimal | Fraction) else Fraction(0)


def _shown(value: Value) -> Value:
    """Return a value as it can be written: an exact quotient to six digits."""
    if not isinstance(value, Fraction):
        return value
    return round_to(value, _SHOWN_DIGITS, "half even")


def nearness(rule: RuleTrace) -> tuple[int, Fraction]:
    """Return a key that puts rules nearest to being hit first: fewer tests that fail, then the shorter way to the border."""
    misses = [miss for test in rule.failing for miss in test.misses]
    return (len(rule.failing), _furthest(misses) if misses else _FAR)


def _furthest(misses: Iterable[Miss]) -> Fraction:
    """Return the longest way to a border, as a part of the border; a word counts as far as can be."""
    return max((_relative(miss) for miss in misses), default=_FAR)


def _relative(miss: Miss) -> Fraction:
    if miss.by is None:
        return Fraction(10)
    border = miss.wanted[0]
    scale = _size(border) if isinstance(border, Decimal | Duration) else Fraction(365 * SECONDS_PER_DAY)
    return _size(miss.by) / (abs(scale) or 1)
