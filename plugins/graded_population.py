"""The subjects of a database as explanations look at them: facts from the table, positions from the engine that has graded them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from tierwise.plugins.facts import FactTable

if TYPE_CHECKING:
    from tierwise.core.plan import Position
    from tierwise.plugins.grading import Placing

__all__ = ["GradedPopulation"]


class GradedPopulation:
    """A ``Population`` of ``core/explaining``."""

    def __init__(self, table: FactTable, grading: Placing, as_of: date | None) -> None:
        self._table = table
        self._grading = grading
        self._as_of = {} if as_of is None else {"as_of": as_of}

    def facts(self, key: str) -> Mapping[str, Any]:
        """Return the facts of a subject, ``as_of`` among them."""
        row = self._table.row(key)
        if row is None:
            raise KeyError(key)
        return {**row.facts, **self._as_of}

    def positions(self, key: str) -> Mapping[str, Position]:
        """Return ranking name to the subject's position."""
        return self._grading.positions(key)

    def keys_at(self, ranking: str, rank: int) -> Iterator[str]:
        """Yield the keys of all who have, or tie for, a rank of a ranking, of any partition."""
        return self._grading.keys_at(ranking, rank)
