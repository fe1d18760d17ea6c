"""Short names for the sqlglot nodes that the binding builds; every name is quoted, every text a literal."""

from __future__ import annotations

from decimal import Decimal
from functools import cache, reduce

from sqlglot import exp

__all__ = [
    "alias",
    "all_of",
    "any_of",
    "both",
    "call",
    "case",
    "cast",
    "column",
    "concat",
    "decimal",
    "equal",
    "identifier",
    "is_null",
    "lambda_of",
    "not_null",
    "null",
    "select",
    "struct",
    "subquery",
    "text",
    "try_cast",
    "whole",
]


def identifier(name: str) -> exp.Identifier:
    """Return a quoted name."""
    return exp.to_identifier(name, quoted=True)


def column(name: str, table: str = "") -> exp.Column:
    """Return a column, of a table when one is named."""
    return exp.Column(this=identifier(name), table=identifier(table) if table else None)


def text(value: str) -> exp.Expr:
    """Return a text literal."""
    return exp.Literal.string(value)


def whole(value: int) -> exp.Expr:
    """Return a whole number; a negative one in parentheses, lest two minus signs make a comment."""
    return exp.Literal.number(value) if value >= 0 else exp.Paren(this=exp.Neg(this=exp.Literal.number(-value)))


def decimal(value: Decimal, scale: int) -> exp.Expr:
    """Return an exact decimal with that many digits after the point, for DuckDB."""
    return cast(text(format(value, f".{scale}f")), f"DECIMAL(38, {scale})")


def null() -> exp.Expr:
    """Return NULL."""
    return exp.Null()


def call(name: str, *arguments: exp.Expr) -> exp.Expr:
    """Return a call of a function by exactly that name."""
    return exp.Anonymous(this=name, expressions=list(arguments))


def cast(value: exp.Expr, type: str) -> exp.Expr:
    """Return a cast to a DuckDB type."""
    return exp.Cast(this=value, to=_type(type))


def try_cast(value: exp.Expr, type: str) -> exp.Expr:
    """Return a cast to a DuckDB type that gives NULL where it fails."""
    return exp.TryCast(this=value, to=_type(type))


def case(*branches: tuple[exp.Expr, exp.Expr], default: exp.Expr | None = None) -> exp.Expr:
    """Return a CASE of ``(condition, value)`` branches."""
    return exp.Case(ifs=[exp.If(this=condition, true=value) for condition, value in branches], default=default)


def all_of(*parts: exp.Expr | None) -> exp.Expr | None:
    """Return the parts joined by AND; ``None`` when there are none."""
    kept: list[exp.Expr] = [exp.Paren(this=part) for part in parts if part is not None]
    return reduce(lambda left, right: exp.And(this=left, expression=right), kept) if kept else None


def any_of(*parts: exp.Expr) -> exp.Expr:
    """Return the parts joined by OR; false when there are none."""
    kept: list[exp.Expr] = [exp.Paren(this=part) for part in parts]
    return exp.Paren(this=reduce(lambda left, right: exp.Or(this=left, expression=right), kept)) if kept else exp.false()


def both(*parts: exp.Expr) -> exp.Expr:
    """Return the parts joined by AND, in parentheses."""
    return exp.Paren(this=all_of(*parts))


def is_null(value: exp.Expr) -> exp.Expr:
    """Return the test for NULL."""
    return exp.Is(this=exp.Paren(this=value), expression=exp.Null())


def not_null(value: exp.Expr) -> exp.Expr:
    """Return the test for a value."""
    return exp.Not(this=is_null(value))


def equal(left: exp.Expr, right: exp.Expr) -> exp.Expr:
    """Return the test whether two values are the same."""
    return exp.EQ(this=left, expression=right)


def alias(value: exp.Expr, name: str) -> exp.Expr:
    """Return a value under a name."""
    return exp.Alias(this=value, alias=identifier(name))


def select(*cells: exp.Expr, source: exp.Expr | None = None) -> exp.Select:
    """Return a query of cells, from a table or subquery when one is named; unlike sqlglot's own builders it copies nothing."""
    query = exp.Select(expressions=list(cells))
    return query if source is None else query.from_(source, copy=False)


def subquery(rows: exp.Select, name: str) -> exp.Subquery:
    """Return a query as the source of another."""
    return exp.Subquery(this=rows, alias=exp.TableAlias(this=identifier(name)))


def struct(**fields: exp.Expr) -> exp.Expr:
    """Return a DuckDB struct."""
    return exp.Struct(expressions=[exp.PropertyEQ(this=exp.to_identifier(name), expression=value) for name, value in fields.items()])


def concat(*parts: exp.Expr) -> exp.Expr:
    """Return the texts joined by ``||``."""
    joined = parts[0]
    for part in parts[1:]:
        joined = exp.DPipe(this=joined, expression=part)
    return joined


def lambda_of(parameter: str, body: exp.Expr) -> exp.Expr:
    """Return a DuckDB lambda of one parameter, which the body names as ``column(parameter)``."""
    return exp.Lambda(this=body, expressions=[identifier(parameter)])


@cache
def _type(name: str) -> exp.DataType:
    return exp.DataType.build(name, dialect="duckdb")
