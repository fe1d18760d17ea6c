"""How Spark spells what engines say; from version 4 on, in a session as `spark_session.py` sets it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.spelling import SAME_FUNCTIONS, Spelling, unwrapped

__all__ = ["SPARK"]

Kind = exp.DataType.Type
ZERO = sql.integer(0)


def _type(of: exp.DataType) -> exp.DataType | None:
    """Whole numbers beyond 64 bits are decimals of 38 digits, times are without a zone; sets of more than 62 possible values there are not."""
    match of.this:
        case Kind.BIGINT | Kind.INT | Kind.BOOLEAN | Kind.DATE | Kind.DECIMAL | Kind.TIMESTAMPNTZ:
            return of
        case Kind.VARCHAR | Kind.TEXT:
            return exp.DataType(this=Kind.TEXT)
        case Kind.UINT | Kind.UBIGINT:
            return exp.DataType(this=Kind.BIGINT)
        case Kind.INT128:
            return exp.DataType.build("DECIMAL(38, 0)", dialect=sql.DIALECT)
        case Kind.ARRAY | Kind.LIST | Kind.MAP:
            return _with_parts(of, [_type(part) for part in of.expressions])
        case Kind.STRUCT:
            kinds = [_type(part.args["kind"]) for part in of.expressions]
            fields = [
                None if kind is None else exp.ColumnDef(this=part.this.copy(), kind=kind)
                for part, kind in zip(of.expressions, kinds, strict=True)
            ]
            return _with_parts(of, fields)
        case _:
            return None


def _with_parts(of: exp.DataType, parts: Sequence[exp.DataType | exp.ColumnDef | None]) -> exp.DataType | None:
    known = [part for part in parts if part is not None]
    return exp.DataType(this=of.this, expressions=known, nested=True) if len(known) == len(parts) else None


def _divided(node: exp.IntDiv) -> Sql:
    """Divide whole numbers of any size: what is divided is a multiple, so that no digit is lost; NULL by zero and beyond 20 digits."""
    above, below = (sql.cast(part, "DECIMAL(38, 0)") for part in (node.this, node.expression))
    rest = sql.call("TRY_MOD", above.copy(), below.copy())
    return sql.cast(sql.call("TRY_DIVIDE", sql.binary(exp.Sub, above, rest), below), "DECIMAL(38, 0)")


def _remainder(node: exp.Mod) -> Sql:
    return sql.call("TRY_MOD", node.this, node.expression)


def _shifted(node: exp.BitwiseLeftShift) -> Sql:
    return sql.call("SHIFTLEFT", node.this, sql.cast(node.expression, "INTEGER"))


def _numbered(node: exp.Window) -> Sql:
    """A number for each row of the whole is taken without an order, in which Spark would bring all rows to one place."""
    is_plain = isinstance(node.this, exp.Anonymous) and node.this.this == "ROW_NUMBER" and node.args.get("order") is None
    return sql.call("MONOTONICALLY_INCREASING_ID") if is_plain else node


def _branch(node: exp.If) -> exp.If:
    """A branch whose condition is nothing but NULL is not taken; by itself it would have no type."""
    return exp.If(this=sql.FALSE.copy(), true=node.args["true"]) if isinstance(unwrapped(node.this), exp.Null) else node


def _struct(node: exp.Struct) -> Sql:
    cells = [part for field in node.expressions for part in (sql.text(field.this.name), field.expression)]
    return sql.call("NAMED_STRUCT", *cells)


def _key(node: exp.Bracket) -> Sql:
    return sql.call("TRY_ELEMENT_AT", node.this, *node.expressions)


def _extracted(of: Sql, name: Sql) -> Sql:
    return exp.Dot(this=exp.paren(of, copy=False), expression=sql.identifier(name.name))


def _same_set(all: Sql, some: Sql) -> Sql:
    return sql.equal(sql.call("ARRAY_SIZE", sql.call("ARRAY_EXCEPT", some, all)), ZERO.copy())


def _try_cast(node: exp.TryCast) -> Sql:
    return exp.TryCast(this=node.this, to=node.to, safe=True)


FUNCTIONS: dict[str, Callable[..., Sql] | str] = {
    **SAME_FUNCTIONS,
    "any_value": "ANY_VALUE",
    "coalesce": "COALESCE",
    "count_if": "COUNT_IF",
    "date_diff": lambda unit, earlier, later: sql.call("DATEDIFF", later, earlier),
    "epoch_us": lambda moment: sql.call("UNIX_MICROS", exp.Cast(this=moment, to=exp.DataType(this=Kind.TIMESTAMPTZ))),
    "greatest": "GREATEST",
    "least": "LEAST",
    "len": "ARRAY_SIZE",
    "list_contains": "ARRAY_CONTAINS",
    "list_distinct": "ARRAY_DISTINCT",
    "list_extract": lambda items, place: sql.call("GET", items, sql.binary(exp.Sub, place, sql.integer(1))),
    "list_filter": "FILTER",
    "list_has_all": _same_set,
    "list_sort": "ARRAY_SORT",
    "list_transform": "TRANSFORM",
    "list_value": "ARRAY",
    "map_contains": "MAP_CONTAINS_KEY",
    "map_entries": "MAP_ENTRIES",
    "month": "MONTH",
    "nullif": "NULLIF",
    "struct_extract": _extracted,
    "to_months": lambda months: sql.call("MAKE_YM_INTERVAL", ZERO.copy(), months),
    "to_seconds": lambda seconds: sql.call("MAKE_DT_INTERVAL", ZERO.copy(), ZERO.copy(), ZERO.copy(), sql.cast(seconds, "DECIMAL(18, 6)")),
    "year": "YEAR",
}

SPARK = Spelling(
    name="spark",
    functions=FUNCTIONS,
    nodes={
        exp.BitwiseLeftShift: _shifted,
        exp.Bracket: _key,
        exp.If: _branch,
        exp.IntDiv: _divided,
        exp.Mod: _remainder,
        exp.NullSafeEQ: lambda node: node,
        exp.Placeholder: lambda node: node,
        exp.Struct: _struct,
        exp.TryCast: _try_cast,
        exp.Window: _numbered,
    },
    type=_type,
)
