"""The aggregates: what the source computes for a fact over the rows of a child table, and how the result becomes the fact.

For the fact at position i the source gives ``n<i>``, how many rows count; ``a<i>``, the aggregate; and ``b<i>``, ``code:value`` of a row whose value
(or date) does not read, which keeps the fact out: what such a row would add is not known. For ``last`` and ``first`` it also gives ``k<i>``, the two
keys that stand first: where they are the same, a second query over those few groups finds out whether the rows differ, and gives ``d<i>``, how.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from tierwise.core.plan import Fact
from tierwise.core.types import BooleanType, DateTimeType, DateType, ListType, NumberType, RecordType, SetType
from tierwise.plugins.binding import stored
from tierwise.plugins.binding.entry.mixed import is_mixed
from tierwise.plugins.binding.entry.numbers import enter_steps, round_steps
from tierwise.plugins.binding.entry.words import as_words
from tierwise.plugins.binding.lineage import WAYS, fault_of
from tierwise.plugins.binding.model import FactBinding
from tierwise.plugins.binding.supply import Supply, enter_once, entered_constant, kept_out, named_once, supply_stored, with_empty
from tierwise.plugins.binding.units import DIFFERS
from tierwise.plugins.sql import (
    NULL,
    all_of,
    call,
    case,
    cast,
    column,
    concat,
    integer,
    is_known,
    is_null,
    lambda_of,
    negate,
    struct,
    text,
    try_cast,
)

__all__ = ["BoundAggregate", "comparable", "fits_aggregate", "is_tied", "source_cells", "supply_aggregate", "tied_cells", "tied_values"]

ROUNDING_DIGITS = 4
"""With `round`, rows are added up at this many more digits than the fact has."""


@dataclass(frozen=True, slots=True)
class BoundAggregate:
    """A fact that comes from rows of another table.

    Attributes:
        position: Its number in the query.
        cells: The stored value of a row (for records one a field), and its declared type.
        value: For ``sum``, ``avg``, ``min`` and ``max``: it, read as the fact's type.
        condition: Which rows count.
        unreadable: Tests for dates that do not read, with the stored value: such a row may or may not count.
        by: What orders the rows, comparable.
        differs: Its column is in another unit, and nobody knows what that is in the fact's.
    """

    fact: Fact
    binding: FactBinding
    position: int
    cells: tuple[tuple[exp.Expr, str], ...]
    value: exp.Expr | None
    condition: exp.Expr
    unreadable: tuple[tuple[exp.Expr, exp.Expr], ...]
    by: exp.Expr | None
    shown: str
    differs: bool = False


def fits_aggregate(fact: Fact, binding: FactBinding) -> str:
    """Return what type of fact the aggregate demands when this one is of another, else an empty text."""
    kind, type = binding.aggregate, fact.type
    if kind in ("sum", "avg", "count", "count distinct"):
        return "" if isinstance(type, NumberType) else "a number"
    if kind == "exists":
        return "" if isinstance(type, BooleanType) else "a boolean"
    if kind in ("min", "max"):
        return "" if isinstance(type, NumberType | DateType | DateTimeType) else "a number or a date"
    if kind == "list":
        if not isinstance(type, ListType | SetType):
            return "a list or a set"
        return "a list of record" if bool(binding.fields) != isinstance(type.item, RecordType) else ""
    return ""


def source_cells(bound: BoundAggregate) -> dict[str, exp.Expr]:
    """Return the aggregates that the source computes, by column name."""
    i, kind = bound.position, bound.binding.aggregate
    cells = {f"n{i}": _filtered(exp.Count(this=exp.Star()), bound.condition)}
    bad = [(concat(text("unreadable-row:"), shown.copy()), unread) for unread, shown in bound.unreadable]
    if kind in ("sum", "avg", "min", "max"):
        raw, declared = bound.cells[0]
        value = bound.value
        assert value is not None
        cells[f"a{i}"] = _filtered(call("min" if kind == "min" else "max" if kind == "max" else "sum", value), bound.condition)
        bad.append(_bad_value(bound, value, as_words(raw, declared)))
    elif kind in ("count", "count distinct") and bound.cells:
        raw = as_words(*bound.cells[0])
        counted = exp.Distinct(expressions=[raw]) if kind == "count distinct" else raw
        cells[f"a{i}"] = _filtered(exp.Count(this=counted), bound.condition)
    elif kind in ("last", "first"):
        assert bound.by is not None
        cells[f"a{i}"] = stored.foremost(bound.by, _plain(*bound.cells[0])[0], bound.condition, kind == "last")
        cells[f"k{i}"] = stored.first_two(bound.by.copy(), bound.condition.copy(), kind == "last")
    elif kind == "list":
        cells[f"a{i}"] = _gathered(bound)
    if bad:
        cells[f"b{i}"] = call("min", case(*((condition, said) for said, condition in bad)))
    return cells


def tied_cells(bound: BoundAggregate) -> dict[str, exp.Expr]:
    """Return what is asked of the groups in which several rows stand first, by column name."""
    if bound.by is None or bound.binding.aggregate == "list":
        return {}
    pairs = stored.distinct_two(bound.by, _plain(*bound.cells[0])[0], bound.condition, bound.binding.aggregate == "last")
    return {f"p{bound.position}": pairs}


def is_tied(bound: BoundAggregate) -> exp.Expr:
    """Say of a group whether several rows may stand first."""
    keys = column(f"k{bound.position}")
    return call("list_extract", keys, integer(1)).eq(call("list_extract", keys.copy(), integer(2)))


def tied_values(bound: BoundAggregate) -> exp.Expr:
    """Return, from the ``tied_cells``, the two values of rows that stand first together and differ, as text; NULL where they do not."""
    pairs = column(f"p{bound.position}")
    raw_type = _plain(*bound.cells[0])[1]

    def cell(row: int, name: str) -> exp.Expr:
        return call("struct_extract", call("list_extract", pairs, integer(row)), text(name))

    tied = all_of(exp.GT(this=call("len", pairs), expression=integer(1)), cell(1, "k").eq(cell(2, "k")))
    words = [as_words(cell(row, "v"), raw_type) for row in (1, 2)]
    return case((tied, concat(call("least", *words), text(" / "), call("greatest", *words))))


def supply_aggregate(bound: BoundAggregate, types: Mapping[str, str]) -> Supply:
    """Return the fact that the joined row of aggregates gives; ``types`` are those of its columns."""
    i, fact, kind, binding = bound.position, bound.fact, bound.binding.aggregate, bound.binding
    place = (binding.table or "", bound.shown)
    # cast, since a column of an empty child table arrives without a type
    count = call("coalesce", cast(column(f"n{i}"), "BIGINT"), integer(0))
    nothing = exp.Paren(this=count.eq(integer(0)))
    result = column(f"a{i}")
    nobody = "none" if fact.absent_is_none or (fact.nullable and binding.is_one_row) else "missing"
    empty = binding.empty or nobody
    if kind == "exists":
        supply = Supply(fact, exp.GT(this=count.copy(), expression=integer(0)), None, null_text(), cast(count, "VARCHAR"), nothing, *place)
        empty = binding.empty or "false"
    elif kind in ("count", "count distinct"):
        of = call("coalesce", cast(result, "BIGINT"), integer(0)) if bound.cells else count.copy()
        supply = supply_stored(fact, cast(of, "BIGINT"), "BIGINT", {}, place, "missing")
        supply = replace(supply, absent=nothing)
        empty = binding.empty or "0"
    elif kind in ("sum", "avg") or (kind in ("min", "max") and isinstance(fact.type, NumberType)):
        supply = _of_steps(bound, result, count, nothing, place)
        empty = binding.empty or ("0" if kind == "sum" else nobody)
    elif kind == "list":
        supply = _of_rows(bound, result, nothing, place)
    elif kind in ("last", "first"):
        supply = _of_front(bound, result, place)
    else:
        supply = supply_stored(fact, result, types[f"a{i}"], {}, place, "missing")
    if bound.differs:
        supply = kept_out(supply, case((negate(nothing.copy()), concat(text(f"{DIFFERS}:"), text(bound.shown)))))
    elif f"b{i}" in types:
        supply = kept_out(supply, column(f"b{i}"))
    return with_empty(kept_out(supply, _fault(bound, supply)) if binding.of and binding.of != "all" else supply, empty)


def comparable(fact: Fact, binding: FactBinding, cell: tuple[exp.Expr, str]) -> exp.Expr | None:
    """Return the value of a row as the aggregate takes it: a date, or a number in whole steps; ``None`` for other aggregates."""
    if binding.aggregate not in ("sum", "avg", "min", "max"):
        return None
    if isinstance(fact.type, DateType):
        return stored.day(*cell)
    if isinstance(fact.type, NumberType):
        scale = fact.type.scale or 0
        return stored.steps(*cell, scale + _more_digits(binding), exact=not _more_digits(binding))
    return stored.moment(*cell)


def _more_digits(binding: FactBinding) -> int:
    return ROUNDING_DIGITS if binding.round or binding.aggregate == "avg" else 0


def _bad_value(bound: BoundAggregate, value: exp.Expr, stored: exp.Expr) -> tuple[exp.Expr, exp.Expr]:
    """A row that counts but whose value does not read. In a sum an empty value is unknown, too; it is no zero."""
    raw = bound.cells[0][0]
    unread = exp.Paren(this=all_of(bound.condition.copy(), is_null(value)))
    if bound.binding.aggregate in ("sum", "avg"):
        said = case((is_null(raw), text("empty-value:")), default=concat(text("bad-value:"), stored))
        return said, unread
    return concat(text("bad-value:"), stored), all_of(unread, is_known(raw))


def _of_steps(bound: BoundAggregate, result: exp.Expr, count: exp.Expr, nothing: exp.Expr, place: tuple[str, str]) -> Supply:
    fact = bound.fact
    assert isinstance(fact.type, NumberType)
    divisor: exp.Expr = integer(10 ** _more_digits(bound.binding))
    steps = try_cast(result, "HUGEINT")
    if bound.binding.aggregate == "avg":
        divisor = exp.Mul(this=divisor, expression=call("greatest", count.copy(), integer(1)))
        steps = round_steps(steps, divisor)
    elif bound.binding.round:
        steps = round_steps(steps, divisor)
    entered, named = named_once(fact, enter_steps(steps, fact.type))
    shown = call("coalesce", cast(entered.value, "VARCHAR"), cast(steps, "VARCHAR"))
    return Supply(fact, entered.value, None, entered.problem, shown, nothing, *place, named)


def _of_front(bound: BoundAggregate, front: exp.Expr, place: tuple[str, str]) -> Supply:
    supply = supply_stored(bound.fact, front, _plain(*bound.cells[0])[1], bound.binding.values, place, "missing")
    differing = column(f"d{bound.position}")
    return replace(
        supply,
        value=case((is_null(differing), supply.value)),
        problem=case((is_known(differing), text("ambiguous-row")), default=supply.problem),
        stored=call("coalesce", differing, supply.stored),
    )


def _plain(raw: exp.Expr, raw_type: str) -> tuple[exp.Expr, str]:
    """Return a cell that can be compared with others of its column, and its type."""
    return (as_words(raw, raw_type), "VARCHAR") if is_mixed(raw_type) else (raw, raw_type)


def _gathered(bound: BoundAggregate) -> exp.Expr:
    """Return the aggregate of the rows of a list: of records the texts of their fields."""
    condition = bound.condition
    if bound.binding.fields:
        value: exp.Expr = exp.Array(expressions=[as_words(*cell) for cell in bound.cells])
    else:
        value = _plain(*bound.cells[0])[0]
        condition = all_of(condition, is_known(value))
    return stored.gathered(value if bound.by is None else struct(k=bound.by, v=value), condition)


def _of_rows(bound: BoundAggregate, rows: exp.Expr, nothing: exp.Expr, place: tuple[str, str]) -> Supply:
    type, binding = bound.fact.type, bound.binding
    assert isinstance(type, ListType | SetType)
    items = call("list_sort", rows)
    if binding.by:
        items = call("list_transform", items, lambda_of("r", call("struct_extract", column("r"), text("v"))))
    raw_type = "VARCHAR[]" if binding.fields else _plain(*bound.cells[0])[1]
    if binding.values:
        word = as_words(column("r"), raw_type)
        known = case(*((word.eq(text(k)), text(v)) for k, v in binding.values.items()), default=word)
        items, raw_type = call("list_transform", items, lambda_of("r", known)), "VARCHAR"
    entered, named, readings = enter_once(bound.fact, items, f"{raw_type}[]")
    result = entered.value if binding.by or binding.fields or isinstance(type, SetType) else call("list_sort", entered.value)
    none_there = entered_constant(type, cast(exp.Array(expressions=[]), f"{raw_type}[]"), f"{raw_type}[]")
    value = case((nothing, none_there), default=result) if binding.empty is None else result
    return Supply(bound.fact, value, None, entered.problem, cast(items, "VARCHAR"), nothing, *place, named, readings)


def _fault(bound: BoundAggregate, supply: Supply) -> exp.Expr:
    """Return why the rows of relatives are not all known; of a row above the nearest one is enough."""
    assert bound.binding.of is not None
    way, _, last = WAYS[bound.binding.of]
    fault = fault_of(way, last or bound.binding.levels)
    return case((supply.absent.copy(), fault)) if bound.binding.of == "above" and bound.binding.is_one_row else fault


def null_text() -> exp.Expr:
    """Return NULL as text: nothing to find."""
    return cast(NULL, "VARCHAR")


def _filtered(aggregate: exp.Expr, condition: exp.Expr) -> exp.Expr:
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))
