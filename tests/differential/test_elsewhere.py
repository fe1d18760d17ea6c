"""Engines that compute in a server or on a cluster: a few random plans in each run; ``fuzz.py --engine`` draws as many as one likes."""

from __future__ import annotations

from random import Random

import pytest

from tests.differential.comparing import differences
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tests.postgres_server import postgres_server
from tests.spark_session import spark
from tierwise.plugins.manager import Plugins

__all__ = ["postgres_server", "spark"]

SUBJECTS = 15
PLAIN, RANKED = (1, 13), (0, 4, 12)
"""Seeds of plans."""


@pytest.mark.parametrize("seed", [*PLAIN, *RANKED])
def test_postgres_decides_random_plans_as_the_reference_engine_does(
    postgres_server: str, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setenv("TIERWISE_POSTGRES", postgres_server)

    assert differences_of("postgres", seed) == []


def test_spark_decides_random_plans_as_the_reference_engine_does(spark: object) -> None:
    assert {seed: found for seed in PLAIN if (found := differences_of("spark", seed))} == {}


def differences_of(engine: str, seed: int) -> list[str]:
    """Draw a plan and a population, and say in what an engine differs."""
    random = Random(seed)
    plan = random_plan(random, rankings=seed in RANKED)
    missing, as_of = random.choice([(0.15, AS_OF), (0.5, None)])
    return differences(Plugins().engines()[engine], plan, random_subjects(random, plan, SUBJECTS, missing), as_of)
