"""An engine that a plugin registers is compared with the reference engine by every test here, and fails them where it differs."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINES = """
from dataclasses import dataclass, replace

from tierwise.plugins.engine_reference import grade
from tierwise.core.meaning.subjects import Subject
from tierwise.plugins import hookimpl


@dataclass
class Toy:
    name: str
    forgets: str
    about: str = "a toy"

    def grade(self, plan, environment, facts, as_of):
        subjects = [replace(s, facts={n: v for n, v in s.facts.items() if n != self.forgets}) for s in facts.subjects()]
        return grade(plan, environment, subjects, as_of)


@hookimpl
def tierwise_engines():
    return [Toy("honest-toy", ""), Toy("forgetful-toy", "b")]
"""


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """A folder that holds a plugin as an installer leaves it."""
    (tmp_path / "toy_engines.py").write_text(ENGINES, encoding="utf-8")
    info = tmp_path / "toy_engines-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-engines\nVersion: 1.0\n", encoding="utf-8")
    (info / "entry_points.txt").write_text("[tierwise]\ntoy = toy_engines\n", encoding="utf-8")
    return tmp_path


def test_a_registered_engine_gets_the_whole_suite(installed: Path) -> None:
    listed = suite(installed, "--collect-only").splitlines()
    tests = {name: {line.replace(name, "") for line in listed if f"[{name}" in line} for name in ("duckdb", "honest-toy", "forgetful-toy")}

    assert len(tests["duckdb"]) > 50
    assert tests["duckdb"] == tests["honest-toy"] == tests["forgetful-toy"]


def test_an_engine_that_differs_fails_and_one_that_does_not_passes(installed: Path) -> None:
    outcomes = suite(installed, "-rA", "-k", "toy and (border or half) and not test_deep_formulas and not test_language")

    assert "PASSED" in outcomes
    assert "FAILED" in outcomes
    assert all(
        ("honest-toy" in line) == line.startswith("PASSED") for line in outcomes.splitlines() if line.startswith(("PASSED", "FAILED"))
    )


def suite(installed: Path, *options: str) -> str:
    """Run this folder's tests in another Python, and return what pytest prints."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(installed), *filter(None, [os.environ.get("PYTHONPATH")])])}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=no", *options]
    folder = str(Path(__file__).parent)
    done = subprocess.run(
        [*command, folder], cwd=ROOT, env=environment, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL
    )
    return done.stdout
