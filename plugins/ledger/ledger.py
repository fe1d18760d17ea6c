"""The ledger: a SQLite file of runs. A run is there whole or not at all: it is written in one transaction, whatever ends the process.

Tables: ``runs``; ``outputs`` with their types and places; ``outcomes``, the different ones of a run under numbers; ``graded``, one narrow row a subject:
the numbers of its outcomes, a JSON list in the places of the outputs; ``names``, what people called each subject of a policy last; ``data_findings``. The view ``results`` has a row for each subject and output. Ids are
text; values are as people who open the file by SQL expect them: words as they are, numbers as numbers, only lists and records as JSON.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, fields, replace
from datetime import date
from itertools import islice
from typing import Any, Self

from sqlite_utils import Database

from tierwise.core.errors import DataError
from tierwise.core.outcome import Outcome, Undetermined
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.grading import Grading, Numbering
from tierwise.plugins.ledger.earlier_ledgers import EARLIER, earlier_rows, set_aside
from tierwise.plugins.ledger.numbered_outcomes import Numbers, SavedOutcomes
from tierwise.plugins.ledger.record import Change, RunRecord, SavedRun
from tierwise.plugins.ledger.rows import Cells, as_json, finding, row_of_record, saved_run
from tierwise.plugins.store import Store, StoredTable

__all__ = ["Change", "Ledger", "RunRecord", "SavedRun"]

_RUNS = StoredTable(
    "runs", {"run_id": int, **{field.name: str for field in fields(RunRecord)}, "subjects": int, "undetermined": int}, ("run_id",)
)
_OUTPUTS = StoredTable("outputs", {"run_id": int, "output": str, "type": str, "place": int}, ("run_id", "output"))
_OUTCOMES = StoredTable(
    "outcomes",
    {"run_id": int, "number": int, "value": bytes, **dict.fromkeys(("reason", "candidates", "rules", "needs"), str)},
    ("run_id", "number"),
    is_by_key=True,
)
_GRADED = StoredTable("graded", {"run_id": int, "key": str, "numbers": str}, ("run_id", "key"), is_by_key=True)
_NAMES = StoredTable("names", {"policy": str, "key": str, "name": str}, ("policy", "key"), is_by_key=True)
_FINDINGS = StoredTable(
    "data_findings", {"run_id": int, **{field.name: int if field.name == "count" else str for field in fields(DataFinding)}}
)
_TABLES = (_RUNS, _OUTPUTS, _OUTCOMES, _GRADED, _NAMES, _FINDINGS)
_NAMED = "INSERT INTO names VALUES (?, ?, ?) ON CONFLICT DO {instead}"
_RENAMED = _NAMED.format(instead="UPDATE SET name = excluded.name WHERE name IS NOT excluded.name")
_RESULTS = """
CREATE VIEW IF NOT EXISTS results AS
SELECT graded.run_id, graded.key, outputs.output, outcomes.value, outcomes.reason, outcomes.candidates, outcomes.rules, outcomes.needs
FROM graded
CROSS JOIN json_each(graded.numbers) AS listed
CROSS JOIN outputs ON outputs.run_id = graded.run_id AND outputs.place = listed.key
CROSS JOIN outcomes ON outcomes.run_id = graded.run_id AND outcomes.number = listed.value
"""
"""For SQLite a cross join is the order in which tables are gone through: in another one each outcome would meet each subject."""
_BATCH = 10_000
_MOST_PAIRS = 100_000


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
        if self._store.has("results"):
            if read_only:
                self._store.end(failed=False)
                raise DataError(f"the ledger `{location}` is of an earlier version", help="`tierwise history` brings it up to date")
            self._upgrade(had_types=self._store.has("outputs"))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._store.end(failed=kind is not None)

    def save(self, record: RunRecord, grading: Grading, findings: Iterable[DataFinding] = (), names: Iterable[tuple[str, str]] = ()) -> int:
        """Write a run; only one batch of its rows is in memory at a time.

        Args:
            record: How it was made.
            grading: Its results.
            findings: What was wrong with the data.
            names: Id and name of subjects; only the last name of each is kept.

        Returns:
            Its number.

        Raises:
            DataError: It cannot be written: the disk is full, the file is locked. The ledger is then as it was.
        """
        with self._writing() as database:
            database.conn.executemany(_RENAMED, ((record.policy, key, name) for key, name in names))
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
        with Ledger(location) as other, self._writing() as database:
            known = {replace(run, run_id=0): run.run_id for run in self.runs()}
            names = ((row["policy"], row["key"], row["name"]) for row in other._rows("names", "true", [], "key"))
            database.conn.executemany(_NAMED.format(instead="NOTHING"), names)
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

    def names(self, policy: str) -> Iterator[tuple[str, str]]:
        """Yield id and name of the subjects of a policy, by id."""
        return ((row["key"], row["name"]) for row in self._rows("names", "policy = ?", [policy], "key"))

    def name(self, policy: str, key: str) -> str | None:
        """Return what people call a subject; ``None`` where that is not known."""
        return next((row["name"] for row in self._rows("names", "policy = ? AND key = ?", [policy, key], "key")), None)

    def keys_called(self, name: str) -> tuple[str, ...]:
        """Return the ids of the subjects that people call so."""
        return tuple(dict.fromkeys(row["key"] for row in self._rows("names", "name = ?", [name], "key")))

    def results(self, run_id: int) -> Iterator[tuple[str, str, Outcome]]:
        """Yield subject, output and outcome of every result of a run, by subject."""
        saved = self._saved(run_id)
        for key, numbers in self._graded(run_id):
            for output in saved.names:
                found = saved.outcome(numbers, output)
                if found is not None:
                    yield key, output, found

    def outcomes(self, run_id: int, output: str) -> Iterator[tuple[str, Outcome]]:
        """Yield subject and outcome of one output of a run, by subject."""
        saved = self._saved(run_id)
        for key, numbers in self._graded(run_id):
            found = saved.outcome(numbers, output)
            if found is not None:
                yield key, found

    def last_run(self, policy: str, before: date | None = None) -> SavedRun | None:
        """Return the last run of a policy, or ``None``; a try is none.

        Args:
            policy: Its name.
            before: Only runs as of an earlier day count; one without such a date counts by the day on which it started.
        """
        runs = [run for run in self.runs(policy) if not run.record.is_try]
        if before is not None:
            runs = sorted(
                (run for run in runs if _day_of(run) < before.isoformat()), key=lambda run: (_day_of(run), run.run_id), reverse=True
            )
        return runs[0] if runs else None

    def outputs(self, run_id: int) -> tuple[str, ...]:
        """Return the names of the outputs that a run has results of."""
        return tuple(row["output"] for row in self._rows("outputs", "run_id = ?", [run_id], "place"))

    def data_findings(self, run_id: int) -> tuple[DataFinding, ...]:
        """Return what was wrong with the data of a run."""
        return tuple(finding(row) for row in self._rows("data_findings", "run_id = ?", [run_id], "rowid"))

    def history(self, key: str, policy: str | None = None) -> Iterator[tuple[SavedRun, str, Outcome]]:
        """Yield run, output and outcome of every result of one subject, the latest run first."""
        for run in self.runs(policy):
            saved = self._saved(run.run_id)
            for row in self._rows("graded", "run_id = ? AND key = ?", [run.run_id, key], "key"):
                numbers = json.loads(row["numbers"])
                yield from ((run, output, found) for output in saved.names if (found := saved.outcome(numbers, output)) is not None)

    def compare(self, before: int, after: int, output: str | None = None) -> Iterator[Change]:
        """Yield every outcome that differs between two runs, by subject; also of subjects that only one of them has.

        Raises:
            DataError: The ledger lacks one of the runs.
        """
        for run_id in (before, after):
            self.run(run_id)
        sides = [self._saved(run_id) for run_id in (before, after)]
        names = sorted({name for side in sides for name in side.names if output in (None, name)})
        differing: dict[tuple[str, str], list[str]] = {}
        for key, *listed in _side_by_side(self._graded_texts(before), self._graded_texts(after)):
            pair = listed[0], listed[1]
            if pair not in differing:
                if len(differing) >= _MOST_PAIRS:
                    differing.clear()
                numbers = [json.loads(text) for text in pair]
                cells = {name: [side.cells(each, name) for side, each in zip(sides, numbers, strict=True)] for name in names}
                differing[pair] = [name for name, (one, other) in cells.items() if _tells(one) != _tells(other)]
            if differing[pair]:
                numbers = [json.loads(text) for text in pair]
                for name in differing[pair]:
                    yield Change(key, name, *(side.outcome(each, name) for side, each in zip(sides, numbers, strict=True)))

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        with self._store.writing(_TABLES) as database:
            database.execute(_RESULTS)
            yield database

    def _saved(self, run_id: int) -> SavedOutcomes:
        types = {row["output"]: row["type"] or "" for row in self._rows("outputs", "run_id = ?", [run_id], "place")}

        def cells_of(number: int) -> Cells:
            query = "SELECT value, reason, candidates, rules, needs FROM outcomes WHERE run_id = ? AND number = ?"
            (row,) = self._store.rows(query, [run_id, number])
            return (row["value"], row["reason"], row["candidates"], row["rules"], row["needs"])

        return SavedOutcomes(types, cells_of)

    def _graded_texts(self, run_id: int) -> Iterator[tuple[str, str]]:
        """Yield key and list of numbers of each subject of a run, by key."""
        return ((row["key"], row["numbers"]) for row in self._rows("graded", "run_id = ?", [run_id], "key"))

    def _graded(self, run_id: int) -> Iterator[tuple[str, list[int | None]]]:
        return ((key, json.loads(text)) for key, text in self._graded_texts(run_id))

    def _rows(self, table: str, where: str, arguments: Sequence[Any], order: str) -> Iterator[dict[str, Any]]:
        if self._store.has(table):
            yield from self._store.rows(f"SELECT * FROM {table} WHERE {where} ORDER BY {order}", arguments)

    def _copy(self, run: SavedRun, into: Database) -> int:
        """Copy a run, and return its number there."""
        row = {**row_of_record(run.record), "subjects": run.subjects, "undetermined": run.undetermined}
        run_id = int(into.table("runs").insert(row).last_pk or 0)
        for table in (_OUTPUTS, _OUTCOMES, _GRADED, _FINDINGS):
            rows = self._rows(table.name, "run_id = ?", [run.run_id], table.key[-1] if table.key else "rowid")
            cells = ({**dict.fromkeys(table.columns), **row, "run_id": run_id} for row in rows)
            into.conn.executemany(f"INSERT INTO {table.name} VALUES ({', '.join(f':{name}' for name in table.columns)})", cells)
        return run_id

    def _upgrade(self, had_types: bool) -> None:
        """Number the outcomes of a ledger that an earlier version wrote."""
        with self._store.writing(_TABLES) as database:
            if not self._store.has("results"):
                return  # another process did it meanwhile
            set_aside(database, had_types)
            for run in self.runs():
                numbers = Numbers(self.outputs(run.run_id))
                _insert(database, run.run_id, numbers, _by_batch(earlier_rows(database, run.run_id, numbers, had_types)))
            database.execute(f"DROP TABLE {EARLIER}")
            database.execute(_RESULTS)


def _day_of(run: SavedRun) -> str:
    return run.record.as_of or run.record.started[:10]


def _write(database: Database, record: RunRecord, grading: Grading, findings: Iterable[DataFinding]) -> int:
    runs = database.table("runs")
    run_id = int(runs.insert({**row_of_record(record), "subjects": grading.count(), "undetermined": 0}).last_pk or 0)
    numbers = Numbers([output.name for output in grading.outputs])
    given = grading.numbered(numbers.number) if isinstance(grading, Numbering) else None
    if given is not None:
        _insert(database, run_id, numbers, (zip(keys, listed, strict=True) for keys, listed in given))
        undetermined = sum(share.count for d in grading.outputs for share in grading.distribution(d.name) if share.reason is not None)
    else:
        undetermined = 0

        def rows() -> Iterator[tuple[str, str]]:
            nonlocal undetermined
            for result in grading.rows():
                undetermined += sum(isinstance(outcome, Undetermined) for outcome in result.outcomes.values())
                yield result.key, numbers.list_of((output, numbers.number(outcome)) for output, outcome in result.outcomes.items())

        _insert(database, run_id, numbers, _by_batch(rows()))
    types = {output.name: str(output.type) for output in grading.outputs}
    outputs = [(run_id, output, types.get(output, ""), place) for output, place in numbers.places.items()]
    database.conn.executemany("INSERT INTO outputs VALUES (?, ?, ?, ?)", outputs)
    runs.update(run_id, {"undetermined": undetermined})
    database.table("data_findings").insert_all(
        {"run_id": run_id, **asdict(found), "examples": as_json(found.examples)} for found in findings
    )
    return run_id


def _insert(database: Database, run_id: int, numbers: Numbers, batches: Iterable[Iterable[tuple[str, str]]]) -> None:
    """Write subjects, each with the list of its numbers, and the outcomes that they stand for; a batch is in memory at a time."""
    for batch in batches:
        database.conn.executemany("INSERT INTO graded VALUES (?, ?, ?)", ((run_id, key, listed) for key, listed in batch))
        database.conn.executemany("INSERT INTO outcomes VALUES (?, ?, ?, ?, ?, ?, ?)", ((run_id, *row) for row in numbers.fresh()))


def _by_batch(rows: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    while batch := list(islice(rows, _BATCH)):
        yield batch


def _side_by_side(left: Iterator[tuple[str, str]], right: Iterator[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Yield each key of two ascending sequences with what stands beside it on each side, an empty list where nothing does."""
    end = None
    one, other = next(left, end), next(right, end)
    while one is not None or other is not None:
        if other is None or (one is not None and one[0] < other[0]):
            assert one is not None
            yield one[0], one[1], "[]"
            one = next(left, end)
        elif one is None or other[0] < one[0]:
            yield other[0], "[]", other[1]
            other = next(right, end)
        else:
            yield one[0], one[1], other[1]
            one, other = next(left, end), next(right, end)


def _tells(cells: Cells | None) -> tuple[Any, ...] | None:
    """Return what makes an outcome another one: not its rules, nor what it needs."""
    return None if cells is None else cells[:3]
