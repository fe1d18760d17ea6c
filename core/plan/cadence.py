"""Cadence: whether something due every so often is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierwise.core.plan.node import Node

__all__ = ["Overdue"]


@dataclass(frozen=True, slots=True)
class Overdue:
    """Whether "every P" is missed, given the date of the last one (`systems.md` 0.6).

    rolling: ``as_of > last + every``. calendar: at least one whole calendar period (day, ISO week, month, quarter, half-year, year) lies
    between the period of ``last`` and that of ``as_of``. Reading not settled: false up to ``last + every``, true from ``last + 2 every``
    on, between them undetermined with reason ``reading`` (the calendar grid may start on any day). ``last`` none: ``never`` (true).
    ``reading`` evaluates to the text ``rolling`` or ``calendar``, or is an unsettled ``ReadingRef``.
    """

    last: Node
    every: Node
    as_of: Node
    reading: Node
