"""The two sides of an entry: the typed value, and what is wrong with the stored one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlglot import exp

from tierwise.plugins.sql import NULL, call, case, column, is_null, text

__all__ = ["MIXED", "Entered", "is_mixed", "known_as", "problem_case", "sorts_of"]


@dataclass(frozen=True, slots=True)
class Entered:
    """A stored value as a value of its fact.

    Attributes:
        value: An expression of the fact's canonical type; NULL where the stored value is NULL or does not fit.
        problem: An expression that gives the code of a data finding, or NULL where there is nothing to find.
        reading: What the two know as a column of the name that they were given for it, so that it is computed once; ``None`` where they know none.
    """

    value: exp.Expr
    problem: exp.Expr
    reading: exp.Expr | None = None


def known_as(name: str, reading: exp.Expr) -> tuple[exp.Expr, exp.Expr | None]:
    """Return what stands for a reading that is used several times, and what that stands for: the column of a name, else the reading itself."""
    return (column(name), reading) if name else (reading, None)


def problem_case(raw: exp.Expr, *branches: tuple[exp.Expr, str]) -> exp.Expr:
    """Return the code of the first branch whose condition holds; NULL for a stored NULL."""
    return case((is_null(raw), NULL), *((condition, text(code)) for condition, code in branches))


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
