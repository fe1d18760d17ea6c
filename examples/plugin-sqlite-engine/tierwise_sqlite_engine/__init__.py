"""A plugin with one engine: SQLite, which has no decimals, no lists and no dates, and yet gives what every other engine gives."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from decimal import Context, Decimal
from functools import partial
from typing import Any
from uuid import uuid4

import pyarrow
from sqlglot import exp

from tierwise.core.environment import Environment
from tierwise.core.plan import Plan
from tierwise.plugins import hookimpl, sql
from tierwise.plugins.engine_reference import grade as grade_by_reference
from tierwise.plugins.facts import FactTable, canonical_type
from tierwise.plugins.grading import Grading
from tierwise.plugins.sql_engine.facts_grading import facts_read, grade_in
from tierwise.plugins.sql_engine.spelling import Spelling
from tierwise.plugins.sql_engine.staging import ROW
from tierwise.plugins.sql_engine.tables import FactRows

__all__ = ["SqliteEngine", "tierwise_engines"]

EXACT = Context(prec=200)
Kind = exp.DataType.Type

# ---- values ------------------------------------------------------------------------------------------------------------------
# A whole number of 64 bits is one of SQLite's; every other number is a BLOB of its digits, each in one way only: so `=` and GROUP BY are exact.
# What is greater is asked of the functions below.


def stored(value: Any) -> Any:
    """Return a value as SQLite stores it."""
    if isinstance(value, Decimal):
        if value == value.to_integral_value() and abs(value) < 1 << 62:
            return int(value)
        return format(value.normalize(EXACT), "f").encode()
    if isinstance(value, int) and abs(value) >= 1 << 62:
        return stored(Decimal(value))
    return value.isoformat() if isinstance(value, date) else value


def number(value: Any) -> Any:
    """Return a number for a BLOB; all else as it is."""
    return Decimal(value.decode()) if isinstance(value, bytes) else value


def exactly(compute: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function see numbers, and give NULL of NULL."""

    def computed(*values: Any) -> Any:
        return (
            None
            if None in values
            else stored(compute(*(Decimal(found) if isinstance(found, int) else found for found in map(number, values))))
        )

    return computed


def fitting(value: Any, digits: int, scale: int) -> Decimal | None:
    """Return a number with so many digits after the point, half away from zero; ``None`` where it has too many before it."""
    rounded = Decimal(value).quantize(Decimal(1).scaleb(-int(scale)), "ROUND_HALF_UP", EXACT)
    return rounded if abs(rounded) < 10 ** int(digits - scale) else None


def in_order(value: Any) -> Any:
    """Return a text that stands in the order of a number among others: its sign, and its digits filled up with noughts."""
    value = number(value)
    if not isinstance(value, int | Decimal):
        return value
    shifted = int(EXACT.scaleb(abs(Decimal(value)), 80).to_integral_value())
    return f"1{shifted:0160}" if value >= 0 else f"0{10**160 - shifted:0160}"


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "exact_add": exactly(EXACT.add),
    "exact_subtract": exactly(EXACT.subtract),
    "exact_multiply": exactly(EXACT.multiply),
    "exact_divide": exactly(lambda left, right: EXACT.divide_int(left, right) if right else None),
    "exact_remainder": exactly(lambda left, right: EXACT.remainder(left, right) if right else None),
    "exact_abs": exactly(abs),
    "exact_fit": exactly(fitting),
    "exact_text": exactly(str),
    "is_less": exactly(lambda left, right: left < right),
    "greatest": lambda *values: max((value for value in values if value is not None), key=in_order, default=None),
    "least": lambda *values: min((value for value in values if value is not None), key=in_order, default=None),
    "in_order": in_order,
}


class Sum:
    """Adds up exactly, over a group or up to a row of a window."""

    def __init__(self) -> None:
        self.total: Decimal | None = None

    def step(self, value: Any) -> None:
        if value is not None:
            self.total = EXACT.add(self.total or Decimal(0), Decimal(number(value)))

    def inverse(self, value: Any) -> None:
        raise NotImplementedError("windows only grow")

    def value(self) -> Any:
        return stored(self.total)

    finalize = value


class Front:
    """Takes the least value, or the greatest."""

    def __init__(self, better: Callable[[Any, Any], Any]) -> None:
        self.better, self.found = better, None

    def step(self, value: Any) -> None:
        self.found = self.better(self.found, value)

    def finalize(self) -> Any:
        return self.found


# ---- spelling ------------------------------------------------------------------------------------------------------------------


def type_of(of: exp.DataType) -> exp.DataType | None:
    """Return a type that there is: numbers, texts, conditions, and dates, which are texts."""
    known = (Kind.BIGINT, Kind.INT, Kind.UINT, Kind.UBIGINT, Kind.INT128, Kind.BOOLEAN, Kind.VARCHAR, Kind.TEXT, Kind.DECIMAL, Kind.DATE)
    return of if of.this in known else None


def cast(node: exp.Cast | exp.TryCast) -> sql.Sql:
    """Spell a cast by a function; what has a type of SQLite's is one already."""
    match node.to.this:
        case Kind.DECIMAL if node.to.expressions:
            return sql.call("exact_fit", node.this, *(sql.integer(int(part.name)) for part in node.to.expressions))
        case Kind.BIGINT | Kind.INT | Kind.UINT | Kind.UBIGINT | Kind.INT128 | Kind.DECIMAL:
            return sql.call("exact_fit", node.this, sql.integer(38), sql.integer(0))
        case Kind.VARCHAR | Kind.TEXT:
            return sql.call("exact_text", node.this)
        case _:
            return node.this


def operator(function: str) -> Callable[[exp.Binary], sql.Sql]:
    """Spell an operator by a function of both sides."""
    return lambda node: sql.call(function, node.this, node.expression)


def less(left: sql.Sql, right: sql.Sql) -> sql.Sql:
    """Spell that one value is less than another."""
    return sql.call("is_less", left, right)


def between(node: exp.Between) -> sql.Sql:
    """Spell that a value lies between two others."""
    return sql.negate(sql.any_of(less(node.this, node.args["low"]), less(node.args["high"], node.this.copy())))


def ordered(node: exp.Ordered) -> exp.Ordered:
    """Order by what stands in the order of numbers."""
    node.set("this", sql.call("in_order", node.this))
    return node


def nth(items: sql.Sql, place: sql.Sql) -> sql.Sql:
    """Spell what stands at a place of a list of constants."""
    branches = [exp.If(this=sql.integer(number), true=item) for number, item in enumerate(items.expressions, 1)]
    return exp.paren(exp.Case(this=place, ifs=branches), copy=False)


def fenced(layer: exp.Select) -> exp.Select:
    """Keep SQLite from putting the expressions of a layer in the place of its columns."""
    return layer.limit(-1, copy=False)


SQLITE = Spelling(
    name="sqlite",
    functions={
        "abs": "exact_abs",
        "any_value": "exact_min",
        "bool_or": "max",
        "coalesce": lambda *parts: parts[0] if len(parts) == 1 else sql.call("coalesce", *parts),
        "count_if": lambda condition: sql.count(sql.case((condition, sql.integer(1)))),
        "dense_rank": "dense_rank",
        "greatest": "greatest",
        "least": "least",
        "list_extract": nth,
        "list_value": "list_value",  # of constants, for `nth`
        "max": "exact_max",
        "min": "exact_min",
        "nullif": "nullif",
        "rank": "rank",
        "row_number": "row_number",
        "sum": "exact_sum",
    },
    nodes={
        exp.Add: operator("exact_add"),
        exp.Between: between,
        exp.BitwiseLeftShift: lambda node: node,
        exp.Cast: cast,
        exp.GT: lambda node: less(node.expression, node.this),
        exp.GTE: lambda node: sql.negate(less(node.this, node.expression)),
        exp.IntDiv: operator("exact_divide"),
        exp.LT: lambda node: less(node.this, node.expression),
        exp.LTE: lambda node: sql.negate(less(node.expression, node.this)),
        exp.Mod: operator("exact_remainder"),
        exp.Mul: operator("exact_multiply"),
        exp.Neg: lambda node: sql.call("exact_subtract", sql.integer(0), node.this),
        exp.NullSafeEQ: lambda node: node,
        exp.Ordered: ordered,
        exp.Placeholder: lambda node: node,
        exp.Sub: operator("exact_subtract"),
        exp.TryCast: cast,
    },
    type=type_of,
    refuses=lambda node: isinstance(node, exp.Sum),
    fence=fenced,
)

# ---- tables ------------------------------------------------------------------------------------------------------------------


class SqliteTables:
    """The tables of a run, in memory."""

    dialect = SQLITE

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", check_same_thread=False)
        for name, function in FUNCTIONS.items():
            self.connection.create_function(name, -1, function, deterministic=True)
        self.connection.create_window_function("exact_sum", 1, Sum)
        for name, better in {"exact_min": "least", "exact_max": "greatest"}.items():
            self.connection.create_aggregate(name, 1, partial(Front, FUNCTIONS[better]))

    def make(self, name: str, query: exp.Select, kind: sql.Kind = "TABLE") -> None:
        self.connection.execute(f"CREATE {kind} {self._named(name)} AS {self.dialect.printed(query)}")

    def drop(self, name: str, kind: sql.Kind = "TABLE") -> None:
        self.connection.execute(f"DROP {kind} {self._named(name)}")

    def rows(self, query: exp.Select, parameters: Sequence[Any] = ()) -> Iterator[tuple[Any, ...]]:
        for row in self.connection.execute(self.dialect.printed(query), [stored(value) for value in parameters]):
            yield tuple(map(number, row))

    def bring(self, name: str, rows: pyarrow.Table | pyarrow.RecordBatchReader) -> None:
        columns = ", ".join(self._named(column) for column in rows.schema.names)
        self.connection.execute(f"CREATE TABLE {self._named(name)} ({columns})")
        marks = ", ".join("?" * len(rows.schema.names))
        for batch in rows.to_batches() if isinstance(rows, pyarrow.Table) else rows:
            cells = zip(*(map(stored, column.to_pylist()) for column in batch.columns), strict=True)
            self.connection.executemany(f"INSERT INTO {self._named(name)} VALUES ({marks})", cells)

    def _named(self, name: str) -> str:
        return self.dialect.printed(sql.identifier(name))


class SqliteEngine:
    """SQLite, in memory."""

    name = "sqlite"
    about = "SQLite in memory, with decimals of its own: an example"

    def grade(self, plan: Plan, environment: Environment, facts: FactTable, as_of: date | None) -> Grading:
        """Grade every subject of a table of facts."""
        wanted = [plan.facts[name] for name in facts_read(plan) if name in facts.columns]
        if not all(SQLITE.holds(canonical_type(fact.type)) for fact in wanted):
            return grade_by_reference(plan, environment, facts.subjects(), as_of)
        columns = {fact.name: facts.columns[fact.name] for fact in wanted}
        nones = [f"{columns[fact.name]}__none" for fact in wanted if fact.nullable]
        cells = [sql.alias(sql.column(facts.stored.row), ROW), *map(sql.column, ["key", "name", *columns.values(), *nones])]
        query = sql.select(*cells, source=sql.table(facts.relation))
        tables, relation = SqliteTables(), f"facts {uuid4().hex}"
        tables.bring(relation, facts.connection.cursor().sql(sql.printed(query)).to_arrow_reader(50_000))
        return grade_in(tables, FactRows(relation, columns, sql.column(ROW)), plan, environment, as_of)


@hookimpl
def tierwise_engines() -> list[SqliteEngine]:
    return [SqliteEngine()]
