"""Many subjects at once come to what each comes to by itself."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import duckdb
import pyarrow
import pytest

import tierwise
from tierwise.core.errors import DataError
from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.types import NumberType
from tierwise.plugins.policy import LoadedPolicy

FACTS: dict[str, Any] = {"annual_usage_yuan": 500_000, "usage_size": "large", "payment_reputation": "good", "profit_contribution": "normal"}
ROWS: list[dict[str, Any]] = [
    {"customer_id": "c1", **FACTS},
    {"customer_id": "c2", **FACTS, "payment_reputation": None},
    {"customer_id": "c3", "annual_usage_yuan": 250_000.5, "usage_size": "fairly_large", "payment_reputation": "fairly_good"},
    {"customer_id": "c4"},
    {"customer_id": "c5", **FACTS, "annual_usage_yuan": "much"},
]


@pytest.fixture(scope="module")
def tiers() -> LoadedPolicy:
    return tierwise.load("big-customer-tiers")


def test_rows_come_to_what_each_comes_to_by_itself(tiers: LoadedPolicy) -> None:
    found = tiers.decide_many(iter(ROWS * 3))
    alone = [tiers.decide({name: value for name, value in row.items() if name != "customer_id"}) for row in ROWS]
    assert found == alone * 3
    assert [finding.code for finding in found[4].findings] == ["bad-value"]


def test_a_policy_that_ranks_takes_the_rows_as_one_population() -> None:
    policy = tierwise.load("abc-5-20-80-care")
    rows: list[dict[str, Any]] = [{"customer_id": f"c{n}", "annual_sales_yuan": 1_000 - n} for n in range(40)]
    rows = [{name: value for name, value in row.items() if name == "customer_id" or name in policy.plan.facts} for row in rows]
    found = policy.decide_many(rows, as_of="2026-11-21")
    together = policy.decide({"population": rows}, as_of=date(2026, 11, 21))
    assert together.by_subject is not None
    for row, result in zip(rows, found, strict=True):
        assert dict(result.outcomes) == {**together.outcomes, **together.by_subject[row["customer_id"]]}
        assert result.as_of == date(2026, 11, 21)


@pytest.mark.parametrize("odd", [[None], [5], ["text"], [[]]])
def test_what_is_no_subject_is_refused(tiers: LoadedPolicy, odd: list[Any]) -> None:
    with pytest.raises(DataError, match="not named values"):
        tiers.decide_many(odd)


def table_of(rows: list[dict[str, Any]]) -> pyarrow.Table:
    names = list(dict.fromkeys(name for row in rows for name in row))
    return pyarrow.table({name: [row.get(name) for row in rows] for name in names})


def test_a_table_at_hand_is_graded_as_its_rows_are_decided(tiers: LoadedPolicy) -> None:
    rows = ROWS[:4]
    graded = list(tiers.grade_table(table_of(rows)).rows())
    assert [result.key for result in graded] == ["c1", "c2", "c3", "c4"]
    assert [dict(result.outcomes) for result in graded] == [dict(result.outcomes) for result in tiers.decide_many(rows)]


def test_a_table_without_a_key_is_in_the_order_of_its_rows(tiers: LoadedPolicy) -> None:
    rows = [{name: value for name, value in ROWS[n % 4].items() if name != "customer_id"} for n in range(25)]
    graded: Iterator[SubjectResult] = tiers.grade_table(table_of(rows)).rows()
    assert [dict(result.outcomes) for result in graded] == [dict(result.outcomes) for result in tiers.decide_many(rows)]


def test_the_rows_of_a_table_come_to_what_each_comes_to_by_itself(tiers: LoadedPolicy) -> None:
    rows = ROWS[:4] * 3
    more = table_of(rows).append_column("more", pyarrow.array([b"x"] * len(rows)))
    assert tiers.decide_many(more) == tiers.decide_many(duckdb.connect().from_arrow(more)) == tiers.decide_many(rows)


def test_the_rows_of_a_table_are_one_population_where_the_policy_ranks() -> None:
    policy = tierwise.load("abc-5-20-80-care")
    fact = next(fact.name for fact in policy.plan.facts.values() if isinstance(fact.type, NumberType))
    rows: list[dict[str, Any]] = [{"customer_id": f"c{n}", fact: 1_000 - n} for n in range(40)]
    assert policy.decide_many(table_of(rows), "2026-11-21") == policy.decide_many(rows, "2026-11-21")


def test_a_table_without_facts_or_with_one_twice_is_refused(tiers: LoadedPolicy) -> None:
    with pytest.raises(DataError, match="called like a fact"):
        tiers.decide_many(pyarrow.table({"nothing": [1]}))
    usage = table_of([FACTS]).select(["annual_usage_yuan"])
    with pytest.raises(DataError, match="more than one column `annual_usage_yuan`"):
        tiers.decide_many(usage.append_column("annual_usage_yuan", usage.column(0)))


def test_what_is_no_table_is_refused(tiers: LoadedPolicy) -> None:
    with pytest.raises(DataError, match="no table"):
        tiers.grade_table(5)
    with pytest.raises(DataError, match="called like a fact"):
        tiers.grade_table(pyarrow.table({"nothing": [1]}))


def test_a_column_that_no_fact_is_called_like_does_no_harm_even_twice_and_of_any_type(tiers: LoadedPolicy) -> None:
    rows = ROWS[:4]
    table = table_of(rows)
    for column in (pyarrow.array([{"a": [1]}] * len(rows)), pyarrow.array([b"x"] * len(rows))):
        table = table.append_column("more", column)
    graded = list(tiers.grade_table(table).rows())
    assert len(graded) == len(rows)
    assert [dict(result.outcomes) for result in graded] == [dict(result.outcomes) for result in tiers.decide_many(rows)]
