"""Customers graded where they are, in Spark or in a PostgreSQL server, against the same SQL written by hand there.

Run ``python -m benchmarks.elsewhere spark`` or ``TIERWISE_POSTGRES=postgresql://… python -m benchmarks.elsewhere postgres``. Both sides read the same
data and write a row for every customer, in Spark as Parquet, in PostgreSQL into a temporary table; they take turns, the figures are medians and their
ratio. First the grades are compared customer by customer.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

import duckdb

from tierwise.plugins import sql
from tierwise.plugins.policy import LoadedPolicy, load

__all__ = ["main"]

HEAD = """
tierwise: 1
policy: {name}
version: 1.0.0
title: A benchmark
subject: customer
facts:
  turnover: {{type: number, scale: 2, min: 0}}
  orders: {{type: integer, min: 0}}
  days_late: {{type: integer, min: 0}}
  region: {{type: text}}
  strategic: {{type: boolean}}
modules:
  tier:
    kind: value-tier
    scale: [A, B, C, D]
    decisions:
"""
FLAT = """
      tier:
        type: enum
        values: [A, B, C, D]
        table:
          hit: first
          rules: |
            id | turnover | orders | days_late | strategic -> tier
            r1 | >= 50万  | >= 12  | <= 10     | -         -> A
            r2 | >= 50万  | -      | -         | -         -> B
            r3 | >= 10万  | >= 6   | <= 30     | -         -> B
            r4 | -        | -      | -         | true      -> B
            r5 | >= 10万  | -      | <= 60     | -         -> C
            r6 | -        | -      | -         | -         -> D
"""
RANKED = """
      tier:
        type: enum
        values: [A, B, C, D]
        ranking:
          by: turnover
          partition: region
          quotas: {A: 5%, B: 20%, C: 50%, D: rest}
          rounding: floor
          ties: together_better
"""
BY_HAND = {
    "flat": """
SELECT key, CASE WHEN turnover >= 500000 AND orders >= 12 AND days_late <= 10 THEN 'A' WHEN turnover >= 500000 THEN 'B'
  WHEN turnover >= 100000 AND orders >= 6 AND days_late <= 30 THEN 'B' WHEN strategic THEN 'B'
  WHEN turnover >= 100000 AND days_late <= 60 THEN 'C' ELSE 'D' END AS tier FROM customers""",
    "ranked": """
SELECT key, CASE WHEN 100 * place <= 5 * members THEN 'A' WHEN 100 * place <= 25 * members THEN 'B' WHEN 100 * place <= 75 * members THEN 'C'
  ELSE 'D' END AS tier
FROM (SELECT key, rank() OVER (PARTITION BY region ORDER BY turnover DESC) AS place, count(*) OVER (PARTITION BY region) AS members
      FROM customers) ranked""",
}
CUSTOMERS = """
SELECT lpad(i::VARCHAR, 9, '0') AS key, ((hash(i) % 100000000)::DECIMAL(18, 0) * 0.01)::DECIMAL(18, 2) AS turnover,
  (hash(i + 1) % 24)::BIGINT AS orders, (hash(i + 2) % 90)::BIGINT AS days_late, 'region ' || hash(i + 3) % 20 AS region,
  hash(i + 4) % 10 = 0 AS strategic
FROM range({count}) AS customers(i)
"""


class Place(Protocol):
    """Where both sides compute."""

    def by_hand(self, query: str) -> Any:
        """Write what a query gives, and return where."""

    def by_policy(self, loaded: LoadedPolicy) -> Any:
        """Write what a policy gives, and return where."""

    def different(self, hand: Any, policy: Any) -> int:
        """Count the customers with different grades."""


class InSpark:
    """Spark, from Parquet to Parquet."""

    def __init__(self, folder: Path, count: int) -> None:
        from pyspark.sql import SparkSession

        self.folder, self.path = folder, folder / "customers.parquet"
        duckdb.execute(f"COPY ({CUSTOMERS.format(count=count)}) TO '{self.path}' (FORMAT parquet)")
        begun = time.perf_counter()
        SparkSession.builder.master("local[2]").config("spark.ui.enabled", "false").config("spark.driver.memory", "4g").getOrCreate()
        print(f"started in {time.perf_counter() - begun:.1f} s")
        from tierwise.plugins.builtin.engine_spark.spark_session import session

        self.session = session()

    def by_hand(self, query: str) -> str:
        self.session.read.parquet(str(self.path)).createOrReplaceTempView("customers")
        target = str(self.folder / uuid4().hex)
        self.session.sql(query).write.parquet(target)
        return target

    def by_policy(self, loaded: LoadedPolicy) -> str:
        from tierwise.plugins.builtin.engine_spark.job import grade_parquet

        target = str(self.folder / uuid4().hex)
        grade_parquet(loaded.plan, loaded.environment, str(self.path), target, key="key")
        return target

    def different(self, hand: str, policy: str) -> int:
        sides = [f"(SELECT key, tier FROM read_parquet('{side}/*.parquet'))" for side in (hand, policy)]
        found = duckdb.execute(f"SELECT count(*) FROM {sides[0]} h FULL JOIN {sides[1]} p USING (key) WHERE h.tier IS DISTINCT FROM p.tier")
        return int((found.fetchone() or (-1,))[0])


class InPostgres:
    """A PostgreSQL server, from a table to a temporary table."""

    def __init__(self, count: int) -> None:
        from tierwise.plugins.builtin.engine_postgres.postgres_tables import PostgresTables
        from tierwise.plugins.postgres import connected

        self.tables = PostgresTables(connected(os.environ["TIERWISE_POSTGRES"]))
        customers = duckdb.sql(CUSTOMERS.format(count=count))
        assert customers is not None, "INVARIANT: a query gives rows"
        self.tables.bring("customers", customers.to_arrow_reader(100_000))
        with self.tables.connection.cursor() as cursor:
            cursor.execute("ALTER TABLE customers ALTER turnover TYPE numeric(18, 2), ADD PRIMARY KEY (key)")
            cursor.execute("ANALYZE customers")

    def by_hand(self, query: str) -> str:
        name = uuid4().hex
        with self.tables.connection.cursor() as cursor:
            cursor.execute(f'CREATE TEMP TABLE "{name}" AS {query}')
        return name

    def by_policy(self, loaded: LoadedPolicy) -> str:
        from tierwise.plugins.data_source import Column, SourceTable
        from tierwise.plugins.sql_engine.facts_grading import facts_read, grade_in
        from tierwise.plugins.sql_engine.facts_in_place import bring_facts
        from tierwise.plugins.sql_engine.results import SqlGrading

        types = {"turnover": "DECIMAL(18, 2)", "orders": "BIGINT", "days_late": "BIGINT", "region": "VARCHAR", "strategic": "BOOLEAN"}
        table = SourceTable("customers", (Column("key", "VARCHAR", key=1), *(Column(name, type) for name, type in types.items())))
        relation = uuid4().hex
        self.tables.make(relation, sql.select(sql.star(), source=sql.table("customers")), "VIEW")
        facts = bring_facts(self.tables, relation, table, "key", None, loaded.plan, facts_read(loaded.plan), "TABLE")
        grading = grade_in(self.tables, facts.rows, loaded.plan, loaded.environment, None)
        assert isinstance(grading, SqlGrading)
        return self._named(grading)

    def _named(self, grading: Any) -> str:
        name = uuid4().hex
        value = grading.columns["tier"].value
        query = sql.select(sql.column("key"), sql.alias(sql.column(value), "tier"), source=sql.table(grading.table))
        self.tables.make(name, query, "VIEW")
        return name

    def different(self, hand: str, policy: str) -> int:
        with self.tables.connection.cursor() as cursor:
            cursor.execute(f'SELECT count(*) FROM "{hand}" h FULL JOIN "{policy}" p USING (key) WHERE h.tier IS DISTINCT FROM p.tier')
            found = cursor.fetchone()
        return int(found[0]) if found else -1


def main() -> None:
    """Print the times and their ratios."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("engine", choices=["spark", "postgres"])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--only", choices=sorted(BY_HAND))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place: Place = InSpark(Path(folder), options.customers) if options.engine == "spark" else InPostgres(options.customers)
        for name, form in (("flat", FLAT), ("ranked", RANKED)):
            if options.only in (None, name):
                compare(place, name, policy_of(Path(folder), name, form), options.repeats)


def policy_of(folder: Path, name: str, form: str) -> LoadedPolicy:
    """Load a policy with one decision."""
    file = folder / f"{name}.yaml"
    file.write_text(HEAD.format(name=name) + form, encoding="utf-8")
    return load(file)


def compare(place: Place, name: str, loaded: LoadedPolicy, repeats: int) -> None:
    """Compare the grades, then the times."""
    sides: dict[str, Callable[[], Any]] = {"by hand": lambda: place.by_hand(BY_HAND[name]), "tierwise": lambda: place.by_policy(loaded)}
    print(f"{name}: {place.different(*(run() for run in sides.values()))} customers with different grades", flush=True)
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(repeats):
        for side, run in sides.items():
            begun = time.perf_counter()
            run()
            seconds[side].append(time.perf_counter() - begun)
    medians = {side: statistics.median(found) for side, found in seconds.items()}
    print(
        f"{name}: " + ", ".join(f"{side} {median:.2f} s (x {median / medians['by hand']:.2f})" for side, median in medians.items()),
        flush=True,
    )


if __name__ == "__main__":
    main()
