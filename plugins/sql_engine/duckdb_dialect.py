"""The dialect in which all trees are written: DuckDB's own."""

from __future__ import annotations

from dataclasses import dataclass

from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.sql import Sql

__all__ = ["DUCKDB", "DuckdbDialect"]


@dataclass(frozen=True, slots=True)
class DuckdbDialect:
    """Spells every tree as it stands."""

    name: str = sql.DIALECT
    bits: int = 127  # of its widest number
    recomputes: bool = False
    ranks_by_windows: bool = False

    def says(self, tree: Sql) -> bool:
        """Say yes: trees are written for DuckDB."""
        return True

    def holds(self, type: str) -> bool:
        """Say yes."""
        return True

    def printed(self, tree: Sql) -> str:
        """Print a tree."""
        return sql.printed(tree)

    def fenced(self, layer: exp.Select) -> exp.Select:
        """Return the query as it is: DuckDB computes equal parts once."""
        return layer


DUCKDB = DuckdbDialect()
