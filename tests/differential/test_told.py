"""What SQL tells of rows with missing facts is exact: the same values, reasons, candidates and rules as the reference engine and as plain set addition."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import reduce
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import tierwise
from tests.differential.comparing import fact_table
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tests.differential.told import told_wrongly
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.builtin.engine_duckdb.duckdb_engine import DuckGrading

SLOW = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
GRADE_JOB = Path(__file__).parents[2] / "benchmarks" / "policies" / "grade-job"

BORDERS: Mapping[str, tuple[tuple[str, int], ...]] = {
    "annual_sales": (("1000000", 25), ("500000", 20), ("200000", 14), ("50000", 7), ("0", 2)),
    "on_time_rate": (("0.95", 15), ("0.85", 11), ("0.70", 6), ("0", 0)),
    "margin": (("0.30", 15), ("0.20", 11), ("0.10", 7), ("0", 3), ("-1", 0)),
    "order_count": (("60", 10), ("24", 7), ("8", 4), ("0", 1)),
    "years_active": (("10", 10), ("5", 7), ("2", 4), ("0", 1)),
    "share_of_wallet": (("0.60", 10), ("0.40", 7), ("0.20", 4), ("0.05", 2), ("0", 0)),
}
WORDS: Mapping[str, Mapping[str, int]] = {
    "sales_mode": {"exclusive": 10, "mixed": 6, "other": 2},
    "fame": {"high": 5, "medium": 3, "low": 1},
}
TERMS = {"A": (60, 30), "B": (30, 15), "C": (15, 0), "D": (0, 0)}


@SLOW
@given(st.integers(0, 2**32))
def test_what_is_told_of_random_plans_is_what_the_reference_engine_says(seed: int) -> None:
    random = Random(seed)
    plan = random_plan(random)
    assert told_wrongly(plan, random_subjects(random, plan, 30, missing=0.3), AS_OF)[1] == []


@pytest.mark.parametrize("missing", [0.01, 0.1, 0.3, 0.9])
def test_the_possible_grades_of_a_scorecard_with_holes_in_every_column_are_those_of_set_addition(missing: float) -> None:
    subjects = customers(Random(round(missing * 100)), 400, missing)
    policy = tierwise.load(str(GRADE_JOB))
    grading = grade(policy.plan, policy.environment, fact_table(policy.plan, subjects), None)
    assert isinstance(grading, DuckGrading)

    asked = [grading.answers(output.name) for output in grading.outputs]
    assert all(not answers.outcomes and answers.rest is None for answers in asked), "nothing is left to ask about"
    for output, expected in (("grade", grades), ("terms_days", terms)):
        told = told_of(grading, output)
        assert len(told) == sum(len(facts) < len(BORDERS) + len(WORDS) + 1 for facts in subjects) - known_anyway(grading, output, subjects)
        for key, outcome in told.items():
            assert values(outcome) == expected(subjects[int(key)]), f"{output} of {subjects[int(key)]}"


def customers(random: Random, count: int, missing: float) -> list[dict[str, Any]]:
    """Return customers whose values stand at every border and one step below it."""
    found = []
    for _ in range(count):
        facts: dict[str, Any] = {"late_payments_this_quarter": Decimal(random.randrange(4))}
        for name, bands in BORDERS.items():
            border = Decimal(random.choice(bands)[0])
            step = Decimal(1).scaleb(-2 if name == "annual_sales" else 0 if name in ("order_count", "years_active") else -4)
            facts[name] = max(border - random.choice([0, 1]) * step, Decimal(bands[-1][0]))
        facts |= {name: random.choice(list(words)) for name, words in WORDS.items()}
        found.append({name: value for name, value in facts.items() if random.random() >= missing})
    return found


def told_of(grading: DuckGrading, output: str) -> dict[str, Outcome]:
    """Return key to outcome of the rows of which SQL tells what they may be."""
    columns = grading.columns[output]
    query = f'SELECT "key", "{columns.possible}" FROM "{grading.table}" WHERE {columns.is_told().sql("duckdb")}'
    return {key: grading.masks[output].outcome(bits) for key, bits in grading.connection.cursor().execute(query).fetchall()}


def known_anyway(grading: DuckGrading, output: str, subjects: list[dict[str, Any]]) -> int:
    """Count the customers with a hole who are determined all the same, as by facts that do not matter."""
    query = f'SELECT "key" FROM "{grading.table}" WHERE {grading.columns[output].is_determined().sql("duckdb")}'
    keys = [key for (key,) in grading.connection.cursor().execute(query).fetchall()]
    return sum(len(subjects[int(key)]) < len(BORDERS) + len(WORDS) + 1 for key in keys)


def values(outcome: Outcome) -> set[Any]:
    """Return the values that an outcome leaves."""
    if isinstance(outcome, Determined):
        return {outcome.value}
    assert isinstance(outcome, Undetermined)
    assert outcome.reason is Reason.MISSING_FACT
    return set(outcome.candidates)


def grades(facts: Mapping[str, Any]) -> set[str]:
    """Add up the sets of points that each item may bring."""
    items = [points(facts, name) for name in (*BORDERS, *WORDS)]
    sums = reduce(lambda left, right: {a + b for a in left for b in right}, items)
    return {"A" if total >= 85 else "B" if total >= 70 else "C" if total >= 50 else "D" for total in sums}


def points(facts: Mapping[str, Any], name: str) -> set[int]:
    """Return the points that an item may bring."""
    if name not in facts:
        return {p for _, p in BORDERS[name]} if name in BORDERS else set(WORDS[name].values())
    if name in WORDS:
        return {WORDS[name][facts[name]]}
    return {next(p for border, p in BORDERS[name] if facts[name] >= Decimal(border))}


def terms(facts: Mapping[str, Any]) -> set[int]:
    """Return the days of credit that a customer may have."""
    late = facts.get("late_payments_this_quarter")
    places = [0, 1] if late is None else [int(late >= 2)]
    return {TERMS[grade][place] for grade in grades(facts) for place in places}
