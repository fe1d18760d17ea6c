"""Compares the engines, and the reference with the oracle, on random plans for as long as one likes: ``make fuzz``.

``python -m tests.differential.fuzz --seconds 1800 --engines duckdb compiled postgres`` says at the end how many outcomes of which engine were compared
with the reference's.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from tests.core.meaning.completions import difference_from_oracle, small_table
from tests.differential.comparing import ENVIRONMENT, differences, graded_by_reference, same
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tierwise.core.meaning import Evaluator
from tierwise.core.plan import Plan
from tierwise.plugins.deciding.compiled import compiled
from tierwise.plugins.engine import DEFAULT_ENGINE, Engine
from tierwise.plugins.engine_reference import ReferenceGrading
from tierwise.plugins.manager import Plugins

COMPILED = "compiled"
"""The function of one subject, which is no engine."""

TABLES = 20  # that are compared with the oracle where one seed stands for them
SELDOM = 25  # of the seeds one goes to an engine of a server, where a plan costs as much as twenty elsewhere


def found_by(seed: int, engines: Mapping[str, Engine | None], subjects: int, compared: Counter[str]) -> Iterator[str]:
    """Yield what differs in the draws of one seed: every fourth compares tables with the oracle, every second of the others ranks.

    Args:
        seed: What the draws hang on.
        engines: The engines by name; ``None`` for the compiled function.
        subjects: How many subjects a plan has.
        compared: Counts, by engine, the outcomes that were compared.
    """
    random = Random(seed)
    if seed % 4 == 3:
        compared["oracle"] += TABLES
        yield from (line for _ in range(TABLES) if (line := difference_from_oracle(*small_table(random))))
        return
    plan = random_plan(random, rankings=seed % 2 == 0)
    if random.random() < 0.5:
        plan = replace(plan, decisions={name: replace(one, output=True) for name, one in plan.decisions.items()})
    missing, as_of = random.choice([(0.02, AS_OF), (0.15, AS_OF), (0.5, None)])
    if missing < 0.1:  # what is compiled decides subjects of which all is known
        plan = replace(plan, readings={name: replace(one, settled=one.settled or one.values[0]) for name, one in plan.readings.items()})
    drawn = random_subjects(random, plan, subjects, missing)
    reference = graded_by_reference(plan, drawn, as_of)
    for name, engine in engines.items():
        if engine is None:
            yield from _found_in_compiled(plan, drawn, as_of, reference, compared)
        elif name == DEFAULT_ENGINE or seed % SELDOM == 0:
            compared[name] += len(drawn) * len(reference.outputs)
            yield from differences(engine, plan, drawn, as_of, reference=reference)


def _found_in_compiled(
    plan: Plan, subjects: Sequence[Mapping[str, Any]], as_of: date | None, reference: ReferenceGrading, compared: Counter[str]
) -> Iterator[str]:
    function = compiled(Evaluator(plan, ENVIRONMENT))
    if function is None:  # it hangs on more than the facts of one subject
        return
    for facts, expected in zip(subjects, reference.rows(), strict=True):
        for output, outcome in (function(facts, as_of) or {}).items():
            compared[COMPILED] += 1
            if not same(expected.outcomes[output], outcome):
                yield f"{output} of {facts}: reference {expected.outcomes[output]}, compiled {outcome}"


def main() -> int:
    """Print each seed in which something differs, and how much was compared."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--subjects", type=int, default=40)
    parser.add_argument("--engines", nargs="+", default=[DEFAULT_ENGINE, COMPILED])
    parser.add_argument("--comparisons", type=int, default=10**12, help="stop when as many outcomes have been compared")
    options = parser.parse_args()
    known = Plugins().engines()
    engines = {name: None if name == COMPILED else known[name] for name in options.engines}
    end, seed, different, compared = time.monotonic() + options.seconds, options.seed, 0, Counter[str]()
    while time.monotonic() < end and compared.total() < options.comparisons:
        try:
            found: Collection[str] = list(found_by(seed, engines, options.subjects, compared))
        except Exception as error:  # noqa: BLE001 - a fuzzer reports whatever happens and goes on
            found = [f"{type(error).__name__}: {error}"]
        different += bool(found)
        for line in list(found)[:3]:
            print(f"seed {seed}: {line}", flush=True)
        seed += 1
        if seed % 500 == 0:
            print(f"{seed - options.seed} seeds, {compared.total():,} outcomes compared", file=sys.stderr, flush=True)
    shown = ", ".join(f"{name} {count:,}" for name, count in compared.most_common())
    print(f"{seed - options.seed} seeds, {compared.total():,} outcomes compared ({shown}), {different} seeds with differences")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
