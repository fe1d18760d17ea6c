"""One decision at a time, and many: a scorecard of eight items, a grade and rights, beside the same job as a Python function.

Run ``python -m benchmarks.decisions``. Every round has customers that nobody has seen before, the same for all; results are compared before any
clock runs."""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable
from os import getloadavg
from pathlib import Path
from statistics import median
from typing import Any

import pyarrow
from benchmarks.grade_job import OUTPUTS, Customer, by_hand, customers

import tierwise
from tierwise.core.outcome import Determined
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["main"]

POLICY = Path(__file__).parent / "policies" / "grade-job"
MISSING = (1, 2, 4, 8)

Decide = Callable[[Customer], Any]


def plain(result: Any) -> tuple[Any, ...]:
    """Return the values of a result as the yardstick gives them."""
    values = [result.outcomes[name].value for name in OUTPUTS]
    return int(values[0]), values[1], int(values[2]), float(values[3]), int(values[4])


def compare(policy: LoadedPolicy) -> None:
    """Compare all that is measured; with items missing the candidates with those of every way to fill a hole."""
    for one in customers(3_000, 1):
        assert plain(policy.decide(one)) == by_hand(one), one
    worst = {"annual_sales": (2e4, 6e4, 3e5, 6e5, 2e6), "fame": ("high", "medium", "low"), "years_active": (0, 3, 7, 12)}
    for one in customers(300, 2):
        holes = {name: value for name, value in one.items() if name not in worst}
        ways = {
            by_hand({**holes, "annual_sales": a, "fame": f, "years_active": y})[1]
            for a in worst["annual_sales"]
            for f in worst["fame"]
            for y in worst["years_active"]
        }
        outcome = policy.decide(holes).outcomes["grade"]
        found = {outcome.value} if isinstance(outcome, Determined) else set(outcome.candidates)
        assert found == ways, (holes, found, ways)


def timed(decide: Decide, batch: list[Customer]) -> tuple[float, float, float]:
    """Return the mean processor time of a call, and the median and the 99th percentile by the clock, in microseconds."""
    start = time.thread_time()
    for one in batch:
        decide(one)
    mean = (time.thread_time() - start) / len(batch) * 1e6
    clock = time.perf_counter_ns
    single = []
    for one in batch:
        begin = clock()
        decide(one)
        single.append(clock() - begin)
    single.sort()
    return mean, single[len(single) // 2] / 1e3, single[len(single) * 99 // 100] / 1e3


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--customers", type=int, default=2_000, help="in a round")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--table", type=int, default=1_000_000, help="rows of the Arrow table")
    options = parser.parse_args()
    policy = tierwise.load(POLICY)
    compare(policy)
    print(
        f"Python {platform.python_version()}, {platform.machine()}, load {getloadavg()[0]:.1f}; {options.customers} customers a round, {options.rounds} rounds"
    )
    one_by_one(policy, options.customers, options.rounds)
    with_holes(options.customers, options.rounds)
    many(policy, options.customers * 20, options.rounds)
    as_table(policy, options.table, options.rounds)


def one_by_one(policy: LoadedPolicy, count: int, rounds: int) -> None:
    """Every engine in each round, on customers that none has seen."""
    engines: dict[str, Decide] = {"by hand": by_hand, "policy.decide": policy.decide}
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in engines}
    for number in range(rounds):
        batch = customers(count, 100 + number)
        for name, decide in engines.items():
            found[name].append(timed(decide, batch))
    for name, times in found.items():
        ratio = median(one[0] / hand[0] for one, hand in zip(times, found["by hand"], strict=True))
        mean, middle, late = (median(column) for column in zip(*times, strict=True))
        print(f"{name}: {mean:.2f} us, {ratio:.2f} x by hand; by the clock median {middle:.2f}, p99 {late:.2f} us ({late / middle:.1f} x)")


def with_holes(count: int, rounds: int) -> None:
    """Each number of missing items has a policy that has seen nothing before the first round, and then what came before."""
    for missing in MISSING:
        policy = tierwise.load(POLICY)
        policy.decide({})
        times = [timed(policy.decide, customers(count, 1_000 * missing + number, missing))[0] for number in range(rounds)]
        print(
            f"{missing} of 8 missing: {times[0]:.0f} us in the first round, {median(times):.0f} us in the middle one, {times[-1]:.0f} us in the last"
        )


def many(policy: LoadedPolicy, count: int, rounds: int) -> None:
    """Rows at once."""
    found = []
    for number in range(rounds):
        batch = customers(count, 5_000 + number)
        start = time.thread_time()
        policy.decide_many(batch)
        found.append(count / (time.thread_time() - start))
    print(f"policy.decide_many: {median(found):,.0f} a second and core")


FEW = customers(20_000, 9)


def table_of(batch: list[Customer]) -> pyarrow.Table:
    """Return a table with a row a customer."""
    return pyarrow.table({name: [one[name] for one in batch] for name in batch[0]})


def arrow_table(count: int) -> pyarrow.Table:
    """Return a table of so many rows."""
    part = table_of(FEW)
    return pyarrow.concat_tables([part] * max(1, count // len(FEW)))


def expected_a(table: pyarrow.Table) -> int:
    """Return how many rows of it are graded A by hand."""
    return len(table) // len(FEW) * sum(by_hand(one)[1] == "A" for one in FEW)


def as_table(policy: LoadedPolicy, count: int, rounds: int) -> None:
    """An Arrow table, graded and counted by DuckDB."""
    table = arrow_table(count)
    found = []
    for _ in range(rounds):
        start = time.process_time()
        grading = policy.grade_table(table)
        shares = grading.distribution("grade")
        found.append(len(table) / (time.process_time() - start))
    assert next(share.count for share in shares if share.value == "A") == expected_a(table)
    print(f"policy.grade_table, {len(table):,} rows: {median(found):,.0f} a second of processor time")


if __name__ == "__main__":
    main()
