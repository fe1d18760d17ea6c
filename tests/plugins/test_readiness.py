"""What readiness promises is what filling the facts does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from tests.short_policies import ENVIRONMENT, checked
from tierwise.core.meaning import Evaluator
from tierwise.core.meaning.decide import with_as_of
from tierwise.core.meaning.subjects import Subject, SubjectResult
from tierwise.core.outcome import Determined, Outcome, Reason
from tierwise.core.plan import Plan
from tierwise.core.values import Value
from tierwise.plugins.demo import make_demo_database
from tierwise.plugins.engine_reference import grade
from tierwise.plugins.filling import Filling
from tierwise.plugins.loading import shipped_policies
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import load
from tierwise.plugins.readiness import Readiness, readiness_of
from tierwise.plugins.run import bound_database

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


# ---- on the demo database, with half of all cells emptied ------------------------------------------------------------------------


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo_database(path, customers=200)
    return path


class Emptied:
    """The customers of the demo under one policy, whole and with half of their cells emptied; what the demo lacks itself is another one's."""

    def __init__(self, slug: str, demo: Path) -> None:
        self.loaded = load(slug, plugins=Plugins(entry_points=False))
        with bound_database(self.loaded, str(demo), None, AS_OF) as bound:
            subjects = list(bound.facts.subjects())
        random = Random(slug)
        pools = {name: [one.facts[name] for one in subjects if name in one.facts] for name in self.loaded.plan.facts}
        self.whole = {
            subject.key: {**{name: random.choice(pool) for name, pool in pools.items() if pool}, **subject.facts} for subject in subjects
        }
        self.holes = {
            subject.key: replace(subject, facts={name: value for name, value in subject.facts.items() if random.random() < 0.5})
            for subject in subjects
        }
        self._evaluator = Evaluator(self.loaded.plan, self.loaded.environment)
        self.outputs = [decision for decision in self.loaded.plan.outputs if not decision.population]
        decided = {name for facts in self.whole.values() for name, own in self._outcomes(facts).items() if isinstance(own, Determined)}
        self.outputs = [output for output in self.outputs if output.name in decided]  # others hang on what the demo has of nobody
        self._decided: dict[frozenset[str], set[tuple[str, str]]] = {}

    def ready(self) -> Readiness:
        results = [SubjectResult(key, None, self._outcomes(subject.facts)) for key, subject in self.holes.items()]
        filling = Filling(self._evaluator, lambda keys: {key: self.holes[key] for key in keys}, lambda key: {}, AS_OF)
        return readiness_of(self.loaded.plan, self.outputs, results, (), filling)

    def collectable(self) -> set[str]:
        """The facts that the demo has and that were emptied somewhere."""
        return {name for key, facts in self.whole.items() for name in facts.keys() - self.holes[key].facts.keys()}

    def decided_by(self, names: frozenset[str]) -> int:
        """How many outcomes the true values of some facts decide that were open without them."""
        return len(self._determined(names) - self._determined(frozenset()))

    def _determined(self, names: frozenset[str]) -> set[tuple[str, str]]:
        if names not in self._decided:
            self._decided[names] = set()
            for key, subject in self.holes.items():
                own = self.whole[key]
                outcomes = self._outcomes({**{name: own[name] for name in names if name in own}, **subject.facts})
                self._decided[names] |= {(key, name) for name, outcome in outcomes.items() if isinstance(outcome, Determined)}
        return self._decided[names]

    def _outcomes(self, facts: Mapping[str, Value]) -> dict[str, Outcome]:
        return self._evaluator.outcomes([output.name for output in self.outputs], with_as_of(facts, AS_OF))


POLICIES = Path(__file__).parents[2] / "policies"
AS_OF = date(2026, 6, 30)
ON_THE_DEMO = ["big-customer-development", "key-account-relationship-levels", "key-account-visits-reports"]
EVERY_OTHER = [slug for slug in shipped_policies() if slug not in ON_THE_DEMO and (POLICIES / slug / "binding.yaml").exists()]


@pytest.mark.parametrize("slug", [*ON_THE_DEMO, *(pytest.param(slug, marks=pytest.mark.slow) for slug in EVERY_OTHER)])
def test_the_facts_named_first_decide_the_most_when_they_are_filled_in(slug: str, demo: Path) -> None:
    emptied = Emptied(slug, demo)
    if emptied.loaded.plan.rankings:
        pytest.skip("where everybody stands in a ranking is not found by deciding one after the other")
    there = emptied.collectable()
    named = [fact for fact in emptied.ready().facts if fact.fact in there]

    known: frozenset[str] = frozenset()
    for fact in named[:3]:
        most = max(emptied.decided_by(known | {name}) for name in there - known)
        known |= {fact.fact}
        assert emptied.decided_by(known) >= most - max(5, most // 10), f"{fact.fact} after {known}"
