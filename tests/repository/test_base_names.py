"""One base name, one meaning: who looks for a file by its name finds one."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
COMMANDS = ROOT / "cli" / "commands"  # a command is named by the word of what it shows, so its file may bear the name of that part

FOLDERS = ("core", "plugins", "cli")


def test_a_base_name_of_a_source_file_occurs_once() -> None:
    files = defaultdict(list)
    for folder in FOLDERS:
        for path in (ROOT / folder).rglob("*.py"):
            if path.name != "__init__.py" and path.parent != COMMANDS:
                files[path.name].append(str(path.relative_to(ROOT)))

    assert {name: sorted(paths) for name, paths in files.items() if len(paths) > 1} == {}


def test_a_test_of_a_name_stands_in_the_folder_of_its_source() -> None:
    sources = {f"test_{path.name}": path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if path.parent != COMMANDS}
    elsewhere = {
        str(path.relative_to(ROOT)): str(source.relative_to(ROOT))
        for folder in FOLDERS
        for path in (ROOT / "tests" / folder).rglob("test_*.py")
        if path.parent != ROOT / "tests" / "cli" / "commands"
        and (source := sources.get(path.name)) is not None
        and path.parent != ROOT / "tests" / source.parent.relative_to(ROOT)
    }

    assert elsewhere == {}


def test_who_looks_for_the_tests_of_a_source_file_finds_them() -> None:
    """A file has a test of its name in its folder, or ``tests/tested_together.json`` names the one that tests it with others."""
    sources = {path.relative_to(ROOT) for folder in FOLDERS for path in (ROOT / folder).rglob("*.py") if path.name != "__init__.py"}
    own = {source for source in sources if (ROOT / "tests" / source.parent / f"test_{source.name}").exists()}
    table = json.loads((ROOT / "tests" / "tested_together.json").read_text(encoding="utf-8"))
    together = [Path(source) for tested in table.values() for source in tested]

    assert [test for test in table if not (ROOT / test).is_file()] == []
    assert sorted(map(str, sources - own - set(together))) == []
    assert sorted(map(str, (set(together) & own) | (set(together) - sources))) == []  # has one of its own by now, or is gone
    assert len(together) == len(set(together))


def test_the_map_of_the_house_names_every_folder() -> None:
    said = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    names = [path.parent.relative_to(ROOT).as_posix() for folder in FOLDERS for path in (ROOT / folder).glob("*/__init__.py")]

    assert [name for name in names if f"`{name}`" not in said and f"`{name}/" not in said] == []
