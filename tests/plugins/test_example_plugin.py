"""The example plugin is built, installed into a folder of its own, and used from there like any stranger's."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "plugin-loyalty"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the built and installed plugin."""
    wheels, target = tmp_path_factory.mktemp("wheels"), tmp_path_factory.mktemp("installed")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(wheels), str(EXAMPLE)]
    install = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-index",
        "--target",
        str(target),
        "--find-links",
        str(wheels),
    ]
    for command in (build, [*install, "tierwise-loyalty"]):
        subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return target


def run(installed: Path, code: str) -> str:
    """Run Python with the installed plugin on its path, and return what it prints."""
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_is_listed_with_its_version_and_hooks(installed: Path) -> None:
    code = "from tierwise.plugins.manager import Plugins; print(*(f'{i} {i.hooks} {i.origin}' for i in Plugins().listing()), sep='\\n')"

    assert "`loyalty` 1.0.0 ('kinds', 'policies') tierwise_loyalty" in run(installed, code).splitlines()


def test_its_policy_is_found_by_name_and_passes_its_cases(installed: Path) -> None:
    code = (
        "from tierwise.plugins.manager import Plugins; from tierwise.plugins.testing import run_cases; "
        "print(run_cases('loyalty-club', Plugins(), ['reference', 'duckdb']))"
    )

    assert run(installed, code) == "8\n"


def test_a_policy_that_uses_it_decides(installed: Path) -> None:
    code = (
        "import json, tierwise\n"
        "print(json.dumps(tierwise.load('loyalty-club').decide({'annual_orders_yuan': '20000'}).to_dict()['outputs']))"
    )

    assert json.loads(run(installed, code)) == {"points": {"value": 200}, "level": {"value": "silver"}}


def test_without_it_its_policy_is_not_there(installed: Path) -> None:
    code = "import sys; from tierwise.plugins.manager import Plugins; print('loyalty-club' in Plugins({'loyalty'}).policies(), 'tierwise_loyalty' in sys.modules)"

    assert run(installed, code) == "False False\n"
