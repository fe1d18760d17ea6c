"""Computes and compares values exactly: decimals, dates, durations. Total: what is undefined is none, nothing is ever rounded silently."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow
from fractions import Fraction

from tierwise.core.values import SECONDS_PER_DAY, Duration, Value, add_duration

__all__ = ["add", "compare", "equal", "multiply", "quotient", "round_to", "subtract"]

_CONTEXT = Context(prec=4_000, Emax=999_999, Emin=-999_999, traps=[Inexact, InvalidOperation, Overflow])


def add(left: Value, right: Value) -> Value:
    """Add numbers, durations of one sort, or a duration to a date; none when undefined or out of range."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number("add", left, right)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return _total(left, right, 1)
    if isinstance(left, Duration) and isinstance(right, date):
        left, right = right, left
    return _shift(left, right, 1) if isinstance(left, date) and isinstance(right, Duration) else None


def subtract(left: Value, right: Value) -> Value:
    """Subtract numbers, durations of one sort, a duration from a date, or a date from a date (a duration)."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number("subtract", left, right)
    if isinstance(left, Duration) and isinstance(right, Duration):
        return _total(left, right, -1)
    if isinstance(left, date) and isinstance(right, Duration):
        return _shift(left, right, -1)
    if isinstance(left, date) and isinstance(right, date):
        elapsed = _at_midnight(left) - _at_midnight(right)
        return Duration(seconds=elapsed.days * SECONDS_PER_DAY + elapsed.seconds)
    return None


def multiply(left: Value, right: Value) -> Value:
    """Multiply numbers, or a duration by a whole number."""
    if isinstance(left, Decimal) and isinstance(right, Decimal):
        return _number("multiply", left, right)
    if isinstance(right, Duration):
        left, right = right, left
    if isinstance(left, Duration) and isinstance(right, Decimal) and right == right.to_integral_value():
        return left.times(int(right))
    return None


def quotient(left: Value, right: Value) -> Fraction | None:
    """Divide exactly; none by zero and of none."""
    if not isinstance(left, Decimal) or not isinstance(right, Decimal) or not right:
        return None
    return Fraction(left) / Fraction(right)


def round_to(value: Value, scale: int, mode: str) -> Decimal | None:
    """Round a decimal or an exact quotient to ``scale`` digits, in whole numbers; none of none."""
    if not isinstance(value, Decimal | Fraction) or isinstance(value, bool):
        return None
    scaled = Fraction(value) * Fraction(10) ** scale
    floor, rest = divmod(scaled.numerator, scaled.denominator)
    half = 2 * rest - scaled.denominator  # the sign says on which side of the middle it stands
    negative = scaled < 0
    up = {
        "floor": False,
        "ceiling": rest > 0,
        "down": rest > 0 and negative,
        "up": rest > 0 and not negative,
        "half up": half > 0 or (half == 0 and not negative),
        "half down": half > 0 or (half == 0 and negative),
        "half even": half > 0 or (half == 0 and floor % 2 == 1),
    }[mode]
    whole = floor + up
    return Decimal((int(whole < 0), tuple(int(digit) for digit in str(abs(whole))), -scale))


def equal(left: Value, right: Value, unordered: bool = False) -> bool:
    """Say whether two values are equal; none equals none only; ``unordered`` for sets."""
    if left is None or right is None:
        return left is right
    if isinstance(left, bool) is not isinstance(right, bool):
        return False
    if isinstance(left, date) and isinstance(right, date):
        return _at_midnight(left) == _at_midnight(right)
    if unordered and isinstance(left, tuple) and isinstance(right, tuple):
        return all(item in right for item in left) and all(item in left for item in right)
    if isinstance(left, Fraction) or isinstance(right, Fraction):
        return _sides(left, right, lambda a, b: a == b)
    return bool(left == right)


def compare(op: str, left: Value, right: Value) -> bool:
    """Decide ``<``, ``<=``, ``>`` or ``>=``; false with none, and between durations of months and of days."""
    if left is None or right is None:
        return False
    if op in (">", ">="):
        return compare("<" if op == ">" else "<=", right, left)
    if isinstance(left, Duration) and isinstance(right, Duration):
        if (left.months and right.seconds) or (left.seconds and right.months):
            return False
        left, right = Decimal(left.months or left.seconds), Decimal(right.months or right.seconds)  # of one sort
    if isinstance(left, date) and isinstance(right, date):
        left, right = _at_midnight(left), _at_midnight(right)
    return _sides(left, right, (lambda a, b: a < b) if op == "<" else (lambda a, b: a <= b))


def _sides(left: Value, right: Value, test: Callable[..., bool]) -> bool:
    if isinstance(left, Fraction) and isinstance(right, Decimal):
        right = Fraction(right)
    if isinstance(right, Fraction) and isinstance(left, Decimal):
        left = Fraction(left)
    try:
        return bool(test(left, right))
    except TypeError:
        return False


def _number(operation: str, left: Decimal, right: Decimal) -> Decimal | None:
    try:
        result: Decimal = getattr(_CONTEXT, operation)(left, right)
    except DecimalException:  # thousands of digits: no policy means that
        return None
    return result


def _total(left: Duration, right: Duration, sign: int) -> Duration | None:
    if (left.months and right.seconds) or (left.seconds and right.months):
        return None  # a month has no fixed number of days
    return Duration(left.months + sign * right.months, left.seconds + sign * right.seconds)


def _shift(start: date, duration: Duration, sign: int) -> date | None:
    try:
        return add_duration(start, duration, sign)
    except (OverflowError, ValueError):
        return None


def _at_midnight(day: date) -> datetime:
    return day if isinstance(day, datetime) else datetime.combine(day, time())
