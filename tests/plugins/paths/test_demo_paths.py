"""Of customers of the demo database: a way that is told works when it is taken, one unit less of it does not, and a grid knows none that is shorter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.evaluator import Evaluator
from tierwise.core.outcome import Determined
from tierwise.core.plan import Fact
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType
from tierwise.core.values import Value
from tierwise.plugins.demo import make_demo_database
from tierwise.plugins.paths.database import changeable_facts, graded_outputs, wanted_values
from tierwise.plugins.paths.path import find_paths
from tierwise.plugins.policy import load
from tierwise.plugins.run import bound_database

FEW = {"big-customer-tiers": 12, "petrochina-tibet-levels": 12, "value-need-potential-feature": 12}
MANY = {**dict.fromkeys(FEW, 270), "closing-time-a-e": 190}
"""1,000 customers; cards of points and rankings are held to a grid by policies made for it (`test_path.py`, `test_standing.py`)."""
DAY = date(2026, 6, 30)
STEPS = 24
"""How many values between two are tried, beside those next to their ends."""


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo_database(path)
    return path


def less(fact: Fact, before: Value, after: Value) -> Iterator[Value]:
    """Yield values between two, the next one before the second first."""
    match fact.type:
        case NumberType() as type:
            assert isinstance(before, Decimal) and isinstance(after, Decimal)
            unit = Decimal(1).scaleb(-(type.scale or 0))
            toward = unit if before > after else -unit
            yield after + toward
            for step in range(1, STEPS):
                yield ((after + (before - after) * step / STEPS) / unit).to_integral_value() * unit
        case DateType():
            assert isinstance(before, date) and isinstance(after, date)
            toward_days = 1 if before > after else -1
            yield after + timedelta(days=toward_days)
            for step in range(1, STEPS):
                yield after + timedelta(days=(before - after).days * step // STEPS)
        case EnumType(values=words):
            left, right = words.index(str(before)), words.index(str(after))
            yield from (words[place] for place in range(min(left, right) + 1, max(left, right)))
        case BooleanType():
            return
        case _:
            raise AssertionError(f"no grid for {fact.type}")


def farthest(fact: Fact, before: Value, up: bool) -> Value | None:
    """Return a value far from the present one; ``None`` where there is none that way."""
    match fact.type:
        case NumberType() as type:
            assert isinstance(before, Decimal)
            end = type.high if up else type.low
            return end if end is not None else before * (10 if up else 0) + (10_000_000 if up else 0)
        case DateType():
            assert isinstance(before, date)
            return before + timedelta(days=800 if up else -800)
        case EnumType(values=words):
            return words[0] if up else words[-1]
        case BooleanType():
            return up
        case _:
            return None


@pytest.mark.parametrize(("slug", "count"), [*FEW.items(), *(pytest.param(*many, marks=pytest.mark.slow) for many in MANY.items())])
def test_a_way_of_a_customer_works_and_no_shorter_one_does(demo: Path, slug: str, count: int) -> None:
    loaded = load(slug)
    plan = loaded.plan
    changeable = changeable_facts(plan, {})
    evaluator = Evaluator(plan, loaded.environment)
    with bound_database(loaded, str(demo), None, DAY) as bound:
        keys = sorted(subject.key for subject in bound.facts.subjects())
        told = 0
        for key in Random(slug).sample(keys, count):
            facts = bound.subject(key).facts
            for decision in graded_outputs(loaded):

                def value(change: Mapping[str, Value], decision: str = decision.name, facts: Mapping[str, Value] = facts) -> Value:
                    outcome = evaluator.decide(decision, with_as_of({**facts, **change}, DAY))
                    return outcome.value if isinstance(outcome, Determined) else None

                wanted = wanted_values(decision, value({}), None)
                paths = find_paths(plan, loaded.environment, facts, decision.name, wanted, changeable, DAY)
                alone = {}
                for route in paths.up:
                    changes = {change.fact: change.after for change in route.changes}
                    assert value(changes) in wanted, (key, changes)
                    for change in route.changes:
                        if change.before is not None and not isinstance(change.after, tuple):
                            nearer = next(less(plan.facts[change.fact], change.before, change.after), change.before)
                            assert value({**changes, change.fact: nearer}) not in wanted, (key, changes, change.fact, nearer)
                    if len(route.changes) == 1:
                        alone[route.changes[0].fact] = route.changes[0].after
                    told += 1
                if not paths.is_proved:
                    continue
                for name, directions in changeable.items():
                    before = facts.get(name)
                    if before is None or isinstance(before, tuple) or len(directions) != 1 or not wanted:
                        continue
                    end = alone.get(name, farthest(plan.facts[name], before, directions[0] == "up"))
                    tried = [*less(plan.facts[name], before, end), *([] if name in alone else [end])]
                    assert [found for found in tried if value({name: found}) in wanted] == [], (key, name, before)
        assert told > 0
