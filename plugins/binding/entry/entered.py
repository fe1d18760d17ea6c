"""The two sides of an entry: the typed value, and what is wrong with the stored one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlglot import exp

from tierwise.plugins.sql import NULL, call, case, is_null, text

__all__ = ["MIXED", "Entered", "Once", "as_it_is", "is_mixed", "problem_case", "sorts_of"]

Once = Callable[[exp.Expr], exp.Expr]
"""Takes the reading of a stored value, an expression that is used several times, and returns what stands for it."""


@dataclass(frozen=True, slots=True)
class Entered:
    """A stored value as a value of its fact.

    Attributes:
        value: An expression of the fact's canonical type; NULL where the stored value is NULL or does not fit.
        problem: An expression that gives the code of a data finding, or NULL where there is nothing to find.
    """

    value: exp.Expr
    problem: exp.Expr


def as_it_is(reading: exp.Expr) -> exp.Expr:
    """Let a reading stand wherever it is used."""
    return reading


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
