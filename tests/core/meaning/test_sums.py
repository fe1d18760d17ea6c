"""Sums of independent parts are those of all combinations, and a part matters where two combinations that differ in it alone fall apart."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product
from random import Random

from tierwise.core.meaning.sums import Sum
from tierwise.core.outcome import Reason

REASON = Reason.MISSING_FACT


def needed_by_trying(parts: Sequence[Sequence[int]], class_of: Sequence[int]) -> set[str]:
    """Look at every combination, and at each with one value changed."""
    least = sum(map(min, parts))
    found = set()
    for values in product(*parts):
        for place, part in enumerate(parts):
            others = sum(values) - values[place]
            if len({class_of[others + value - least] for value in part}) > 1:
                found.add(str(place))
    return found


def test_sums_and_needs_are_those_of_all_combinations() -> None:
    random = Random(5)
    for _ in range(200):
        parts = [random.sample(range(-5, 12), random.randint(1, 4)) for _ in range(random.randint(1, 4))]
        made = Sum.of([((str(place), REASON), part) for place, part in enumerate(parts)])
        assert made is not None
        least = sum(map(min, parts))
        assert list(made.steps) == sorted({sum(values) - least for values in product(*parts)})
        border = random.randrange(made.steps[-1] + 2)
        class_of = [random.choice((0, 1, 2)) if random.random() < 0.1 else int(step >= border) for step in range(made.steps[-1] + 1)]
        classes = [sum(1 << step for step in made.steps if class_of[step] == each) for each in set(class_of)]
        assert {name for name, _ in made.asks(classes)} == needed_by_trying(parts, class_of)


def test_sums_too_far_apart_are_not_listed() -> None:
    assert Sum.of([(("a", REASON), (0, 10**9))]) is None
