"""The command line starts without what only some commands need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("duckdb", "sqlglot", "pyarrow", "pandas", "numpy", "pydantic", "ruamel.yaml", "sqlite_utils", "durable", "rich")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["grade", "--help"], ["no-such-command"]], ids=" ".join)
def test_help_and_usage_import_nothing_heavy(arguments: list[str]) -> None:
    code = (
        "import sys\n"
        "from tierwise.cli.main import main\n"
        "try:\n"
        f"    main({arguments})\n"
        "except SystemExit as leave:\n"
        f"    print([name for name in {HEAVY} if name in sys.modules], leave.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)

    assert done.stdout.splitlines()[-1] == f"[] {2 if arguments == ['no-such-command'] else 0}", done.stderr
