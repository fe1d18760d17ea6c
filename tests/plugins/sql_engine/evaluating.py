"""Has DuckDB work out what the engine compiles: a value, ``NONE``, or ``UNKNOWN``."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

import duckdb
from sqlglot import exp

from tierwise.core.types import NumberType, Type
from tierwise.plugins import sql
from tierwise.plugins.facts import core_value
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.layers import Layers
from tierwise.plugins.sql_engine.terms import Term, constant, none_term, unknown

NONE, UNKNOWN = "(none)", "(unknown)"
AMOUNT = NumberType(2)


def fresh() -> Layers:
    """Return layers without columns."""
    return Layers("facts")


def term(value: Any, type: Type) -> Term:
    """Return the term of a value, of ``NONE`` or of ``UNKNOWN``."""
    if value == NONE:
        return none_term(type)
    return unknown(type) if value == UNKNOWN else constant(value, type)


def number(text: str | int) -> Term:
    """Return the term of a number, of ``NONE`` or of ``UNKNOWN``."""
    return term(text if text in (NONE, UNKNOWN) else Decimal(text), AMOUNT)


def truth(word: bool | None) -> Sql:
    """Return a condition: true, false or (``None``) unknown."""
    return sql.cast(sql.NULL, "BOOLEAN") if word is None else sql.TRUE if word else sql.FALSE


def worked_out(trees: Iterable[Sql], layers: Layers | None = None) -> tuple[Any, ...]:
    """Return what DuckDB makes of some expressions."""
    columns = [(f"x{place}", tree) for place, tree in enumerate(trees)]
    query = (layers or fresh()).query(exp.select("1 AS one"), columns)
    found: tuple[Any, ...] | None = duckdb.connect().execute(sql.printed(query)).fetchone()
    assert found is not None
    return found


def told(of: Term, layers: Layers | None = None) -> Any:
    """Return the value of a term, ``NONE`` or ``UNKNOWN``."""
    value, is_none = worked_out([of.sql, of.none or sql.FALSE], layers)
    if is_none:
        return NONE
    return UNKNOWN if value is None else core_value(value, of.type)
