"""A small demo database and a small policy for the tests of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.command_line import CUSTOMERS, POLICY
from tierwise.plugins.demo import make_demo_database


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    """Speak English whatever the machine speaks."""
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
    monkeypatch.delenv("TIERWISE_LANGUAGE", raising=False)


@pytest.fixture(scope="session")
def demo_db(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo database with 200 customers; nobody writes to it."""
    path = tmp_path_factory.mktemp("demo") / "demo.db"
    make_demo_database(path, customers=200)
    return path


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with ``small.yaml`` and ``customers.csv``; it is the current folder."""
    (tmp_path / "small.yaml").write_text(POLICY, encoding="utf-8")
    (tmp_path / "customers.csv").write_text(CUSTOMERS, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path
