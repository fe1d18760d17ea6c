"""Counts how often each rule of an output's table decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from tierwise.core.outcome import Determined
from tierwise.core.plan import Plan, table_of
from tierwise.plugins.grading import Grading

__all__ = ["Hits", "count_hits"]


@dataclass(frozen=True, slots=True)
class Hits:
    """One rule.

    Attributes:
        decided: For how many subjects it gave the value of the output; alone, or with others.
        possible: For how many subjects without a value it may be the one.
    """

    output: str
    rule: str
    decided: int
    possible: int


def count_hits(plan: Plan, grading: Grading) -> Iterator[Hits]:
    """Yield every rule of the tables that outputs are read off, in table order, also those that decided for nobody."""
    tables = {decision.name: table for decision in grading.outputs if (table := table_of(decision.node, plan)) is not None}
    decided: Counter[tuple[str, str]] = Counter()
    possible: Counter[tuple[str, str]] = Counter()
    for result in grading.rows():
        for output in tables:
            outcome = result.outcomes[output]
            counted = decided if isinstance(outcome, Determined) else possible
            counted.update((output, rule) for rule in outcome.rules)
    for output, table in tables.items():
        for rule in table.rules:
            yield Hits(output, rule.id, decided[output, rule.id], possible[output, rule.id])
