"""The one vocabulary of SQL trees, for binding and engines: names are always quoted, constants always typed, long chains always balanced.

Trees are sqlglot's; ``printed`` writes one for DuckDB. Whatever is not a single word stands in brackets, so that parts can be put together
in any order.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Literal

from sqlglot import exp

__all__ = [
    "COMPARISONS",
    "DIALECT",
    "FALSE",
    "MOST_COMPARED",
    "NULL",
    "OF_CONDITION",
    "TRUE",
    "Kind",
    "Sql",
    "alias",
    "all_of",
    "any_of",
    "array",
    "as_seen",
    "balanced",
    "binary",
    "bit",
    "call",
    "case",
    "cast",
    "column",
    "concat",
    "count",
    "count_if",
    "create",
    "decimal",
    "drop",
    "equal",
    "identifier",
    "integer",
    "is_known",
    "is_null",
    "items_listed",
    "lambda_of",
    "listed",
    "named",
    "negate",
    "one_of",
    "printed",
    "select",
    "star",
    "struct",
    "subquery",
    "table",
    "text",
    "try_cast",
]

Sql = exp.Expr
Kind = Literal["TABLE", "VIEW"]

DIALECT = "duckdb"
MOST_COMPARED = 12
LISTED_BETWEEN = ", "
OF_CONDITION = "of a condition"
"""Marks a cast of a condition to a number."""

NULL: Sql = exp.Null()
TRUE: Sql = exp.true()
FALSE: Sql = exp.false()

COMPARISONS: Mapping[str, type[exp.Binary]] = {"=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
"""The operators of the policy language."""


def printed(tree: Sql) -> str:
    """Print a tree for DuckDB."""
    return tree.sql(DIALECT, copy=False)


# ---- names and constants -----------------------------------------------------------------------------------------------------


def identifier(name: str) -> exp.Identifier:
    """Return a quoted name."""
    return exp.to_identifier(name, quoted=True)


def column(name: str, table: str = "") -> exp.Column:
    """Return a column, of a table when one is named."""
    return exp.Column(this=identifier(name), table=identifier(table) if table else None)


def table(name: str) -> exp.Table:
    """Return a table, view or common table expression."""
    return exp.Table(this=identifier(name))


def alias(value: Sql, name: str) -> Sql:
    """Return a value under a name."""
    return exp.Alias(this=value, alias=identifier(name))


def named(columns: Iterable[tuple[str, Sql]]) -> list[Sql]:
    """Return values under their names."""
    return [alias(value, name) for name, value in columns]


def text(value: str) -> Sql:
    """Return a text literal."""
    return exp.Literal.string(value)


def integer(value: int) -> Sql:
    """Return a whole number; a negative one in brackets, so that ``--``, which starts a comment, cannot arise."""
    literal = exp.Literal.number(abs(value))
    return literal if value >= 0 else exp.paren(exp.Neg(this=literal), copy=False)


def decimal(value: Decimal, scale: int) -> Sql:
    """Return an exact decimal with that many digits after the point."""
    return cast(text(format(value, f".{scale}f")), f"DECIMAL(38, {scale})")


# ---- values ------------------------------------------------------------------------------------------------------------------


def call(function: str, *arguments: Sql) -> Sql:
    """Call a function by exactly that name, untouched by sqlglot's rewriting."""
    return exp.Anonymous(this=function, expressions=list(arguments))


def cast(value: Sql, type: str) -> Sql:
    """Cast to a DuckDB type."""
    return exp.Cast(this=value, to=_data_type(type))


def bit(condition: Sql, type: str) -> Sql:
    """Return 1 where a condition holds, else 0, as a whole number of a DuckDB type; not every database casts a condition to each of these."""
    number = exp.Cast(this=condition, to=_data_type(type))
    number.meta[OF_CONDITION] = True
    return number


def try_cast(value: Sql, type: str) -> Sql:
    """Cast to a DuckDB type; NULL where the value does not fit."""
    return exp.TryCast(this=value, to=_data_type(type))


@lru_cache(maxsize=500)
def _data_type(type: str) -> exp.DataType:
    return exp.DataType.build(type, dialect=DIALECT)


def case(*branches: tuple[Sql, Sql], default: Sql | None = None) -> Sql:
    """Return a ``CASE`` of ``(condition, value)`` branches; NULL where none holds and there is no default."""
    if not branches:
        return NULL if default is None else default
    return exp.Case(ifs=[exp.If(this=condition, true=value) for condition, value in branches], default=default)


_WIDE = "".join(map(chr, range(0xFF01, 0xFF5F))) + "\u3000\u00a0\u2007\u2009\u202f\t"
_NARROW = "".join(map(chr, range(0x21, 0x7F))) + " " * 6
_UNSEEN = "\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"


def as_seen(value: Sql) -> Sql:
    """Return a text as people see it: signs of full width as narrow ones, without what shows nothing and without blanks around it."""
    is_plain = equal(call("strlen", value), call("length", value.copy()))  # as many bytes as signs: then there is nothing to translate
    narrow = call("translate", value.copy(), text(_WIDE + _UNSEEN), text(_NARROW))
    return case((is_plain, call("trim", value.copy())), default=call("trim", narrow))


def array(*items: Sql) -> Sql:
    """Return a list of values."""
    return call("list_value", *items)


def listed(items: Iterable[str], type: str) -> Sql:
    """Return a list of constants that are written without quotes, as one text: thousands of them are one node of a tree."""
    return cast(text(f"[{LISTED_BETWEEN.join(items)}]"), f"{type}[]")


def items_listed(tree: Sql) -> list[str] | None:
    """Return the items of what ``listed`` made, as they are written; ``None`` for any other tree."""
    is_listed = type(tree) is exp.Cast and tree.to.is_type("ARRAY", "LIST") and isinstance(tree.this, exp.Literal)
    return tree.this.name[1:-1].split(LISTED_BETWEEN) if is_listed else None


def struct(**fields: Sql) -> Sql:
    """Return a struct."""
    return exp.Struct(expressions=[exp.PropertyEQ(this=identifier(name), expression=value) for name, value in fields.items()])


def concat(*parts: Sql) -> Sql:
    """Return texts joined by ``||``; NULL when one of them is."""
    joined = parts[0]
    for part in parts[1:]:
        joined = exp.DPipe(this=joined, expression=part)
    return joined


def lambda_of(parameter: str, body: Sql) -> Sql:
    """Return a lambda of one parameter, which the body names as ``column(parameter)``."""
    return exp.Lambda(this=body, expressions=[identifier(parameter)])


# ---- tests and operators -----------------------------------------------------------------------------------------------------


def binary(kind: type[exp.Binary], left: Sql, right: Sql) -> Sql:
    """Combine two trees by an operator."""
    return exp.paren(kind(this=_whole(left), expression=_whole(right)), copy=False)


def equal(left: Sql, right: Sql) -> Sql:
    """Return the test whether two values are the same; NULL when one of them is."""
    return binary(exp.EQ, left, right)


def is_null(value: Sql) -> Sql:
    """Return the test for NULL."""
    return exp.paren(exp.Is(this=_whole(value), expression=exp.Null()), copy=False)


def is_known(value: Sql) -> Sql:
    """Return the test for a value."""
    return negate(is_null(value))


def negate(value: Sql) -> Sql:
    """Return Kleene's ``NOT``."""
    return exp.paren(exp.Not(this=_whole(value)), copy=False)


def all_of(*parts: Sql | None) -> Sql:
    """Join by ``AND``; ``None`` is left out, and no part at all is true."""
    return balanced(exp.And, [p for p in parts if p is not None and p is not TRUE]) or TRUE


def any_of(*parts: Sql) -> Sql:
    """Join by ``OR``; no part at all is false."""
    return balanced(exp.Or, [p for p in parts if p is not FALSE]) or FALSE


def one_of(value: Sql, options: Sequence[Sql]) -> Sql:
    """Whether a value is one of some constants; DuckDB turns an ``IN`` of several into a join, which is slower than to compare with a few."""
    if len(options) > MOST_COMPARED:
        return exp.paren(exp.In(this=value, expressions=list(options)), copy=False)
    return any_of(*(equal(value, option) for option in options))


def balanced(kind: type[exp.Binary], parts: Sequence[Sql]) -> Sql | None:
    """Fold parts by an operator as a balanced tree: a chain of 1,000 would be refused by the engine."""
    if len(parts) <= 1:
        return parts[0] if parts else None
    middle = len(parts) // 2
    left, right = balanced(kind, parts[:middle]), balanced(kind, parts[middle:])
    assert left is not None and right is not None
    return binary(kind, left, right)


_OPEN = (exp.Binary, exp.Not, exp.Neg, exp.Between, exp.In)


def _whole(part: Sql) -> Sql:
    """Put what an operator made elsewhere in brackets."""
    return exp.paren(part, copy=False) if isinstance(part, _OPEN) else part


# ---- queries and statements --------------------------------------------------------------------------------------------------


def select(*cells: Sql, source: Sql | None = None) -> exp.Select:
    """Return a query of cells, from a table or subquery when one is named; unlike sqlglot's own builders it copies nothing."""
    query = exp.Select(expressions=list(cells))
    return query if source is None else query.from_(source, copy=False)


def subquery(rows: exp.Select, name: str) -> exp.Subquery:
    """Return a query as the source of another."""
    return exp.Subquery(this=rows, alias=exp.TableAlias(this=identifier(name)))


def star() -> Sql:
    """Return all columns."""
    return exp.Star()


def count(value: Sql | None = None, distinct: bool = False) -> Sql:
    """Count rows, or those with a value, or the different values."""
    if value is None:
        return exp.Count(this=exp.Star())
    return exp.Count(this=exp.Distinct(expressions=[value]) if distinct else value)


def count_if(condition: Sql) -> Sql:
    """Count the rows of which a condition holds: none where it is unknown of each, of which DuckDB's own function knows no number."""
    return call("coalesce", call("count_if", condition), integer(0))


def create(name: str, query: exp.Select, kind: Kind = "TABLE") -> str:
    """Print the statement that makes a table of a query's rows, or a view of them."""
    return printed(exp.Create(this=table(name), kind=kind, expression=query))


def drop(name: str, kind: Kind = "TABLE") -> str:
    """Print the statement that removes a table or a view."""
    return printed(exp.Drop(tables=[table(name)], kind=kind))
