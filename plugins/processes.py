"""Knows other processes of this machine: which of them writes to a SQLite file, and whether one is still alive."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

__all__ = ["is_alive", "writer_of"]

ANOTHER = "another process"
SQLITE_LOCKS = range(0x40000000, 0x40000000 + 512)
"""The bytes of a file that SQLite locks (https://sqlite.org/fileformat.html#the_lock_byte_page)."""
LONGEST = 60


def writer_of(location: str) -> str:
    """Return in words which process holds a SQLite file locked, as far as the system tells (Linux does)."""
    with suppress(OSError, ValueError):
        inode = str(Path(location).stat().st_ino)
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            # `1: POSIX  ADVISORY  WRITE 4711 08:01:131 1073741825 1073741825`
            words = line.split()
            if len(words) == 8 and words[3] == "WRITE" and words[5].rpartition(":")[2] == inode and int(words[6]) in SQLITE_LOCKS:
                return _in_words(int(words[4]))
    return ANOTHER


def is_alive(process: int) -> bool:
    """Say whether a process lives, whoever's it is; yes where the system does not tell."""
    if os.name == "nt":  # a signal would end it
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _in_words(process: int) -> str:
    if process <= 0:
        return ANOTHER
    command = ""
    with suppress(OSError):
        command = Path(f"/proc/{process}/cmdline").read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
    shown = command if len(command) <= LONGEST else command[:LONGEST] + "…"
    return f"process {process}" + (f" (`{shown}`)" if shown else "")
