"""All figures in one table: ``python -m benchmarks`` (``--rows``, ``--rounds``, ``--only``; ``--peers`` makes an environment for other engines).

Every figure is a median of processor time, with the yardstick in turns in the same process; whole commands are processes of their own, whose processor
time and memory are those the system counted. Results are compared before any clock runs: a difference ends the run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

import duckdb
import pyarrow
from benchmarks import decisions, scorecard
from benchmarks.grade_job import by_hand, customers

import tierwise
from tierwise.plugins.loading import shipped_policies

__all__ = ["main"]

HERE = Path(__file__).parent
POLICY = str(decisions.POLICY)
AS_OF = "2026-06-30"
MB = 1024**2

Line = tuple[str, str, str]
"""What is measured, what was found, and the goal."""


@dataclass(frozen=True, slots=True)
class Options:
    """How much is measured, and where files are put."""

    rows: int
    rounds: int
    folder: Path
    peers: bool


@dataclass(frozen=True, slots=True)
class Used:
    """What a command took: seconds of processor time, and its largest memory in MB."""

    cpu: float
    memory: float


def command(*arguments: str, to: Path | None = None) -> Used:
    """Run ``tierwise`` as a process of its own.

    Raises:
        SystemExit: It failed.
    """
    with open(to or os.devnull, "wb") as out:
        process = subprocess.Popen([sys.executable, "-m", "tierwise", *arguments], stdout=out, stderr=subprocess.PIPE)
        assert process.stderr is not None
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"tierwise {' '.join(arguments)}: {said.decode()}")
    return Used(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def repeated(rounds: int, *jobs: Callable[[], object]) -> list[float]:
    """Return the median processor time of each job; they take turns."""
    taken: list[list[float]] = [[] for _ in jobs]
    for _ in range(rounds):
        for place, job in enumerate(jobs):
            start = time.process_time()
            job()
            taken[place].append(time.process_time() - start)
    return [median(each) for each in taken]


def one_decision(options: Options) -> Iterator[Line]:
    """One subject at a time, complete and with facts missing, and many at once."""
    policy = tierwise.load(POLICY)
    decisions.compare(policy)
    found: dict[str, list[tuple[float, float, float]]] = {"hand": [], "decide": []}
    for number in range(options.rounds):
        batch = customers(2_000, 100 + number)
        found["hand"].append(decisions.timed(by_hand, batch))
        found["decide"].append(decisions.timed(policy.decide, batch))
    hand = median(mean for mean, _, _ in found["hand"])
    mean, middle, late = (median(column) for column in zip(*found["decide"], strict=True))
    yield (
        "one decision, facts not seen before",
        f"{mean / hand:.1f} x by hand ({mean:.1f} us), p99 {late / middle:.1f} x median",
        "6 x, p99 3 x",
    )
    for missing in decisions.MISSING:
        fresh = tierwise.load(POLICY)
        fresh.decide({})
        times = [decisions.timed(fresh.decide, customers(1_000, 1_000 * missing + n, missing))[0] for n in range(options.rounds)]
        said = (
            f"{median(times):.0f} us ({times[0]:.0f} in the first thousand); {median(times) / hand:.0f} and {times[0] / hand:.0f} x by hand"
        )
        yield f"one decision, {missing} of 8 items missing", said, "100 us"
    batch = customers(40_000, 5_000)
    rows = decisions.table_of(batch)
    assert policy.decide_many(rows) == policy.decide_many(batch)
    taken = repeated(
        options.rounds, lambda: [by_hand(one) for one in batch], lambda: policy.decide_many(batch), lambda: policy.decide_many(rows)
    )
    for name, seconds in zip(("decide_many, dictionaries", "decide_many, an Arrow table"), taken[1:], strict=True):
        yield name, f"{len(batch) / seconds:,.0f} a second and core, {seconds / taken[0]:.1f} x by hand", "300,000"
    table = decisions.arrow_table(options.rows)
    expected = decisions.expected_a(table)
    assert next(share.count for share in policy.grade_table(table).distribution("grade") if share.value == "A") == expected
    keyed = table.append_column("customer_id", pyarrow.arange(0, len(table)))
    times = repeated(options.rounds, *(lambda each=each: policy.grade_table(each).distribution("grade") for each in (keyed, table)))  # type: ignore[misc]  # bound now
    for name, seconds in zip((f"grade_table, {len(table):,} rows with a key", "the same without a key"), times, strict=True):
        yield name, f"{len(table) / seconds:,.0f} a second of processor time", "3,000,000"


def many_rows(options: Options) -> Iterator[Line]:
    """Rows of a Parquet file by DuckDB, against the same by hand, complete and with holes."""
    paths = {share: options.folder / f"customers {share}.parquet" for share in (0, 1, 10, 30)}
    for share, path in paths.items():
        scorecard.make(path, options.rows, share)
        scorecard.compare(path, share)
    jobs: list[Callable[[], object]] = [lambda: scorecard.by_hand(paths[0])]
    jobs += [lambda path=path: scorecard.by_policy(path) for path in paths.values()]  # type: ignore[misc]  # bound now
    hand, complete, *holes = repeated(options.rounds, *jobs)
    yield f"{options.rows:,} flat rows", f"{complete / hand:.2f} x by hand ({complete:.2f} CPU-s)", "1.5 x"
    for share, taken in zip((1, 10, 30), holes, strict=True):
        yield (
            f"the same, {share} % of each column missing",
            f"{taken / complete:.2f} x complete, {taken / hand:.2f} x by hand",
            "1.5 x complete",
        )
    yield from elsewhere(options, paths[0])
    alone = median(command("grade", str(paths[0]), "--policy", POLICY, "--rows", "0").cpu for _ in range(options.rounds))
    for form in ("csv", "jsonl", "parquet", "arrow", "duckdb"):
        used = []
        for _ in range(options.rounds):
            target = options.folder / f"out.{form}"
            target.unlink(missing_ok=True)
            used.append(command("grade", str(paths[0]), "--policy", POLICY, "--output", str(target)))
        cpu, memory = median(one.cpu for one in used), max(one.memory for one in used)
        yield f"grade --format {form}", f"{cpu:.2f} CPU-s ({cpu - alone:.2f} more than to grade alone), {memory:.0f} MB", "2 CPU-s"


def elsewhere(options: Options, path: Path) -> Iterator[Line]:
    """The same rows in a table of a DuckDB database, in order and shuffled, and ranked within regions."""
    for name, order in (("in a table", "customer_id"), ("in a table, shuffled", "hash(customer_id)")):
        database = scorecard.stored(path, options.folder / "stored.duckdb", order)
        scorecard.compare(database, 0)
        hand, policy = repeated(options.rounds, partial(scorecard.by_hand, database), partial(scorecard.by_policy, database))
        yield f"{options.rows:,} flat rows {name}", f"{policy / hand:.2f} x by hand ({policy:.2f} CPU-s)", "1.5 x"
    scorecard.compare(path, 0, is_ranked=True)
    hand, policy = repeated(options.rounds, partial(scorecard.by_hand, path, True), partial(scorecard.by_policy, path, True))
    yield "ranked within 20 regions", f"{policy / hand:.2f} x by hand ({policy:.2f} CPU-s)", "1.5 x"


def ten_times(options: Options) -> Iterator[Line]:
    """Ten times as many rows: graded, written and saved, against a tenth of them."""
    found: dict[str, list[Used]] = {}
    for rows in (options.rows, 10 * options.rows):
        path, ledger = options.folder / f"{rows}.parquet", options.folder / f"{rows}.db"
        scorecard.make(path, rows, 0)
        graded = ("grade", str(path), "--policy", POLICY)
        jobs = {
            "grade": ("--rows", "0"),
            "grade --format csv": ("--format", "csv"),
            "grade --save": ("--rows", "0", "--save", "--ledger", str(ledger)),
        }
        for name, more in jobs.items():
            found.setdefault(name, []).append(command(*graded, *more, to=options.folder / "out"))
        path.unlink()
        ledger.unlink()
    for name, (tenth, whole) in found.items():
        said = f"{whole.cpu:.1f} CPU-s, {whole.memory:,.0f} MB; a tenth of it {tenth.cpu:.1f} CPU-s, {tenth.memory:,.0f} MB"
        yield f"{name}, {10 * options.rows:,} rows", said, "4,096 MB, 10 x"


def saved(options: Options) -> Iterator[Line]:
    """From SQLite to the ledger, against reading and writing as many cells without anything in between."""
    parquet, source, ledger = (options.folder / name for name in ("saved.parquet", "saved.db", "ledger.db"))
    scorecard.make(parquet, options.rows, 0)
    rows = duckdb.sql(f"SELECT * EXCLUDE (region) FROM '{parquet}'").fetchall()
    with closing(sqlite3.connect(source)) as database:
        columns = ", ".join(f"{name} {'TEXT' if name in ('sales_mode', 'fame') else 'NUMERIC'}" for name in scorecard.COLUMNS)
        database.execute(f"CREATE TABLE customers (customer_id INTEGER PRIMARY KEY, {columns})")
        database.executemany(f"INSERT INTO customers VALUES ({', '.join('?' * (1 + len(scorecard.COLUMNS)))})", rows)
        database.commit()
    del rows
    bare = median(read_and_written(source, options.folder / "bare.db") for _ in range(options.rounds))
    alone = median(command("grade", str(source), "--policy", POLICY, "--rows", "0").cpu for _ in range(options.rounds))
    used = []
    for _ in range(options.rounds):
        ledger.unlink(missing_ok=True)
        used.append(command("grade", str(source), "--policy", POLICY, "--save", "--ledger", str(ledger), "--rows", "0"))
    with closing(sqlite3.connect(ledger)) as database:
        found = database.execute("SELECT value, count(*) FROM results WHERE output = 'grade' GROUP BY 1 ORDER BY 1").fetchall()
    grading = scorecard.by_policy(parquet)
    assert found == [(share.value, share.count) for share in grading.distribution("grade") if share.count]
    cpu = median(one.cpu for one in used)
    size = f"{ledger.stat().st_size / MB:.0f} MB kept, {max(one.memory for one in used):.0f} MB used"
    more = f"{cpu - alone:.2f} more than to grade alone"
    yield (
        "SQLite to the ledger, the whole command",
        f"{cpu / bare:.2f} x reading and writing ({cpu:.2f} CPU-s, {more}), {size}",
        "1.75 x, 60 MB",
    )


def read_and_written(source: Path, target: Path) -> float:
    """Return the processor time of reading a table and writing six of its columns, by ADBC."""
    from adbc_driver_sqlite import dbapi

    target.unlink(missing_ok=True)
    start = time.process_time()
    with dbapi.connect(str(source)) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT * FROM customers")
        table = cursor.fetch_arrow_table()
    with dbapi.connect(str(target)) as connection, connection.cursor() as cursor:
        cursor.adbc_ingest("results", table.select(table.column_names[:6]), mode="create")
        connection.commit()
    return time.process_time() - start


def growth(options: Options) -> Iterator[Line]:
    """Policies of many rules, with ten customers."""
    tests = ["< 10", *(f"[{i * 10}..{i * 10 + 10})" for i in range(1, 4_999)), ">= 49990"]
    module = "  {0}:\n    kind: module\n    decisions:\n      d_{0}:\n        type: integer\n        table:\n          hit: unique\n          rules: |\n"
    head = "tierwise: 1\npolicy: big\nversion: 1.0.0\ntitle: Big\nsource: made up\nsubject: customer\nfacts:\n  x: {type: integer, min: 0}\nmodules:\n"

    def table(name: str, tests: Sequence[str]) -> str:
        rules = "".join(f"            r{i} | {test} -> {i}\n" for i, test in enumerate(tests))
        return module.format(name) + f"            id | x -> d_{name}\n" + rules

    seventy = ["< 10", *(f"[{i * 10}..{i * 10 + 10})" for i in range(1, 69)), ">= 690"]
    ten = ["< 10", *(f"[{i * 10}..{i * 10 + 10})" for i in range(1, 9)), ">= 90"]
    grid = module.format("m") + "            id | x | y -> d_m\n"
    grid += "".join(
        f"            r{i}_{j} | {one} | {other} -> {i * 70 + j}\n" for i, one in enumerate(seventy) for j, other in enumerate(seventy)
    )
    policies = {
        "a table of 5,000 rules": head + table("m", tests),
        "a table of 70 x 70 rules": head.replace("modules:", "  y: {type: integer, min: 0}\nmodules:") + grid,
        "200 modules of 10 rules": head + "".join(table(f"m{n}", ten) for n in range(200)),
    }
    source = options.folder / "ten.csv"
    source.write_text("customer_id,x,y\n" + "".join(f"{i},{i * 4_321 % 50_000},{i * 77 % 700}\n" for i in range(10)))
    for name, text in policies.items():
        folder = options.folder / name.replace(" ", "-").replace(",", "")
        folder.mkdir(exist_ok=True)
        (folder / "policy.yaml").write_text(text)
        checked = median(command("check", str(folder)).cpu for _ in range(options.rounds))
        graded = median(command("grade", str(source), "--policy", str(folder)).cpu for _ in range(options.rounds))
        said = f"check {checked:.1f} CPU-s; grade 10 customers {graded:.1f} CPU-s, which checks as well: {graded - checked:.1f} more"
        yield name, said, "2 s each"


def start(options: Options) -> Iterator[Line]:
    """Commands over hardly anything."""
    source = options.folder / "few.csv"
    few = customers(10, 3)
    source.write_text(
        ",".join(["customer_id", *few[0]]) + "\n" + "".join(",".join(map(str, [i, *one.values()])) + "\n" for i, one in enumerate(few))
    )
    facts = options.folder / "facts.json"
    facts.write_text(json.dumps(few[0]))
    jobs = {
        "--help": (("--help",), "0.1 s"),
        "decide": (("decide", POLICY, "--facts", str(facts)), "0.3 s"),
        "grade of 10 rows": (("grade", str(source), "--policy", POLICY), "0.6 s"),
    }
    for name, (arguments, goal) in jobs.items():
        yield f"start: {name}", f"{median(command(*arguments).cpu for _ in range(options.rounds)):.2f} CPU-s", goal


def emptied(options: Options) -> Iterator[Line]:
    """Every shipped policy over the demo database, whole and with half of all cells emptied."""
    whole, holes = options.folder / "demo" / "demo.db", options.folder / "emptied.db"
    command("demo", str(whole.parent))
    with closing(sqlite3.connect(whole)) as database, closing(sqlite3.connect(holes)) as copy:
        database.backup(copy)
        for (table,) in copy.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for _, column, _, needed, _, is_key in copy.execute(f'PRAGMA table_info("{table}")').fetchall():
                if not needed and not is_key and not column.endswith("_id"):
                    copy.execute(
                        f'UPDATE "{table}" SET "{column}" = NULL WHERE (rowid * 2654435761 + length("{column}") * 97) % 4294967296 < 2147483648'
                    )
        copy.commit()
    found = {}
    for policy in shipped_policies():
        times = [
            median(command("grade", str(source), "--policy", policy, "--as-of", AS_OF, "--rows", "0").cpu for _ in range(options.rounds))
            for source in (whole, holes)
        ]
        found[policy] = times[1] / times[0]
    slow = sorted(((ratio, policy) for policy, ratio in found.items() if ratio > 1.5), reverse=True)
    told = ", ".join(f"{policy} {ratio:.1f}" for ratio, policy in slow)
    yield (
        f"{len(found)} policies, half of all cells emptied",
        f"{len(found) - len(slow)} within 1.5 x{': ' if told else ''}{told}",
        "1.5 x each",
    )


def peers(options: Options) -> Iterator[Line]:
    """The grade job by other engines, in an environment of their own."""
    if not options.peers:
        yield "peers", "not asked for (--peers)", ""
        return
    place = options.folder / "peers"
    subprocess.run([sys.executable, "-m", "venv", str(place)], check=True)
    python = place / ("Scripts" if os.name == "nt" else "bin") / "python"
    made = subprocess.run(
        [str(python), "-m", "pip", "install", "-q", "-r", str(HERE / "peers.txt")], check=False, stderr=subprocess.PIPE, text=True
    )
    if made.returncode:
        raise SystemExit(f"peers cannot be installed: {made.stderr}")
    said = subprocess.run([str(python), str(HERE / "peers.py"), str(options.rows)], check=True, capture_output=True, text=True).stdout
    found: dict[str, Any] = json.loads(said)
    for name, taken in found.items():
        yield f"peer: {name}", f"{taken / found['by hand']:.2f} x by hand ({taken:.2f} us)", ""


PARTS = {part.__name__.replace("_", "-"): part for part in (start, one_decision, peers, many_rows, saved, ten_times, growth, emptied)}


def main() -> None:
    """Print the conditions, and the table a line at a time."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--only", nargs="+", choices=list(PARTS), default=list(PARTS))
    parser.add_argument("--peers", action="store_true", help="install the packages of benchmarks/peers.txt beside, and measure them")
    given = parser.parse_args()
    print(
        f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Python {platform.python_version()}, DuckDB {duckdb.__version__}, {given.rows:,} rows, {given.rounds} rounds"
    )
    print(f"{'what':46} {'found':86} goal")
    with tempfile.TemporaryDirectory() as folder:
        options = Options(given.rows, given.rounds, Path(folder), given.peers)
        for name in given.only:
            for what, found, goal in PARTS[name](options):
                print(f"{what:46} {found:86} {goal}", flush=True)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
