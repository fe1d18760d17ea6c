"""A range holds whatever the reference says anywhere in its box."""

from __future__ import annotations

from datetime import date
from random import Random

import pytest

from tests.differential.comparing import ENVIRONMENT
from tests.differential.random_plans import random_plan, random_subjects
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Plan
from tierwise.core.plan.usage import usage_of
from tierwise.plugins.paths.path import BOTH
from tierwise.plugins.paths.ranges import Range, Ranges
from tierwise.plugins.paths.ways import Way, ways_of

DAY = date(2026, 6, 30)


@pytest.mark.parametrize("seed", range(60))
def test_a_range_holds_every_outcome_within_its_box(seed: int) -> None:
    random = Random(seed)
    plan = random_plan(random)
    facts = random_subjects(random, plan, 1)[0]
    assert misfits(random, plan, facts) == []


def misfits(random: Random, plan: Plan, facts: dict[str, object]) -> list[str]:
    """Return the points of random boxes at which an outcome is none of those that the range admits."""
    given = with_as_of(facts, DAY)  # type: ignore[arg-type]  # random values are values
    evaluator = Evaluator(plan, ENVIRONMENT)
    found = []
    for decision in plan.decisions.values():
        usage = usage_of(plan, decision.node)
        ways = [
            w
            for n in usage.facts
            if given.get(n) is not None and n in plan.facts
            for w in ways_of(plan.facts[n], given[n], BOTH, usage, DAY)
        ]
        random.shuffle(ways)
        chosen = {way.name: way for way in ways[: random.choice([1, 1, 2, 3])]}
        ranges = Ranges(evaluator.evaluation, given, {}, frozenset(chosen))
        for _ in range(4):
            sides = {name: _side(random, way) for name, way in chosen.items()}
            box = {name: way.range(*sides[name]) for name, way in chosen.items()}
            may_be = ranges.of(decision.node, box)
            for _ in range(4):
                point = {name: way.value(random.randint(*sides[name])) for name, way in chosen.items()}
                outcome = evaluator.decide(decision.name, {**given, **point})
                if not _holds(may_be, outcome):
                    found.append(f"{decision.name} at {point}: {outcome} is not in {may_be}, box {box}, {decision.node}")
    return found


def _side(random: Random, way: Way) -> tuple[int, int]:
    near = random.choice([1, 2, 5, 50, 10_000])
    first, last = sorted(
        (random.randint(1, min(near, way.last)), random.randint(1, way.last if random.random() < 0.3 else min(near, way.last)))
    )
    return first, last


def _holds(may_be: Range, outcome: Outcome) -> bool:
    if isinstance(outcome, Determined):
        return may_be.admits(outcome.value)
    return may_be.is_unknown if outcome.candidates else may_be.is_gap
