"""Small builders of SQL syntax trees: names are always quoted, constants always typed, long chains always balanced.

Every tree is printed once, by ``text``, for the duckdb dialect. SQL's ``NULL`` stands for *unknown* everywhere in this engine.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

from sqlglot import exp

__all__ = [
    "FALSE",
    "NULL",
    "TRUE",
    "Sql",
    "alias",
    "all_of",
    "any_of",
    "array",
    "binary",
    "call",
    "case",
    "cast",
    "column",
    "create",
    "drop",
    "integer",
    "is_known",
    "is_null",
    "lambda_",
    "negate",
    "one_of",
    "select",
    "string",
    "struct",
    "table",
    "text",
]

Sql = exp.Expr
Kind = Literal["TABLE", "VIEW"]

MOST_COMPARED = 12

NULL: Sql = exp.Null()
TRUE: Sql = exp.true()
FALSE: Sql = exp.false()


def text(tree: Sql) -> str:
    """Print a tree for DuckDB."""
    return tree.sql("duckdb", copy=False)


def column(name: str, table: str = "") -> Sql:
    """Return a quoted column name."""
    return exp.column(exp.to_identifier(name, quoted=True), table=exp.to_identifier(table, quoted=True) if table else None)


def string(value: str) -> Sql:
    """Return a text literal."""
    return exp.Literal.string(value)


def integer(value: int) -> Sql:
    """Return a whole number; a negative one in brackets, so that ``--`` cannot arise."""
    literal = exp.Literal.number(abs(value))
    return literal if value >= 0 else exp.paren(exp.Neg(this=literal), copy=False)


def cast(value: Sql, type: str, safe: bool = False) -> Sql:
    """Cast to a DuckDB type; a ``safe`` cast gives NULL where the value does not fit."""
    to = _data_type(type)
    return exp.TryCast(this=value, to=to) if safe else exp.Cast(this=value, to=to)


@lru_cache(maxsize=500)
def _data_type(type: str) -> exp.DataType:
    return exp.DataType.build(type, dialect="duckdb")


def call(function: str, *arguments: Sql) -> Sql:
    """Call a DuckDB function by its own name, untouched by sqlglot's rewriting."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    """Combine two trees by an operator, in brackets."""
    return exp.paren(kind(this=left, expression=right), copy=False)


def is_null(value: Sql) -> Sql:
    """Return ``value IS NULL``."""
    return exp.paren(exp.Is(this=value, expression=exp.Null()), copy=False)


def is_known(value: Sql) -> Sql:
    """Return ``value IS NOT NULL``."""
    return negate(is_null(value))


def negate(value: Sql) -> Sql:
    """Return Kleene's ``NOT``."""
    return exp.paren(exp.Not(this=value), copy=False)


def all_of(parts: Iterable[Sql]) -> Sql:
    """Join by ``AND`` as a balanced tree; no part at all is true."""
    return balanced(exp.And, [p for p in parts if p is not TRUE]) or TRUE


def any_of(parts: Iterable[Sql]) -> Sql:
    """Join by ``OR`` as a balanced tree; no part at all is false."""
    return balanced(exp.Or, [p for p in parts if p is not FALSE]) or FALSE


def one_of(value: Sql, options: Sequence[Sql]) -> Sql:
    """Whether a value is one of some constants; DuckDB turns an ``IN`` of several into a join, which is slower than to compare with a few."""
    if len(options) > MOST_COMPARED:
        return exp.paren(exp.In(this=value, expressions=list(options)), copy=False)
    return any_of(binary(exp.EQ, value, option) for option in options)


def balanced(kind: type[exp.Binary], parts: Sequence[Sql]) -> Sql | None:
    """Fold parts by an operator as a balanced tree: a chain of 1,000 would be refused by the engine."""
    if len(parts) <= 1:
        return parts[0] if parts else None
    middle = len(parts) // 2
    left, right = balanced(kind, parts[:middle]), balanced(kind, parts[middle:])
    assert left is not None and right is not None
    return binary(kind, left, right)


def case(branches: Iterable[tuple[Sql, Sql]], otherwise: Sql | None = None) -> Sql:
    """Return ``CASE WHEN … THEN … ELSE … END``; without an ``otherwise`` the rest is NULL."""
    ifs = [exp.If(this=condition, true=value) for condition, value in branches]
    if not ifs:
        return NULL if otherwise is None else otherwise
    return exp.Case(ifs=ifs, default=otherwise)


def array(items: Iterable[Sql]) -> Sql:
    """Return a list of values."""
    return call("list_value", *items)


def struct(fields: Iterable[tuple[str, Sql]]) -> Sql:
    """Return a struct with quoted field names."""
    return call("struct_pack", *(exp.PropertyEQ(this=exp.to_identifier(name, quoted=True), expression=value) for name, value in fields))


def lambda_(parameter: str, body: Sql) -> Sql:
    """Return ``LAMBDA parameter : body``."""
    return exp.Lambda(this=body, expressions=[exp.to_identifier(parameter, quoted=True)])


def select(columns: Iterable[tuple[str, Sql]], source: str, star: bool = False) -> exp.Select:
    """Select named columns from a table or a common table expression, with ``star`` beside all that it has."""
    named: list[Sql] = [exp.Star()] if star else []
    named += [alias(value, name) for name, value in columns]
    return exp.Select(expressions=named).from_(table(source), copy=False)


def alias(value: Sql, name: str) -> Sql:
    """Return a value under a quoted name."""
    return exp.Alias(this=value, alias=exp.to_identifier(name, quoted=True))


def table(name: str) -> exp.Table:
    """Return a quoted table name."""
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def create(name: str, query: exp.Select, kind: Kind = "TABLE") -> str:
    """Print the statement that makes a table of a query's rows, or a view of them."""
    return text(exp.Create(this=table(name), kind=kind, expression=query))


def drop(name: str, kind: Kind = "TABLE") -> str:
    """Print the statement that removes a table or a view."""
    return text(exp.Drop(tables=[table(name)], kind=kind))
