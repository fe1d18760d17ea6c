"""The folder in the system's temporary folder for what one process puts on disk for a while; those of killed processes are cleared away."""

from __future__ import annotations

import os
import platform
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

from tierwise.plugins.processes import is_alive

__all__ = ["clear_scratch", "scratch_folder"]

# The machine's name, because containers may share the temporary folder, and the numbers of processes mean something in one of them only.
_START = f"tierwise-{re.sub('[^A-Za-z0-9]', '', platform.node())}-"


def scratch_folder() -> Path:
    """Return the folder of this process, which need not be there."""
    return Path(tempfile.gettempdir()) / f"{_START}{os.getpid()}"


def clear_scratch() -> None:
    """Remove the folders that processes of this user and machine left behind when they were killed."""
    with suppress(OSError):
        for folder in Path(tempfile.gettempdir()).iterdir():
            process = folder.name.removeprefix(_START)
            if folder.name.startswith(_START) and process.isdecimal() and _is_ours(folder) and not is_alive(int(process)):
                shutil.rmtree(folder, ignore_errors=True)


def _is_ours(folder: Path) -> bool:
    with suppress(OSError):
        is_folder = folder.is_dir() and not folder.is_symlink()
        return is_folder and (os.name == "nt" or folder.lstat().st_uid == os.getuid())
    return False
