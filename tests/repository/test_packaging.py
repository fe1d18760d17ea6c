"""What is built holds everything, under one name; the links that an editable install reads point right."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = ("core", "plugins", "policies", "cli")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """The names of the files in a wheel that is built from the tree."""
    out = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    [path] = out.glob("*.whl")
    return zipfile.ZipFile(path).namelist()


def test_the_wheel_has_one_top_name(wheel: list[str]) -> None:
    assert {name.split("/")[0] for name in wheel if ".dist-info/" not in name} == {"tierwise"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_of_a_folder_is_in_the_wheel(wheel: list[str], folder: str) -> None:
    written = {
        path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file() and "__pycache__" not in path.parts
    }

    assert sorted(written - {name.removeprefix("tierwise/") for name in wheel}) == []


def test_the_facade_is_in_the_wheel(wheel: list[str]) -> None:
    assert {"tierwise/__init__.py", "tierwise/__main__.py", "tierwise/py.typed"} <= set(wheel)


def test_nothing_but_the_facade_and_the_folders_is_in_the_wheel(wheel: list[str]) -> None:
    packed = {name.removeprefix("tierwise/").split("/")[0] for name in wheel if name.startswith("tierwise/")}

    assert packed == {"__init__.py", "__main__.py", "py.typed", *FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_link_points_at_its_folder(folder: str) -> None:
    link = ROOT / "src" / "tierwise" / folder

    assert link.is_symlink()
    assert link.resolve() == ROOT / folder


def test_the_facade_holds_nothing_but_links_and_three_files() -> None:
    names = {path.name for path in (ROOT / "src" / "tierwise").iterdir()} - {"__pycache__"}

    assert names == {"__init__.py", "__main__.py", "py.typed", *FOLDERS}


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_folder_is_no_top_level_package_of_its_own(folder: str, tmp_path: Path) -> None:
    found = subprocess.run([sys.executable, "-c", f"import {folder}"], cwd=tmp_path, capture_output=True, text=True, check=False)

    assert "ModuleNotFoundError" in found.stderr
