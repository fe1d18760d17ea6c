"""What a killed process leaves in the temporary folder is gone after the next start; nothing else is touched."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tierwise.plugins.duckdb_connection import in_memory
from tierwise.plugins.scratch import scratch_folder

SPILLS = """
import time
from tierwise.plugins.duckdb_connection import in_memory
connection = in_memory()
connection.execute("SET memory_limit = '40MB'")
connection.execute("SET threads = 1")
connection.execute("CREATE TABLE t AS SELECT range AS i, repeat('x', 100) || range::VARCHAR AS x FROM range(1000000)")
print("spilled", flush=True)
time.sleep(60)
"""


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    return tmp_path


def test_what_a_killed_process_spilled_is_cleared_at_the_next_start(temporary: Path) -> None:
    environment = {**os.environ, "TMPDIR": str(temporary)}
    process = subprocess.Popen([sys.executable, "-c", SPILLS], stdout=subprocess.PIPE, env=environment)
    assert process.stdout is not None
    assert process.stdout.readline() == b"spilled\n"
    assert [list(folder.iterdir()) != [] for folder in temporary.iterdir()] == [True]
    in_memory().close()
    assert len(list(temporary.iterdir())) == 1, "what lives keeps its own"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    in_memory().close()
    assert list(temporary.iterdir()) == []


def ended() -> int:
    """Return the number of a process that has ended."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


def test_what_is_not_ours_stays(temporary: Path) -> None:
    dead = str(scratch_folder()).removesuffix(str(os.getpid())) + str(ended())
    outside = temporary / "outside"
    outside.mkdir()
    (outside / "file").touch()
    kept = ["tierwise-notes", "tierwise-elsewhere-1", f"{Path(dead).name}x", scratch_folder().name]
    for name in kept:
        (temporary / name).mkdir()
    Path(dead).symlink_to(outside)
    in_memory().close()
    assert (outside / "file").exists()
    assert {path.name for path in temporary.iterdir()} >= {*kept, "outside"}
