"""Writes a file that the user named: whole or not at all, and not over another one unasked."""

from __future__ import annotations

import os
from pathlib import Path

from tierwise.core.errors import DataError

__all__ = ["write_file"]


def write_file(name: str, content: bytes, replace: bool) -> None:
    """Write a file; folders on the way are made.

    Raises:
        DataError: It is there and is not to be replaced, or cannot be written.
    """
    path = Path(name)
    if path.exists() and not replace:
        raise DataError(f"`{name}` is there already", help="give another name, or add `--replace`")
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        beside.write_bytes(content)
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise DataError(f"`{name}` cannot be written: {error.strerror or error}") from error
