"""Customers with an eight-item scorecard, grade and rights, complete and with holes, against the same job as SQL written by hand.

Run ``python -m benchmarks.scorecard`` (``--rows 1000000`` for more). Both sides read the same Parquet files in one process, in turns; the ratios are of
medians of processor time. Before any clock runs the results are compared: of complete customers every value; of customers with holes every
value that the handwritten query determines, which is NULL as soon as an item is missing, and the possible grades by set addition in SQL.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable
from functools import cache
from pathlib import Path

import duckdb

import tierwise
from tierwise.cli.line_formats import csv_lines, json_lines
from tierwise.plugins.binding.bound_facts import bind
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.builtin.engine_duckdb.duckdb_engine import DuckGrading
from tierwise.plugins.builtin.source_duckdb import DuckdbOpener
from tierwise.plugins.builtin.source_parquet import ParquetOpener
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["main"]

POLICY = Path(__file__).parent / "policies" / "grade-job"
COLUMNS = {
    "annual_sales": "least(3000000, round(exp(13 + 1.2 * {normal}), 2))",
    "on_time_rate": "round(1 - abs({normal}) * 0.12 % 1, 4)",
    "margin": "round(greatest(-0.1, least(0.5, 0.22 + 0.11 * {normal})), 4)",
    "order_count": "(abs({normal}) * 40)::BIGINT",
    "years_active": "(abs({normal}) * 8)::BIGINT",
    "sales_mode": "['exclusive', 'mixed', 'other'][1 + (hash(i * 3 + 77) % 3)::INTEGER]",
    "share_of_wallet": "round({uniform}, 4)",
    "fame": "['high', 'medium', 'low'][1 + (hash(i * 5 + 99) % 3)::INTEGER]",
    "late_payments_this_quarter": "greatest(0, (hash(i * 7 + 3) % 8)::BIGINT - 4)",
}
POINTS = {
    "annual_sales": ((1_000_000, 25), (500_000, 20), (200_000, 14), (50_000, 7), (None, 2)),
    "on_time_rate": ((0.95, 15), (0.85, 11), (0.70, 6), (None, 0)),
    "margin": ((0.30, 15), (0.20, 11), (0.10, 7), (0.0, 3), (None, 0)),
    "order_count": ((60, 10), (24, 7), (8, 4), (None, 1)),
    "years_active": ((10, 10), (5, 7), (2, 4), (None, 1)),
    "share_of_wallet": ((0.60, 10), (0.40, 7), (0.20, 4), (0.05, 2), (None, 0)),
    "sales_mode": (("exclusive", 10), ("mixed", 6), ("other", 2)),
    "fame": (("high", 5), ("medium", 3), ("low", 1)),
}
GRADE = "CASE WHEN score >= 85 THEN 'A' WHEN score >= 70 THEN 'B' WHEN score >= 50 THEN 'C' WHEN score < 50 THEN 'D' END"
RANKS = """, rank() OVER (PARTITION BY region ORDER BY score DESC) AS place, count(*) OVER (PARTITION BY region) AS members"""
RANK_GRADE = """CASE WHEN 100 * place <= 20 * members THEN 'A' WHEN 100 * place <= 50 * members THEN 'B' WHEN 100 * place <= 90 * members THEN 'C'
    ELSE 'D' END"""
RANKED = """
        ranking:
          by: score
          partition: region
          quotas: {A: 20%, B: 30%, C: 40%, D: rest}
          rounding: floor
          ties: together_better
"""
BY_HAND = """
    CREATE OR REPLACE TEMP TABLE by_hand AS
    WITH scored AS (SELECT *, late_payments_this_quarter AS late, {score} AS score FROM {source}),
    ranked AS (SELECT *{ranks} FROM scored),
    graded AS (SELECT *, {grade} AS grade FROM ranked)
    SELECT customer_id::VARCHAR AS key, score, grade,
        CASE WHEN late < 2 THEN CASE grade WHEN 'A' THEN 60 WHEN 'B' THEN 30 WHEN 'C' THEN 15 WHEN 'D' THEN 0 END
             WHEN late >= 2 THEN CASE grade WHEN 'A' THEN 30 WHEN 'B' THEN 15 WHEN 'C' THEN 0 WHEN 'D' THEN 0 END END AS terms_days,
        CASE grade WHEN 'A' THEN 0.95 WHEN 'B' THEN 0.97 WHEN 'C' THEN 1.00 WHEN 'D' THEN 1.05 END AS price_factor,
        CASE grade WHEN 'A' THEN 7 WHEN 'B' THEN 14 WHEN 'C' THEN 30 WHEN 'D' THEN 90 END AS visit_days
    FROM graded
"""


def main() -> None:
    """Print the conditions, and a row for each job."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--repeats", type=int, default=5)
    options = parser.parse_args()
    print(
        f"{options.rows:,} customers, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, DuckDB {duckdb.__version__}"
    )
    with tempfile.TemporaryDirectory() as folder:
        paths = {share: Path(folder) / f"customers {share}.parquet" for share in (0, 1, 10, 30)}
        for share, path in paths.items():
            make(path, options.rows, share)
            compare(path, share)
        jobs: dict[str, Callable[[], object]] = {"by hand": lambda: by_hand(paths[0])}
        jobs |= {f"{share} % missing": lambda path=path: by_policy(path) for share, path in paths.items()}  # type: ignore[misc]  # bound now
        jobs |= {"csv": lambda: out(paths[0], "csv"), "jsonl": lambda: out(paths[0], "jsonl")}
        seconds: dict[str, list[float]] = {name: [] for name in jobs}
        for _ in range(options.repeats):
            for name, run in jobs.items():
                before = time.process_time()
                run()
                seconds[name].append(time.process_time() - before)
    hand, complete = (statistics.median(seconds[name]) for name in ("by hand", "0 % missing"))
    print(f"{'job':14}{'CPU s':>8}{'x by hand':>11}{'x complete':>12}")
    for name, found in seconds.items():
        median = statistics.median(found)
        print(f"{name:14}{median:8.2f}{median / hand:11.2f}{median / complete:12.2f}")


def make(path: Path, rows: int, share: int) -> None:
    """Write customers of whom ``share`` per cent of each column are missing."""
    cells = []
    for place, (name, cell) in enumerate(COLUMNS.items()):
        first, second, third = (f"((hash(i * 1000003 + {place * 17 + n}) % 1000000 + 1) / 1000001.0)" for n in (1, 2, 3))
        value = cell.format(normal=f"(sqrt(-2 * ln({first})) * cos(2 * pi() * {second}))", uniform=third)
        cells.append(f"CASE WHEN hash(i * 31 + {place}) % 100 >= {share} THEN {value} END AS {name}")
    cells.append("'region ' || (hash(i * 11 + 5) % 20) AS region")
    duckdb.execute(
        f"COPY (SELECT i AS customer_id, {', '.join(cells)} FROM range(1, {rows} + 1) AS numbers(i)) TO '{path}' (FORMAT parquet)"
    )


def points(item: str) -> str:
    """Return the points of an item; NULL where it is missing."""
    if isinstance(POINTS[item][0][0], str):
        words = " ".join(f"WHEN '{word}' THEN {p}" for word, p in POINTS[item])
        return f"CASE {item} {words} END"
    bands = " ".join(f"WHEN {item} >= {border} THEN {p}" for border, p in POINTS[item] if border is not None)
    return f"CASE {bands} WHEN {item} IS NOT NULL THEN {POINTS[item][-1][1]} END"


def stored(path: Path, target: Path, order: str) -> Path:
    """Put the rows of a Parquet file into a table of a DuckDB database, in an order."""
    target.unlink(missing_ok=True)
    with duckdb.connect(str(target)) as connection:
        connection.execute(f"CREATE TABLE customers AS SELECT * FROM '{path}' ORDER BY {order}")
    return target


def by_hand(path: Path, is_ranked: bool = False) -> duckdb.DuckDBPyConnection:
    """Grade by one handwritten query."""
    connection = duckdb.connect()
    source = f"read_parquet('{path}')"
    if path.suffix == ".duckdb":
        connection.execute(f"ATTACH '{path}' AS stored (READ_ONLY)")
        source = "stored.customers"
    ranks, grade = (RANKS, RANK_GRADE) if is_ranked else ("", GRADE)
    connection.execute(BY_HAND.format(score=" + ".join(map(points, POINTS)), grade=grade, ranks=ranks, source=source))
    connection.execute("SELECT grade, count(*) FROM by_hand GROUP BY grade").fetchall()
    return connection


@cache
def loaded(is_ranked: bool = False) -> LoadedPolicy:
    """Load the policy, once, as the handwritten query stands ready, too; or the one that ranks within regions."""
    if not is_ranked:
        return tierwise.load(str(POLICY))
    text = (POLICY / "policy.yaml").read_text(encoding="utf-8")
    table = text[text.index("        table:\n", text.index("      grade:\n        type")) : text.index("  rights:\n")]
    text = text.replace(table, RANKED.lstrip("\n")).replace("facts:\n", "facts:\n  region: {type: text}\n", 1)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "policy.yaml").write_text(text, encoding="utf-8")
        return tierwise.load(folder)


def by_policy(path: Path, is_ranked: bool = False) -> DuckGrading:
    """Bind the file, grade it, and count values and reasons of every output."""
    policy = loaded(is_ranked)
    opener = DuckdbOpener() if path.suffix == ".duckdb" else ParquetOpener()
    facts = bind(opener.open(str(path)), policy.plan)
    grading = grade(policy.plan, policy.environment, facts, None)
    assert isinstance(grading, DuckGrading)
    for output in grading.outputs:
        grading.distribution(output.name)
    return grading


def out(path: Path, form: str) -> None:
    """Grade and write all results as lines."""
    grading = by_policy(path)
    lines = grading.lines(csv_lines(grading) if form == "csv" else json_lines(grading))
    assert lines is None or sum(map(len, lines))


def compare(path: Path, share: int, is_ranked: bool = False) -> None:
    """Check that both sides come to the same for every customer.

    Raises:
        SystemExit: They do not.
    """
    grading = by_policy(path, is_ranked)
    hand = by_hand(path, is_ranked).sql("SELECT * FROM by_hand").to_arrow_table()
    connection = grading.connection.cursor()
    connection.register("by_hand", hand)
    names = ["score", "grade", "terms_days", "price_factor", "visit_days"]
    differ, wrong = [], 0
    for name in names:
        columns = grading.columns[name]
        is_known = f'h.{name} IS NOT NULL AND g."{columns.value}" IS'
        untold = f"AND NOT ({columns.is_told().sql('duckdb')})" if columns.possible else ""
        differ.append(f'count_if(({is_known} NOT NULL AND h.{name} <> g."{columns.value}") OR ({is_known} NULL {untold}))')
        if columns.possible:  # determined all the same, as where what is missing does not matter
            query = f'SELECT DISTINCT "{columns.possible}", h.{name} FROM by_hand AS h JOIN "{grading.table}" AS g USING (key)'
            query += f" WHERE h.{name} IS NOT NULL AND {columns.is_told().sql('duckdb')}"
            found = connection.execute(query).fetchall()
            wrong += sum(getattr(grading.masks[name].outcome(bits), "value", None) != value for bits, value in found)
    (found,) = connection.execute(
        f'SELECT {", ".join(differ)}, count(*) FROM by_hand AS h JOIN "{grading.table}" AS g USING (key)'
    ).fetchall()
    sums = "list_value(0)"
    for item, bands in POINTS.items():
        ways = f"CASE WHEN {item} IS NULL THEN {[p for _, p in bands]} ELSE [{points(item)}] END"
        sums = f"list_distinct(flatten(list_transform({sums}, lambda s: list_transform({ways}, lambda p: s + p))))"
    told = grading.masks.get("grade")
    query = f"SELECT customer_id::VARCHAR, {sums} FROM read_parquet('{path}') WHERE customer_id % 50 = 0"
    sample = dict(connection.execute(query).fetchall()) if told is not None else {}
    if told is not None:
        columns = grading.columns["grade"]
        rows = connection.execute(
            f'SELECT key, "{columns.possible}" FROM "{grading.table}" WHERE {columns.is_told().sql("duckdb")}'
        ).fetchall()
        for key, bits in rows:
            if key in sample:
                outcome = told.outcome(bits)
                values = {getattr(outcome, "value", None)} - {None} or set(getattr(outcome, "candidates", ()))
                wrong += values != {"A" if s >= 85 else "B" if s >= 70 else "C" if s >= 50 else "D" for s in sample[key]}
    if any(found[:-1]) or found[-1] != grading.count() or wrong:
        raise SystemExit(f"the two sides differ: {dict(zip(names, found, strict=False))}, {found[-1]} in common, {wrong} sets of grades")
    print(f"{share} % missing: both sides agree")


if __name__ == "__main__":
    main()
