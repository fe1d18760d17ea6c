"""A term: the SQL of one node, with what is known about it before any row is read; and the SQL of constants and types."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlglot import exp

from tierwise.core.types import ListType, NumberType, SetType, Type
from tierwise.core.values import Duration
from tierwise.plugins import sql
from tierwise.plugins.facts import StoredNumbers, canonical_type, number_width
from tierwise.plugins.sql import Sql

__all__ = ["MOST_DIGITS", "Term", "constant", "none_term", "number_of", "unknown"]

MOST_DIGITS = 38
PLAIN_DIGITS = 18  # what DuckDB keeps in 64 bits


@dataclass(frozen=True, slots=True)
class Term:
    """The SQL of a node. NULL is unknown, or none where ``none`` is true.

    A NULL may also mean that SQL declines to say: the reference engine then decides. So NULL is always safe.

    Attributes:
        sql: The value.
        type: Its type in the policy language.
        none: Whether it is none; never NULL itself. ``None`` when it cannot be none.
        whole: Of a number, the digits before the point that its SQL type leaves room for.
        scale: Of a number, the digits after the point of its SQL type.
        duration: Of a constant duration, what it is.
        stored: Of a fact that is a number, a column with its numbers as the database stores them.
    """

    sql: Sql
    type: Type
    none: Sql | None = None
    whole: int = 0
    scale: int = 0
    duration: Duration | None = None
    stored: StoredNumbers | None = None

    @property
    def known(self) -> Sql:
        """Whether it is a value or none."""
        value = sql.is_known(self.looked_at)
        return value if self.none is None else sql.any_of(self.none, value)

    @property
    def looked_at(self) -> Sql:
        """What is NULL where the value is, and is had sooner where numbers are stored otherwise than as decimals."""
        return self.sql if self.stored is None else sql.column(self.stored.column)

    @property
    def digits(self) -> int:
        """Digits of the SQL decimal type of a number."""
        return self.whole + self.scale

    def by(self, tree: Sql) -> Term:
        """Return the same term computed by other SQL."""
        return replace(self, sql=tree, stored=None)


def unknown(type: Type) -> Term:
    """Return the term about which SQL says nothing."""
    return Term(sql.cast(sql.NULL, canonical_type(type)), type, whole=1, scale=scale_of(type))


def none_term(type: Type) -> Term:
    """Return *none* of a type."""
    return Term(sql.cast(sql.NULL, canonical_type(type)), type, sql.TRUE, 1, scale_of(type))


def number_of(term: Term) -> Term:
    """Note the digits of a term whose SQL has the canonical type of its number."""
    if not isinstance(term.type, NumberType):
        return term
    scale = term.type.scale or 0
    return Term(term.sql, term.type, term.none, number_width(term.type) - scale, scale)


def scale_of(type: Type) -> int:
    """Return the declared scale of a number, else 0."""
    return (type.scale or 0) if isinstance(type, NumberType) else 0


def constant(value: Any, type: Type) -> Term:
    """Return an exact, typed literal; a value that has no such literal is unknown, so that the reference engine decides."""
    if value is None:
        return none_term(type)
    if isinstance(value, Decimal):
        return _number(value, type)
    tree = _literal(value, type)
    return unknown(type) if tree is None else Term(tree, type, duration=value if isinstance(value, Duration) else None)


def _number(value: Decimal, type: Type) -> Term:
    _, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int), "numbers of a policy are finite"
    scale = max(0, -exponent)
    whole = max(1, len(digits) + exponent)
    if whole + scale > MOST_DIGITS:
        return unknown(type)
    return Term(sql.cast(sql.text(format(value, "f")), f"DECIMAL({whole + scale}, {scale})"), type, None, whole, scale)


def _literal(value: Any, type: Type) -> Sql | None:
    if isinstance(value, bool):
        return sql.TRUE if value else sql.FALSE
    if isinstance(value, str):
        return None if "\0" in value else sql.text(value)
    if isinstance(value, datetime):
        return sql.cast(sql.text(value.isoformat(sep=" ")), "TIMESTAMP")
    if isinstance(value, date):
        return sql.cast(sql.text(value.isoformat()), "DATE")
    if isinstance(value, Duration):
        months, seconds = sql.integer(value.months), sql.integer(value.seconds)
        return sql.cast(sql.struct(months=months, seconds=seconds), canonical_type(type))
    if isinstance(value, tuple) and isinstance(type, ListType | SetType):
        items = [constant(item, type.item) for item in value]
        return (
            None if any(item.sql.find(exp.Null) for item in items) else sql.cast(sql.array(*[i.sql for i in items]), canonical_type(type))
        )
    assert not isinstance(value, tuple) or isinstance(type, ListType | SetType)
    if isinstance(value, Mapping):
        return None  # a record or a map as a constant: the reference engine decides
    raise TypeError(f"no literal for a value of type {value.__class__.__name__}")
