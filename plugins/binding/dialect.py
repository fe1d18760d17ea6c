"""What the binding needs from the SQL of a source, beyond what all SQL shares. ``sqlite_dialect.py`` and ``duckdb_dialect.py`` give it."""

from __future__ import annotations

from datetime import date
from typing import Protocol

from sqlglot import exp

from tierwise.core.types import Type

__all__ = ["Dialect", "dialect_of"]


class Dialect(Protocol):
    """Expressions over stored values. ``declared`` is the type that the database declares for them."""

    def apart(self, query: exp.Select) -> exp.Select:
        """Return a subquery that is computed as it stands, each cell once a row."""

    def key(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return an id as text, so that ids of two tables can be joined."""

    def words(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return any stored value as text."""

    def number(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return a number to compare and reckon with; NULL for what is none."""

    def day(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return a date to compare; NULL for what is none."""

    def moment(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return a date with time, as text that sorts; NULL for what is none."""

    def truth(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return a boolean to test; NULL for what is none."""

    def literal(self, value: object, type: Type) -> exp.Expr:
        """Return a constant to compare with."""

    def date_literal(self, day: date) -> exp.Expr:
        """Return a date to compare with."""

    def steps(self, raw: exp.Expr, declared: str, scale: int, exact: bool) -> exp.Expr:
        """Return a number in whole steps of ``10**-scale``; NULL for what is none or (``exact``) not on the scale."""

    def last_two(self, by: exp.Expr, value: exp.Expr, condition: exp.Expr, descending: bool) -> exp.Expr:
        """Aggregate to the two distinct ``[by, value]`` that stand first, as ``rows`` reads them."""

    def gathered(self, cells: list[exp.Expr], condition: exp.Expr) -> exp.Expr:
        """Aggregate to the list of all rows of cells, as ``rows`` reads it."""

    def rows(self, gathered: exp.Expr) -> exp.Expr:
        """Return, in DuckDB, what ``last_two`` and ``gathered`` gave as VARCHAR[][]."""


def dialect_of(name: str) -> Dialect:
    """Return the dialect of a source."""
    from tierwise.plugins.binding.duckdb_dialect import DuckdbDialect
    from tierwise.plugins.binding.sqlite_dialect import SqliteDialect

    return SqliteDialect() if name == "sqlite" else DuckdbDialect()
