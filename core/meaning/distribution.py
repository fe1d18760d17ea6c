"""Counts outcomes: how many subjects have each value of an output, or are undetermined for each reason."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from tierwise.core.meaning.grading import Share
from tierwise.core.meaning.unknown import domain
from tierwise.core.outcome import Reason
from tierwise.core.types import Type
from tierwise.core.values import to_json

__all__ = ["shares_of"]


def shares_of(type: Type, values: Iterable[tuple[Any, int]], reasons: Mapping[Reason, int]) -> tuple[Share, ...]:
    """Return the distribution of an output.

    Args:
        type: The output's type; the words of an enum and the truth values come in their own order, also those that nobody has.
        values: Each value that occurs, with its count; other types are ordered by count, the most frequent first.
        reasons: Each reason that occurs, with its count.
    """
    counted = list(values)
    declared = [(value, _count_of(value, counted)) for value in domain(type) or ()]
    others = [(value, count) for value, count in counted if not any(value is known or value == known for known, _ in declared)]
    others.sort(key=lambda pair: (-pair[1], str(to_json(pair[0]))))  # 1.0 and 1.00 stand in one place
    shares = [Share(value, None, count) for value, count in (*declared, *others)]
    return (*shares, *(Share(None, reason, reasons[reason]) for reason in Reason if reasons.get(reason)))


def _count_of(value: Any, counted: Iterable[tuple[Any, int]]) -> int:
    return sum(count for other, count in counted if other == value)
