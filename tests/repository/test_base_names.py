"""One base name, one meaning: who looks for a file by its name finds one."""

from __future__ import annotations

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
