"""What is made of every item of a list, by list functions with lambdas.

It is NULL (ask the reference engine) as soon as one item's test or value is unknown or none.
"""

from __future__ import annotations

from typing import Literal

from sqlglot import exp

from tierwise.core.types import BooleanType, Type
from tierwise.plugins import sql
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.terms import Term

__all__ = ["filtered", "projected", "quantified"]


def filtered(of: Term, is_true: Sql, is_open: Sql, type: Type) -> Term:
    """Keep the items that meet a test.

    Args:
        of: A list; its items are never NULL. Of none, none is made.
        is_true: A lambda: whether an item meets the test.
        is_open: A lambda: whether the test of an item is unknown.
        type: The type of the result.
    """
    kept = sql.call("list_filter", of.sql, is_true)
    return Term(sql.case((_no_item(of, is_open), sql.cast(kept, canonical_type(type)))), type, of.none)


def projected(of: Term, each: Sql, type: Type) -> Term:
    """List what a lambda makes of each item; of none, none."""
    values = sql.try_cast(sql.call("list_transform", of.sql, each), canonical_type(type))
    holes = sql.call("list_filter", values, sql.lambda_of("i9", sql.is_null(sql.column("i9"))))
    return Term(sql.case((_is_empty(holes), values)), type, of.none)


def quantified(op: Literal["some", "every"], of: Term, is_decisive: Sql, is_open: Sql) -> Term:
    """Whether some item, or every one, meets a test.

    Args:
        op: Which of the two.
        of: A list; none counts as an empty one.
        is_decisive: A lambda: whether an item alone decides: for ``some`` one that meets the test, for ``every`` one that does not.
        is_open: A lambda: whether the test of an item is unknown.
    """
    found, else_ = (sql.TRUE, sql.FALSE) if op == "some" else (sql.FALSE, sql.TRUE)
    hits = sql.call("list_filter", of.sql, is_decisive)
    decided = sql.binary(exp.GT, sql.call("len", hits), sql.integer(0))
    none = [] if of.none is None else [(of.none, else_)]
    return Term(sql.case(*none, (decided, found), (_no_item(of, is_open), else_)), BooleanType())


def _no_item(of: Term, test: Sql) -> Sql:
    return _is_empty(sql.call("list_filter", of.sql, test))


def _is_empty(items: Sql) -> Sql:
    return sql.equal(sql.call("len", items), sql.integer(0))
