"""Opens the in-memory DuckDB connection into which all data flows, and says DuckDB's errors in our words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import duckdb

from tierwise.core.errors import DataError
from tierwise.plugins.scratch import clear_scratch, scratch_folder

__all__ = ["in_memory", "memory_bounded", "readable"]

_most: ContextVar[str] = ContextVar("most_memory", default="")


@contextmanager
def memory_bounded(most: str) -> Iterator[None]:
    """Let the connections that are opened inside the block keep at most so much in memory; what does not fit goes to the temporary folder.

    Args:
        most: As DuckDB reads it, such as ``2GB``; empty for what DuckDB takes by itself.

    Raises:
        DataError: It cannot be done with so much.
    """
    token = _most.set(most)
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        message = f"{most} of memory is too little for this database" if most else "there is too little memory for this database"
        raise DataError(message, help="give more by `--memory`, or make room for temporary files") from error
    finally:
        _most.reset(token)


def in_memory() -> duckdb.DuckDBPyConnection:
    """Open an empty in-memory database that never loads an extension from the network; what does not fit goes to the system's temporary folder."""
    clear_scratch()
    settings = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "python_enable_replacements": "false",
        "temp_directory": str(scratch_folder()),  # else `.tmp` in the working folder
    }
    if most := _most.get():
        settings["memory_limit"] = most
    return duckdb.connect(":memory:", config=dict(settings))


@contextmanager
def readable(location: str) -> Iterator[None]:
    """Turn DuckDB's errors inside the block into a ``DataError`` that names the location."""
    try:
        yield
    except duckdb.OutOfMemoryException:
        raise
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
