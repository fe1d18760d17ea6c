"""The ledger: a SQLite file of runs. A run is there whole or not at all: it is written in one transaction, whatever ends the process.

Tables: ``runs``, ``results`` (one row a subject and output), ``data_findings``. Ids are text, values are JSON with all their digits.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any, Self

from sqlite_utils import Database

from tierwise.core.errors import DataError
from tierwise.core.meaning.grading import Grading
from tierwise.core.outcome import Outcome
from tierwise.plugins.facts import DataFinding
from tierwise.plugins.ledger.record import Change, RunRecord, SavedRun
from tierwise.plugins.ledger.rows import COMPARISON, as_json, finding, outcome, result_rows, saved_run

__all__ = ["Change", "Ledger", "RunRecord", "SavedRun"]

APPLICATION_ID = 0x54574C47
"""What marks a SQLite file as a ledger, so that no other database is ever written to."""
WAIT_SECONDS = 5.0


class Ledger:
    """An open ledger; a context manager that closes it."""

    def __init__(self, location: str, create: bool = False) -> None:
        """Open a ledger.

        Args:
            location: The file.
            create: Whether it may be made when it is not there.

        Raises:
            DataError: It is not there, a folder, another database, damaged, or not to be opened.
        """
        self.location = location
        self._made = not Path(location).exists()
        if not create and not Path(location).exists():
            raise DataError(f"there is no ledger `{location}`", help="save a run with `tierwise grade --save`")
        if Path(location).is_dir():
            raise DataError(f"the ledger `{location}` is a folder", help="name a file in it")
        if not Path(location).resolve().parent.is_dir():
            raise DataError(f"the folder of the ledger `{location}` does not exist")
        with self._errors():
            connection = sqlite3.connect(location, timeout=WAIT_SECONDS, isolation_level=None)
            self._database = Database(connection)
            try:
                self._refuse_others()
            except BaseException:
                connection.close()
                raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is not None and self._made:
            self._remove_if_empty()
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._database.conn.close()

    def save(self, record: RunRecord, grading: Grading, findings: Iterable[DataFinding] = ()) -> int:
        """Write a run; only one batch of its rows is in memory at a time.

        Returns:
            Its number.

        Raises:
            DataError: It cannot be written: the disk is full, the file is locked. The ledger is then as it was.
        """
        with self._errors(), self._transaction():
            self._make_tables()
            return self._write(record, grading, tuple(findings))

    def runs(self, policy: str | None = None) -> tuple[SavedRun, ...]:
        """Return the runs, the latest first, of one policy or of all."""
        where, arguments = ("policy = ?", [policy]) if policy is not None else (None, [])
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
        for row in self._rows("results", "run_id = ?", [run_id], "key, output"):
            yield row["key"], row["output"], outcome(row)

    def data_findings(self, run_id: int) -> tuple[DataFinding, ...]:
        """Return what was wrong with the data of a run."""
        return tuple(finding(row) for row in self._rows("data_findings", "run_id = ?", [run_id], "rowid"))

    def history(self, key: str, policy: str | None = None) -> Iterator[tuple[SavedRun, str, Outcome]]:
        """Yield run, output and outcome of every result of one subject, the latest run first."""
        for run in self.runs(policy):
            for row in self._rows("results", "run_id = ? AND key = ?", [run.run_id, key], "output"):
                yield run, row["output"], outcome(row)

    def compare(self, before: int, after: int, output: str | None = None) -> Iterator[Change]:
        """Yield every outcome that differs between two runs, by subject; also of subjects that only one of them has.

        Raises:
            DataError: The ledger lacks one of the runs.
        """
        for run_id in (before, after):
            self.run(run_id)
        with self._errors():
            for row in self._database.query(COMPARISON, {"before": before, "after": after, "output": output}):
                sides = [outcome(json.loads(row[side])) if row[side] else None for side in ("old", "new")]
                yield Change(row["key"], row["output"], *sides)

    def _refuse_others(self) -> None:
        application = self._database.execute("PRAGMA application_id").fetchone()[0]
        if application != APPLICATION_ID and self._database.table_names():
            raise DataError(f"`{self.location}` is a database, but not a ledger", help="name another file")

    def _remove_if_empty(self) -> None:
        """Leave no file behind in which no run was saved; while the transaction lasts, nobody else can save one."""
        with suppress(sqlite3.Error, OSError):
            self._database.execute("BEGIN IMMEDIATE")
            if Path(self.location).stat().st_size == 0:
                Path(self.location).unlink()

    def _make_tables(self) -> None:
        if "runs" in self._database.table_names():
            return
        self._database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        texts = {field.name: str for field in fields(RunRecord)}
        self._database.table("runs").create({"run_id": int, **texts, "subjects": int, "undetermined": int}, pk="run_id")
        self._database.table("results").create(
            {"run_id": int, "key": str, "output": str, "value": str, "reason": str, "candidates": str, "rules": str, "needs": str},
            pk=("run_id", "key", "output"),
        )
        columns = {"run_id": int, "code": str, "message": str, "count": int, "fact": str, "table": str, "column": str, "examples": str}
        self._database.table("data_findings").create(columns)

    def _write(self, record: RunRecord, grading: Grading, findings: Sequence[DataFinding]) -> int:
        counts = {"subjects": grading.count(), "undetermined": 0}
        run_id = int(self._database.table("runs").insert({**asdict(record), **counts}, alter=True).last_pk or 0)
        undetermined = 0

        def rows() -> Iterator[tuple[Any, ...]]:
            nonlocal undetermined
            for result in grading.rows():
                for row in result_rows(run_id, result):
                    undetermined += row[4] is not None
                    yield row

        self._database.conn.executemany("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows())
        self._database.table("runs").update(run_id, {"undetermined": undetermined})
        self._database.table("data_findings").insert_all({"run_id": run_id, **asdict(f), "examples": as_json(f.examples)} for f in findings)
        return run_id

    def _rows(self, table: str, where: str | None, arguments: Sequence[Any], order: str) -> Iterator[dict[str, Any]]:
        with self._errors():
            if table in self._database.table_names():
                yield from self._database.table(table).rows_where(where, arguments, order_by=order)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        connection = self._database.conn
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:  # SQLite has rolled back by itself after some errors, such as a full disk
                connection.execute("ROLLBACK")
            raise

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            message = str(error)
            for word, meaning, help in (
                ("locked", "is being written by another process", "wait for it, or name another file"),
                ("full", "cannot be written: the disk is full; nothing of this run was saved", "free some space"),
                ("disk I/O", "cannot be written: the disk failed; nothing of this run was saved", "free some space, or name another file"),
                ("readonly", "may not be written", "name another file"),
                ("unable to open", "cannot be opened", "look at the rights of the file and its folder"),
                ("not a database", "is not a SQLite database", "name another file"),
                ("malformed", "is damaged", "restore it from a copy"),
            ):
                if word in message:
                    raise DataError(f"the ledger `{self.location}` {meaning}", help) from error
            raise DataError(f"the ledger `{self.location}` cannot be used: {message}") from error
