"""Compares what SQL tells of rows with missing facts with the outcomes of the reference engine, for as long as one likes.

``python -m tests.differential.told --seconds 60``.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from random import Random
from typing import Any

from tests.differential.comparing import ENVIRONMENT, fact_table
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tierwise.core.environment import Environment
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Plan
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.builtin.engine_duckdb.duckdb_engine import DuckGrading
from tierwise.plugins.sql_engine.staging import KEY

__all__ = ["told_wrongly"]


def told_wrongly(
    plan: Plan, subjects: Sequence[Mapping[str, Any]], as_of: date | None, environment: Environment = ENVIRONMENT
) -> tuple[int, list[str]]:
    """Return how many outcomes SQL told, and those that the reference engine gives otherwise."""
    grading = grade(plan, environment, fact_table(plan, subjects), as_of)
    if not isinstance(grading, DuckGrading):
        return 0, []
    rows = {row.key: row.outcomes for row in grading.rows()}
    found, count = [], 0
    for output, mask in grading.masks.items():
        columns = grading.columns[output]
        query = f'SELECT "{KEY}", "{columns.possible}" FROM "{grading.table}" WHERE {columns.is_told().sql("duckdb")}'
        for key, bits in grading.connection.cursor().execute(query).fetchall():
            count += 1
            expected, told = rows[key][output], mask.outcome(bits)
            if _gist(expected, mask.are_rules_told) != _gist(told, mask.are_rules_told):
                found.append(f"{output} of {key} {dict(subjects[int(key)])}: reference {expected}, told {told}")
    return count, found


def _gist(outcome: Outcome, with_rules: bool) -> Outcome:
    """Leave out what is not told: what the outcome hangs on, and perhaps the rules."""
    rules = outcome.rules if with_rules else ()
    return replace(outcome, rules=rules) if isinstance(outcome, Determined) else replace(outcome, needs=(), rules=rules)


def main() -> None:
    """Print each seed of which something is told wrongly."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--missing", type=float, default=0.3)
    options = parser.parse_args()
    end, seed, told = time.monotonic() + options.seconds, options.seed, 0
    while time.monotonic() < end:
        random = Random(seed)
        plan = random_plan(random)
        count, found = told_wrongly(plan, random_subjects(random, plan, 40, options.missing), AS_OF)
        told += count
        for line in found[:3]:
            print(f"seed {seed}: {line}", flush=True)
        seed += 1
    print(f"{seed - options.seed} plans, {told} outcomes told")


if __name__ == "__main__":
    main()
