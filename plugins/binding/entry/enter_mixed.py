"""Cells of a column whose values are of several sorts, as SQLite allows: each enters as what it is."""

from __future__ import annotations

from collections.abc import Iterator

from sqlglot import exp

from tierwise.plugins.sql import call, text

__all__ = ["MIXED", "is_mixed", "sorts_of"]

SORTS = {"whole": "BIGINT", "real": "DOUBLE", "words": "VARCHAR"}
MIXED = f"UNION({', '.join(f'{name} {type}' for name, type in SORTS.items())})"


def is_mixed(raw_type: str) -> bool:
    """Say whether a DuckDB type is that of a mixed column."""
    return raw_type.startswith("UNION(")


def sorts_of(raw: exp.Expr) -> Iterator[tuple[exp.Expr, exp.Expr, str]]:
    """Yield the sorts of a mixed cell: whether it is of that sort, the cell as that, and its DuckDB type."""
    tag = call("union_tag", raw)
    for name, type in SORTS.items():
        yield tag.eq(text(name)), call("union_extract", raw, text(name)), type
