"""What knowing a missing fact would decide, found by filling it in: a sample of subjects is decided again with what others have in its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from zlib import crc32

from tierwise.core.meaning import Evaluator
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.subjects import Subject, SubjectResult
from tierwise.core.outcome import Outcome, Undetermined
from tierwise.core.plan import Plan, Position, behind, preferred_in
from tierwise.core.plan.usage import usage_of
from tierwise.core.values import Value
from tierwise.plugins.grading import Placing
from tierwise.plugins.run import Run

__all__ = ["SAMPLE", "Filling", "Trial", "filling_of"]

SAMPLE = 300
"""How many subjects are tried; of fewer all are."""

_POLICY = frozenset({"\n"})  # what no fact is called


@dataclass(frozen=True, slots=True)
class Filling:
    """What is needed to decide subjects again.

    Attributes:
        evaluator: The reference.
        facts_of: Gives the subjects with some keys.
        positions_of: Gives the positions of the subject with a key; a fact by which somebody is ranked is not filled in, for that would move
            others.
        as_of: The date of the run.
    """

    evaluator: Evaluator
    facts_of: Callable[[Sequence[str]], Mapping[str, Subject]]
    positions_of: Callable[[str], Mapping[str, Position]]
    as_of: date | None

    def trial(self, results: Iterable[SubjectResult], outputs: Sequence[str]) -> Trial:
        """Return a trial with some subjects."""
        sample = {result.key: result for result in results}
        subjects = self.facts_of(list(sample))
        known = [with_as_of(subjects[key].facts, self.as_of) for key in subjects]
        ranked = bool(self.evaluator.plan.rankings)
        tried = [
            _Tried(key, dict(facts), self.positions_of(key) if ranked else {}, _needs(sample[key].outcomes, outputs))
            for key, facts in zip(subjects, known, strict=True)
        ]
        return Trial(self.evaluator, tried, _pools(self.evaluator.plan, known))


def filling_of(run: Run) -> Filling | None:
    """Return what decides the subjects of a run again; ``None`` where that needs their positions and the engine does not tell them."""
    bound, loaded, grading = run.bound, run.bound.loaded, run.grading
    if loaded.plan.rankings and not isinstance(grading, Placing):
        return None
    positions = grading.positions if isinstance(grading, Placing) else lambda key: {}
    return Filling(Evaluator(loaded.plan, loaded.environment), bound.facts.some, positions, bound.as_of)


def _needs(outcomes: Mapping[str, Outcome], outputs: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return output to what it hangs on: nothing when it is determined, and ``_POLICY`` when no fact would decide it."""
    return {
        name: frozenset(outcome.needs) or _POLICY if isinstance(outcome := outcomes[name], Undetermined) else frozenset()
        for name in outputs
    }


def _preferred(plan: Plan) -> dict[str, frozenset[str]]:
    """Return output to the facts of which it matters whether they are given: what is determined without one may be open with it."""
    preferences = {
        output.name: [node for node in behind(output.node, plan, decisions=True) if preferred_in(node)] for output in plan.outputs
    }
    return {name: frozenset(fact for node in nodes for fact in usage_of(plan, node).facts) for name, nodes in preferences.items()}


def _pools(plan: Plan, known: Sequence[Mapping[str, Value]]) -> dict[str, list[Value]]:
    """Return fact to the values that subjects have, as often as they have them; without facts that somebody is ranked by."""
    ranked = {name for ranking in plan.rankings.values() for part in ranking.parts for name in usage_of(plan, part).facts}
    return {name: pool for name in plan.facts if name not in ranked and (pool := [facts[name] for facts in known if name in facts])}


@dataclass(slots=True)
class _Tried:
    """One subject: its facts with those filled in so far, and what its undetermined outcomes hang on then."""

    key: str
    facts: dict[str, Value]
    positions: Mapping[str, Position]
    needs: dict[str, frozenset[str]]
    gains: dict[str, int] = field(default_factory=dict)


class Trial:
    """Subjects whose facts are filled in one after the other.

    Args:
        evaluator: The reference.
        tried: The subjects.
        pools: Fact to the values to fill in. What has none decides whatever hangs on nothing else.
    """

    def __init__(self, evaluator: Evaluator, tried: Sequence[_Tried], pools: Mapping[str, Sequence[Value]]) -> None:
        self._evaluator = evaluator
        self._tried = tried
        self._pools = pools
        self._taken: frozenset[str] = frozenset()
        self._preferred = _preferred(evaluator.plan)

    def instead(self) -> frozenset[str]:
        """Return facts on which no outcome hangs and which would decide some, because they are preferred to those that it hangs on."""
        return frozenset(fact for one in self._tried for name, needs in one.needs.items() if needs for fact in self._preferred[name])

    def gain(self, fact: str) -> int:
        """Return how many more outcomes are determined when a fact is filled in for all who lack it; that may be less than none."""
        return sum(self._gain(one, fact) for one in self._tried)

    def take(self, fact: str) -> None:
        """Fill a fact in for all who lack it."""
        for one in self._tried:
            if needs := self._needs_with(one, fact):
                one.needs.update(needs)
                one.gains.clear()
            if fact in self._pools:
                one.facts.setdefault(fact, self._value(one, fact))
        self._taken |= {fact}

    def _gain(self, one: _Tried, fact: str) -> int:
        if fact not in one.gains:
            after = self._needs_with(one, fact)
            one.gains[fact] = sum((needs <= self._taken | {fact}) - (one.needs[name] <= self._taken) for name, needs in after.items())
        return one.gains[fact]

    def _needs_with(self, one: _Tried, fact: str) -> dict[str, frozenset[str]]:
        """Return the outputs that may come out otherwise with a fact filled in, with what each hangs on then."""
        if fact in one.facts:
            return {}
        outputs = [name for name, needs in one.needs.items() if fact in needs or fact in self._preferred[name]]
        if not outputs or fact not in self._pools:
            return {name: one.needs[name] for name in outputs}
        return _needs(self._evaluator.outcomes(outputs, {**one.facts, fact: self._value(one, fact)}, one.positions), outputs)

    def _value(self, one: _Tried, fact: str) -> Value:
        """Return what is filled in: the same at every run, and spread over subjects as over those who have the fact."""
        pool = self._pools[fact]
        return pool[crc32(f"{one.key}\n{fact}".encode()) % len(pool)]
