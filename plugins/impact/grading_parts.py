"""One grading by the plan of two policies, and what each of them decides in it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Plan, Position
from tierwise.plugins.beside import Apart, beside
from tierwise.plugins.grading import Grading, Placing

__all__ = ["GradingPart", "parts_of_grading"]

MARK = "old | "
"""What stands before the names of what only the baseline has; no author can write it."""


@dataclass(frozen=True)
class GradingPart:
    """What one of two policies decides, of a grading by the plan of both.

    Attributes:
        whole: The grading.
        plan: The policy's own plan.
        apart: What of it has another name in the grading.
    """

    whole: Grading
    plan: Plan
    apart: Apart

    def called(self, name: str) -> str:
        """Return what a decision of the policy is called in the grading."""
        return self.apart.called(name)

    @property
    def population(self) -> Mapping[str, Outcome]:
        """The outcomes about all subjects."""
        names = {d.name: self.called(d.name) for d in self.plan.outputs if d.population}
        return {name: self._own(self.whole.population[called]) for name, called in names.items()}

    def rows(self) -> Iterator[SubjectResult]:
        """Yield the results in the order of the subjects' keys."""
        names = {d.name: self.called(d.name) for d in self.plan.outputs if not d.population}
        for result in self.whole.rows():
            yield replace(result, outcomes={name: self._own(result.outcomes[called]) for name, called in names.items()})

    def _own(self, outcome: Outcome) -> Outcome:
        if isinstance(outcome, Determined):
            return outcome
        needs = (name.removeprefix(self.apart.mark) for name in outcome.needs)
        return replace(outcome, needs=tuple(sorted(needs, key=lambda name: (self._places.get(name, len(self._places)), name))))

    @cached_property
    def _places(self) -> Mapping[str, int]:
        """The places of what outcomes may need in the policy's own plan."""
        return {name: place for place, name in enumerate((*self.plan.facts, *self.plan.readings, *self.plan.decisions))}


class PlacedPart(GradingPart):
    """The same, where the grading tells where subjects stand in rankings."""

    def positions(self, key: str) -> Mapping[str, Position]:
        """Return ranking name to the position of one subject; rankings of which it is no member are left out."""
        return self.positions_of([key]).get(key, {})

    def positions_of(self, keys: Sequence[str]) -> Mapping[str, Mapping[str, Position]]:
        """Return the same of several subjects, by key."""
        names = {self.apart.called(name, "ranking"): name for name in self.plan.rankings}
        found = self._placing.positions_of(keys)
        return {key: {names[called]: own for called, own in places.items() if called in names} for key, places in found.items()}

    def keys_at(self, ranking: str, rank: int) -> Iterator[str]:
        """Yield the keys of all who have, or tie for, a rank of a ranking, of any partition."""
        return self._placing.keys_at(self.apart.called(ranking, "ranking"), rank)

    @property
    def _placing(self) -> Placing:
        assert isinstance(self.whole, Placing)
        return self.whole


def parts_of_grading(old: Plan, new: Plan, grade: Callable[[Plan], Grading]) -> tuple[GradingPart, GradingPart]:
    """Grade by the plan of both and return what each decides.

    Args:
        old: The plan of the baseline.
        new: The plan of the new side, over the same facts.
        grade: Grades all subjects by a plan.
    """
    both, apart = beside(new, old, MARK)
    shown = {*(decision.name for decision in new.outputs), *(apart.called(decision.name) for decision in old.outputs)}
    whole = grade(both.showing(shown))
    part = PlacedPart if isinstance(whole, Placing) else GradingPart
    return part(whole, old, apart), part(whole, new, Apart("", frozenset()))
