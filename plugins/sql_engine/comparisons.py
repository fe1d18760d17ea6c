"""Compares two values, and chooses among several: numbers exactly, lists with or without regard to order, none apart."""

from __future__ import annotations

from tierwise.core.plan import CompareOp
from tierwise.core.types import DurationType, ListType, MapType, NumberType, RecordType, SetType, Type
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine import dates, numbers
from tierwise.plugins.sql_engine.terms import Term, unknown

__all__ = ["choose", "compare", "with_none"]


def compare(op: CompareOp, left: Term, right: Term) -> Sql:
    """Compare two values, neither of which is none."""
    kind = sql.COMPARISONS[op]
    if isinstance(left.type, NumberType) and isinstance(right.type, NumberType):
        return numbers.compare(op, left, right)
    if isinstance(left.type, DurationType) and isinstance(right.type, DurationType):
        return dates.compare_durations(op, left, right)
    if isinstance(left.type, RecordType | MapType) or isinstance(right.type, RecordType | MapType):
        return sql.NULL
    if isinstance(left.type, ListType | SetType):
        is_simple = not isinstance(left.type.item, RecordType | MapType | ListType | SetType | DurationType)
        if not is_simple or op not in ("=", "!="):
            return sql.NULL
        unordered = isinstance(left.type, SetType) or isinstance(right.type, SetType)
        sides = [sql.call("list_sort", sql.call("list_distinct", t.sql)) if unordered else t.sql for t in (left, right)]
        return sql.binary(kind, *sides)
    return sql.binary(kind, left.sql, right.sql)


def with_none(op: CompareOp, left: Term, right: Term, plain: Sql) -> Sql:
    """Extend a comparison to none: equal to none only, and neither less nor greater than anything."""
    branches: list[tuple[Sql, Sql]] = []
    equal, unequal = (sql.TRUE, sql.FALSE) if op == "=" else (sql.FALSE, sql.TRUE)
    if op not in ("=", "!="):
        equal = unequal = sql.FALSE
    for side, other in ((left, right), (right, left)):
        if side.none is None:
            continue
        if other.none is not None and side is left:
            branches.append((sql.all_of(side.none, other.none), equal))
        branches.append((side.none, sql.case((sql.is_known(other.sql), unequal))))
    return sql.case(*branches, default=plain) if branches else plain


def choose(options: list[tuple[Sql, Term]], type: Type, otherwise: Term | None = None) -> Term:
    """Return ``CASE`` over terms of one type: numbers are brought to one decimal type, none is kept beside."""
    terms = [term for _, term in options] + ([] if otherwise is None else [otherwise])
    whole, scale = max(t.whole for t in terms), max(t.scale for t in terms)
    if isinstance(type, NumberType):
        sides = numbers.common(terms)
        if sides is None:
            return unknown(type)
        values, whole, scale = sides
    else:
        values = [t.sql for t in terms]
    conditions = [condition for condition, _ in options]
    tree = sql.case(*zip(conditions, values, strict=False), default=None if otherwise is None else values[-1])
    nones = [sql.FALSE if t.none is None else t.none for t in terms]
    none = None
    if any(t.none is not None for t in terms):
        none = sql.case(*zip(conditions, nones, strict=False), default=sql.FALSE if otherwise is None else nones[-1])
    return Term(tree, type, none, whole, scale)
