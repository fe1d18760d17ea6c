"""The command line starts without what only some commands need."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = ("duckdb", "sqlglot", "pyarrow", "pandas", "numpy", "pydantic", "ruamel.yaml", "sqlite_utils", "durable", "rich")


DATA = ("duckdb", "sqlglot", "pyarrow", "pandas", "numpy", "sqlite_utils", "durable", "openpyxl")


@pytest.mark.parametrize("arguments", [["--help"], ["--version"], ["grade", "--help"], ["no-such-command"]], ids=" ".join)
def test_help_and_usage_import_nothing_heavy(arguments: list[str]) -> None:
    assert imported(arguments, HEAVY) == f"[] {2 if arguments == ['no-such-command'] else 0}"


@pytest.mark.parametrize("arguments", [["check", "closing-time-a-e"], ["show", "closing-time-a-e"], ["plugins"], ["schema"]], ids=" ".join)
def test_what_grades_nothing_imports_nothing_for_data(arguments: list[str]) -> None:
    assert imported(arguments, DATA) == "[] 0"


def imported(arguments: list[str], names: tuple[str, ...]) -> str:
    """Run a command and return which of these modules it imported, and its exit code."""
    code = (
        "import sys\n"
        "from tierwise.cli.main import main\n"
        "try:\n"
        f"    main({arguments})\n"
        "except SystemExit as leave:\n"
        f"    print([name for name in {names} if name in sys.modules], leave.code)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    assert done.stdout, done.stderr
    return done.stdout.splitlines()[-1]
