"""The bounds within which an overlay may change a parameter that the source gives a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from pydantic import Field

from tierwise.core.finding import Finding
from tierwise.core.language import read_literal
from tierwise.core.policy.texts import Part
from tierwise.core.source import Span
from tierwise.core.types import DateTimeType, DateType, DurationType, NumberType, Type
from tierwise.core.values import Duration, Value

__all__ = ["Adjustable", "Bounds", "check_bounds", "read_bounds"]


class Adjustable(Part):
    """What an author writes under ``adjustable``."""

    min: str | None = Field(None, description="the least value that an overlay may give, inclusive")
    max: str | None = Field(None, description="the greatest value that an overlay may give, inclusive")

    def __str__(self) -> str:
        if self.min is None or self.max is None:
            return f"at least `{self.min}`" if self.max is None else f"at most `{self.max}`"
        return f"between `{self.min}` and `{self.max}`"


@dataclass(frozen=True, slots=True)
class Bounds:
    """The typed bounds, both inclusive; ``None`` for none."""

    least: Value
    most: Value

    def hold(self, value: Value) -> bool:
        """Say whether a value lies within them."""
        return (self.least is None or _is_ordered(self.least, value)) and (self.most is None or _is_ordered(value, self.most))


def read_bounds(adjustable: Adjustable, type_: Type, span: Span) -> tuple[Bounds, list[Finding]]:
    """Read the bounds as values of the parameter's type."""
    least, in_least = read_literal(adjustable.min, type_, span)
    most, in_most = read_literal(adjustable.max, type_, span)
    return Bounds(least, most), [*in_least, *in_most]


def check_bounds(name: str, adjustable: Adjustable, type_: Type, value: Value, span: Span) -> list[Finding]:
    """Find what is wrong with the bounds of a parameter whose own value is ``value``."""

    def wrong(message: str, help: str = "") -> list[Finding]:
        return [Finding.error("adjustable-bounds", message, span, help)]

    if not isinstance(type_, NumberType | DateType | DateTimeType | DurationType):
        return wrong(f"`adjustable` has no meaning for type `{type_}`, whose values have no order", "remove it, or use `local: true`")
    if adjustable.min is None and adjustable.max is None:
        return wrong("`adjustable` demands `min`, `max` or both")
    bounds, findings = read_bounds(adjustable, type_, span)
    if findings:
        return findings
    if bounds.least is not None and bounds.most is not None and not _is_ordered(bounds.least, bounds.most):
        return wrong("the bounds leave no value", "give `min` the smaller one, in the same unit")
    if value is not None and not bounds.hold(value):
        return wrong(f"the value of `{name}` lies outside of its own bounds", "widen them, or correct the value")
    return []


def _is_ordered(first: Value, second: Value) -> bool:
    """Say whether one value is at most another; months and days have no order between them."""
    match first, second:
        case Duration(), Duration():
            return (first.months == 0) == (second.months == 0) and (first.months, first.seconds) <= (second.months, second.seconds)
        case Decimal(), Decimal():
            return first <= second
        case date(), date():
            return first <= second
        case _:
            return False
