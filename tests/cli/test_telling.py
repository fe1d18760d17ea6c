"""Who waits for long work sees that it goes on, and how far it is where the engine says so."""

from __future__ import annotations

import io
import sys
import time
from pathlib import Path

import duckdb
import pytest

import tierwise
from tierwise.cli import telling
from tierwise.plugins.progress import watched, watching
from tierwise.plugins.run import bound_database, choose_engine

GRADE_JOB = Path(__file__).parents[2] / "benchmarks" / "policies" / "grade-job"


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_how_far_work_is_stands_beside_it(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setattr(telling, "PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr(telling, "LOOK_SECONDS", 0.01)
    with telling.working("grading them"):
        progress = watched()
        assert progress is not None
        progress.tell(1_000_000, lambda: 0.25)
        deadline = time.monotonic() + 10
        while "25%" not in terminal.getvalue() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert "grading them · 25% · " in terminal.getvalue()
    assert "rows a second" in terminal.getvalue()
    assert watched() is None


def test_an_engine_tells_how_many_rows_it_works_through(tmp_path: Path) -> None:
    file = tmp_path / "customers.parquet"
    duckdb.execute(f"COPY (SELECT i AS customer_id, i AS order_count FROM range(50) t(i)) TO '{file}' (FORMAT parquet)")
    loaded = tierwise.load(str(GRADE_JOB))
    with bound_database(loaded, str(file), None, None) as bound, watching() as progress:
        choose_engine(loaded, "duckdb").grade(loaded.plan, loaded.environment, bound.facts, None)
    assert progress.rows == 50
    assert 0.0 <= progress.share() <= 1.0
