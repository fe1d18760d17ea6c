"""Engines that compute in a server or on a cluster: a few random plans in each run; ``fuzz.py --engine`` draws as many as one likes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from benchmarks import same_hash

from tests.differential.comparing import differences
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tests.postgres_server import postgres_server
from tests.spark_session import spark
from tierwise.core.plan import HitPolicy, Node, Plan, walk
from tierwise.plugins.manager import Plugins

__all__ = ["postgres_server", "spark"]

SUBJECTS = 15
PLAIN = (1, 13)
COVERING = (78, 96, 0, 2, 158)
"""Seeds of plans without a ranking, and of plans with one that together have all hit policies and nodes."""

IN_SPARK = (49, 23)
"""Two without a ranking that have much in common with all; the others take a minute there."""


def test_the_plans_compared_have_all_that_random_plans_have() -> None:
    drawn, many = ({kind for seed in seeds for kind in kinds_of(drawn_by(Random(seed), seed))} for seeds in (COVERING, range(60)))

    assert drawn >= many, "choose other seeds"
    assert drawn >= set(HitPolicy)


@pytest.mark.parametrize("seed", [*PLAIN, *COVERING])
def test_postgres_decides_random_plans_as_the_reference_engine_does(
    postgres_server: str, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setenv("TIERWISE_POSTGRES", postgres_server)

    assert differences_of("postgres", seed) == []


def test_generated_customers_come_to_one_hash_on_every_engine(
    postgres_server: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TIERWISE_POSTGRES", postgres_server)
    wanted = ("flat, by a table", "holes, by a table", "holes, ranked in regions, with orders")
    tasks = [task for task in same_hash.generated(tmp_path, 60) if task.name in wanted]
    agree = {task.name: same_hash.compare(task, ["duckdb", "reference", "compiled", "postgres"], 100) for task in tasks}

    assert agree == dict.fromkeys(wanted, True)
    assert capsys.readouterr().out.count("postgres, data there") == 3


@pytest.mark.parametrize("seed", [*IN_SPARK, *(pytest.param(seed, marks=pytest.mark.slow) for seed in COVERING)])
def test_spark_decides_random_plans_as_the_reference_engine_does(spark: object, seed: int) -> None:
    assert differences_of("spark", seed) == []


def differences_of(engine: str, seed: int) -> list[str]:
    """Draw a plan and a population, and say in what an engine differs."""
    random = Random(seed)
    plan = drawn_by(random, seed)
    missing, as_of = random.choice([(0.15, AS_OF), (0.5, None)])
    return differences(Plugins().engines()[engine], plan, random_subjects(random, plan, SUBJECTS, missing), as_of)


def drawn_by(random: Random, seed: int) -> Plan:
    """Draw the plan of a seed: the even ones rank."""
    return random_plan(random, rankings=seed % 2 == 0)


def kinds_of(plan: Plan) -> Iterator[HitPolicy | type[Node]]:
    """Yield the hit policies and the kinds of nodes of a plan."""
    roots = [decision.node for decision in plan.decisions.values()] + [part for ranking in plan.rankings.values() for part in ranking.parts]
    for table in plan.tables.values():
        yield table.hit
        roots += [part for rule in table.rules for part in (*rule.tests, *rule.outputs) if part is not None]
        roots += [default for default in table.defaults if default is not None]
    yield from (type(node) for node in walk(*roots))
