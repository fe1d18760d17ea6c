"""The columns that a cell or expression of a binding may name: those of the row, and of the row that it belongs to."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from sqlglot import exp

from tierwise.core.types import BooleanType, DateType, NumberType, TextType, Type
from tierwise.plugins.binding.room import Whereabouts
from tierwise.plugins.data_source import Column, SourceTable
from tierwise.plugins.sql import identifier

__all__ = ["RowColumn", "columns_in_scope", "named_column"]

DAY = re.compile(r"\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?([ T].*)?", re.ASCII)
NUMBER = re.compile(r"[+-]?(?!0\d)(\d+\.?\d*|\.\d+)", re.ASCII)
MOST = 0.5


@dataclass(frozen=True)
class RowColumn:
    """A column of one of the joined tables.

    Attributes:
        source: The database.
        alias: The name of its table in the query.
    """

    source: Whereabouts
    alias: str
    table: SourceTable
    column: Column

    @cached_property
    def type(self) -> Type:
        """What its values are, for the language; found out when somebody asks, since it may mean reading some of them."""
        return _type_of(self.source, self.table, self.column)

    @property
    def is_declared(self) -> bool:
        """Whether the database itself says of what type it is."""
        return _declared_type(self.column) is not None

    def rows(self) -> exp.Expr:
        """Return its table under the alias by which a query knows it."""
        named = self.source.named(self.table.name)
        if self.alias:
            named.set("alias", exp.TableAlias(this=identifier(self.alias)))
        return named

    @cached_property
    def stored_type(self) -> str:
        """The DuckDB type in which it arrives."""
        return self.source.type_of(self.table.name, self.column)


def columns_in_scope(source: Whereabouts, tables: Iterable[tuple[str, SourceTable]]) -> dict[str, RowColumn]:
    """Return every column by name, and as ``table.column``; of two tables the first one's column has the plain name."""
    found: dict[str, RowColumn] = {}
    for alias, table in tables:
        for column in table.columns:
            row_column = RowColumn(source, alias, table, column)
            found.setdefault(column.name, row_column)
            found.setdefault(f"{table.name}.{column.name}", row_column)
    return found


def named_column(columns: dict[str, RowColumn], name: str) -> RowColumn | None:
    """Return a column by name, without regard to case when there is none of exactly that name."""
    return columns.get(name) or next((c for known, c in columns.items() if known.casefold() == name.casefold()), None)


def _type_of(source: Whereabouts, table: SourceTable, column: Column) -> Type:
    return _declared_type(column) or _type_of_values(source.sample(table.name, column.name))


def _declared_type(column: Column) -> Type | None:
    declared = column.type
    if "BOOL" in declared:
        return BooleanType()
    if "DATE" in declared or "TIMESTAMP" in declared:
        return DateType()
    if re.search(r"INT|REAL|FLOA|DOUB|DEC|NUM", declared) and "POINT" not in declared:
        return NumberType()
    return None


def _type_of_values(values: list[object]) -> Type:
    """Return what most of a column of text is: odd values do not make dates text."""
    if not values:
        return TextType()
    needed = len(values) * MOST
    if sum(isinstance(v, str) and bool(DAY.fullmatch(v.strip())) for v in values) >= needed:
        return DateType()
    if sum(isinstance(v, int | float) or (isinstance(v, str) and bool(NUMBER.fullmatch(v.strip()))) for v in values) >= needed:
        return NumberType()
    return TextType()
