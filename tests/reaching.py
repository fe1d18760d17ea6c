"""Says which test files run the functions of which source files: ``python -m pytest -p tests.reaching --reached FILE tests/…``.

What it writes is what ``tests/tested_together.json`` was taken from; functions that run while a module is imported do not count, nor does what
another process does.
"""

from __future__ import annotations

import json
import sys
import threading
from collections import defaultdict
from pathlib import Path
from types import CodeType, FrameType
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]


class Reaching:
    """Collects the code that runs while each test does."""

    def __init__(self, file: Path) -> None:
        """Take the file to write to."""
        self.file = file
        self.ran: dict[str, set[CodeType]] = defaultdict(set)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Any:
        """Note each function that is called."""
        add = self.ran[str(item.path.relative_to(ROOT))].add

        def called(frame: FrameType, event: str, _: object) -> None:
            if event == "call":
                add(frame.f_code)

        threading.setprofile(called)
        sys.setprofile(called)
        try:
            return (yield)
        finally:
            sys.setprofile(None)
            threading.setprofile(None)

    def pytest_sessionfinish(self) -> None:
        """Write how many functions of each source file each test file ran."""
        found: dict[str, dict[str, int]] = {}
        for test, codes in sorted(self.ran.items()):
            counts: dict[str, int] = defaultdict(int)
            for code in codes:
                if code.co_name != "<module>" and code.co_filename.startswith(str(ROOT)):
                    path = Path(code.co_filename).resolve()
                    counts[str(path.relative_to(ROOT))] += path.parts[len(ROOT.parts)] != "tests"
            found[test] = {path: count for path, count in sorted(counts.items()) if count}
        self.file.write_text(json.dumps(found, indent=1, sort_keys=True), encoding="utf-8")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Ask for the file."""
    parser.addoption("--reached", type=Path, required=False, help="write which test files run functions of which source files")


def pytest_configure(config: pytest.Config) -> None:
    """Begin, if a file is named."""
    if (file := config.getoption("--reached")) is not None:
        config.pluginmanager.register(Reaching(file))
