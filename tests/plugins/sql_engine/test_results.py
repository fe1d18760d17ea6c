"""Results are counted in DuckDB as they are counted row by row, and read in the order of the keys."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from tests.differential.comparing import ENVIRONMENT, fact_table
from tests.differential.random_plans import AS_OF, random_plan, random_subjects
from tests.plugins.sql_engine.populations import graded, ranked, subject
from tierwise.core.outcome import Determined, Reason, Undetermined
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.sql_engine import asking, results

SUBJECTS = [subject(30), subject(20), subject(1), subject(None), subject(25, safe=False), subject(20), subject(None, safe=None)]


@pytest.mark.parametrize("few", [0, 1_000])
@pytest.mark.parametrize("output", ["place", "shown"])
def test_the_distribution_is_the_count_of_the_rows(output: str, few: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asking, "FEW_ASKED", few)
    grading = graded(ranked(), SUBJECTS)
    outcomes = [row.outcomes[output] for row in grading.rows()]
    counted = Counter(outcome.value if isinstance(outcome, Determined) else outcome.reason for outcome in outcomes)

    shares = {share.reason or share.value: share.count for share in grading.distribution(output) if share.count}
    assert shares == counted
    assert grading.count() == len(outcomes) == len(SUBJECTS)


def test_rows_come_in_the_order_of_the_keys_as_many_as_wanted() -> None:
    grading = graded(ranked(), SUBJECTS)

    assert [row.key for row in grading.rows()] == [f"{n:05}" for n in range(len(SUBJECTS))]
    assert [row.key for row in grading.rows(limit=2)] == ["00000", "00001"]


def test_rules_and_reasons_are_those_of_the_policy() -> None:
    rows = {row.key: row.outcomes for row in graded(ranked(), SUBJECTS).rows()}

    assert rows["00002"]["shown"] == Undetermined(Reason.LOST)
    assert rows["00004"]["place"] == Determined("C")


@pytest.mark.parametrize("subjects", [SUBJECTS, [subject(30), subject(20), subject(20)]], ids=["some left open", "all decided"])
def test_few_rows_read_at_once_say_what_queries_say(subjects: list[dict[str, object]], monkeypatch: pytest.MonkeyPatch) -> None:
    at_once = graded(ranked(), subjects)
    read = [list(at_once.rows()), list(at_once.rows(limit=2)), *(at_once.distribution(d.name) for d in at_once.outputs)]
    monkeypatch.setattr(results, "MOST_READ", 0)
    by_queries = graded(ranked(), subjects)
    assert read == [list(by_queries.rows()), list(by_queries.rows(limit=2)), *(by_queries.distribution(d.name) for d in by_queries.outputs)]


@pytest.mark.parametrize("seed", range(4))
def test_outputs_that_are_counted_together_are_counted_as_their_rows_are(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(results, "MOST_READ", 0)
    monkeypatch.setattr(asking, "FEW_ASKED", 0)
    random = Random(seed)
    plan = random_plan(random, rankings=False)
    grading = grade(plan, ENVIRONMENT, fact_table(plan, random_subjects(random, plan, 80, missing=0.3 * (seed % 2))), AS_OF)
    counted = {output.name: grading.distribution(output.name) for output in grading.outputs}
    rows = list(grading.rows())
    for output, shares in counted.items():
        outcomes = [row.outcomes[output] for row in rows]
        found = Counter(repr(one.value) if isinstance(one, Determined) else one.reason for one in outcomes)
        assert Counter({share.reason or repr(share.value): share.count for share in shares if share.count}) == found
