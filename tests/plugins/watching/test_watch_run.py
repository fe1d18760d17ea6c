"""A run keeps each batch whole, counts each event once, and goes on where another stopped."""

from __future__ import annotations

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from tierwise.core.errors import DataError
from tierwise.plugins.manager import Plugins
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.watching.event import Event
from tierwise.plugins.watching.rule import WatchPlan
from tierwise.plugins.watching.watch_run import WatchRun

ENGINES = [name for name, engine in Plugins(entry_points=False).watch_engines().items() if not engine.unusable()]


def late(day: str, id: str = "") -> Event:
    return Event(id or day, "late", "a", date.fromisoformat(day))


def run(loaded: LoadedPolicy, events: list[Event], ledger: Path | None = None, engine: str = "reference") -> list[str]:
    plan = WatchPlan.of(loaded.sections)
    assert plan is not None
    with WatchRun(plan, loaded.environment, loaded.plugins.watch_engines()[engine], str(ledger) if ledger else None) as running:
        return [f"{action.at} {action.do}" for action in [*running.process([events]), *running.finish()]]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_event_that_comes_twice_counts_once(engine: str, loaded: LoadedPolicy) -> None:
    assert run(loaded, [late("2024-01-01"), late("2024-01-01"), late("2024-01-02", "2024-01-01")], engine=engine) == []


def test_it_goes_on_where_another_run_stopped(loaded: LoadedPolicy, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    assert run(loaded, [late("2024-01-01")], ledger) == []
    assert run(loaded, [late("2024-01-01"), late("2024-02-01")], ledger) == ["2024-02-01 demote"]
    assert run(loaded, [late("2024-01-01"), late("2024-02-01")], ledger) == []


def test_a_batch_that_is_not_kept_does_not_count(loaded: LoadedPolicy, tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    run(loaded, [late("2024-01-01")], ledger)
    with closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("CREATE TRIGGER full BEFORE INSERT ON watch_states BEGIN SELECT RAISE(ABORT, 'disk full'); END")
        connection.execute("CREATE TRIGGER gone BEFORE DELETE ON watch_states BEGIN SELECT RAISE(ABORT, 'disk full'); END")
    with pytest.raises(DataError, match="disk full"):
        run(loaded, [late("2024-02-01")], ledger)
    with closing(sqlite3.connect(ledger)) as connection, connection:
        assert connection.execute("SELECT count(*) FROM watch_actions").fetchone() == (0,)
        connection.execute("DROP TRIGGER full")
        connection.execute("DROP TRIGGER gone")
    assert run(loaded, [late("2024-02-01")], ledger) == ["2024-02-01 demote"]


def test_another_database_is_never_written_to(loaded: LoadedPolicy, database: Path) -> None:
    with pytest.raises(DataError, match="not a ledger"):
        run(loaded, [late("2024-01-01")], database)


def test_the_ledger_of_runs_may_be_shared(loaded: LoadedPolicy, tmp_path: Path) -> None:
    from tierwise.plugins.ledger import Ledger

    run(loaded, [late("2024-01-01")], tmp_path / "ledger.db")
    with Ledger(str(tmp_path / "ledger.db")) as ledger:
        assert ledger.runs() == ()


def tierwise(*arguments: str, stdin: str = "") -> tuple[int, str, str]:
    done = subprocess.run(
        [sys.executable, "-m", "tierwise", *arguments], check=False, input=stdin, capture_output=True, text=True, encoding="utf-8"
    )
    return done.returncode, done.stdout, done.stderr


def test_the_command_watches_a_database(policy_folder: Path, database: Path) -> None:
    code, out, err = tierwise("watch", str(database), "--policy", str(policy_folder), "--format", "jsonl")
    assert code == 0, err
    actions = [json.loads(line) for line in out.splitlines()]
    assert [(a["at"], a["subject"], a["do"], a.get("readings"), a.get("amount")) for a in actions] == [
        ("2024-02-01", "7", "note", None, None),
        ("2024-02-01", "8", "note", None, None),
        ("2024-03-20", "7", "demote", None, None),
        ("2024-04-10", "00012", "demote", {"quarter": "rolling"}, 20),
    ]
    assert "6 events, 4 actions" in err
    assert "demotion: 0元, and 20元 that hang on a reading" in err


def test_the_command_watches_a_stream_and_saves(policy_folder: Path, tmp_path: Path) -> None:
    ledger = ("--save", "--ledger", str(tmp_path / "l.db"))
    lines = [json.dumps({"id": str(n), "kind": "late", "subject": "甲", "at": f"2024-01-0{n}"}) for n in (1, 2)]
    first = tierwise("watch", "-", "--policy", str(policy_folder), *ledger, stdin=lines[0] + "\nbad\n")
    assert (first[0], first[1]) == (0, "") and "line 2: is no JSON" in first[2]
    second = tierwise("watch", "-", "--policy", str(policy_folder), *ledger, stdin="\n".join(lines))
    assert second[1] == "2024-01-02  甲  demote  [warning]  甲：降级\n"
    again = tierwise("watch", "-", "--policy", str(policy_folder), *ledger, stdin="\n".join(lines))
    assert again[1] == "" and "0 events, 0 actions" in again[2]


def test_since_leaves_out_what_became_due_before(policy_folder: Path, database: Path) -> None:
    _, out, _ = tierwise("watch", str(database), "--policy", str(policy_folder), "--since", "2024-03-20", "--engine", "reference")
    assert [line[:10] for line in out.splitlines()] == ["2024-03-20", "2024-04-10"]


def test_a_policy_that_watches_nothing_says_so(database: Path) -> None:
    code, _, err = tierwise("watch", str(database), "--policy", "big-customer-tiers")
    assert code == 3 and "watches no events" in err
