"""One hash of the sorted rows, whichever engine grades: the demo database, Northwind, and generated customers, flat, with holes, with orders, ranked.

Run ``python -m benchmarks.same_hash``; ``--engines duckdb postgres spark``, ``--customers 1000000`` and ``--northwind northwind.db`` ask for more, ``--only ranked`` for less. Postgres
takes the server that ``TIERWISE_POSTGRES`` names, and generated customers are graded once more where they lie there. The reference engine and the
compiled function take their time: they grade populations up to ``--slow-up-to``. Exit code 1: two engines do not agree.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from itertools import chain
from pathlib import Path

import duckdb
from benchmarks.elsewhere import CUSTOMERS, FLAT, HEAD, RANKED

from tierwise.core.meaning import Evaluator
from tierwise.core.meaning.subjects import SubjectResult
from tierwise.plugins.deciding.compiled import compiled
from tierwise.plugins.deciding.decider import Decider
from tierwise.plugins.deciding.result import outcome_document
from tierwise.plugins.demo import AS_OF, make_demo_database
from tierwise.plugins.engine import REFERENCE_ENGINE
from tierwise.plugins.policy import LoadedPolicy, load
from tierwise.plugins.run import Bound, bound_database, choose_engine

__all__ = ["Task", "generated", "graded", "main"]

COMPILED = "compiled"
ROOT = Path(__file__).parents[1]
ORDERS = """
SELECT lpad((hash(i) % {count})::VARCHAR, 9, '0') AS customer_key, ((hash(i + 7) % 10000000)::DECIMAL(18, 0) * 0.01)::DECIMAL(18, 2) AS amount
FROM range(3 * {count}) AS orders(i)
"""
BINDING = """
binding: 1
policy: made
subject: {table: customers, key: key}
facts:
  turnover: {table: orders, key: customer_key, aggregate: sum, column: amount}
  orders: {table: orders, key: customer_key, aggregate: count}
"""
WITH_HOLES = "SELECT key, " + ", ".join(
    f"CASE WHEN hash(key || '{name}') % 10 > 0 THEN {name} END AS {name}"
    for name in ("turnover", "orders", "days_late", "region", "strategic")
)


@dataclass(frozen=True, slots=True)
class Task:
    """What is graded by every engine: a database by a policy, with a binding file or without."""

    name: str
    loaded: LoadedPolicy
    location: str
    binding: str | None = None
    as_of: date | None = None


def generated(folder: Path, count: int) -> Iterator[Task]:
    """Make databases of generated customers, and yield what is graded of them."""
    flat, orders, holes = f"{CUSTOMERS.format(count=count)}", ORDERS.format(count=count), WITH_HOLES
    child = folder / "binding.yaml"
    child.write_text(BINDING, encoding="utf-8")
    for name, rows in (("flat", flat), ("holes", f"{holes} FROM ({flat})")):
        file = folder / f"{name}.duckdb"
        with duckdb.connect(str(file)) as made:
            made.execute(f"CREATE TABLE customers AS {rows}; ALTER TABLE customers ADD PRIMARY KEY (key); CREATE TABLE orders AS {orders}")
        for form, text in (("by a table", FLAT), ("ranked in regions", RANKED)):
            yield Task(f"{name}, {form}", _policy(folder, text), str(file))
            yield Task(f"{name}, {form}, with orders", _policy(folder, text), str(file), str(child))


def _policy(folder: Path, form: str) -> LoadedPolicy:
    file = folder / "made.yaml"
    file.write_text(HEAD.format(name="made") + form, encoding="utf-8")
    return load(file)


def known(folder: Path, count: int, northwind: str | None) -> Iterator[Task]:
    """Yield what is graded of the demo database, and of Northwind where it is."""
    demo = folder / "demo.db"
    make_demo_database(demo, customers=count)
    for policy in ("big-customer-tiers", "abc-5-20-80-care", "scorecard-100-rights"):
        yield Task(f"demo, {policy}", load(policy), str(demo), as_of=AS_OF)
    if northwind is not None:
        binding = str(ROOT / "examples" / "northwind" / "abc-binding.yaml")
        yield Task("northwind, abc-5-20-80-care", load("abc-5-20-80-care"), northwind, binding, date(2023, 11, 1))


def graded(task: Task, engine: str) -> tuple[int, str]:
    """Return how many subjects an engine graded, and the hash of their rows."""
    with bound_database(task.loaded, task.location, task.binding, task.as_of) as bound:
        rows = _compiled(bound) if engine == COMPILED else choose_engine(task.loaded, engine).grade(
            task.loaded.plan, task.loaded.environment, bound.facts, task.as_of
        ).rows()  # fmt: skip
        return _hashed(rows)


def _compiled(bound: Bound) -> Iterator[SubjectResult]:
    """Yield what the compiled function decides, and the reference where it leaves a subject to it."""
    plan, environment = bound.loaded.plan, bound.loaded.environment
    function, decider = compiled(Evaluator(plan, environment)), Decider(plan, environment)
    for subject in bound.facts.subjects():
        found = None if function is None else function(subject.facts, bound.as_of)
        yield SubjectResult(subject.key, subject.name, found or decider.decide_by_reference(subject.facts, bound.as_of).outcomes)


def _hashed(rows: Iterable[SubjectResult]) -> tuple[int, str]:
    digest, count = sha256(), 0
    for row in rows:
        outcomes = {output: outcome_document(outcome) for output, outcome in sorted(row.outcomes.items())}
        digest.update(json.dumps([row.key, row.name, outcomes], ensure_ascii=False, sort_keys=True, default=str).encode())
        count += 1
    return count, digest.hexdigest()[:16]


@contextmanager
def in_the_server(task: Task, server: str) -> Iterator[Task]:
    """Copy the tables of a generated database to a server, and yield the same task there."""
    from tierwise.plugins.postgres import connected

    with connected(server) as connection, duckdb.connect(task.location, read_only=True) as source:
        with connection.cursor() as cursor:
            for table in ("customers", "orders"):
                cursor.execute(f"DROP TABLE IF EXISTS {table}")
                cursor.adbc_ingest(table, source.table(table).to_arrow_reader(50_000), mode="create")
            cursor.execute("ALTER TABLE customers ALTER turnover TYPE numeric(18, 2), ADD PRIMARY KEY (key)")
        connection.commit()
        yield Task(task.name, task.loaded, server, task.binding, task.as_of)
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE customers, orders")
        connection.commit()


def compare(task: Task, engines: Iterable[str], slow_up_to: int) -> bool:
    """Print what each engine comes to; say whether all agree."""
    hashes: set[tuple[int, str]] = set()
    rows = 0
    for engine in engines:
        is_left_out = rows > slow_up_to if engine in (REFERENCE_ENGINE, COMPILED) else False
        if is_left_out or (engine == COMPILED and task.loaded.plan.rankings):
            print(f"{task.name:45} {engine:10} {'too many for it' if is_left_out else 'a ranking asks for all subjects'}", flush=True)
            continue
        rows = _told(task, engine, engine, hashes)
        server = os.environ.get("TIERWISE_POSTGRES", "")
        if engine == "postgres" and task.location.endswith(".duckdb"):
            with in_the_server(task, server) as there:
                _told(there, engine, "postgres, data there", hashes)
    return len(hashes) <= 1


def _told(task: Task, engine: str, shown: str, hashes: set[tuple[int, str]]) -> int:
    begun = time.perf_counter()
    found = graded(task, engine)
    hashes.add(found)
    print(f"{task.name:45} {shown:20} {found[0]:10,} {found[1]} {time.perf_counter() - begun:8.1f} s", flush=True)
    return found[0]


def main() -> int:
    """Print a line for each task and engine."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000)
    parser.add_argument("--engines", nargs="+", default=["duckdb", REFERENCE_ENGINE, COMPILED])
    parser.add_argument("--northwind", metavar="FILE")
    parser.add_argument("--only", default="", metavar="WORDS", help="tasks whose name has these")
    parser.add_argument("--slow-up-to", type=int, default=20_000)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        tasks = chain(known(folder, min(options.customers, 2_000), options.northwind), generated(folder, options.customers))
        agree = [compare(task, options.engines, options.slow_up_to) for task in tasks if options.only in task.name]
    print(f"{sum(agree)} of {len(agree)} with one hash")
    return 0 if all(agree) else 1


if __name__ == "__main__":
    sys.exit(main())
