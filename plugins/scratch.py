"""The folder for what one process puts on disk for a while, such as a database from standard input; those of killed processes are cleared away."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from tierwise.core.errors import DataError
from tierwise.plugins.data_source import Source
from tierwise.plugins.location import first_bytes
from tierwise.plugins.processes import is_alive

__all__ = ["Spooled", "clear_scratch", "scratch_folder", "spooled"]

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


STDIN = "-"
SHOWN = "standard input"
TABLE = "stdin"
ENDINGS = ((0, b"SQLite format 3\0", ".db"), (8, b"DUCK", ".duckdb"), (0, b"PAR1", ".parquet"), (0, b"PK\x03\x04", ".xlsx"))
"""The ending that each format is known by, and the bytes at a place of it; all else is text."""


class Spooled:
    """A location, or the file that stands for standard input.

    Args:
        location: What the user called it.
        path: Where it is.
    """

    def __init__(self, location: str, path: str) -> None:
        self.location = location
        self.path = path

    def named(self, source: Source) -> Source:
        """Return an open source that is called as people know it."""
        source.location = self.location
        return source


@contextmanager
def spooled(location: str, table: str = TABLE) -> Iterator[Spooled]:
    """Yield where a location is; standard input is read to its end, and gone from the disk after the block.

    Args:
        location: A path or URL, or ``-``.
        table: What the table is called when it is text.

    Raises:
        DataError: What the block raises; it speaks of standard input, not of the file.
    """
    if location != STDIN:
        yield Spooled(location, location)
        return
    folder = scratch_folder() / "stdin"
    folder.mkdir(parents=True)
    try:
        path = folder / f"{table if Path(table).name == table else TABLE}.csv"
        with path.open("xb") as file:
            shutil.copyfileobj(sys.stdin.buffer, file)
        head = first_bytes(str(path))
        ending = next((ending for start, mark, ending in ENDINGS if head[start:].startswith(mark)), ".csv")
        path = path.rename(path.with_suffix(ending))
        yield Spooled(SHOWN, str(path))
    except DataError as error:
        raise DataError(str(error).replace(str(path), SHOWN), error.help.replace(str(path), SHOWN)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        with suppress(OSError):  # DuckDB may still have something in it
            folder.parent.rmdir()
