"""Loads the tables that a binding reads one after another in a thread, so that those that have arrived are aggregated meanwhile."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

from tierwise.plugins.data_source import Source

__all__ = ["Loading", "TypesChanged"]


class TypesChanged(Exception):
    """A column turned out to be of another type than the queries were written for."""


class Loading:
    """Tables on their way into the source's connection, in the order given.

    Args:
        source: The open database; nothing else may load from it meanwhile.
        reads: Its tables, and the columns of each.
    """

    def __init__(self, source: Source, reads: Mapping[str, Iterable[str]]) -> None:
        self._source = source
        self._thread = ThreadPoolExecutor(1, "tierwise-loading")
        self._loads = {table: self._thread.submit(source.load, table, columns) for table, columns in reads.items()}

    def await_tables(self, tables: Iterable[str]) -> None:
        """Wait until tables are there.

        Raises:
            DataError: One cannot be read.
            TypesChanged: Queries must be written anew. Then all tables are there.
        """
        if any(self._loads[table].result() for table in tables):
            for load in self._loads.values():
                load.result()
            raise TypesChanged

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is not None and not all(load.done() for load in self._loads.values()):  # nobody waits for the rest
            self._source.stop()
        self._thread.shutdown(cancel_futures=True)
