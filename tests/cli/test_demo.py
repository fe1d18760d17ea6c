"""``demo`` makes a database, grades it, explains one customer and says what to try next; the second time it uses what is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.command_line import tierwise


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


def test_the_demo_shows_the_main_job_and_keeps_what_is_there(folder: Path) -> None:
    first = tierwise("demo", folder)
    made = (folder / "demo.db").stat()
    second = tierwise("demo", folder)

    assert (first.code, second.code) == (0, 0), first.err
    assert first.out.startswith(f"made {folder}/demo.db: 3,000 invented customers")
    for words in ("█", "undetermined", "findings about the data", "first 5 of 3,000", "why one of them got it", "try next"):
        assert words in first.out
    assert second.out == first.out.replace("made ", "found ", 1)
    assert (folder / "demo.db").stat() == made


def test_what_to_try_next_works(folder: Path) -> None:
    said = tierwise("demo", folder).out
    commands = [line.split() for line in said[said.index("try next") :].splitlines() if line.startswith("  tierwise ")]
    assert len(commands) >= 5

    for words in commands:
        if words[1:] != ["demo", str(folder), "--all"]:  # that one grades by every policy: its own test is in tests/plugins/demo
            end = words.index(">") if ">" in words else None
            done = tierwise(*words[1:end])
            assert (done.code, done.out != "") == (0, True), (words, done.err)


def test_it_speaks_chinese(folder: Path) -> None:
    done = tierwise("--language", "zh", "demo", folder)

    assert done.code == 0
    assert re.search(r"^grade +\S*[\u4e00-\u9fff]", done.out, re.MULTILINE) or "积分" in done.out
