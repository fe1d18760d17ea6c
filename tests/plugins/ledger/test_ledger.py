"""A run is in the ledger whole or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from tierwise.core.errors import DataError
from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Decision
from tierwise.plugins.facts import DataFinding
from tierwise.plugins.grading import Share
from tierwise.plugins.ledger import Change, Ledger, RunRecord

RECORD = RunRecord("p", "1.0.0", "f" * 64, "", "crm.db", "2026-11-21", "2026-11-21T10:00:00", "reference", "0.1.0")


@dataclass
class Graded:
    """A grading whose rows are at hand."""

    results: dict[str, dict[str, Outcome]]
    outputs: tuple[Decision, ...] = ()
    population: Mapping[str, Outcome] = field(default_factory=dict)

    def count(self) -> int:
        return len(self.results)

    def distribution(self, output: str) -> tuple[Share, ...]:
        return ()

    def rows(self, limit: int | None = None) -> Iterator[SubjectResult]:
        for key, outcomes in self.results.items():
            yield SubjectResult(key, None, outcomes)


def many(count: int, value: str = "A") -> Graded:
    return Graded({f"{i:06}": {"tier": Determined(value, ("r1",))} for i in range(count)})


def test_a_run_comes_back_as_it_was_saved(tmp_path: Path) -> None:
    outcomes: dict[str, Outcome] = {
        "tier": Undetermined(Reason.MISSING_FACT, ("甲", "B"), ("用量",), ("r1", "r2")),
        "limit": Determined(Decimal("12345678901234567.89")),
        "share": Determined(Decimal("0.1"), ("r3",)),
        "visited": Determined(None),
        "classes": Determined(("a", "b")),
    }
    finding = DataFinding("bad-number", "words", 2, "amount", "orders", "amount", (("00123", "n/a"),))
    with Ledger(str(tmp_path / "账.db"), create=True) as ledger:
        run_id = ledger.save(RECORD, Graded({"00123": outcomes}), [finding])
        assert [(run.run_id, run.record, run.subjects, run.undetermined) for run in ledger.runs()] == [(run_id, RECORD, 1, 1)]
        saved = {output: outcome for _, output, outcome in ledger.results(run_id)}
        assert saved == {**outcomes, "limit": Determined("12345678901234567.89"), "classes": Determined(["a", "b"])}  # type: ignore[arg-type]  # saved values are in their JSON form
        assert ledger.data_findings(run_id) == (finding,)
        assert [output for _, output, _ in ledger.history("00123")] == ["classes", "limit", "share", "tier", "visited"]
        assert list(ledger.history("123")) == []


def test_a_ledger_from_before_plugins_were_recorded_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with Ledger(str(path), create=True) as ledger:
        ledger.save(RECORD, many(1))
    with sqlite3.connect(path) as database:
        database.execute("ALTER TABLE runs DROP COLUMN plugins")
    database.close()
    newer = replace(RECORD, plugins="acme 1.2")
    with Ledger(str(path), create=True) as ledger:
        assert [run.record for run in ledger.runs()] == [RECORD]
        ledger.save(newer, many(1))
        assert [run.record for run in ledger.runs()] == [newer, RECORD]


def test_two_runs_are_compared(tmp_path: Path) -> None:
    with Ledger(str(tmp_path / "l.db"), create=True) as ledger:
        first = ledger.save(RECORD, Graded({"a": {"t": Determined("A")}, "b": {"t": Determined("B")}, "c": {"t": Determined("C")}}))
        gap = Undetermined(Reason.GAP)
        second = ledger.save(
            replace(RECORD, policy="q"),
            Graded({"a": {"t": Determined("A")}, "b": {"t": gap}, "d": {"t": Determined("D"), "u": Determined(None)}}),
        )
        assert list(ledger.compare(first, second, "t")) == [
            Change("b", "t", Determined("B"), gap),
            Change("c", "t", Determined("C"), None),
            Change("d", "t", None, Determined("D")),
        ]
        assert len(list(ledger.compare(first, second))) == 4
        assert [run.run_id for run in ledger.runs()] == [second, first]
        assert [run.run_id for run in ledger.runs("q")] == [second]
        with pytest.raises(DataError, match="has no run 99"):
            list(ledger.compare(first, 99))


def python_path(folder: Path) -> str:
    return os.pathsep.join([str(folder), *([os.environ["PYTHONPATH"]] if os.environ.get("PYTHONPATH") else [])])


WRITER = """
import sys
from tests_ledger import RECORD, many
from tierwise.plugins.ledger import Ledger
with Ledger(sys.argv[1], create=True) as ledger:
    print("ready", flush=True)
    while True:
        print(ledger.save(RECORD, many(3000)), flush=True)
"""


def test_a_kill_at_any_moment_leaves_whole_runs_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "tests_ledger.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    path, random, told = tmp_path / "l.db", Random(7), 0
    for attempt in range(12):
        environment = {**os.environ, "PYTHONPATH": python_path(tmp_path)}
        process = subprocess.Popen([sys.executable, "-c", WRITER, str(path)], stdout=subprocess.PIPE, text=True, env=environment)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(random.uniform(0, 0.15) * (1 if told else attempt + 1))  # on a busy machine the first run takes longer
        process.send_signal(signal.SIGKILL)
        told = max([told, *(int(line) for line in process.stdout.read().split())])
        process.wait()
        process.stdout.close()
        with Ledger(str(path), create=True) as ledger:
            runs = ledger.runs()
            assert len(runs) in (told, told + 1)  # the last one may have been saved before it could be told
            told = len(runs)
            assert [len(list(ledger.results(run.run_id))) for run in runs] == [3000] * len(runs)
            whole = sqlite3.connect(path)
            if runs:
                assert whole.execute("SELECT count(*) FROM results").fetchone() == (3000 * len(runs),)
            assert whole.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            whole.close()
    assert told > 0


def test_a_full_disk_leaves_the_ledger_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with Ledger(str(path), create=True) as ledger:
        first = ledger.save(RECORD, many(10))
        list(ledger._store.rows("PRAGMA max_page_count = 40"))
        with pytest.raises(DataError, match="the disk is full; nothing of this run was saved"):
            ledger.save(RECORD, many(50_000))
        assert [run.run_id for run in ledger.runs()] == [first]
    with Ledger(str(path)) as ledger:
        assert len(list(ledger.results(first))) == 10
        assert ledger.save(RECORD, many(10)) == first + 1


LIMITED = """
import resource, signal, sys
from tests_ledger import RECORD, many
from tierwise.core.errors import DataError
from tierwise.plugins.ledger import Ledger
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))
try:
    with Ledger(sys.argv[1], create=True) as ledger:
        ledger.save(RECORD, many(50_000))
except DataError as error:
    print(error)
"""


def test_a_new_ledger_that_cannot_be_written_is_not_left_behind(tmp_path: Path) -> None:
    (tmp_path / "tests_ledger.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": python_path(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    path = tmp_path / "l.db"
    done = subprocess.run([sys.executable, "-c", LIMITED, str(path)], capture_output=True, text=True, env=environment, check=False)
    assert "nothing of this run was saved" in done.stdout, done.stderr
    assert list(tmp_path.glob("l.db*")) == []
    with Ledger(str(path), create=True) as ledger:
        assert ledger.save(RECORD, many(2)) == 1


def test_a_ledger_that_another_process_made_meanwhile_stays(tmp_path: Path) -> None:
    path = str(tmp_path / "l.db")
    with pytest.raises(KeyboardInterrupt), Ledger(path, create=True):
        with Ledger(path, create=True) as other:
            other.save(RECORD, many(2))
        raise KeyboardInterrupt
    with Ledger(path) as ledger:
        assert len(ledger.runs()) == 1


def test_a_grading_that_fails_half_way_saves_nothing(tmp_path: Path) -> None:
    class Broken(Graded):
        def rows(self, limit: int | None = None) -> Iterator[SubjectResult]:
            yield from super().rows()
            raise ValueError("engine died")

    with Ledger(str(tmp_path / "l.db"), create=True) as ledger:
        run_id = ledger.save(RECORD, many(3))
        with pytest.raises(ValueError, match="engine died"):
            ledger.save(RECORD, Broken(many(3).results))
        assert [run.run_id for run in ledger.runs()] == [run_id]


def test_a_locked_ledger_can_be_read_afterwards(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tierwise.plugins.store.WAIT_SECONDS", 0.1)
    path = tmp_path / "l.db"
    with Ledger(str(path), create=True) as ledger:
        ledger.save(RECORD, many(1))
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(DataError, match="is being written by another process"):
            ledger.save(RECORD, many(1))
        other.close()
        assert len(ledger.runs()) == 1


def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no ledger"):
        Ledger(str(tmp_path / "missing.db"))
    assert not (tmp_path / "missing.db").exists()
