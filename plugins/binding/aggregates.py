"""The aggregates: what the source computes for a fact over the rows of a child table, and how the result becomes the fact.

For the fact at position i the source gives ``n<i>``, how many rows count; ``a<i>``, the aggregate; and ``b<i>``, ``code:value`` of a row whose value
(or date) does not read, which keeps the fact out: what such a row would add is not known. For ``last`` and ``first`` it also gives ``k<i>``, the two
keys that stand first: where they are the same, a second query over those few groups finds out whether the rows differ, and gives ``d<i>``, how.

Each aggregate is a class of its own, and stands in ``AGGREGATES``.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace

from sqlglot import exp

from tierwise.core.plan import Fact
from tierwise.core.types import BooleanType, DateTimeType, DateType, ListType, NumberType, RecordType, SetType
from tierwise.plugins.binding import stored
from tierwise.plugins.binding.binding_file import Aggregate, FactBinding
from tierwise.plugins.binding.entry.enter_numbers import enter_steps, round_steps
from tierwise.plugins.binding.entry.enter_words import as_words
from tierwise.plugins.binding.entry.entered import is_mixed
from tierwise.plugins.binding.fact_supply import Supply, enter_once, entered_constant, kept_out, named_once, supply_stored, with_empty
from tierwise.plugins.binding.heading_units import DIFFERS
from tierwise.plugins.binding.lineage import WAYS, fault_of
from tierwise.plugins.sql import (
    NULL,
    all_of,
    any_of,
    binary,
    call,
    case,
    cast,
    column,
    concat,
    equal,
    integer,
    is_known,
    is_null,
    lambda_of,
    negate,
    struct,
    text,
    try_cast,
)

__all__ = [
    "AGGREGATES",
    "FIRSTS",
    "BoundAggregate",
    "comparable",
    "fits_aggregate",
    "is_tied",
    "source_cells",
    "supply_aggregate",
    "takes_values",
    "tied_cells",
    "tied_values",
]

FIRSTS = "f"
"""What a query calls the groups of which several rows may stand first, with the two keys of each."""

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
        doubtful: Tests for rows of which nobody knows whether they count, what is stored there, and why: a date that does not read, a row
            that names another which is not there.
        by: What orders the rows, comparable.
        differs: Its column is in another unit, and nobody knows what that is in the fact's.
    """

    fact: Fact
    binding: FactBinding
    position: int
    cells: tuple[tuple[exp.Expr, str], ...]
    value: exp.Expr | None
    condition: exp.Expr
    doubtful: tuple[tuple[exp.Expr, exp.Expr, str], ...]
    by: exp.Expr | None
    shown: str
    differs: bool = False


Place = tuple[str, str]
Cell = tuple[exp.Expr, str]


@dataclass(frozen=True, slots=True)
class _Group:
    """What the joined row of aggregates holds for one of them.

    Attributes:
        count: How many rows count.
        nothing: Whether none does.
        result: The aggregate.
        type: The DuckDB type of that; empty where the source gives none.
        place: Table and column, as people know them.
    """

    count: exp.Expr
    nothing: exp.Expr
    result: exp.Expr
    type: str
    place: Place


class _Kind(ABC):
    """An aggregate."""

    @abstractmethod
    def demanded(self, fact: Fact, binding: FactBinding) -> str:
        """Return what type of fact it demands when this one is of another, else an empty text."""

    @abstractmethod
    def cells(self, bound: BoundAggregate) -> dict[str, exp.Expr]:
        """Return what the source computes beside ``n<i>``, by column name."""

    @abstractmethod
    def supply(self, bound: BoundAggregate, group: _Group) -> Supply:
        """Return the fact, before anything keeps it out."""

    def of_no_rows(self, nobody: str) -> str:
        """Return what it is of no rows, where the binding does not say."""
        return nobody

    def value(self, fact: Fact, binding: FactBinding, cell: Cell) -> exp.Expr | None:
        """Return the value of a row as the aggregate takes it, when it takes one read as the fact's type."""
        return None

    def bad(self, bound: BoundAggregate) -> tuple[exp.Expr, exp.Expr] | None:
        """Return, where a row whose value does not read keeps the fact out, ``code:value`` of it and the test for it."""
        return None


class _Compared(_Kind):
    """Takes numbers in whole steps, or dates, and demands that each reads.

    Args:
        function: What DuckDB calls it.
    """

    def __init__(self, function: str) -> None:
        self.function = function

    def demanded(self, fact: Fact, binding: FactBinding) -> str:
        return "" if isinstance(fact.type, NumberType | DateType | DateTimeType) else "a number or a date"

    def cells(self, bound: BoundAggregate) -> dict[str, exp.Expr]:
        assert bound.value is not None
        return {f"a{bound.position}": _filtered(call(self.function, bound.value), bound.condition)}

    def value(self, fact: Fact, binding: FactBinding, cell: Cell) -> exp.Expr | None:
        if isinstance(fact.type, DateType):
            return stored.day(*cell)
        if isinstance(fact.type, NumberType):
            more = self.digits(binding)
            return stored.steps(*cell, (fact.type.scale or 0) + more, exact=not more)
        return stored.moment(*cell)

    def bad(self, bound: BoundAggregate) -> tuple[exp.Expr, exp.Expr] | None:
        assert bound.value is not None
        raw, declared = bound.cells[0]
        unread = exp.Paren(this=all_of(bound.condition.copy(), is_null(bound.value.copy())))
        return concat(text("bad-value:"), as_words(raw, declared)), all_of(unread, is_known(raw.copy()))

    def supply(self, bound: BoundAggregate, group: _Group) -> Supply:
        fact = bound.fact
        if not isinstance(fact.type, NumberType):
            return supply_stored(fact, group.result, group.type, {}, group.place, "missing")
        steps = try_cast(group.result, "HUGEINT")
        if (divisor := self.divisor(bound.binding, group)) is not None:
            steps = round_steps(steps, divisor)
        entered, named = named_once(fact, enter_steps(steps, fact.type))
        shown = call("coalesce", cast(entered.value, "VARCHAR"), cast(steps, "VARCHAR"))
        return Supply(fact, entered.value, None, entered.problem, shown, group.nothing, *group.place, named)

    def digits(self, binding: FactBinding) -> int:
        """Return how many digits more than the fact's a row is read with."""
        return ROUNDING_DIGITS if binding.round else 0

    def divisor(self, binding: FactBinding, group: _Group) -> exp.Expr | None:
        """Return by what the result in steps is divided, and then rounded."""
        return integer(10 ** self.digits(binding)) if binding.round else None


class _Sum(_Compared):
    """Adds up; an empty value is unknown, no zero."""

    def __init__(self) -> None:
        super().__init__("sum")

    def demanded(self, fact: Fact, binding: FactBinding) -> str:
        return "" if isinstance(fact.type, NumberType) else "a number"

    def of_no_rows(self, nobody: str) -> str:
        return "0"

    def bad(self, bound: BoundAggregate) -> tuple[exp.Expr, exp.Expr] | None:
        assert bound.value is not None
        raw, declared = bound.cells[0]
        said = case((is_null(raw), text("empty-value:")), default=concat(text("bad-value:"), as_words(raw.copy(), declared)))
        return said, exp.Paren(this=all_of(bound.condition.copy(), is_null(bound.value.copy())))


class _Average(_Sum):
    """Adds up, and divides by how many rows count."""

    def of_no_rows(self, nobody: str) -> str:
        return nobody

    def digits(self, binding: FactBinding) -> int:
        return ROUNDING_DIGITS

    def divisor(self, binding: FactBinding, group: _Group) -> exp.Expr | None:
        return exp.Mul(this=integer(10**ROUNDING_DIGITS), expression=call("greatest", group.count.copy(), integer(1)))


class _Count(_Kind):
    """Counts rows; with a column those with a value there.

    Args:
        different: Counts different values instead.
    """

    def __init__(self, different: bool) -> None:
        self.different = different

    def demanded(self, fact: Fact, binding: FactBinding) -> str:
        return "" if isinstance(fact.type, NumberType) else "a number"

    def cells(self, bound: BoundAggregate) -> dict[str, exp.Expr]:
        if not bound.cells:
            return {}
        raw = as_words(*bound.cells[0])
        counted = exp.Distinct(expressions=[raw]) if self.different else raw
        return {f"a{bound.position}": _filtered(exp.Count(this=counted), bound.condition)}

    def supply(self, bound: BoundAggregate, group: _Group) -> Supply:
        of = call("coalesce", cast(group.result, "BIGINT"), integer(0)) if bound.cells else group.count.copy()
        supply = supply_stored(bound.fact, cast(of, "BIGINT"), "BIGINT", {}, group.place, "missing")
        return replace(supply, absent=group.nothing)

    def of_no_rows(self, nobody: str) -> str:
        return "0"


class _Exists(_Kind):
    """Says whether there is a row."""

    def demanded(self, fact: Fact, binding: FactBinding) -> str:
        return "" if isinstance(fact.type, BooleanType) else "a boolean"

    def cells(self, bound: BoundAggregate) -> dict[str, exp.Expr]:
        return {}

    def supply(self, bound: BoundAggregate, group: _Group) -> Supply:
        is_there = exp.GT(this=group.count.copy(), expression=integer(0))
        return Supply(bound.fact, is_there, None, null_text(), cast(group.count, "VARCHAR"), group.nothing, *group.place)

    def of_no_rows(self, nobody: str) -> str:
        return "false"


class _Front(_Kind):
    """Takes the value of the row that stands first by an order.

    Args:
        descending: Takes the last one instead.
    """

    def __init__(self, descending: bool) -> None:
        self.descending = descending

    def demanded(self, fact: Fact, binding: FactBinding) -> str:
        return ""

    def cells(self, bound: BoundAggregate) -> dict[str, exp.Expr]:
        assert bound.by is not None
        value = _plain(*bound.cells[0])[0]
        return {
            f"a{bound.position}": stored.foremost(bound.by, value, bound.condition, self.descending),
            f"k{bound.position}": stored.first_two(bound.by.copy(), bound.condition.copy(), self.descending),
        }

    def supply(self, bound: BoundAggregate, group: _Group) -> Supply:
        supply = supply_stored(bound.fact, group.result, _plain(*bound.cells[0])[1], bound.binding.values, group.place, "missing")
        differing = column(f"d{bound.position}")
        return replace(
            supply,
            value=case((is_null(differing), supply.value)),
            problem=case((is_known(differing), text("ambiguous-row")), default=supply.problem),
            stored=call("coalesce", differing, supply.stored),
        )


class _List(_Kind):
    """Gathers all values, or records of several columns."""

    def demanded(self, fact: Fact, binding: FactBinding) -> str:
        if not isinstance(fact.type, ListType | SetType):
            return "a list or a set"
        return "a list of record" if bool(binding.fields) != isinstance(fact.type.item, RecordType) else ""

    def cells(self, bound: BoundAggregate) -> dict[str, exp.Expr]:
        return {f"a{bound.position}": _gathered(bound)}

    def supply(self, bound: BoundAggregate, group: _Group) -> Supply:
        type, binding = bound.fact.type, bound.binding
        assert isinstance(type, ListType | SetType)
        items = call("list_sort", group.result)
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
        value = case((group.nothing, none_there), default=result) if binding.empty is None else result
        return Supply(bound.fact, value, None, entered.problem, cast(items, "VARCHAR"), group.nothing, *group.place, named, readings)


AGGREGATES: Mapping[Aggregate, _Kind] = {
    "sum": _Sum(),
    "avg": _Average(),
    "min": _Compared("min"),
    "max": _Compared("max"),
    "count": _Count(different=False),
    "count distinct": _Count(different=True),
    "exists": _Exists(),
    "first": _Front(descending=False),
    "last": _Front(descending=True),
    "list": _List(),
}
"""Every aggregate by its name in a binding."""


def _kind(binding: FactBinding) -> _Kind:
    assert binding.aggregate is not None
    return AGGREGATES[binding.aggregate]


def fits_aggregate(fact: Fact, binding: FactBinding) -> str:
    """Return what type of fact the aggregate demands when this one is of another, else an empty text."""
    return _kind(binding).demanded(fact, binding)


def takes_values(binding: FactBinding) -> bool:
    """Say whether the aggregate takes values of rows read as the fact's type."""
    return isinstance(_kind(binding), _Compared)


def comparable(fact: Fact, binding: FactBinding, cell: Cell) -> exp.Expr | None:
    """Return the value of a row as the aggregate takes it: a date, or a number in whole steps; ``None`` for one that takes it as it stands."""
    return _kind(binding).value(fact, binding, cell)


def source_cells(bound: BoundAggregate) -> dict[str, exp.Expr]:
    """Return the aggregates that the source computes, by column name."""
    i, kind = bound.position, _kind(bound.binding)
    cells = {f"n{i}": _filtered(exp.Count(this=exp.Star()), bound.condition), **kind.cells(bound)}
    bad = [(concat(text(f"{code}:"), shown.copy()), doubt) for doubt, shown, code in bound.doubtful]
    if (value := kind.bad(bound)) is not None:
        bad.append(value)
    if bad:
        cells[f"b{i}"] = call("min", case(*((condition, said) for said, condition in bad)))
    return cells


def tied_cells(bound: BoundAggregate) -> dict[str, exp.Expr]:
    """Return what is asked of the rows that stand first together, by column name; what stands first is a column of ``FIRSTS``."""
    kind = _kind(bound.binding)
    if not isinstance(kind, _Front):
        return {}
    assert bound.by is not None
    i, words = bound.position, as_words(*_plain(*bound.cells[0]))
    is_first = equal(bound.by, call("list_extract", column(f"k{i}", FIRSTS), integer(1)))
    counted = {"p": exp.Count(this=exp.Star()), "q": exp.Count(this=words), "l": call("min", words.copy()), "g": call("max", words.copy())}
    return {f"{name}{i}": _filtered(cell, all_of(bound.condition.copy(), is_first.copy())) for name, cell in counted.items()}


def is_tied(bound: BoundAggregate) -> exp.Expr:
    """Say of a group whether several rows may stand first."""
    keys = column(f"k{bound.position}")
    return call("list_extract", keys, integer(1)).eq(call("list_extract", keys.copy(), integer(2)))


def tied_values(bound: BoundAggregate) -> exp.Expr:
    """Return, from the ``tied_cells``, the least and the greatest value of the rows that stand first together, as text; NULL where they are one."""
    rows, known, least, greatest = (column(f"{name}{bound.position}") for name in "pqlg")
    differ = any_of(binary(exp.NEQ, least, greatest), all_of(binary(exp.GT, known, integer(0)), binary(exp.LT, known.copy(), rows)))
    return case((differ, concat(least.copy(), text(" / "), greatest.copy())))


def supply_aggregate(bound: BoundAggregate, types: Mapping[str, str]) -> Supply:
    """Return the fact that the joined row of aggregates gives; ``types`` are those of its columns."""
    i, fact, kind, binding = bound.position, bound.fact, _kind(bound.binding), bound.binding
    # cast, since a column of an empty child table arrives without a type
    count = call("coalesce", cast(column(f"n{i}"), "BIGINT"), integer(0))
    nothing = exp.Paren(this=count.eq(integer(0)))
    nobody = "none" if fact.absent_is_none or (fact.nullable and binding.is_one_row) else "missing"
    group = _Group(count, nothing, column(f"a{i}"), types.get(f"a{i}", ""), (binding.table or "", bound.shown))
    supply = kind.supply(bound, group)
    if bound.differs:
        supply = kept_out(supply, case((negate(nothing.copy()), concat(text(f"{DIFFERS}:"), text(bound.shown)))))
    elif f"b{i}" in types:
        supply = kept_out(supply, column(f"b{i}"))
    if binding.of and binding.of != "all":
        supply = kept_out(supply, _fault(bound, supply))
    return with_empty(supply, binding.empty or kind.of_no_rows(nobody))


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
