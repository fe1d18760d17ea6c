"""Opens the in-memory DuckDB connection into which all data flows, and says DuckDB's errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from tierwise.core.errors import DataError
from tierwise.plugins.scratch import clear_scratch, scratch_folder

__all__ = ["in_memory", "readable"]


def in_memory() -> duckdb.DuckDBPyConnection:
    """Open an empty in-memory database that never loads an extension from the network; what does not fit goes to the system's temporary folder."""
    clear_scratch()
    settings = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "temp_directory": str(scratch_folder()),  # else `.tmp` in the working folder
    }
    return duckdb.connect(":memory:", config=dict(settings))


@contextmanager
def readable(location: str) -> Iterator[None]:
    """Turn DuckDB's errors inside the block into a ``DataError`` that names the location."""
    try:
        yield
    except duckdb.Error as error:
        message = str(error).strip().splitlines()[0]
        for word, meaning in (
            ("lock", f"`{location}` is locked by another process"),
            ("ncrypt", f"`{location}` is encrypted"),
        ):
            if word in message and ("IO Error" in message or "Catalog" in message or "Invalid" in message):
                raise DataError(meaning, help="close the other program, or copy the file" if word == "lock" else "") from error
        damaged = any(word in message for word in ("orrupt", "magic bytes", "enough bytes"))
        raise DataError(
            f"`{location}` cannot be read: {message}", help="it is damaged: restore it from a copy" if damaged else ""
        ) from error
