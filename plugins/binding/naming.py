"""Finds tables and columns by name, and says what there is when they are not there."""

from __future__ import annotations

from collections.abc import Iterable

from tierwise.core.errors import DataError
from tierwise.core.language import suggest
from tierwise.core.source import Span
from tierwise.plugins.binding.model import Binding
from tierwise.plugins.source import Column, Source, SourceTable

__all__ = ["find_column", "find_table"]


def find_table(source: Source, name: str, binding: Binding | None, path: tuple[str, ...]) -> SourceTable:
    """Return a table by name.

    Raises:
        DataError: There is none.
    """
    tables = source.tables()
    found = tables.get(name) or next((t for t in tables.values() if t.name.casefold() == name.casefold()), None)
    if found is None:
        help = suggest(name, tables) or f"its tables are {_listed(tables)}"
        raise DataError(f"{_place(binding, path)}`{source.location}` has no table `{name}`", help)
    return found


def find_column(table: SourceTable, name: str, binding: Binding | None, path: tuple[str, ...]) -> Column:
    """Return a column of a table by name.

    Raises:
        DataError: There is none.
    """
    found = table.column(name)
    if found is None:
        names = [c.name for c in table.columns]
        help = suggest(name, names) or (f"its columns are {_listed(names)}" if names else "it is a view of what is not there any more")
        raise DataError(f"{_place(binding, path)}table `{table.name}` has no column `{name}`", help)
    return found


def _place(binding: Binding | None, path: tuple[str, ...]) -> str:
    span: Span | None = binding.span(path) if binding else None
    return f"{span.place}: " if span else ""


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    more = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
    return ", ".join(f"`{name}`" for name in shown[:8]) + more
