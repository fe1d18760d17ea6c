"""A run is in the ledger whole or not at all."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from random import Random

import pytest

from tierwise.core.errors import DataError
from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined, Outcome, Reason, Undetermined
from tierwise.core.plan import Constant, Decision
from tierwise.core.types import BooleanType, EnumType, ListType, NumberType, TextType, Type
from tierwise.core.values import Value
from tierwise.plugins.data_finding import DataFinding
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


def outputs_of(outcomes: Mapping[str, Outcome], types: Mapping[str, Type]) -> tuple[Decision, ...]:
    return tuple(Decision(name, type, Constant(None, type), {}, "", "") for name in outcomes if (type := types.get(name, TextType())))


@pytest.mark.parametrize(
    ("type", "value", "stored"),
    [
        (EnumType(("A", "B")), "A", "A"),
        (TextType(), "007", "007"),
        (TextType(), "[1]", "[1]"),
        (TextType(), "true", "true"),
        (BooleanType(), True, "true"),
        (BooleanType(), False, "false"),
        (NumberType(scale=0), Decimal(5), 5),
        (NumberType(scale=2), Decimal("500000.10"), 500000.1),
        (NumberType(scale=2), Decimal("12345678901234567.89"), "12345678901234567.89"),
        (NumberType(scale=0), Decimal(10**30), "1" + "0" * 30),
        (TextType(), None, None),
        (ListType(TextType()), ("a", "1"), '["a","1"]'),
    ],
)
def test_values_are_kept_as_people_who_open_the_file_by_sql_expect_them(type: Type, value: Value, stored: object, tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    outcomes: dict[str, Outcome] = {"x": Determined(value)}
    with Ledger(str(path), create=True) as ledger:
        run_id = ledger.save(RECORD, Graded({"1": outcomes}, outputs_of(outcomes, {"x": type})))
        (found,) = [outcome for _, _, outcome in ledger.results(run_id)]
    assert found == Determined(list(value) if isinstance(value, tuple) else value)  # type: ignore[arg-type]  # saved lists are in their JSON form
    with closing(sqlite3.connect(path)) as database:
        assert database.execute("SELECT value FROM results").fetchall() == [(stored,)]


EARLIER_RESULTS = (
    "CREATE TABLE results (run_id INTEGER, key TEXT, output TEXT, value {}, reason TEXT, candidates TEXT, rules TEXT, needs TEXT, "
    "PRIMARY KEY (run_id, key, output))"
)


def as_of_earlier(path: Path, value: str) -> sqlite3.Connection:
    """Make a ledger with two runs of nobody, as an earlier version kept them: a row for each subject and output."""
    with Ledger(str(path), create=True) as ledger:
        for policy in ("p", "q"):
            ledger.save(replace(RECORD, policy=policy), Graded({}))
    database = sqlite3.connect(path)
    database.executescript(
        f"DROP VIEW results; DROP TABLE graded; DROP TABLE outcomes; DROP TABLE outputs; {EARLIER_RESULTS.format(value)}"
    )
    return database


def test_a_ledger_whose_values_are_json_is_read_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    values = ['"A"', "5", "0.1", '"12345678901234567.89"', "1" + "0" * 30, "true", "null", '["a","b"]']
    with closing(as_of_earlier(path, "TEXT")) as database:
        rows = [(1, "1", f"o{at}", value, None, None, '["r1"]', None) for at, value in enumerate(values)]
        database.executemany("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        database.commit()
    with Ledger(str(path)) as ledger:
        read = [outcome.value for _, _, outcome in ledger.results(1) if isinstance(outcome, Determined)]
        assert read == ["A", Decimal(5), Decimal("0.1"), "12345678901234567.89", Decimal(10**30), True, None, ["a", "b"]]
        changed = Graded({"1": {"o0": Determined("A"), "o1": Determined(Decimal(6))}}, outputs_of({"o0": Determined("A")}, {}))
        assert ledger.save(RECORD, changed) == 3
        assert list(ledger.compare(1, 3, "o0")) == []
        assert [(c.before, c.after) for c in ledger.compare(1, 3, "o1")] == [(Determined(Decimal(5), ("r1",)), Determined(Decimal(6)))]


def test_a_ledger_with_a_row_for_each_outcome_is_read_and_goes_on(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    rows = [
        (1, "a", "tier", "A", None, None, '["r1"]', None),
        (1, "a", "limit", 5, None, None, None, None),
        (1, "b", "tier", None, "missing_fact", '["A","B"]', '["r1","r2"]', '["usage"]'),
        (2, "a", "limit", 0.5, None, None, None, None),
        (2, "a", "ok", "true", None, None, None, None),
    ]
    with closing(as_of_earlier(path, "BLOB")) as database:
        database.execute("CREATE TABLE outputs (run_id INTEGER, output TEXT, type TEXT, PRIMARY KEY (run_id, output))")
        types = [(1, "tier", "enum"), (2, "limit", "number"), (1, "limit", "number"), (2, "ok", str(BooleanType()))]
        database.executemany("INSERT INTO outputs VALUES (?, ?, ?)", types)
        database.executemany("INSERT INTO results VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
        database.commit()
    with pytest.raises(DataError, match="of an earlier version"):
        Ledger(str(path), read_only=True)
    for _ in range(2):
        with Ledger(str(path)) as ledger:
            assert ledger.outputs(1) == ("tier", "limit")
            assert list(ledger.results(1)) == [
                ("a", "limit", Determined(Decimal(5))),
                ("a", "tier", Determined("A", ("r1",))),
                ("b", "tier", Undetermined(Reason.MISSING_FACT, ("A", "B"), ("usage",), ("r1", "r2"))),
            ]
            assert list(ledger.results(2)) == [("a", "limit", Determined(Decimal("0.5"))), ("a", "ok", Determined(True))]
    with closing(sqlite3.connect(path)) as database:
        assert sorted(database.execute("SELECT * FROM results").fetchall()) == sorted(rows)


def test_runs_of_many_who_differ_in_a_number_are_saved_and_compared_alike_in_few_numbers_and_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    random = Random(3)

    def drawn() -> Graded:
        return Graded(
            {f"{i:03}": {"x": Determined(Decimal(random.randrange(50))), "y": Determined("A")} for i in random.sample(range(300), 250)}
        )

    runs = [drawn(), drawn()]
    expected = [
        (key, output, *sides)
        for key in sorted({*runs[0].results, *runs[1].results})
        for output in ("x", "y")
        if (sides := [run.results.get(key, {}).get(output) for run in runs])[0] != sides[1]
    ]
    for most in (200_000, 7):
        monkeypatch.setattr("tierwise.plugins.ledger.numbered_outcomes._MOST_KEPT", most)
        monkeypatch.setattr("tierwise.plugins.ledger.ledger._MOST_PAIRS", most)
        with Ledger(str(tmp_path / f"{most}.db"), create=True) as ledger:
            numbers = [ledger.save(RECORD, run) for run in runs]
            assert [dict(ledger.outcomes(each, "x")) for each in numbers] == [
                {key: outcomes["x"] for key, outcomes in sorted(run.results.items())} for run in runs
            ]
            assert [(c.key, c.output, c.before, c.after) for c in ledger.compare(numbers[0], numbers[1])] == expected


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
        run_id = ledger.save(
            RECORD, Graded({"00123": outcomes}, outputs_of(outcomes, {"limit": NumberType(), "classes": ListType(TextType())})), [finding]
        )
        assert [(run.run_id, run.record, run.subjects, run.undetermined) for run in ledger.runs()] == [(run_id, RECORD, 1, 1)]
        saved = {output: outcome for _, output, outcome in ledger.results(run_id)}
        assert saved == {**outcomes, "classes": Determined(["a", "b"])}  # type: ignore[arg-type]  # saved values are in their JSON form
        assert ledger.data_findings(run_id) == (finding,)
        assert [output for _, output, _ in ledger.history("00123")] == ["classes", "limit", "share", "tier", "visited"]
        assert list(ledger.history("123")) == []


def test_the_view_of_results_finds_each_outcome_by_its_number(tmp_path: Path) -> None:
    path = tmp_path / "l.db"
    with Ledger(str(path), create=True) as ledger:
        ledger.save(RECORD, many(2))
    with closing(sqlite3.connect(path)) as database:
        for where in ("run_id = 1", "run_id = 1 AND key = '000001'", "output = 'tier'"):
            steps = [step for *_, step in database.execute(f"EXPLAIN QUERY PLAN SELECT * FROM results WHERE {where} ORDER BY key, output")]
            assert "SEARCH outcomes USING PRIMARY KEY (run_id=? AND number=?)" in steps, steps


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
    for attempt in range(8):
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
    environment = {**os.environ, "PYTHONPATH": python_path(tmp_path)}
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
        with pytest.raises(DataError, match="is being written by"):
            ledger.save(RECORD, many(1))
        other.close()
        assert len(ledger.runs()) == 1


SAVER = """
import sys
from tests_ledger import RECORD, many
from tierwise.plugins.ledger import Ledger
sys.stdin.readline()
with Ledger(sys.argv[1], create=True) as ledger:
    ledger.save(RECORD, many(20_000))
"""


def test_everyone_of_many_who_save_at_once_is_saved(tmp_path: Path) -> None:
    (tmp_path / "tests_ledger.py").write_text(Path(__file__).read_text(encoding="utf-8"), encoding="utf-8")
    path, environment = tmp_path / "l.db", {**os.environ, "PYTHONPATH": python_path(tmp_path)}
    savers = [
        subprocess.Popen([sys.executable, "-c", SAVER, str(path)], stdin=subprocess.PIPE, stderr=subprocess.PIPE, env=environment)
        for _ in range(6)
    ]
    said = [saver.communicate(b"go\n")[1] for saver in savers]
    assert [saver.returncode for saver in savers] == [0] * 6, said
    with Ledger(str(path)) as ledger:
        assert [run.subjects for run in ledger.runs()] == [20_000] * 6


def test_runs_of_another_ledger_are_brought_in_once_and_whole(tmp_path: Path) -> None:
    finding = DataFinding("bad-number", "words", 2, "amount", "orders", "amount", (("00123", "n/a"),))
    run, later = Graded({"1": {"t": Undetermined(Reason.GAP, ("A",))}}), replace(RECORD, started="2026-11-21T11:00:00")
    with Ledger(str(tmp_path / "kept.db"), create=True) as kept:
        kept.save(RECORD, many(3), [finding])
        kept.save(later, run)
    with Ledger(str(tmp_path / "l.db"), create=True) as ledger:
        ledger.save(replace(RECORD, policy="other"), many(2))
        assert ledger.bring_in(str(tmp_path / "kept.db")) == {1: 2, 2: 3}
        assert ledger.bring_in(str(tmp_path / "kept.db")) == {1: 2, 2: 3}
        assert [(saved.run_id, saved.record) for saved in ledger.runs()] == [(3, later), (2, RECORD), (1, replace(RECORD, policy="other"))]
        assert len(list(ledger.results(2))) == 3
        assert list(ledger.results(3)) == [("1", "t", Undetermined(Reason.GAP, ("A",)))]
        assert ledger.data_findings(2) == (finding,)


def test_a_ledger_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="there is no ledger"):
        Ledger(str(tmp_path / "missing.db"))
    assert not (tmp_path / "missing.db").exists()
