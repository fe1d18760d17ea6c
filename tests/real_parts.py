"""Says where a real part of the machine is: skips a test with the reason, or fails it where the part is required.

``TIERWISE_REQUIRED="chromium chinese-font java nginx postgres"`` in the environment names the parts that must be there, as `.ci/run` does.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal, TypeAlias

import pytest

Part: TypeAlias = Literal["chromium", "chinese-font", "java", "nginx", "postgres"]


def need(part: Part, *modules: str) -> Path:
    """Return where a part is, or leave the test out and say why.

    Args:
        part: What the test cannot do without.
        *modules: Python modules that it needs as well, of extras that a person may have left out.

    Returns:
        The program, or the file of the font.

    Raises:
        pytest.skip.Exception: The part or a module is not on this machine and nobody requires it.
        pytest.fail.Exception: It is not there although ``TIERWISE_REQUIRED`` names the part.
    """
    place = _PLACES[part]()
    lacking = [module for module in modules if importlib.util.find_spec(module) is None]
    if place is not None and not lacking:
        return place
    reason = f"needs {' and '.join([part] * (place is None) + lacking)}, which this machine does not have"
    if part in os.environ.get("TIERWISE_REQUIRED", "").split():
        pytest.fail(f"{reason}, and TIERWISE_REQUIRED says that it must")
    pytest.skip(reason)


def _program(*names: str) -> Path | None:
    found = next(filter(None, map(shutil.which, names)), None)
    return Path(found) if found else None


def _postgres() -> Path | None:
    """Return ``postgres``; Debian keeps it outside the search path, in a folder for each version."""
    return _program("postgres") or max(Path("/usr/lib/postgresql").glob("*/bin/postgres"), default=None)


def _chinese_font() -> Path | None:
    if shutil.which("fc-list") is None:
        return None
    listed = subprocess.run(["fc-list", ":lang=zh", "file"], capture_output=True, text=True, check=False).stdout.splitlines()
    return Path(listed[0].removesuffix(": ").rstrip(":")) if listed else None


_PLACES: dict[Part, Callable[[], Path | None]] = {
    "chromium": lambda: _program("chromium", "chromium-browser", "google-chrome"),
    "chinese-font": _chinese_font,
    "java": lambda: _program("java"),
    "nginx": lambda: _program("nginx", "/usr/sbin/nginx"),
    "postgres": _postgres,
}
