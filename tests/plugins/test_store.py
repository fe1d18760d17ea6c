"""One file for runs and for watched events: it refuses in the same words whoever keeps something in it, and leaves others' files alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import pytest

from tierwise.core.errors import DataError
from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Decision
from tierwise.plugins.builtin.watch_reference import ReferenceWatch
from tierwise.plugins.grading import Share
from tierwise.plugins.ledger import Ledger, RunRecord
from tierwise.plugins.policy import load
from tierwise.plugins.store import Store, StoredTable
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watch_run import WatchRun

RECORD = RunRecord("p", "1.0.0", "f" * 64, "", "crm.db", "", "2026-11-21T10:00:00", "reference", "0.1.0")
Keeper = Callable[[Path], None]


@dataclass
class Graded:
    """A grading of one subject."""

    outputs: tuple[Decision, ...] = ()
    population: Mapping[str, Outcome] = field(default_factory=dict)

    def count(self) -> int:
        return 1

    def distribution(self, output: str) -> tuple[Share, ...]:
        return ()

    def rows(self, limit: int | None = None) -> Iterator[SubjectResult]:
        yield SubjectResult("1", None, {"tier": Determined("A")})


def keep_a_run(path: Path) -> None:
    with Ledger(str(path), create=True) as ledger:
        ledger.save(RECORD, Graded())


def keep_events(path: Path) -> None:
    loaded = load("scorecard-100-rights")
    plan = WatchPlan.of(loaded.sections)
    assert plan is not None
    with WatchRun(plan, loaded.environment, ReferenceWatch(), str(path)) as run:
        list(run.process([[Event("1", "late_payment", "a", date(2024, 1, 1))]]))


KEEPERS = pytest.mark.parametrize("keep", [keep_a_run, keep_events])
UNITS: dict[Keeper, str] = {keep_a_run: "run", keep_events: "batch"}


@KEEPERS
def test_a_file_that_another_process_writes_is_refused(keep: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tierwise.plugins.store.WAIT_SECONDS", 0.1)
    path = tmp_path / "l.db"
    keep(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(DataError) as raised:
            keep(path)
    assert str(raised.value).startswith(f"the ledger `{path}` is being written by ")
    assert raised.value.help == "wait for it, or name another file"


@KEEPERS
def test_a_database_of_others_is_refused_and_untouched(keep: Keeper, tmp_path: Path) -> None:
    path = tmp_path / "crm.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE customers (id)")
    before = path.read_bytes()
    with pytest.raises(DataError, match="is a database, but not a ledger"):
        keep(path)
    assert path.read_bytes() == before


@KEEPERS
def test_what_is_no_file_of_sqlite_is_refused_and_untouched(keep: Keeper, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a database, but long enough to be looked at as one " * 20, encoding="ascii")
    before = path.read_bytes()
    with pytest.raises(DataError, match="is not a SQLite database"):
        keep(path)
    assert path.read_bytes() == before


@KEEPERS
def test_a_damaged_file_is_said_to_be_damaged(keep: Keeper, tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    keep(path)
    content = bytearray(path.read_bytes())
    content[100:4096] = b"\xff" * 3996
    path.write_bytes(content)
    with pytest.raises(DataError, match="is damaged"):
        keep(path)


@KEEPERS
@pytest.mark.parametrize(("name", "message"), [("", "is a folder"), ("no/l.db", "does not exist")])
def test_a_place_where_no_file_can_be_is_refused(name: str, message: str, keep: Keeper, tmp_path: Path) -> None:
    with pytest.raises(DataError, match=message):
        keep(tmp_path / name)


@KEEPERS
def test_a_file_that_may_not_be_written_is_refused(keep: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "l.db"
    keep(path)
    original = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", lambda location, **more: original(f"file:{location}?mode=ro", **{**more, "uri": True}))
    with pytest.raises(DataError, match="may not be written"):
        keep(path)


@KEEPERS
def test_a_full_disk_says_what_was_not_saved(keep: Keeper, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    original = sqlite3.connect

    def connect(location: str, **more: object) -> sqlite3.Connection:
        connection: sqlite3.Connection = original(location, **more)  # type: ignore[call-overload] # what the store gives is handed on
        connection.execute("PRAGMA max_page_count = 2")
        return connection

    monkeypatch.setattr(sqlite3, "connect", connect)
    with pytest.raises(DataError, match=f"the disk is full; nothing of this {UNITS[keep]} was saved"):
        keep(tmp_path / "l.db")


def test_who_waits_is_told_for_whom_and_goes_on_when_the_file_is_free(tmp_path: Path) -> None:
    path, told = tmp_path / "l.db", list[str]()
    keep_a_run(path)
    holder = subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert holder.stdin is not None and holder.stdout is not None
    holder.stdout.readline()

    def waiting(who: str) -> None:
        told.append(who)
        holder.communicate(b"go on\n")

    with Ledger(str(path), waiting=waiting) as ledger:
        assert ledger.save(RECORD, Graded()) == 2
    assert told in ([f"process {holder.pid} (`{who_is(holder)}`)"], ["another process"])


HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN EXCLUSIVE")
print("held", flush=True)
sys.stdin.readline()
held.close()
"""


def who_is(process: subprocess.Popen[bytes]) -> str:
    words = process.args
    assert isinstance(words, list)
    shown = " ".join(str(word) for word in words).strip()
    return shown if len(shown) <= 60 else shown[:60] + "…"


def test_runs_and_events_share_a_file(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    for keep in (keep_a_run, keep_events, keep_a_run):
        keep(path)
    with Ledger(str(path)) as ledger:
        assert [run.run_id for run in ledger.runs()] == [2, 1]


def test_a_file_in_which_nothing_was_saved_is_not_left_behind(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with pytest.raises(KeyboardInterrupt), Store(str(path), "run", create=True):
        raise KeyboardInterrupt
    assert not path.exists()


def test_a_write_that_fails_half_way_is_not_there(tmp_path: Path) -> None:
    with Store(str(tmp_path / "l.db"), "run", create=True) as store:
        with pytest.raises(ValueError, match="half way"), store.writing([StoredTable("t", {"x": int})]) as database:
            database.table("t").insert({"x": 1})
            raise ValueError("half way")
        assert not store.has("t")
