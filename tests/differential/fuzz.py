"""Compares the engines on random plans for as long as one likes: ``python -m tests.differential.fuzz --seconds 60``."""

from __future__ import annotations

import argparse
import time
from random import Random

from tests.differential.comparing import differences
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tierwise.plugins.engine import DEFAULT_ENGINE
from tierwise.plugins.manager import Plugins


def main() -> None:
    """Print each seed whose engines differ."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rankings", action="store_true", help="rank the subjects, too")
    parser.add_argument("--subjects", type=int, default=40)
    parser.add_argument("--engine", default=DEFAULT_ENGINE)
    options = parser.parse_args()
    engine = Plugins().engines()[options.engine]
    end, seed = time.monotonic() + options.seconds, options.seed
    while time.monotonic() < end:
        random = Random(seed)
        plan = random_plan(random, options.rankings)
        try:
            found = differences(engine, plan, random_subjects(random, plan, options.subjects), AS_OF)
        except Exception as error:  # noqa: BLE001 - a fuzzer reports whatever happens and goes on
            found = [f"{type(error).__name__}: {error}"]
        for line in found[:3]:
            print(f"seed {seed}: {line}", flush=True)
        seed += 1
    print(f"{seed - options.seed} plans compared")


if __name__ == "__main__":
    main()
