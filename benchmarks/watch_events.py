"""How fast events are watched, and how flat memory stays: ``python benchmarks/watch_events.py [events] [--engine reference]``.

Prints events a second from JSON lines to actions, and the memory of both processes at a quarter of the way and at the end.
"""

from __future__ import annotations

import argparse
import io
import json
import random
from collections.abc import Iterator
from datetime import date, timedelta
from os import getpid, times
from pathlib import Path
from time import perf_counter, process_time

from tierwise.plugins.policy import load
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.stream import LineReader
from tierwise.plugins.watching.watch_run import WatchRun

POLICY = """\
tierwise: 1
policy: watch-benchmark
version: 1.0.0
title: benchmark
facts: {x: {type: boolean}}
readings: {quarter: [calendar, rolling], border: [inclusive, exclusive]}
modules: {m: {kind: module, decisions: {y: {type: boolean, formula: x}}}}
watch:
  events:
    payment: {fields: {days_late: {type: integer}, amount_yuan: {type: number, scale: 2}}}
    trade: {fields: {kind_of: {type: enum, values: [stock, bond, new]}, rating: {type: enum, values: [AAA, AA, A]}}}
    warning: {}
    contact: {}
  rules:
    demotion: {on: payment, where: {days_late: "> 0"}, count: 2, within: 3 months, calendar: quarter, reading: quarter, action: {do: demote}}
    alert:
      on: trade
      when: kind_of = new or (kind_of = bond and (rating = A or (rating = AA and border = inclusive)))
      action: {do: look}
    contact: {on: warning, expect: {contacted: {on: contact}}, by: 5 days, action: {do: call}}
    churn: {on: payment, silence: 1 year, action: {do: visit}}
"""


def lines(events: int, subjects: int) -> Iterator[bytes]:
    """Yield a seeded stream over ten years: half payments, a third trades, the rest warnings and contacts."""
    chance = random.Random(1)
    start = date(2016, 1, 1)
    for number in range(events):
        kind = chance.choices(("payment", "trade", "warning", "contact"), (50, 34, 6, 10))[0]
        event: dict[str, object] = {"id": f"e{number}", "kind": kind, "subject": f"{chance.randrange(subjects):05d}"}
        event["at"] = (start + timedelta(days=number * 3650 // events)).isoformat()
        if kind == "payment":
            event |= {"days_late": chance.choice((0, 0, 0, 0, 5)), "amount_yuan": "120.50"}
        if kind == "trade":
            event |= {"kind_of": chance.choice(("stock", "stock", "stock", "bond", "new")), "rating": chance.choice(("AAA", "AA", "A"))}
        yield json.dumps(event).encode() + b"\n"


def memory(process: int | str) -> str:
    """Return the resident memory of a process, where the system tells it."""
    try:
        status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    except OSError:
        return "?"
    return next((line.split(":")[1].strip() for line in status.splitlines() if line.startswith("VmRSS")), "?")


def worker() -> str:
    """Return the id of the process that this one started, where the system tells it."""
    try:
        return Path(f"/proc/self/task/{getpid()}/children").read_text(encoding="ascii").strip()
    except OSError:
        return ""


def main() -> None:
    """Run it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("events", type=int, nargs="?", default=100_000)
    parser.add_argument("--subjects", type=int, default=3_000)
    parser.add_argument("--engine", default="durable")
    parser.add_argument("--ledger")
    asked = parser.parse_args()
    folder = Path("watch-benchmark")
    folder.mkdir(exist_ok=True)
    (folder / "policy.yaml").write_text(POLICY, encoding="utf-8")
    loaded = load(str(folder))
    plan = WatchPlan.of(loaded.sections)
    assert plan is not None
    stream = io.BytesIO(b"".join(lines(asked.events, asked.subjects)))
    with WatchRun(plan, loaded.environment, loaded.plugins.watch_engines()[asked.engine], asked.ledger) as run:
        reader = LineReader(plan, stream)
        started, busy, told = perf_counter(), process_time(), False
        for _ in run.process(reader.batches()):
            if not told and run.events > asked.events // 4:
                told = True
                print(f"memory at {run.events} events: {memory('self')} (worker {memory(worker())})")
        for _ in run.finish():
            pass
        seconds, busy = perf_counter() - started, process_time() - busy
        print(f"memory at {run.events} events: {memory('self')} (worker {memory(worker())})")
        print(f"{asked.events} events, {run.actions} actions, {seconds:.1f} s: {asked.events / seconds:,.0f} events/s ({asked.engine})")
    spent = busy + sum(times()[2:4])  # the worker has ended, so its time is among that of children
    print(f"{spent:.1f} s of processor time in both processes: {asked.events / spent:,.0f} events/s where nothing else runs")
    (folder / "policy.yaml").unlink()
    folder.rmdir()


if __name__ == "__main__":
    main()
