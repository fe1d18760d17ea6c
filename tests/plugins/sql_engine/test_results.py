"""Results are counted in DuckDB as they are counted row by row, and read in the order of the keys."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.plugins.sql_engine.populations import graded, ranked, subject
from tierwise.core.outcome import Determined, Reason, Undetermined
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
