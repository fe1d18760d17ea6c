"""Finds tables and columns by name, and says what there is when they are not there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from tierwise.core.errors import DataError
from tierwise.core.language import suggest
from tierwise.core.source import Path, Span
from tierwise.plugins.binding.room import Whereabouts
from tierwise.plugins.data_source import Column, SourceTable

__all__ = ["PartOf", "Places", "find_column", "find_table"]


class Places(Protocol):
    """A file that names tables and columns, such as a binding."""

    def span(self, path: Path) -> Span | None:
        """Return where a value stands in it; ``None`` when it was made without a file."""

    def key_span(self, path: Path) -> Span | None:
        """Return where a key stands in it."""


@dataclass(frozen=True, slots=True)
class PartOf:
    """A part of such a file, asked for its own paths.

    Attributes:
        whole: The file.
        path: Where the part stands in it.
    """

    whole: Places
    path: Path

    def span(self, path: Path) -> Span | None:
        """Return where a value stands in it."""
        return self.whole.span((*self.path, *path))

    def key_span(self, path: Path) -> Span | None:
        """Return where a key stands in it."""
        return self.whole.key_span((*self.path, *path))


def find_table(source: Whereabouts, name: str, places: Places | None, path: tuple[str, ...]) -> SourceTable:
    """Return a table by name.

    Raises:
        DataError: There is none.
    """
    tables = source.tables()
    found = tables.get(name) or next((t for t in tables.values() if t.name.casefold() == name.casefold()), None)
    if found is None:
        help = suggest(name, tables) or f"its tables are {_listed(tables)}"
        raise DataError(f"{_place(places, path)}`{source.location}` has no table `{name}`", help)
    return found


def find_column(table: SourceTable, name: str, places: Places | None, path: tuple[str, ...]) -> Column:
    """Return a column of a table by name.

    Raises:
        DataError: There is none.
    """
    found = table.column(name)
    if found is None:
        names = [c.name for c in table.columns]
        help = suggest(name, names) or (
            f"its columns are {_listed(names)}" if names else "it is a view of what is not there any more, or wrong in another way"
        )
        raise DataError(f"{_place(places, path)}table `{table.name}` has no column `{name}`", help)
    return found


def _place(places: Places | None, path: tuple[str, ...]) -> str:
    span = places.span(path) if places else None
    return f"{span.place}: " if span else ""


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    more = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
    return ", ".join(f"`{name}`" for name in shown[:8]) + more
