"""What readiness promises is what filling the facts does."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from random import Random

import pytest

from tests.short_policies import ENVIRONMENT, checked
from tierwise.core.meaning.subjects import Subject
from tierwise.core.outcome import Determined, Reason
from tierwise.core.plan import Plan
from tierwise.core.values import Value
from tierwise.plugins.engine_reference import grade
from tierwise.plugins.readiness import Readiness, readiness_of

POLICY = """\
facts:
  sales: {type: integer, min: 0, max: 9}
  late: {type: integer, min: 0, max: 9}
  word: {type: enum, values: [good, fair, poor]}
readings:
  strict: ["yes", "no"]
modules:
  m:
    kind: module
    decisions:
      tier:
        type: enum
        values: [A, B, C]
        table:
          hit: first
          rules: |
            sales | late | word -> tier
            >= 6  | <= 2 | good -> A
            >= 3  | -    | good, fair -> B
            -     | -    | -    -> C
      warned: {type: boolean, formula: late > 5}
      trusted: {type: boolean, formula: "if strict = \\"yes\\" then sales > 5 else sales > 3"}
"""
PLAN = checked(POLICY).require_plan()


def subjects(seed: int, count: int = 60) -> tuple[list[dict[str, Value]], list[dict[str, Value]]]:
    """Return whole subjects, and the same with half of all cells emptied."""
    random = Random(seed)
    whole: list[dict[str, Value]] = [
        {"sales": Decimal(random.randint(0, 9)), "late": Decimal(random.randint(0, 9)), "word": random.choice(["good", "fair", "poor"])}
        for _ in range(count)
    ]
    return whole, [{name: value for name, value in facts.items() if random.random() < 0.5} for facts in whole]


def ready(facts: list[dict[str, Value]], outputs: tuple[str, ...] = ("tier", "warned")) -> Readiness:
    return readiness_of(PLAN, [PLAN.decisions[name] for name in outputs], rows(PLAN, facts))


def rows(plan: Plan, facts: list[dict[str, Value]]) -> list:  # type: ignore[type-arg]  # results of subjects
    population = [Subject(f"{i:03}", None, one) for i, one in enumerate(facts)]
    return list(grade(plan, ENVIRONMENT, population, None).rows())


def determined(facts: list[dict[str, Value]], outputs: tuple[str, ...] = ("tier", "warned")) -> int:
    return sum(isinstance(row.outcomes[name], Determined) for row in rows(PLAN, facts) for name in outputs)


def filled(holes: list[dict[str, Value]], whole: list[dict[str, Value]], names: set[str]) -> list[dict[str, Value]]:
    return [{**some, **{name: every[name] for name in names}} for some, every in zip(holes, whole, strict=True)]


@pytest.mark.parametrize("seed", range(12))
def test_collecting_the_first_facts_decides_at_least_what_is_promised(seed: int) -> None:
    whole, holes = subjects(seed)
    before = determined(holes)
    known: set[str] = set()
    for fact in ready(holes).facts:
        known.add(fact.fact)
        assert determined(filled(holes, whole, known)) - before >= fact.first


@pytest.mark.parametrize("seed", range(12))
def test_the_first_fact_surely_decides_the_most(seed: int) -> None:
    _, holes = subjects(seed)
    facts = ready(holes).facts
    assert facts[0].alone == max(fact.alone for fact in facts)
    assert facts[0].first == facts[0].alone


def test_all_facts_together_decide_all_that_facts_can(seed: int = 3) -> None:
    whole, holes = subjects(seed)
    found = ready(holes)
    assert found.facts[-1].first == sum(output.by_facts for output in found.outputs)
    assert determined(filled(holes, whole, {fact.fact for fact in found.facts})) == 2 * len(whole)


def test_nobody_is_counted_twice_and_nobody_is_left_out() -> None:
    _, holes = subjects(5)
    for output in ready(holes, ("tier", "warned", "trusted")).outputs:
        assert output.determined + output.by_facts + sum(output.otherwise.values()) == len(holes)


def test_what_no_fact_decides_stands_under_its_reason() -> None:
    one: Mapping[str, Value] = {"sales": Decimal(5), "late": Decimal(0), "word": "good"}
    (trusted,) = ready([dict(one)], ("trusted",)).outputs
    assert (trusted.determined, trusted.by_facts, dict(trusted.otherwise)) == (0, 0, {Reason.READING: 1})
