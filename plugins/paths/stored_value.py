"""A value of a fact as the column holds it in which a database's facts stand."""

from __future__ import annotations

from decimal import Decimal

from tierwise.core.types import BooleanType, DateTimeType, DateType, NumberType, Type
from tierwise.core.values import Value
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql

__all__ = ["constant"]


def constant(value: Value, of: Type) -> Sql:
    """Return a value of a fact as its column holds it."""
    match of:
        case NumberType() if isinstance(value, Decimal):
            return sql.decimal(value, of.scale or 0)
        case BooleanType():
            return sql.TRUE if value else sql.FALSE
        case DateType() | DateTimeType():
            return sql.cast(sql.text(str(value)), "DATE" if isinstance(of, DateType) else "TIMESTAMP")
        case _:
            return sql.text(str(value))
