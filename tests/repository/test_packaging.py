"""What is built holds everything, under one name; the links that an editable install reads point right."""

from __future__ import annotations

import os
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[2]
FOLDERS = ("core", "plugins", "policies", "cli")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a source archive that is built from the tree, and a wheel that is built from that archive, where no links are."""
    out = tmp_path_factory.mktemp("built")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True, stdin=subprocess.DEVNULL)
    return out


@pytest.fixture(scope="module")
def wheel(built: Path) -> list[str]:
    """The names of the files in the wheel."""
    [path] = built.glob("*.whl")
    return zipfile.ZipFile(path).namelist()


def test_the_source_archive_holds_no_links(built: Path) -> None:
    [path] = built.glob("*.tar.gz")
    with tarfile.open(path) as archive:
        assert [member.name for member in archive if not (member.isfile() or member.isdir())] == []


def test_a_wheel_decides_without_the_tree(built: Path, tmp_path: Path) -> None:
    [path] = built.glob("*.whl")
    zipfile.ZipFile(path).extractall(tmp_path / "site")
    code = "import tierwise; print(tierwise.__file__); print(len(tierwise.load('closing-time-a-e').plan.decisions) > 0)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )

    where, decides = done.stdout.splitlines()
    assert Path(where).is_relative_to(tmp_path)
    assert decides == "True"


def test_windows_is_not_asked_for_what_needs_a_compiler() -> None:
    demanded = [
        Requirement(line) for line in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    ]
    windows = {"sys_platform": "win32", "platform_system": "Windows", "os_name": "nt", "python_version": "3.12"}

    assert "durable-rules" not in {one.name for one in demanded if one.marker is None or one.marker.evaluate(windows)}


def test_the_wheel_has_one_top_name(wheel: list[str]) -> None:
    assert {name.split("/")[0] for name in wheel if ".dist-info/" not in name} == {"tierwise"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_file_of_a_folder_is_in_the_wheel(wheel: list[str], folder: str) -> None:
    written = {
        path.relative_to(ROOT).as_posix()
        for path in (ROOT / folder).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != "plan.txt"  # for those who review a change
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
