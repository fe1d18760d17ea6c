"""Puts a binding, a plan and the tables of a database together: which table, which key, which column for which fact."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlglot import exp

from tierwise.core.errors import DataError
from tierwise.core.language.suggest import suggest
from tierwise.core.plan import Fact, Plan
from tierwise.core.source import Span
from tierwise.plugins.binding.automatic import equal_names, find_subject_table, key_column, name_column
from tierwise.plugins.binding.model import Binding
from tierwise.plugins.binding.sql import column
from tierwise.plugins.source import Column, Source, SourceTable

__all__ = ["BoundColumn", "Layout", "lay_out"]


@dataclass(frozen=True, slots=True)
class BoundColumn:
    """A fact that comes from the subject's own row.

    Attributes:
        alias: What the query of the rows calls it.
        cell: The column, or an expression over columns.
        shown: What messages call it.
    """

    fact: Fact
    alias: str
    cell: exp.Expr
    shown: str
    values: dict[str, str]
    empty: str | None


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything comes from."""

    source: Source
    table: SourceTable
    key: Column
    name: Column | None
    where: exp.Expr | None
    columns: tuple[BoundColumn, ...]

    def row_query(self) -> exp.Query:
        """Return the query of the subject's rows: ``id``, ``name`` where there is one, and a column for each bound fact."""
        cells = [exp.alias_(column(self.key.name), "id", quoted=True)]
        if self.name is not None:
            cells.append(exp.alias_(column(self.name.name), "name", quoted=True))
        cells += [exp.alias_(bound.cell, bound.alias, quoted=True) for bound in self.columns]
        query = exp.select(*cells).from_(self.source.named(self.table.name))
        return query.where(self.where) if self.where is not None else query


def lay_out(source: Source, plan: Plan, binding: Binding | None, as_of: date | None) -> Layout:
    """Resolve every name.

    Raises:
        DataError: The database lacks a table or column.
    """
    subject = binding.subject if binding else None
    table = find_table(source, subject.table, binding, ("subject", "table")) if subject else find_subject_table(source, plan)
    key = find_column(table, subject.key, binding, ("subject", "key")) if subject and subject.key else key_column(table, plan)
    named = find_column(table, subject.name, binding, ("subject", "name")) if subject and subject.name else name_column(table, key)
    told = set(binding.facts) if binding else set()
    columns = [
        BoundColumn(plan.facts[fact], f"f{i}", column(found.name), found.name, {}, None)
        for i, (fact, found) in enumerate(equal_names(table, (f for f in plan.facts if f not in told)).items())
    ]
    return Layout(source, table, key, named, None, tuple(columns))


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
        help = suggest(name, names) or f"its columns are {_listed(names)}"
        raise DataError(f"{_place(binding, path)}table `{table.name}` has no column `{name}`", help)
    return found


def _place(binding: Binding | None, path: tuple[str, ...]) -> str:
    span: Span | None = binding.span(path) if binding else None
    return f"{span.place}: " if span else ""


def _listed(names: Iterable[str]) -> str:
    shown = list(names)
    more = f" and {len(shown) - 8} more" if len(shown) > 8 else ""
    return ", ".join(f"`{name}`" for name in shown[:8]) + more
