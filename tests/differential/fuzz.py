"""Compares the engines, and the reference with the oracle, on random plans for as long as one likes: ``python -m tests.differential.fuzz --seconds 1800``."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Iterator
from random import Random

from tests.core.meaning.completions import difference_from_oracle, small_table
from tests.differential.comparing import differences
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tierwise.plugins.engine import DEFAULT_ENGINE, Engine
from tierwise.plugins.manager import Plugins

TABLES = 200  # that are compared with the oracle where one seed stands for them: each costs as little as one subject of a plan


def found_by(seed: int, engine: Engine, subjects: int) -> Iterator[str]:
    """Yield what differs in the draws of one seed: every fourth compares tables with the oracle, every second of the others ranks."""
    random = Random(seed)
    if seed % 4 == 3:
        yield from (line for _ in range(TABLES) if (line := difference_from_oracle(*small_table(random))))
        return
    plan = random_plan(random, rankings=seed % 2 == 0)
    missing, as_of = random.choice([(0.15, AS_OF), (0.15, AS_OF), (0.5, None)])
    yield from differences(engine, plan, random_subjects(random, plan, subjects, missing), as_of)


def main() -> int:
    """Print each seed in which something differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--subjects", type=int, default=40)
    parser.add_argument("--engine", default=DEFAULT_ENGINE)
    options = parser.parse_args()
    engine = Plugins().engines()[options.engine]
    end, seed, different = time.monotonic() + options.seconds, options.seed, 0
    while time.monotonic() < end:
        try:
            found = list(found_by(seed, engine, options.subjects))
        except Exception as error:  # noqa: BLE001 - a fuzzer reports whatever happens and goes on
            found = [f"{type(error).__name__}: {error}"]
        different += bool(found)
        for line in found[:3]:
            print(f"seed {seed}: {line}", flush=True)
        seed += 1
    print(f"{seed - options.seed} seeds compared, {different} with differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
