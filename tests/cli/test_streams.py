"""The standard streams: whatever their encoding, closed or cut off, nothing dies on a character and no file is written into."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line import COMMAND, environment, tierwise_process

NAMES = ["ﾊﾝｶｸ", "Ünïçødé", "𠮷野家", "客户™", "naïve — “quoted”"]


@pytest.fixture
def named(small: Path) -> Path:
    """The small policy with customers whose names no single code page holds."""
    rows = "".join(f"{number},{name},600000,true\n" for number, name in enumerate(NAMES))
    (small / "named.csv").write_text(f"customer_id,name,amount,judged_good\n{rows}", encoding="utf-8")
    return small


@pytest.mark.parametrize("form", ["csv", "json", "jsonl", "text", "markdown"])
@pytest.mark.parametrize("encoding", ["gbk", "cp1252", "latin-1", "ascii", "cp437"])
def test_a_pipe_gets_utf_8_whatever_the_code_page(named: Path, encoding: str, form: str) -> None:
    done = tierwise_process(
        "grade",
        "named.csv",
        "--policy",
        "small.yaml",
        "--format",
        form,
        folder=named,
        extra={"PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"},
    )

    assert done.code == 0, done.err
    assert [name for name in NAMES if name not in done.out] == []
    assert done.out.startswith("\ufeff") is (form == "csv")


def test_a_finding_reaches_stderr_whatever_the_code_page(named: Path) -> None:
    facts = json.dumps({"amount": "约十万𠮷"})
    done = tierwise_process(
        "decide", "small.yaml", "--facts", "-", folder=named, stdin=facts, extra={"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    )

    assert done.code == 0
    assert "约十万𠮷" in done.err


@pytest.mark.skipif(sys.platform == "win32", reason="closes streams by their numbers, as POSIX shells do")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_harms_no_file(named: Path, closed: str) -> None:
    command = " ".join([*COMMAND, "grade", "named.csv", "--policy", "small.yaml", "--save", "--ledger", "l.db", closed])
    first = subprocess.run(["sh", "-c", command], cwd=named, env=environment(), stdin=subprocess.DEVNULL, capture_output=True, check=False)
    again = tierwise_process("history", "--ledger", "l.db", "--format", "json", folder=named)

    assert first.returncode == 0
    assert [run["subjects"] for run in json.loads(again.out)] == [len(NAMES)]


@pytest.mark.skipif(sys.platform == "win32", reason="closes streams by their numbers, as POSIX shells do")
def test_facts_from_a_closed_input_are_missed_in_words(named: Path) -> None:
    command = " ".join([*COMMAND, "decide", "small.yaml", "--facts", "-", "<&-"])
    done = subprocess.run(["sh", "-c", command], cwd=named, env=environment(), capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (
        4,
        'error: standard input is no JSON: there is nothing in it\n  help: write {"fact": value, …}\n',
    )
