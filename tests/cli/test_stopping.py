"""What happens when a command is stopped, cannot write, loses its reader, or meets a plugin that raises."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.command_line import COMMAND, environment, start, tierwise_process

AS_OF = ("--policy", "big-customer-tiers", "--as-of", "2026-06-30")


def wait_until(condition: Callable[[], bool], process: subprocess.Popen[str]) -> None:
    """Wait until something is so, or the process has ended."""
    until = time.monotonic() + 60
    while not condition() and process.poll() is None:
        assert time.monotonic() < until
        time.sleep(0.005)


def interrupted(process: subprocess.Popen[str]) -> tuple[int, str]:
    """Press Ctrl-C and return the exit code and what was said."""
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    return process.returncode, out + err


def test_ctrl_c_while_reading_facts(small: Path) -> None:
    os.mkfifo(small / "facts.json")
    process = start("decide", "small.yaml", "--facts", "facts.json", folder=small)
    with open(small / "facts.json", "w"):  # opens once the command reads
        code, said = interrupted(process)

    assert code == 130
    assert said.strip() == "stopped; nothing was saved"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="looks at the open files of the process")
def test_ctrl_c_while_the_database_is_read(small: Path, demo_db: Path) -> None:
    process = start("grade", demo_db, *AS_OF, "--save", folder=small)

    def is_open() -> bool:
        try:
            return any(link.readlink() == demo_db for link in Path(f"/proc/{process.pid}/fd").iterdir())
        except OSError:
            return False

    wait_until(is_open, process)
    code, said = interrupted(process)

    assert code == 130, said
    assert "Traceback" not in said
    assert not (small / "tierwise-ledger.db").exists()


def test_ctrl_c_while_the_ledger_is_written_leaves_whole_runs_only(small: Path, demo_db: Path) -> None:
    process = start("grade", demo_db, *AS_OF, "--save", "--format", "jsonl", folder=small)
    wait_until((small / "tierwise-ledger.db").exists, process)
    code, said = interrupted(process)
    runs = tierwise_process("history", "--format", "jsonl", folder=small)

    assert code in (0, 130), said
    assert "Traceback" not in said + runs.said
    assert runs.code == 0 or not (small / "tierwise-ledger.db").exists(), runs.err
    assert all('"subjects": 200,' in line for line in runs.out.splitlines())


def test_ctrl_c_after_a_run_was_saved_says_so(small: Path, demo_db: Path) -> None:
    process = start("grade", demo_db, *AS_OF, "--save", "--format", "jsonl", folder=small)
    assert process.stderr is not None
    while not (line := process.stderr.readline()).startswith("saved as run"):
        assert line, process.wait()
    process.send_signal(signal.SIGINT)  # nobody reads the rows: the pipe is full
    _, err = process.communicate(timeout=60)

    assert (process.returncode, err.strip()) == (130, "stopped; run 1 in tierwise-ledger.db was saved")


QUERY = """
import click, duckdb
from tierwise.core.errors import DataError
from tierwise.plugins import hookimpl

@click.command("query")
@click.option("--wrapped", is_flag=True)
def query(wrapped):
    click.echo("started")
    try:
        duckdb.sql("SELECT count(*) FROM range(10000000) a, range(10000000) b WHERE (a.range * b.range) % 7 = 9").fetchall()
    except RuntimeError as error:  # what DuckDB makes of an interruption
        raise DataError("the plugin failed") from error if wrapped else error

@hookimpl
def tierwise_commands():
    return [query]
"""


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("more", [(), ("--wrapped",)])
def test_a_query_that_is_stopped_is_no_defect(
    small: Path, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, code: int, more: tuple[str, ...]
) -> None:
    monkeypatch.setenv("PYTHONPATH", install(small, "querying", QUERY)["PYTHONPATH"])
    process = start("query", *more, folder=small)
    assert process.stdout is not None
    assert process.stdout.readline() == "started\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=60)

    assert (process.returncode, err.strip()) == (code, "stopped; nothing was saved")


def test_a_signal_that_is_ignored_stays_ignored(small: Path) -> None:
    code = (
        "import os, signal\nfrom tierwise.cli.stopping import Stopping\nsignal.signal(signal.SIGINT, signal.SIG_IGN)\n"
        "with Stopping() as stopping:\n    os.kill(os.getpid(), signal.SIGINT)\nassert stopping.exit_code is None\n"
    )
    assert subprocess.run([sys.executable, "-c", code], cwd=small, env=environment(), check=False).returncode == 0


def test_a_ledger_in_which_nothing_was_saved_is_not_left_behind(small: Path, demo_db: Path) -> None:
    done = subprocess.run(
        [*COMMAND, "grade", str(demo_db), *AS_OF, "--save"],
        cwd=small,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (4_096, 4_096)),
    )

    assert done.returncode == 4, done.stderr
    assert [path.name for path in small.iterdir() if "ledger" in path.name] == []


def test_a_full_disk_stops_the_ledger_and_leaves_it_as_it_was(small: Path, demo_db: Path) -> None:
    words = ("grade", demo_db, "--as-of", "2026-06-30", "--save", "--policy")
    assert tierwise_process(*words, "closing-time-a-e", folder=small).code == 0
    before = (small / "tierwise-ledger.db").read_bytes()
    most = len(before) + 16_384

    done = subprocess.run(
        [*COMMAND, *map(str, words), "eight-class-visits"],
        cwd=small,
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)),
    )

    assert done.returncode == 4, done.stderr
    assert "`tierwise-ledger.db`" in done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    runs = tierwise_process("history", "--format", "csv", folder=small)
    assert runs.code == 0, runs.err
    assert len(runs.out.splitlines()) == 2


@pytest.mark.parametrize(
    "arguments",
    [("grade", "{demo}", *AS_OF, "--format", "jsonl"), ("schema",), ("policies",), ("show", "eight-class-visits"), ("--help",)],
    ids=lambda arguments: arguments[0],
)
def test_a_closed_pipe_is_no_error(small: Path, demo_db: Path, arguments: tuple[str, ...]) -> None:
    process = start(*(demo_db if word == "{demo}" else word for word in arguments), folder=small)
    assert process.stdout is not None
    assert process.stderr is not None
    process.stdout.read(1)
    process.stdout.close()
    said = process.stderr.read()
    process.wait(timeout=60)
    for stream in (process.stdin, process.stderr):
        assert stream is not None
        stream.close()

    assert process.returncode == 0
    assert [line for line in said.splitlines() if not line.startswith("[")] == []  # nothing but findings about the data


@pytest.mark.parametrize("arguments", [("policies",), ("--help",), ("grade", "--help"), ("--version",)], ids=" ".join)
def test_a_pipe_that_was_closed_from_the_start_is_no_error(small: Path, arguments: tuple[str, ...]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        [*COMMAND, *arguments], stdout=writing, stderr=subprocess.PIPE, text=True, check=False, env=environment(), cwd=small
    )
    os.close(writing)

    assert (done.returncode, done.stderr) == (0, "")


def install(folder: Path, name: str, code: str) -> dict[str, str]:
    """Write a plugin as an installed distribution into a folder and return the environment that finds it."""
    (folder / f"tierwise_{name}.py").write_text(code, encoding="utf-8")
    about = folder / f"tierwise_{name}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(f"Metadata-Version: 2.1\nName: tierwise-{name}\nVersion: 1.0\n", encoding="utf-8")
    (about / "entry_points.txt").write_text(f"[tierwise]\n{name} = tierwise_{name}\n", encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


HEAD = "from tierwise.plugins import hookimpl\n"
PLUGINS = {
    "fails-to-load": "raise RuntimeError('no licence')\n",
    "fails-in-a-hook": HEAD + "@hookimpl\ndef tierwise_kinds():\n    raise RuntimeError('no licence')\n",
    "gives-nonsense": HEAD + "@hookimpl\ndef tierwise_kinds():\n    return [42]\n",
    "clashes": HEAD + "from tierwise.plugins.builtin.kinds import tierwise_kinds\n",
}


@pytest.mark.parametrize("sort", PLUGINS)
def test_a_plugin_that_is_broken_is_named_and_can_be_disabled(small: Path, sort: str) -> None:
    extra = install(small, "broken", PLUGINS[sort])

    done = tierwise_process("check", "small.yaml", folder=small, extra=extra)
    without = tierwise_process("--disable-plugin", "broken", "check", "small.yaml", folder=small, extra=extra)

    assert done.code == 3, done.said
    assert "broken" in done.err
    assert "--disable-plugin broken" in done.err
    assert "Traceback" not in done.said
    assert without.code == 0, without.err


COMMANDS = (
    HEAD
    + """
import click

@click.command("greet")
def greet():
    '''Greet.'''
    click.echo("你好")

@hookimpl
def tierwise_commands():
    return [greet]
"""
)


def test_a_command_of_a_plugin_runs(small: Path) -> None:
    done = tierwise_process("greet", folder=small, extra=install(small, "greeting", COMMANDS))

    assert (done.code, done.out, done.err) == (0, "你好\n", "")


def test_a_defect_of_ours_is_a_message_too(small: Path) -> None:
    failing = "import tierwise.plugins.policy as p\np.load = lambda *a, **k: 1 / 0\nfrom tierwise.cli.main import main\nmain(['show', 'small.yaml'])"
    done = subprocess.run([sys.executable, "-c", failing], cwd=small, env=environment(), capture_output=True, text=True, check=False)

    assert done.returncode == 5
    assert "a defect of tierwise" in done.stderr
    assert "Traceback" not in done.stderr
