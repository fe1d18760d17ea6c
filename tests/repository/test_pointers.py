"""Whatever the repository points to is in the repository: it says things itself."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SUFFIXES = (".py", ".md", ".yaml", ".toml", ".csv", ".txt", ".sh")
DOCUMENT = re.compile(r"(?<![\w/.*<-])(?P<path>[\w./-]*[\w-]+\.md)\b(?P<section>`? \d+(?:\.\d+)*)?")
OUTSIDE = re.compile(r"(?:^|[\s`(])\.\./shared\b|(?:^|[\s`(])/work/|/home/\w")


FOLDERS = ("benchmarks", "changes", "cli", "core", "docs", "examples", "plugins", "policies", "tests")


def _files() -> list[Path]:
    every = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    return sorted(path for path in (*every, *ROOT.glob("*")) if path.suffix in SUFFIXES)


FILES = _files()
DOCUMENTS = {path.name for path in FILES if path.suffix == ".md"} | {".zh.md"}  # an ending alone is no pointer


def strange(text: str) -> list[str]:
    """Return what a text names that is not in the repository: a document, a numbered section of one, a folder outside."""
    named = [found for found in DOCUMENT.finditer(text) if found["section"] or Path(found["path"]).name not in DOCUMENTS]
    return [found.group() for found in (*named, *OUTSIDE.finditer(text))]


def test_no_file_points_to_anything_outside() -> None:
    found = {path.relative_to(ROOT).as_posix(): strange(path.read_text(encoding="utf-8")) for path in FILES if path != Path(__file__)}

    assert {path: pointers for path, pointers in found.items() if pointers} == {}


@pytest.mark.parametrize(
    "text",
    ["(contract; `systems.md` 0.2)", "DESIGN.md 6/8", "as language.md 7 says", "see ../shared/style.md", "kept in /work/x"],
)
def test_a_pointer_to_outside_is_seen(text: str) -> None:
    assert strange(text)


@pytest.mark.parametrize(
    "text", ["[the page](docs/language.md)", "docs/language.md#functions", "`docs/decisions/0001-packaging-with-links.md`"]
)
def test_a_pointer_to_a_page_is_none(text: str) -> None:
    assert strange(text) == []
