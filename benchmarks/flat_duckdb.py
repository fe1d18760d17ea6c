"""1,000,000 customers with flat facts in a Parquet file, graded from score to rights, against the same SQL written by hand.

Run ``python -m benchmarks.flat_duckdb``. Both sides read the same file in the same process; the figures are the ratios of the medians, of
the time that passed and of the processor time that both cores spent. Before, the results are compared customer by customer: what one side
determines the other must, with the same value. By hand an outcome that is not determined is NULL, without its reason; so ``tierwise`` is
asked for the reasons of the grade alone, and ``all reasons`` says what it takes to ask for those of every output, with the candidates.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb

import tierwise
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.builtin.engine_duckdb.duckdb_engine import DuckGrading
from tierwise.plugins.builtin.source_parquet import ParquetOpener

__all__ = ["main"]

POLICY = "scorecard-100-rights"
AS_OF = date(2026, 11, 21)

CUSTOMERS = """
    COPY (
        SELECT
            lpad(i::VARCHAR, 8, '0') AS key,
            ((hash(i) % 10001)::DECIMAL(18, 0) * 0.01)::DECIMAL(18, 2) AS score,
            ((hash(i + 1) % 100000000)::DECIMAL(18, 0) * 0.01)::DECIMAL(18, 2) AS sales_volume_yuan,
            (100 + (hash(i + 2) % 100000)::DECIMAL(18, 0) * 0.01)::DECIMAL(18, 2) AS internal_price_yuan,
            (100 + (hash(i + 3) % 100000)::DECIMAL(18, 0) * 0.01)::DECIMAL(18, 4) AS offered_price_yuan,
            hash(i + 6) % 2 = 0 AS collection_safe,
            (hash(i + 7) % 120)::DECIMAL(18, 0) AS requested_credit_days_after_delivery,
            ['prepaid', 'cash_on_delivery', 'forward'][1 + (hash(i + 8) % 3)::INTEGER] AS requested_payment,
            ['A', 'B', 'C', 'D'][1 + (hash(i + 9) % 4)::INTEGER] AS payment_level_now,
            ['regular', 'rush'][1 + (hash(i + 10) % 2)::INTEGER] AS order_kind,
            (hash(i + 11) % 60)::DECIMAL(18, 0) AS promised_days,
            DATE '2026-11-21' - (hash(i + 12) % 300)::INTEGER AS last_followup_on,
            TIMESTAMP '2026-11-01 08:00:00' AS inquiry_received_at,
            TIMESTAMP '2026-11-01 08:00:00' + to_hours((hash(i + 13) % 48)::INTEGER) AS inquiry_answered_at,
            list_filter([DATE '2026-01-15' + (hash(i + 14) % 300)::INTEGER, DATE '2026-01-15' + (hash(i + 15) % 300)::INTEGER],
                        lambda day: hash(i + 16) % 3 = 0) AS late_payment_dates
        FROM range({count}) AS customers(i)
    ) TO '{path}' (FORMAT parquet)
"""

BY_HAND = """
    CREATE OR REPLACE TABLE by_hand AS
    WITH ranked AS (
        SELECT *,
            rank() OVER (ORDER BY score DESC) AS first_rank,
            rank() OVER (ORDER BY score DESC) + count(*) OVER (PARTITION BY score) - 1 AS last_rank,
            count(*) OVER () AS customers
        FROM read_parquet('{path}')
        WHERE sales_volume_yuan > 0
        UNION ALL BY NAME
        SELECT *, NULL AS first_rank, NULL AS last_rank, NULL AS customers FROM read_parquet('{path}') WHERE NOT sales_volume_yuan > 0
    ), graded AS (
        SELECT *,
            CASE WHEN last_rank <= customers * 20 // 100 THEN 'A'
                 WHEN first_rank > (customers * 20 + 99) // 100 AND last_rank <= customers * 50 // 100 THEN 'B'
                 WHEN first_rank > (customers * 50 + 99) // 100 AND last_rank <= customers * 90 // 100 THEN 'C'
                 WHEN first_rank > (customers * 90 + 99) // 100 THEN 'D' END AS grade_now
        FROM ranked
    ), payments AS (
        SELECT *,
            coalesce(list_max(map_values(map_from_entries(list_transform(
                list_distinct(list_transform(late_payment_dates, lambda day: date_trunc('quarter', day))),
                lambda period: {'k': period, 'v': len(list_filter(late_payment_dates, lambda day: date_trunc('quarter', day) = period))}
            )))), 0) >= 2 AS late_twice_by_calendar,
            coalesce(list_max(list_transform(late_payment_dates, lambda start: len(list_filter(late_payment_dates,
                lambda day: day >= start AND day <= start + INTERVAL 3 MONTH)))), 0) >= 2 AS late_twice_rolling
        FROM graded
    ), levels AS (
        SELECT *, late_twice_by_calendar = late_twice_rolling AS agrees,
            CASE WHEN late_twice_by_calendar <> late_twice_rolling THEN NULL
                 WHEN NOT late_twice_rolling THEN payment_level_now
                 WHEN payment_level_now = 'A' THEN 'B' WHEN payment_level_now = 'B' THEN 'C' WHEN payment_level_now = 'C' THEN 'D'
            END AS payment_level
        FROM payments
    )
    SELECT key,
        grade_now AS grade,
        CASE grade_now WHEN 'A' THEN internal_price_yuan * 0.95 WHEN 'B' THEN internal_price_yuan * 0.97
            WHEN 'C' THEN internal_price_yuan * 1.00 END AS min_price_yuan,
        CASE WHEN grade_now = 'D' THEN internal_price_yuan * 1.05 END AS exact_price_yuan,
        CASE grade_now WHEN 'A' THEN offered_price_yuan >= internal_price_yuan * 0.95
            WHEN 'B' THEN offered_price_yuan >= internal_price_yuan * 0.97
            WHEN 'C' THEN offered_price_yuan >= internal_price_yuan
            WHEN 'D' THEN offered_price_yuan = internal_price_yuan * 1.05 END AS price_ok,
        payment_level,
        CASE WHEN requested_payment = 'prepaid' THEN true
             WHEN payment_level = 'A' AND requested_payment = 'cash_on_delivery' AND collection_safe THEN true
             WHEN payment_level = 'A' AND requested_payment = 'forward' AND collection_safe
                  AND requested_credit_days_after_delivery <= 90 THEN true
             WHEN payment_level = 'A' AND requested_payment = 'forward' AND requested_credit_days_after_delivery > 92 THEN false
             WHEN payment_level = 'B' AND requested_payment = 'cash_on_delivery' AND collection_safe THEN true
             WHEN payment_level = 'B' AND requested_payment = 'forward' AND collection_safe
                  AND requested_credit_days_after_delivery <= 30 THEN true
             WHEN payment_level = 'B' AND requested_payment = 'forward' AND requested_credit_days_after_delivery > 30 THEN false
             WHEN payment_level = 'C' AND requested_payment = 'forward' THEN false
             WHEN payment_level = 'D' AND requested_payment IN ('cash_on_delivery', 'forward') THEN false END AS payment_ok,
        CASE grade_now WHEN 'A' THEN 20 WHEN 'B' THEN 30 WHEN 'C' THEN 40 END AS max_lead_days,
        CASE WHEN order_kind = 'regular' THEN promised_days <= CASE grade_now WHEN 'A' THEN 20 WHEN 'B' THEN 30 WHEN 'C' THEN 40 END
            END AS lead_time_ok,
        CASE grade_now WHEN 'A' THEN 'allowed' WHEN 'B' THEN 'by_capacity' END AS rush_insert,
        CASE WHEN grade_now = 'A' THEN CASE WHEN DATE '2026-11-21' <= last_followup_on + INTERVAL 3 MONTH THEN false
            WHEN DATE '2026-11-21' >= last_followup_on + INTERVAL 6 MONTH THEN true END END AS followup_overdue,
        inquiry_answered_at > inquiry_received_at + INTERVAL 24 HOUR AS reply_late
    FROM levels
"""


def main() -> None:
    """Print the times and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "customers.parquet"
        duckdb.execute(CUSTOMERS.replace("{count}", str(options.customers)).replace("{path}", str(path)))
        compare(path)
        sides = {"by hand": lambda: by_hand(path), "tierwise": lambda: by_policy(path), "all reasons": lambda: with_reasons(path)}
        seconds: dict[str, list[tuple[float, float]]] = {name: [] for name in sides}
        for _ in range(options.repeats):
            for name, run in sides.items():
                before = time.process_time()
                seconds[name].append((timed(run), time.process_time() - before))
    for place, what in enumerate(("time", "processor time")):
        medians = {name: statistics.median(times[place] for times in found) for name, found in seconds.items()}
        told = ", ".join(f"{name} {median:.2f} s (x {median / medians['by hand']:.2f})" for name, median in medians.items())
        print(f"{what}: {told}")


def timed(run: Callable[[], object]) -> float:
    """Return the seconds that a call takes."""
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def by_hand(path: Path) -> None:
    """Grade by one handwritten query."""
    with duckdb.connect() as connection:
        connection.execute(BY_HAND.replace("{path}", str(path)))
        connection.execute("SELECT grade, count(*) FROM by_hand GROUP BY grade").fetchall()


def compare(path: Path) -> None:
    """Check that both sides come to the same for every customer.

    Raises:
        SystemExit: They do not.
    """
    grading = by_policy(path)
    connection = grading.connection.cursor()
    connection.execute(BY_HAND.replace("{path}", str(path)))
    computed = {name for name, *_ in connection.execute("DESCRIBE by_hand").fetchall()}
    names = [output.name for output in grading.outputs if output.name in computed]  # not those of which nobody supplies the facts
    cells = [f'count_if(h."{name}" IS DISTINCT FROM g."{grading.columns[name].value}")' for name in names]
    query = f'SELECT {", ".join(cells)}, count(*) FROM by_hand AS h JOIN "{grading.table}" AS g USING (key)'
    (found,) = connection.execute(query).fetchall()
    differing = {name: count for name, count in zip(names, found, strict=False) if count}
    if differing or found[-1] != grading.count():
        raise SystemExit(f"the two sides differ: {differing}, {found[-1]} customers in common")
    print(f"{grading.count():,} customers, {len(names)} outputs: both sides agree")


def by_policy(path: Path) -> DuckGrading:
    """Bind the file to the policy and grade it."""
    policy = tierwise.load(POLICY)
    source = ParquetOpener().open(str(path))
    facts = bind(source, policy.plan, None, AS_OF)
    grading = grade(policy.plan, policy.environment, facts, AS_OF)
    assert isinstance(grading, DuckGrading)
    grading.distribution("grade")
    return grading


def with_reasons(path: Path) -> None:
    """Grade it, and say of every output why and between what it is not determined."""
    grading = by_policy(path)
    for output in grading.outputs:
        grading.answers(output.name)


if __name__ == "__main__":
    main()
