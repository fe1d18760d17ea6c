"""One decision at a time, and many: a scorecard of eight items, a grade and rights, beside the same job as a Python function.

Run ``python -m benchmarks.decisions``. Every round has customers that nobody has seen before, the same for all; results are compared before any
clock runs."""

from __future__ import annotations

import argparse
import platform
import time
from collections.abc import Callable, Mapping
from os import getloadavg
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

import pyarrow

import tierwise
from tierwise.core.outcome import Determined
from tierwise.plugins.policy import LoadedPolicy

__all__ = ["main"]

POLICY = Path(__file__).parent / "policies" / "grade-job"
OUTPUTS = ("score", "grade", "terms_days", "price_factor", "visit_days")
ITEMS = ("annual_sales", "on_time_rate", "margin", "order_count", "years_active", "sales_mode", "share_of_wallet", "fame")
MISSING = (1, 2, 4, 8)

Customer = dict[str, Any]
Decide = Callable[[Customer], Any]


def by_hand(c: Mapping[str, Any]) -> tuple[int, str, int, float, int]:
    """The yardstick: the job as a programmer would write it."""
    x = c["annual_sales"]
    s = 25 if x >= 1_000_000 else 20 if x >= 500_000 else 14 if x >= 200_000 else 7 if x >= 50_000 else 2
    x = c["on_time_rate"]
    s += 15 if x >= 0.95 else 11 if x >= 0.85 else 6 if x >= 0.70 else 0
    x = c["margin"]
    s += 15 if x >= 0.30 else 11 if x >= 0.20 else 7 if x >= 0.10 else 3 if x >= 0 else 0
    x = c["order_count"]
    s += 10 if x >= 60 else 7 if x >= 24 else 4 if x >= 8 else 1
    x = c["years_active"]
    s += 10 if x >= 10 else 7 if x >= 5 else 4 if x >= 2 else 1
    x = c["share_of_wallet"]
    s += 10 if x >= 0.60 else 7 if x >= 0.40 else 4 if x >= 0.20 else 2 if x >= 0.05 else 0
    x = c["sales_mode"]
    s += 10 if x == "exclusive" else 6 if x == "mixed" else 2
    x = c["fame"]
    s += 5 if x == "high" else 3 if x == "medium" else 1
    g = "A" if s >= 85 else "B" if s >= 70 else "C" if s >= 50 else "D"
    late = c["late_payments_this_quarter"] >= 2
    terms = {"A": 30, "B": 15, "C": 0, "D": 0}[g] if late else {"A": 60, "B": 30, "C": 15, "D": 0}[g]
    return s, g, terms, {"A": 0.95, "B": 0.97, "C": 1.0, "D": 1.05}[g], {"A": 7, "B": 14, "C": 30, "D": 90}[g]


def customers(count: int, seed: int, missing: int = 0) -> list[Customer]:
    """Return random customers, some of them on or one step beside a border; of each, some items are missing."""
    random = Random(seed)

    def near(value: float, borders: tuple[float, ...], digits: int) -> float:
        if random.random() < 0.05:
            value = random.choice(borders) + random.choice((-1, 0, 1)) * 10**-digits
        return round(max(0.0, value), digits)

    found = []
    for _ in range(count):
        one: Customer = {
            "annual_sales": near(min(random.lognormvariate(13, 1.2), 3e6), (5e4, 2e5, 5e5, 1e6), 2),
            "on_time_rate": min(1.0, near(random.betavariate(9, 1.4), (0.7, 0.85, 0.95), 4)),
            "margin": near(random.gauss(0.22, 0.11), (0.1, 0.2, 0.3), 4),
            "order_count": int(random.gammavariate(1.2, 28)),
            "years_active": int(random.gammavariate(2, 3.8)),
            "sales_mode": random.choice(("exclusive", "mixed", "other")),
            "share_of_wallet": min(1.0, near(random.betavariate(2.4, 2.4), (0.05, 0.2, 0.4, 0.6), 4)),
            "fame": random.choice(("high", "medium", "low")),
            "late_payments_this_quarter": random.choice((0, 0, 0, 1, 2, 3)),
        }
        for name in random.sample(ITEMS, missing):
            del one[name]
        found.append(one)
    return found


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


def as_table(policy: LoadedPolicy, count: int, rounds: int) -> None:
    """An Arrow table, graded and counted by DuckDB."""
    few = customers(20_000, 9)
    names = list(few[0])
    part = pyarrow.table({name: [one[name] for one in few] for name in names})
    table = pyarrow.concat_tables([part] * max(1, count // len(few)))
    found = []
    for _ in range(rounds):
        start = time.process_time()
        grading = policy.grade_table(table)
        shares = grading.distribution("grade")
        found.append(len(table) / (time.process_time() - start))
    expected = len(table) // len(few) * sum(by_hand(one)[1] == "A" for one in few)
    assert next(share.count for share in shares if share.value == "A") == expected
    print(f"policy.grade_table, {len(table):,} rows: {median(found):,.0f} a second of processor time")


if __name__ == "__main__":
    main()
