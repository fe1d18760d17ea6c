"""Cells of a column whose values are of several sorts, as SQLite allows: each enters as what it is."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from tierwise.plugins.sql import call, case, text

__all__ = ["MIXED", "by_sort", "is_mixed"]

SORTS = {"whole": "BIGINT", "real": "DOUBLE", "words": "VARCHAR"}
MIXED = f"UNION({', '.join(f'{name} {type}' for name, type in SORTS.items())})"


def is_mixed(raw_type: str) -> bool:
    """Say whether a DuckDB type is that of a mixed column."""
    return raw_type.startswith("UNION(")


def by_sort(raw: exp.Expr, how: Callable[[exp.Expr, str], exp.Expr]) -> exp.Expr:
    """Return what becomes of a mixed cell.

    Args:
        raw: The cell.
        how: What becomes of a cell, given it and its DuckDB type.
    """
    tag = call("union_tag", raw)
    return case(*((tag.eq(text(name)), how(call("union_extract", raw, text(name)), type)) for name, type in SORTS.items()))
