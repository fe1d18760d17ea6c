"""The subjects of a database that an engine has graded, as the explanation of one of them looks at the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from tierwise.core.environment import Environment
from tierwise.core.explaining import MOST_MISSED, Explanation, explain
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.meaning.unknown import Result, Unknown
from tierwise.core.plan import Node, Plan, Position, Ranking
from tierwise.core.values import Value
from tierwise.plugins.facts import FactTable
from tierwise.plugins.grading import Placing

__all__ = ["GradedPopulation"]


@dataclass(frozen=True, slots=True)
class _Member:
    """One subject: its facts with the date of the run, and where it stands."""

    facts: Mapping[str, Value]
    positions: Mapping[str, Position]


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
        self._at: dict[object, tuple[tuple[Value, ...], Position] | None] = {}

    def explain(self, key: str, most_missed: int = MOST_MISSED) -> Explanation:
        """Explain every output for one subject, with its place in every ranking, and so many of the rules that a decision missed.

        Raises:
            KeyError: No subject has that key.
        """
        return self.explanations([key], most_missed)[key]

    def explanations(self, keys: Sequence[str], most_missed: int = MOST_MISSED) -> dict[str, Explanation]:
        """Explain several subjects, by key; keys that nobody has are left out."""
        return {key: self._explained(key, member, most_missed) for key, member in self._members(keys).items()}

    def _explained(self, key: str, member: _Member, most_missed: int) -> Explanation:
        trace = self._evaluator.trace(member.facts, member.positions)
        return explain(trace, self._as_of, lambda ranking, rank: self._by_at(ranking, rank, member), most_missed, self._table.unread(key))

    def _members(self, keys: Sequence[str]) -> dict[str, _Member]:
        positions = self._grading.positions_of(keys)
        found = self._table.some(keys)
        return {key: _Member(with_as_of(found[key].facts, self._as_of), positions.get(key, {})) for key in keys if key in found}

    def standing_at(self, name: str, rank: int, partition: Result) -> tuple[tuple[Value, ...], Position] | None:
        """Return what the member at a rank of a partition is ranked by, in turn, and where it stands; ``None`` when nobody surely stands there."""
        known = (name, rank, repr(partition))
        if known not in self._at:
            self._at[known] = self._found_at(self._evaluator.plan.rankings[name], rank, partition)
        return self._at[known]

    def _by_at(self, name: str, rank: int, member: _Member) -> Value:
        found = self.standing_at(name, rank, self._value(self._evaluator.plan.rankings[name].partition, member, ()))
        return None if found is None else found[0][0]

    def _found_at(self, ranking: Ranking, rank: int, partition: Result) -> tuple[tuple[Value, ...], Position] | None:
        for key in self._grading.keys_at(ranking.name, rank):
            other = self._members([key])[key]
            if self._value(ranking.among, other, True) is True and self._value(ranking.partition, other, ()) == partition:
                keys = [self._value(key, other, None) for key, _ in ranking.keys]
                known = tuple(key for key in keys if key is not None and not isinstance(key, Unknown))
                if len(known) == len(keys):
                    return known, other.positions[ranking.name]
        return None

    def _value(self, node: Node | None, member: _Member, otherwise: Value) -> Result:
        return otherwise if node is None else self._evaluator.value_of(node, member.facts, member.positions)
