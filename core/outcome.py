"""Outcomes: what a decision gives for one subject, a determined value or undetermined with reason and candidates."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from tierwise.core.values import Value

__all__ = ["UNDETERMINED", "Determined", "Outcome", "Reason", "Undetermined", "distinct"]

Item = TypeVar("Item")

UNDETERMINED = "undetermined"
"""The word for an outcome without a single value, in policies, cases and results."""


class Reason(StrEnum):
    """Why an outcome is undetermined. Programs read these words: none is renamed, and none gets another meaning."""

    GAP = "gap"
    OVERLAP = "overlap"
    LOST = "lost"
    VAGUE = "vague"
    MISSING_FACT = "missing_fact"
    READING = "reading"
    TIE = "tie"


@dataclass(frozen=True, slots=True)
class Determined:
    """A value that holds under every completion of what is unknown.

    Attributes:
        value: A value as ``core/values.py`` lists them; ``None`` is *none*, a value like any other.
        rules: The ids of the rules that gave it, in table order; empty where no table was involved.
    """

    value: Value
    rules: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Undetermined:
    """No single value.

    Attributes:
        reason: The reason code.
        candidates: The values still possible, without repeats, in the order of their type (words as declared, numbers from the least; none last); may be empty.
        needs: Names of facts, readings or decisions that would settle it, in declaration order.
        rules: The ids of the rules that stay possible, in table order.
        is_bound: The candidates are a bound: no other value is possible, but not each of them need be. So it is where a missing number is
            computed with, and where to find out which ones are possible would be too much work.
    """

    reason: Reason
    candidates: tuple[Value, ...] = ()
    needs: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    is_bound: bool = field(default=False, compare=False)


Outcome = Determined | Undetermined


def distinct(values: Iterable[Item]) -> tuple[Item, ...]:
    """Drop repeats and keep the first of each; works for values that cannot be hashed."""
    listed = list(values)
    try:
        found: dict[tuple[type[Item], Item], Item] = {}
        for value in listed:
            found.setdefault((type(value), value), value)
        return tuple(found.values())
    except TypeError:
        kept: list[Item] = []
        for value in listed:
            if not any(type(value) is type(other) and value == other for other in kept):
                kept.append(value)
        return tuple(kept)
