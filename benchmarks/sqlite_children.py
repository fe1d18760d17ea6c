"""100,000 customers in SQLite with child tables, graded, against aggregating and reading the same facts at all.

Run ``python -m benchmarks.sqlite_children``. The yardstick is one handwritten SQLite query that aggregates the child tables and hands over
one row a customer; grading reads the same rows, checks every value and decides all rights.
"""

from __future__ import annotations

import argparse
import sqlite3
import statistics
import tempfile
from datetime import date, timedelta
from pathlib import Path
from random import Random

from benchmarks.flat_duckdb import timed

import tierwise
from tierwise.core.source import Source
from tierwise.plugins.binding.binding_file import read_binding
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.builtin.source_sqlite import SqliteOpener

__all__ = ["main"]

POLICY = "scorecard-100-rights"
AS_OF = date(2026, 11, 21)
TABLES = """
    CREATE TABLE customers (customer_id TEXT PRIMARY KEY, name TEXT, score NUMERIC);
    CREATE TABLE orders (customer_id TEXT, ordered_on TEXT, amount NUMERIC, kind TEXT, promised_days INTEGER);
    CREATE TABLE quotes (customer_id TEXT, quoted_on TEXT, internal_price NUMERIC, offered_price NUMERIC);
    CREATE TABLE payments (customer_id TEXT, paid_on TEXT, due_on TEXT);
"""
INDEXES = "".join(f"CREATE INDEX {table}_of ON {table} (customer_id);" for table in ("orders", "quotes", "payments"))
BINDING = """
binding: 1
policy: scorecard-100-rights
subject: {table: customers, key: customer_id, name: name}
facts:
  score: {column: score}
  sales_volume_yuan: {table: orders, aggregate: sum, column: amount, window: {column: ordered_on, previous: year}, empty: 0}
  internal_price_yuan: {table: quotes, aggregate: last, column: internal_price, by: quoted_on}
  offered_price_yuan: {table: quotes, aggregate: last, column: offered_price, by: quoted_on}
  late_payment_dates: {table: payments, aggregate: list, column: paid_on, where: {paid_on: '> due_on'}, window: {column: paid_on, last: 6 months}, empty: '[]'}
  order_kind: {table: orders, aggregate: last, column: kind, by: ordered_on}
  promised_days: {table: orders, aggregate: last, column: promised_days, by: ordered_on}
"""
BY_HAND = """
    SELECT c.customer_id, c.name, c.score, coalesce(o.amount, 0), q.internal_price, q.offered_price, p.dates, l.kind, l.promised_days
    FROM customers c
    LEFT JOIN (SELECT customer_id, sum(CASE WHEN ordered_on BETWEEN '2025-01-01' AND '2025-12-31' THEN amount END) AS amount
               FROM orders GROUP BY customer_id) o USING (customer_id)
    LEFT JOIN (SELECT customer_id, internal_price, offered_price, max(quoted_on) FROM quotes GROUP BY customer_id) q USING (customer_id)
    LEFT JOIN (SELECT customer_id, group_concat(paid_on) AS dates FROM payments WHERE paid_on > due_on AND paid_on > '2026-05-21'
               GROUP BY customer_id) p USING (customer_id)
    LEFT JOIN (SELECT customer_id, kind, promised_days, max(ordered_on) FROM orders GROUP BY customer_id) l USING (customer_id)
"""


def main() -> None:
    """Print the times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=100_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.db"
        make(path, options.customers)
        reading, grading = [], []
        for _ in range(options.repeats):
            reading.append(timed(lambda: by_hand(path)))
            grading.append(timed(lambda: by_policy(path)))
    print(f"aggregate and read: {statistics.median(reading):.2f} s")
    print(f"tierwise: {statistics.median(grading):.2f} s")
    print(f"ratio: {statistics.median(grading) / statistics.median(reading):.2f}")


def make(path: Path, customers: int) -> None:
    """Write the database: five orders, three quotes and four payments a customer."""
    random = Random(1)

    def day() -> str:
        return (AS_OF - timedelta(days=random.randrange(700))).isoformat()

    with sqlite3.connect(path) as database:
        database.executescript(TABLES)
        ids = [f"{number:08}" for number in range(customers)]
        database.executemany("INSERT INTO customers VALUES (?, ?, ?)", ((i, f"客户 {i}", random.randrange(10_001) / 100) for i in ids))
        orders = ((i, day(), random.randrange(10**6), random.choice(["regular", "rush"]), random.randrange(60)) for i in ids * 5)
        database.executemany("INSERT INTO orders VALUES (?, ?, ?, ?, ?)", orders)
        quotes = ((i, day(), 100 + random.randrange(900), 100 + random.randrange(900)) for i in ids * 3)
        database.executemany("INSERT INTO quotes VALUES (?, ?, ?, ?)", quotes)
        database.executemany("INSERT INTO payments VALUES (?, ?, ?)", ((i, day(), day()) for i in ids * 4))
        database.executescript(INDEXES)
    database.close()


def by_hand(path: Path) -> None:
    """Aggregate and read one row a customer."""
    database = sqlite3.connect(path)
    database.execute(BY_HAND).fetchall()
    database.close()


def by_policy(path: Path) -> None:
    """Bind the database to the policy and grade it."""
    policy = tierwise.load(POLICY)
    binding = read_binding(Source("binding.yaml", BINDING), policy.plan)
    facts = bind(SqliteOpener().open(str(path)), policy.plan, binding, AS_OF)
    grade(policy.plan, policy.environment, facts, AS_OF).distribution("grade")


if __name__ == "__main__":
    main()
