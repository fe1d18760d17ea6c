"""The subjects of a database that an engine has graded, as the explanation of one of them looks at the others."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from tierwise.core.environment import Environment
from tierwise.core.explaining import MOST_MISSED, Explanation, explain
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.plan import Node, Plan
from tierwise.core.values import Value
from tierwise.plugins.facts import FactTable
from tierwise.plugins.grading import Placing

__all__ = ["GradedPopulation"]


class GradedPopulation:
    """Facts from the table, positions from the engine: nobody is ranked again.

    Args:
        plan: The plan.
        environment: Its functions and limits.
        table: The facts of all subjects.
        grading: Where they stand in rankings.
        as_of: The date of the run.
    """

    def __init__(self, plan: Plan, environment: Environment, table: FactTable, grading: Placing, as_of: date | None) -> None:
        self._evaluator = Evaluator(plan, environment)
        self._table = table
        self._grading = grading
        self._as_of = as_of

    def explain(self, key: str, most_missed: int = MOST_MISSED) -> Explanation:
        """Explain every output for one subject, with its place in every ranking, and so many of the rules that a decision missed.

        Raises:
            KeyError: No subject has that key.
        """

        def by_at(ranking: str, rank: int) -> Value:
            return self.by_at(ranking, rank, key)

        trace = self._evaluator.trace(self._facts(key), self._grading.positions(key))
        return explain(trace, self._as_of, by_at, most_missed, self._table.unread(key))

    def _facts(self, key: str) -> Mapping[str, Value]:
        row = self._table.row(key)
        if row is None:
            raise KeyError(key)
        return with_as_of(row.facts, self._as_of)

    def by_at(self, name: str, rank: int, key: str) -> Value:
        """Return what the member at a rank of a subject's partition is ranked by; ``None`` when nobody surely stands there."""
        ranking = self._evaluator.plan.rankings[name]
        partition = self._value(ranking.partition, key, ())
        for other in self._grading.keys_at(name, rank):
            if self._value(ranking.among, other, True) is True and self._value(ranking.partition, other, ()) == partition:
                by = self._value(ranking.by, other, None)
                if by is not None and not isinstance(by, Unknown):
                    return by
        return None

    def _value(self, node: Node | None, key: str, otherwise: Value) -> Result:
        if node is None:
            return otherwise
        return self._evaluator.value_of(node, self._facts(key), self._grading.positions(key))
