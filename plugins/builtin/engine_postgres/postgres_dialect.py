"""How PostgreSQL spells what engines say; from version 12 on."""

from __future__ import annotations

from collections.abc import Callable

from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.spelling import SAME_FUNCTIONS, Spelling, unwrapped

__all__ = ["POSTGRES"]

Kind = exp.DataType.Type
LONGEST_NAME = 63
BEGINNING = sql.text("0001-01-01")
SECONDS_TO_BEGINNING = -62_135_596_800
"""The first day of the calendar, in seconds since 1970."""


def _type(of: exp.DataType) -> exp.DataType | None:
    """A duration is a list of its months and seconds; whole numbers beyond 64 bits are numerics; there are no records, maps or floats."""
    match of.this:
        case Kind.BIGINT | Kind.INT | Kind.BOOLEAN | Kind.DATE | Kind.TIMESTAMP | Kind.TIMESTAMPNTZ | Kind.DECIMAL:
            return of
        case Kind.VARCHAR | Kind.TEXT:
            return exp.DataType(this=Kind.TEXT)
        case Kind.UINT | Kind.UBIGINT:
            return exp.DataType(this=Kind.BIGINT)
        case Kind.INT128:
            return exp.DataType(this=Kind.DECIMAL)
        case Kind.STRUCT if [part.name for part in of.expressions] == ["months", "seconds"]:
            return _list_of(exp.DataType(this=Kind.BIGINT))
        case Kind.ARRAY | Kind.LIST if len(of.expressions) == 1:
            item = _type(of.expressions[0])
            return None if item is None or item.this == Kind.ARRAY else _list_of(item)
        case _:
            return None


def _list_of(item: exp.DataType) -> exp.DataType:
    return exp.DataType(this=Kind.ARRAY, expressions=[item], nested=True)


# ---- numbers and times -------------------------------------------------------------------------------------------------------


def _try_cast(node: exp.TryCast) -> Sql:
    """Cast what fits. Texts are cast by ourselves alone, and fit; a step in time is kept from leaving the calendar at its lower end."""
    value, kind = node.this, node.args["to"]
    cast = exp.Cast(this=value, to=kind)
    inner = unwrapped(value)
    if kind.this in (Kind.DATE, Kind.TIMESTAMP, Kind.TIMESTAMPNTZ) and isinstance(inner, exp.Add):
        return sql.case((_is_in_calendar(inner), cast))
    bounds = {Kind.INT: 1 << 31, Kind.BIGINT: 1 << 63}
    if kind.this in bounds:
        least, most = _numeric(sql.text(str(1 - bounds[kind.this]))), _numeric(sql.text(str(bounds[kind.this] - 1)))
        inside = sql.all_of(sql.binary(exp.GTE, value.copy(), least), sql.binary(exp.LTE, value.copy(), most))
        return sql.case((inside, cast))
    if kind.this == Kind.DECIMAL and kind.expressions:
        digits, scale = (int(part.name) for part in kind.expressions)
        limit = _numeric(sql.text("9" * (digits - scale) + "." + "9" * scale + "5"))  # from which on it is rounded up to more digits
        return sql.case((sql.binary(exp.LT, sql.call("ABS", _numeric(value.copy())), limit), cast))
    return sql.call("ROUND", _numeric(value)) if kind.this == Kind.DECIMAL else cast  # what holds whole numbers beyond 64 bits


def _is_in_calendar(step: exp.Add) -> Sql:
    start, by = step.this, unwrapped(step.expression)
    if isinstance(by, exp.Anonymous) and by.this == MONTHS:
        months = sql.binary(exp.Add, sql.binary(exp.Mul, _part("YEAR", start.copy()), sql.integer(12)), _part("MONTH", start.copy()))
        return sql.binary(exp.GT, sql.binary(exp.Add, months, by.expressions[1].copy()), sql.integer(12))
    if isinstance(by, exp.Anonymous):
        seconds = sql.binary(exp.Add, _part("EPOCH", start.copy()), by.expressions[-1].copy())
        return sql.binary(exp.GTE, seconds, sql.integer(SECONDS_TO_BEGINNING))
    days = sql.binary(exp.Sub, sql.cast(start.copy(), "DATE"), sql.cast(BEGINNING.copy(), "DATE"))
    return sql.binary(exp.GTE, sql.binary(exp.Add, days, step.expression.copy()), sql.integer(0))


MONTHS, SECONDS = "MAKE_INTERVAL", "make_interval"  # two spellings of one function, so that a step of months is told from one of seconds
ZERO = sql.integer(0)


def _part(name: str, moment: Sql) -> Sql:
    return exp.Extract(this=exp.var(name), expression=moment)


def _number_of_seconds(moment: Sql) -> Sql:
    micro = sql.binary(exp.Mul, _part("EPOCH", moment), sql.integer(1_000_000))
    return sql.cast(micro, "BIGINT")


def _divided(node: exp.IntDiv) -> Sql:
    return sql.call("DIV", _numeric(node.this), _numeric(node.expression))


def _numeric(value: Sql) -> Sql:
    return exp.Cast(this=value, to=exp.DataType(this=Kind.DECIMAL))


def _shifted(node: exp.BitwiseLeftShift) -> Sql:
    return exp.paren(exp.BitwiseLeftShift(this=node.this, expression=sql.cast(node.expression, "INTEGER")), copy=False)


def _cast(node: exp.Cast) -> Sql:
    """A condition is cast to 32 bits only; a text is compared sign by sign, whatever it was made of."""
    if node.to.this == Kind.TEXT:
        return exp.paren(exp.Collate(this=node, expression=sql.identifier("C")), copy=False)
    return exp.Cast(this=sql.cast(node.this, "INTEGER"), to=node.to) if node.meta.get(sql.OF_CONDITION) else node


# ---- lists -------------------------------------------------------------------------------------------------------------------


def _list(*items: Sql) -> Sql:
    return exp.Array(expressions=list(items))


def _at(items: Sql, place: Sql) -> Sql:
    return exp.Bracket(this=exp.paren(items, copy=False), expressions=[place], offset=1)


def _extracted(of: Sql, name: Sql) -> Sql:
    return _at(of, sql.integer({"months": 1, "seconds": 2}[name.name]))


def _gathered(items: Sql, item: str, value: Sql, where: Sql | None = None) -> Sql:
    """Return a list of what is made of the items of a list, in their order; NULL of NULL."""
    rows = exp.Unnest(
        expressions=[items], alias=exp.TableAlias(this=sql.identifier("items"), columns=[sql.identifier(item), sql.identifier("place")]),
        offset=True,
    )  # fmt: skip
    query = exp.Select(expressions=[value]).from_(rows, copy=False).order_by(sql.column("place"), copy=False)
    if where is not None:
        query = query.where(where, copy=False)
    return sql.case((sql.is_known(items.copy()), exp.Array(expressions=[query])))


def _filtered(items: Sql, test: exp.Lambda) -> Sql:
    item = test.expressions[0].name
    return _gathered(items, item, sql.column(item), test.this)


def _transformed(items: Sql, each: exp.Lambda) -> Sql:
    return _gathered(items, each.expressions[0].name, each.this)


def _sorted(items: Sql) -> Sql:
    rows = exp.Unnest(expressions=[items], alias=exp.TableAlias(this=sql.identifier("items"), columns=[sql.identifier("item")]))
    query = exp.Select(expressions=[sql.column("item")]).from_(rows, copy=False).order_by(sql.column("item"), copy=False)
    return sql.case((sql.is_known(items.copy()), exp.Array(expressions=[query])))


def _distinct(items: Sql) -> Sql:
    rows = exp.Unnest(expressions=[items], alias=exp.TableAlias(this=sql.identifier("items"), columns=[sql.identifier("item")]))
    query = exp.Select(expressions=[sql.column("item")]).from_(rows, copy=False).distinct(copy=False)
    return sql.case((sql.is_known(items.copy()), exp.Array(expressions=[query])))


# ---- texts -------------------------------------------------------------------------------------------------------------------

BLANKS = "".join(map(chr, (0x20, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)))
"""What ``trim`` takes away."""


def _matched(value: Sql, pattern: Sql, options: Sql | None = None) -> Sql:
    kind = exp.RegexpLike if options is None else exp.RegexpILike
    return exp.paren(kind(this=value, expression=sql.text(f"^(?:{pattern.name})$")), copy=False)


# ---- aggregates ----------------------------------------------------------------------------------------------------------------


def _first(descending: bool) -> Callable[..., Sql]:
    """Return what makes the first value, or the first so many."""

    def made(value: Sql, count: Sql | None = None) -> Sql:
        if count is None:
            return sql.call("MAX" if descending else "MIN", value)
        known = exp.Filter(this=_gathered_by(value, value.copy(), descending), expression=exp.Where(this=sql.is_known(value.copy())))
        return exp.Bracket(this=exp.paren(known, copy=False), expressions=[exp.Slice(this=sql.integer(1), expression=count)], offset=1)

    return made


def _of_first(descending: bool) -> Callable[..., Sql]:
    """Return what makes the value of the row that stands first."""

    def made(value: Sql, by: Sql) -> Sql:
        known = exp.Filter(this=_gathered_by(value, by, descending), expression=exp.Where(this=sql.is_known(by.copy())))
        return _at(known, sql.integer(1))

    return made


def _gathered_by(value: Sql, by: Sql, descending: bool) -> Sql:
    return exp.ArrayAgg(this=exp.Order(this=value, expressions=[exp.Ordered(this=by, desc=descending, nulls_first=False)]))


def _filter(node: exp.Filter) -> Sql:
    """A filter of what is taken out of a list is one of what is gathered into it."""
    taken = node.this
    if not isinstance(taken, exp.Bracket):
        return node
    gathered = unwrapped(taken.this)  # a filter, too: lists are gathered by `_first` and `_of_first`
    where = sql.all_of(gathered.expression.this, node.expression.this)
    gathered.set("expression", exp.Where(this=where))
    return taken


# ---- choices and counts --------------------------------------------------------------------------------------------------------


def _case(node: exp.Case) -> Sql:
    """A ``CASE`` of nothing but NULL is NULL: by itself it would be a text."""
    values = [branch.args["true"] for branch in node.args["ifs"]]
    values += [node.args["default"]] if node.args.get("default") is not None else []
    return sql.NULL.copy() if all(isinstance(unwrapped(value), exp.Null) for value in values) else node


def _count_if(condition: Sql) -> Sql:
    return exp.Filter(this=exp.Count(this=exp.Star()), expression=exp.Where(this=condition))


def _null_safe_equal(node: exp.NullSafeEQ) -> Sql:
    """Compare as lists of one: unlike ``IS NOT DISTINCT FROM`` that can be hashed."""
    return exp.paren(exp.EQ(this=_list(node.this), expression=_list(node.expression)), copy=False)


def _fenced(layer: exp.Select) -> exp.Select:
    """Keep the planner from putting the expressions of a layer in the place of its columns."""
    return layer.offset(0, copy=False)


FUNCTIONS: dict[str, Callable[..., Sql] | str] = {
    **SAME_FUNCTIONS,
    "any_value": "MIN",
    "arg_max_null": _of_first(descending=True),
    "arg_min_null": _of_first(descending=False),
    "coalesce": lambda *parts: exp.Coalesce(this=parts[0], expressions=list(parts[1:])),
    "count_if": _count_if,
    "date_diff": lambda unit, earlier, later: exp.paren(exp.Sub(this=later, expression=earlier), copy=False),
    "epoch_us": _number_of_seconds,
    "greatest": lambda *parts: exp.Greatest(this=parts[0], expressions=list(parts[1:]), ignore_nulls=True),
    "least": lambda *parts: exp.Least(this=parts[0], expressions=list(parts[1:]), ignore_nulls=True),
    "left": "LEFT",
    "len": "CARDINALITY",
    "length": "LENGTH",
    "list_contains": lambda items, item: exp.paren(exp.EQ(this=item, expression=exp.Any(this=exp.paren(items, copy=False))), copy=False),
    "list_distinct": _distinct,
    "list_extract": _at,
    "list_filter": _filtered,
    "list_has_all": lambda all, some: exp.paren(exp.ArrayContainsAll(this=all, expression=some), copy=False),
    "list_sort": _sorted,
    "list_transform": _transformed,
    "list_value": _list,
    "max": _first(descending=True),
    "min": _first(descending=False),
    "month": lambda moment: _part("MONTH", moment),
    "nullif": lambda left, right: exp.Nullif(this=left, expression=right),
    "rank": "RANK",
    "regexp_full_match": _matched,
    "sign": "SIGN",
    "split_part": "SPLIT_PART",
    "strlen": "OCTET_LENGTH",
    "struct_extract": _extracted,
    "substr": "SUBSTR",
    "to_months": lambda months: sql.call(MONTHS, ZERO.copy(), months),
    "to_seconds": lambda seconds: sql.call(SECONDS, *(ZERO.copy() for _ in range(6)), seconds),
    "translate": "TRANSLATE",
    "trim": lambda value: sql.call("BTRIM", value, sql.text(BLANKS)),
    "year": lambda moment: _part("YEAR", moment),
}


def _is_record(node: Sql) -> bool:
    """Say whether a node is a record that is no duration."""
    return isinstance(node, exp.Struct) and [part.name for part in node.expressions] != ["months", "seconds"]


POSTGRES = Spelling(
    name="postgres",
    functions=FUNCTIONS,
    nodes={
        exp.BitwiseLeftShift: _shifted,
        exp.Case: _case,
        exp.Cast: _cast,
        exp.Filter: _filter,
        exp.IntDiv: _divided,
        exp.NullSafeEQ: _null_safe_equal,
        exp.Placeholder: lambda node: exp.Parameter(this=exp.Literal.number(1)),
        exp.Struct: lambda node: _list(*(sql.cast(part.expression, "BIGINT") for part in node.expressions)),
        exp.TryCast: _try_cast,
    },
    type=_type,
    refuses=_is_record,
    fence=_fenced,
    ranks_by_windows=True,
    longest_name=LONGEST_NAME,
)
