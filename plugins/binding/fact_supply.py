"""What the database gives for one fact, as expressions over the joined rows: its value, what is wrong with it, and what was stored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from sqlglot import exp

from tierwise.core.plan import Fact
from tierwise.core.types import BooleanType, NumberType, Type
from tierwise.plugins.binding.entry import Entered, enter
from tierwise.plugins.binding.entry.enter_numbers import enter_rounded
from tierwise.plugins.binding.entry.enter_words import as_words, boolean_word
from tierwise.plugins.binding.fit import Fit, fit_of
from tierwise.plugins.binding.heading_units import Conversion, in_unit_of_fact
from tierwise.plugins.binding.written import PLAIN_FORMAT, Format, written
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import (
    NULL,
    alias,
    all_of,
    call,
    case,
    cast,
    column,
    integer,
    is_known,
    is_null,
    select,
    subquery,
    text,
)

__all__ = ["Supply", "enter_once", "entered_constant", "kept_out", "named_once", "supply_stored", "with_empty"]


@dataclass(frozen=True, slots=True)
class Supply:
    """One fact from the database.

    Attributes:
        value: Of the fact's canonical type; NULL when it is missing or none.
        none: Whether it is none; ``None`` for a fact that cannot be.
        problem: The code of a data finding, or NULL.
        stored: What stands in the database, as text.
        absent: Whether nothing stands there.
        table: Where it comes from, for data findings.
        column: Where it comes from, for data findings.
        named: Expressions that the others know as columns of these names, so that they are written, and computed, once.
        readings: Expressions that ``named`` knows so.
        fit: How its column is read once it is proved that all values fit; ``None`` where values are entered one by one.
        proved: The supply that holds then, in which nothing is wrong.
        is_proved: Whether it is one.
    """

    fact: Fact
    value: exp.Expr
    none: exp.Expr | None
    problem: exp.Expr
    stored: exp.Expr
    absent: exp.Expr
    table: str
    column: str
    named: Mapping[str, exp.Expr] = field(default_factory=dict)
    readings: Mapping[str, exp.Expr] = field(default_factory=dict)
    fit: Fit | None = None
    proved: Supply | None = None
    is_proved: bool = False


def named_once(fact: Fact, entered: Entered) -> tuple[Entered, Mapping[str, exp.Expr]]:
    """Return an entry as two columns, and what they stand for."""
    value, problem = f"{fact.name}.value", f"{fact.name}.problem"
    return Entered(column(value), column(problem)), {value: entered.value, problem: entered.problem}


def enter_once(
    fact: Fact, raw: exp.Expr, raw_type: str, faults: Sequence[tuple[exp.Expr, str]] = (), rounded: bool = False
) -> tuple[Entered, Mapping[str, exp.Expr], Mapping[str, exp.Expr]]:
    """Enter a stored value, and return it as two columns, what they stand for, and the readings from which that is made.

    Args:
        fact: The fact.
        raw: The stored value, as text that entries read.
        raw_type: Its DuckDB type.
        faults: Tests that know better what is wrong with a value that does not read, with their codes.
        rounded: A number between two steps of the fact's scale is brought to it.
    """
    name = f"{fact.name}.reading"
    if rounded and isinstance(fact.type, NumberType):
        entered = enter_rounded(raw, raw_type, fact.type)
    else:
        entered = enter(raw, raw_type, fact.type, name=name)
    readings = {} if entered.reading is None else {name: entered.reading}
    if faults:
        entered = Entered(entered.value, case(*((fault, text(code)) for fault, code in faults), default=entered.problem))
    return *named_once(fact, entered), readings


def entered_constant(type: Type, raw: exp.Expr, raw_type: str) -> exp.Expr:
    """Enter a value that is the same for every row: a subquery, since that is computed once; DuckDB folds nothing that holds a lambda."""
    if isinstance(type, BooleanType) and raw.is_string and (said := boolean_word(raw.name)) is not None:
        return exp.Boolean(this=said)
    entered = enter(raw, raw_type, type, name="reading")
    source = None if entered.reading is None else subquery(select(alias(entered.reading, "reading")), "constant")
    return exp.Subquery(this=select(cast(entered.value, canonical_type(type)), source=source))


def supply_stored(
    fact: Fact,
    raw: exp.Expr,
    raw_type: str,
    values: dict[str, str],
    place: tuple[str, str],
    empty: str | None,
    form: Format = PLAIN_FORMAT,
    rows: exp.Expr | None = None,
    rounded: bool = False,
    done: Conversion | None = None,
) -> Supply:
    """Supply a fact from a stored value.

    Args:
        fact: The fact.
        raw: The stored value.
        raw_type: Its DuckDB type.
        values: Stored word to the word that the fact knows.
        place: Table and column.
        empty: What NULL means: ``none``, ``missing``, a value, or ``None`` for the default: none for a nullable fact.
        form: How values are written there.
        rows: All rows in which the value stands, to see by them what a sign in it means.
        rounded: A number between two steps of the fact's scale is brought to it.
        done: What is to be done to numbers that count in another unit.
    """
    if values:
        word = as_words(raw, raw_type)
        raw = case(*((word.eq(text(stored)), text(meant)) for stored, meant in values.items()), default=word)
        raw_type, rows = "VARCHAR", None
    read = in_unit_of_fact(written(raw, raw_type, fact.type, form, rows), raw, raw_type, done)
    value = read.value
    once: Mapping[str, exp.Expr] = {}
    if isinstance(fact.type, NumberType) and not isinstance(value, exp.Column):  # it is looked at several times
        value, once = column(f"{fact.name}.reading"), {f"{fact.name}.reading": read.value}
    entered, named, readings = enter_once(fact, value, read.type, read.faults, rounded)
    supply = Supply(
        fact, entered.value, None, entered.problem, as_words(raw, raw_type), is_null(value), *place, named, {**readings, **once}
    )
    empty = empty if empty is not None else "none" if fact.nullable else "missing"
    is_untouched = isinstance(read.value, exp.Column) and not read.faults and not rounded and not values
    fit = fit_of(fact.type, raw, raw_type) if is_untouched else None
    if fit is None:
        return with_empty(supply, empty)
    nothing_wrong = cast(NULL, "VARCHAR")
    proved = Supply(fact, fit.value, None, nothing_wrong, supply.stored, supply.absent, *place, fit=fit, is_proved=True)
    return replace(with_empty(supply, empty), fit=fit, proved=with_empty(proved, empty))


def with_empty(supply: Supply, empty: str) -> Supply:
    """Say what it means when nothing stands there."""
    fact, absent = supply.fact, supply.absent
    none = exp.false() if fact.nullable else None
    if empty == "none":
        return replace(supply, none=exp.Paren(this=all_of(absent, is_null(supply.problem))))
    if empty == "missing":
        return replace(supply, none=none)
    given = entered_constant(fact.type, text(empty), "VARCHAR")
    value = case((all_of(exp.Paren(this=absent), is_null(supply.problem)), given), default=supply.value)
    return replace(supply, none=none, value=value)


def kept_out(supply: Supply, bad: exp.Expr) -> Supply:
    """Let what is wrong, as ``code:value`` or NULL, keep the fact out."""
    code = call("split_part", bad, text(":"), integer(1))
    value = case((is_null(bad), supply.value))
    problem = case((is_known(bad), code), default=supply.problem)
    stored = case((is_known(bad), call("substr", bad.copy(), exp.Add(this=call("length", code.copy()), expression=integer(2)))))
    stored.set("default", supply.stored)
    return replace(supply, value=value, problem=problem, stored=stored)
