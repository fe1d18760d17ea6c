"""The ledger: a SQLite file of runs. A run is there whole or not at all: it is written in one transaction, whatever ends the process.

Tables: ``runs``, ``outputs`` (with their types), ``results`` (one row a subject and output), ``data_findings``. Ids are text; values are as
people who open the file by SQL expect them: words as they are, numbers as numbers, only lists and records as JSON.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, fields, replace
from datetime import date
from typing import Any, Self

from sqlite_utils import Database

from tierwise.core.errors import DataError
from tierwise.core.outcome import Outcome
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.grading import Grading
from tierwise.plugins.ledger.record import Change, RunRecord, SavedRun
from tierwise.plugins.ledger.rows import COMPARISON, RESULTS, UPGRADE, as_json, finding, outcome, output_rows, result_rows, saved_run
from tierwise.plugins.store import Store, StoredTable

__all__ = ["Change", "Ledger", "RunRecord", "SavedRun"]

_RUNS = StoredTable(
    "runs", {"run_id": int, **{field.name: str for field in fields(RunRecord)}, "subjects": int, "undetermined": int}, ("run_id",)
)
_RESULTS = StoredTable(
    "results",
    {"run_id": int, "key": str, "output": str, "value": bytes, **dict.fromkeys(("reason", "candidates", "rules", "needs"), str)},
    ("run_id", "key", "output"),
)
_OUTPUTS = StoredTable("outputs", {"run_id": int, "output": str, "type": str}, ("run_id", "output"))
_FINDINGS = StoredTable(
    "data_findings", {"run_id": int, **{field.name: int if field.name == "count" else str for field in fields(DataFinding)}}
)
_TABLES = (_RUNS, _OUTPUTS, _RESULTS, _FINDINGS)


class Ledger:
    """An open ledger; a context manager that closes it."""

    def __init__(
        self, location: str, create: bool = False, waiting: Callable[[str], None] = lambda who: None, read_only: bool = False
    ) -> None:
        """Open a ledger.

        Args:
            location: The file.
            create: Whether it may be made when it is not there.
            waiting: Is told, once, what process is waited for.
            read_only: Whether nothing may be written to it, not even to bring a ledger of an earlier version up to date.

        Raises:
            DataError: It is not there, a folder, another database, damaged, or not to be opened.
        """
        self.location = location
        self._store = Store(location, "run", create, waiting, read_only)
        if self._store.has("results") and not self._store.has("outputs"):
            if read_only:
                self._store.end(failed=False)
                raise DataError(f"the ledger `{location}` is of an earlier version", help="`tierwise history` brings it up to date")
            self._upgrade()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._store.end(failed=kind is not None)

    def save(self, record: RunRecord, grading: Grading, findings: Iterable[DataFinding] = ()) -> int:
        """Write a run; only one batch of its rows is in memory at a time.

        Returns:
            Its number.

        Raises:
            DataError: It cannot be written: the disk is full, the file is locked. The ledger is then as it was.
        """
        with self._store.writing(_TABLES) as database:
            return _write(database, record, grading, findings)

    def bring_in(self, location: str) -> dict[int, int]:
        """Add the runs of another ledger; one that is there already is left out.

        Returns:
            The number of each run there, in its order, and its number here.

        Raises:
            DataError: The other ledger cannot be read, or this one cannot be written; it is then as it was.
        """
        if os.path.realpath(location) == os.path.realpath(self.location):
            raise DataError(f"`{location}` is the ledger itself", help="name the file whose runs are to be added")
        with Ledger(location) as other, self._store.writing(_TABLES) as database:
            known = {replace(run, run_id=0): run.run_id for run in self.runs()}
            return {run.run_id: known.get(replace(run, run_id=0)) or other._copy(run, database) for run in reversed(other.runs())}

    def runs(self, policy: str | None = None) -> tuple[SavedRun, ...]:
        """Return the runs, the latest first, of one policy or of all."""
        where, arguments = ("policy = ?", [policy]) if policy is not None else ("true", [])
        return tuple(saved_run(row) for row in self._rows("runs", where, arguments, "run_id DESC"))

    def run(self, run_id: int) -> SavedRun:
        """Return one run.

        Raises:
            DataError: The ledger has no such run.
        """
        rows = list(self._rows("runs", "run_id = ?", [run_id], "run_id"))
        if not rows:
            raise DataError(f"the ledger `{self.location}` has no run {run_id}", help="`tierwise history` lists the runs")
        return saved_run(rows[0])

    def results(self, run_id: int) -> Iterator[tuple[str, str, Outcome]]:
        """Yield subject, output and outcome of every result of a run, by subject."""
        for row in self._results("r.run_id = ?", [run_id], "r.key, r.output"):
            yield row["key"], row["output"], outcome(row)

    def outcomes(self, run_id: int, output: str) -> Iterator[tuple[str, Outcome]]:
        """Yield subject and outcome of one output of a run, by subject."""
        for row in self._results("r.run_id = ? AND r.output = ?", [run_id, output], "r.key"):
            yield row["key"], outcome(row)

    def last_run(self, policy: str, before: date | None = None) -> SavedRun | None:
        """Return the last run of a policy, or ``None``; one for which parameters were set for a try is none.

        Args:
            policy: Its name.
            before: Only runs as of an earlier day count; one without such a date counts by the day on which it started.
        """
        runs = [run for run in self.runs(policy) if not run.record.settings]
        if before is not None:
            runs = sorted(
                (run for run in runs if _day_of(run) < before.isoformat()), key=lambda run: (_day_of(run), run.run_id), reverse=True
            )
        return runs[0] if runs else None

    def outputs(self, run_id: int) -> tuple[str, ...]:
        """Return the names of the outputs that a run has results of."""
        return tuple(row["output"] for row in self._rows("outputs", "run_id = ?", [run_id], "rowid"))

    def data_findings(self, run_id: int) -> tuple[DataFinding, ...]:
        """Return what was wrong with the data of a run."""
        return tuple(finding(row) for row in self._rows("data_findings", "run_id = ?", [run_id], "rowid"))

    def history(self, key: str, policy: str | None = None) -> Iterator[tuple[SavedRun, str, Outcome]]:
        """Yield run, output and outcome of every result of one subject, the latest run first."""
        for run in self.runs(policy):
            for row in self._results("r.run_id = ? AND r.key = ?", [run.run_id, key], "r.output"):
                yield run, row["output"], outcome(row)

    def compare(self, before: int, after: int, output: str | None = None) -> Iterator[Change]:
        """Yield every outcome that differs between two runs, by subject; also of subjects that only one of them has.

        Raises:
            DataError: The ledger lacks one of the runs.
        """
        for run_id in (before, after):
            self.run(run_id)
        for row in self._store.rows(COMPARISON, {"earlier": before, "later": after, "output": output}):
            sides = [outcome(row, f"{side}_") if row[f"{side}_run"] is not None else None for side in ("earlier", "later")]
            yield Change(row["key"], row["output"], *sides)

    def _results(self, where: str, arguments: Sequence[Any], order: str) -> Iterator[dict[str, Any]]:
        if self._store.has("results"):
            yield from self._store.rows(RESULTS.format(where=where, order=order), arguments)

    def _rows(self, table: str, where: str, arguments: Sequence[Any], order: str) -> Iterator[dict[str, Any]]:
        if self._store.has(table):
            yield from self._store.rows(f"SELECT * FROM {table} WHERE {where} ORDER BY {order}", arguments)

    def _copy(self, run: SavedRun, into: Database) -> int:
        """Copy a run, and return its number there."""
        row = {**asdict(run.record), "subjects": run.subjects, "undetermined": run.undetermined}
        run_id = int(into.table("runs").insert(row).last_pk or 0)
        for table in (_OUTPUTS, _RESULTS, _FINDINGS):
            rows = self._rows(table.name, "run_id = ?", [run.run_id], "rowid")
            cells = ({**dict.fromkeys(table.columns), **row, "run_id": run_id} for row in rows)
            into.conn.executemany(f"INSERT INTO {table.name} VALUES ({', '.join(f':{name}' for name in table.columns)})", cells)
        return run_id

    def _upgrade(self) -> None:
        with self._store.writing((_OUTPUTS, replace(_RESULTS, name="upgraded"))) as database:
            for step in UPGRADE:
                database.execute(step)


def _day_of(run: SavedRun) -> str:
    return run.record.as_of or run.record.started[:10]


def _write(database: Database, record: RunRecord, grading: Grading, findings: Iterable[DataFinding]) -> int:
    runs = database.table("runs")
    run_id = int(runs.insert({**asdict(record), "subjects": grading.count(), "undetermined": 0}).last_pk or 0)
    undetermined = 0

    def rows() -> Iterator[tuple[Any, ...]]:
        nonlocal undetermined
        for result in grading.rows():
            for row in result_rows(run_id, result):
                undetermined += row[4] is not None
                yield row

    database.conn.executemany("INSERT INTO outputs VALUES (?, ?, ?)", output_rows(run_id, grading.outputs))
    database.conn.executemany(f"INSERT INTO results VALUES ({', '.join('?' * len(_RESULTS.columns))})", rows())
    runs.update(run_id, {"undetermined": undetermined})
    database.table("data_findings").insert_all(
        {"run_id": run_id, **asdict(found), "examples": as_json(found.examples)} for found in findings
    )
    return run_id
