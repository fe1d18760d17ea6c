"""Makes the standard streams sound before anything is read or written: open, and in an encoding that holds every character.

A stream that the caller has closed (``>&-``) is replaced by the null device: else the next file that is opened, perhaps a database, takes its
number, and what a library prints goes into it. What goes to a file or a pipe is UTF-8 with line ends as written, whatever the machine's code
page is: a Chinese or Western Windows has gbk or cp1252 there, which lack characters that names hold. A terminal shows what it can.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO

__all__ = ["read_input", "sound_streams"]


def sound_streams() -> None:
    """Open what is closed, and choose encodings; streams that somebody has put in place of the real ones stay as they are."""
    for number in (0, 1, 2):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
    sys.stdin = sys.stdin or _opened(0, "r")
    sys.stdout = sys.stdout or _opened(1, "w")
    sys.stderr = sys.stderr or _opened(2, "w")
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace", newline="")


def read_input() -> bytes:
    """Return all bytes of standard input."""
    return sys.stdin.buffer.read()


def _opened(number: int, mode: str) -> TextIO:
    return io.TextIOWrapper(os.fdopen(number, f"{mode}b", closefd=False), encoding="utf-8")
