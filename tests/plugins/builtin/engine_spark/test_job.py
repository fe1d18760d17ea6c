"""A job in Spark reads facts and writes results where they are, with the outcomes and the findings of a binding in DuckDB."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.spark_session import spark
from tierwise.core.errors import DataError
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType, TextType, Type
from tierwise.core.values import to_json
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.builtin.engine_spark.job import grade_parquet
from tierwise.plugins.data_source import open_source
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import LoadedPolicy, load

__all__ = ["spark"]

AS_OF = date(2026, 6, 30)
CUSTOMERS = """
SELECT 'K' || lpad(n::VARCHAR, 4, '0') AS customer_id, '客户 ' || n AS name,
       CASE WHEN n % 11 = 0 THEN NULL WHEN n = 7 THEN -1 ELSE (n * 7919 % 1000) * 1.25 END::DECIMAL(20, 3) AS sales_yuan,
       CASE WHEN n % 13 = 0 THEN NULL WHEN n = 5 THEN 'E' ELSE chr((65 + n % 4)::INTEGER) END AS grade_now, n % 2 = 0 AS dedicated_staff_assigned,
       n::BIGINT AS executive_visits_year, (n % 5)::INTEGER AS marketing_meetings_year
FROM range(1, 121) t(n)
"""


def written(outcome: Outcome, type: Type) -> tuple[Any, ...]:
    if isinstance(outcome, Determined):
        value = to_json(outcome.value)
        is_plain = isinstance(type, EnumType | NumberType | BooleanType | DateType | TextType) or value is None
        return value if is_plain else json.dumps(value, ensure_ascii=False), None, None, list(outcome.rules)
    return None, outcome.reason.value, [json.dumps(to_json(value), ensure_ascii=False) for value in outcome.candidates], list(outcome.rules)


def by_duckdb(loaded: LoadedPolicy, file: Path) -> tuple[dict[str, Any], list[tuple[str, str, int]]]:
    """Return what DuckDB makes of a file, as a job writes it, and the findings."""
    with closing(open_source(str(file), Plugins().sources().values())) as source:
        facts = bind(source, loaded.plan)
        types = {decision.name: decision.type for decision in loaded.plan.outputs}
        graded = grade(loaded.plan, loaded.environment, facts, AS_OF).rows()
        rows = {row.key: {name: written(outcome, types[name]) for name, outcome in row.outcomes.items()} for row in graded}
        return rows, [(finding.code, finding.fact, finding.count) for finding in facts.findings]


def read_back(target: Path, loaded: LoadedPolicy) -> dict[str, Any]:
    names = [decision.name for decision in loaded.plan.outputs if not decision.population]
    cells = ", ".join(f'"{name}", "{name}.reason", "{name}.candidates", "{name}.rules"' for name in names)
    found = duckdb.connect().execute(f"SELECT key, {cells} FROM read_parquet('{target}/*.parquet')").fetchall()
    return {
        key: {name: (to_json(row[4 * n]), row[4 * n + 1], row[4 * n + 2], row[4 * n + 3] or []) for n, name in enumerate(names)}
        for key, *row in found
    }


@pytest.mark.slow  # a minute on both cores; that Spark decides as the reference does is in tests/differential/test_elsewhere.py
def test_a_job_writes_what_duckdb_gives(spark: object, tmp_path: Path) -> None:
    file, target = tmp_path / "customers.parquet", tmp_path / "graded"
    duckdb.connect().execute(f"COPY ({CUSTOMERS}) TO '{file}' (FORMAT PARQUET)")
    loaded = load("abc-5-20-80-care")
    expected, findings = by_duckdb(loaded, file)
    _, found = grade_parquet(loaded.plan, loaded.environment, str(file), str(target), AS_OF)

    assert [(finding.code, finding.fact, finding.count) for finding in found] == findings
    assert read_back(target, loaded) == expected
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []

    with pytest.raises(DataError, match="there is something at"):
        grade_parquet(loaded.plan, loaded.environment, str(file), str(target), AS_OF)
