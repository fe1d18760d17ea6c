"""What is computed of known terms: arithmetic on numbers, dates and durations, rounding, and calls of functions. None in, none out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Literal

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError

from tierwise.core.environment import Function
from tierwise.core.errors import PluginError
from tierwise.core.plan import RoundMode
from tierwise.core.types import DateTimeType, DateType, DurationType, EnumType, ListType, NumberType, SetType, Type
from tierwise.plugins import sql
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine import dates, numbers
from tierwise.plugins.sql_engine.layers import Layers
from tierwise.plugins.sql_engine.numbers import Ratio
from tierwise.plugins.sql_engine.rounding import round_ratio
from tierwise.plugins.sql_engine.terms import Term, number_of, unknown

__all__ = ["calculate", "called", "rounded"]

ARGUMENT = "tierwise_argument_"
Operator = Literal["+", "-", "*"]


def calculate(op: Operator, parts: Sequence[Term], type: Type, layers: Layers) -> Term:
    """Add, subtract or multiply."""
    result = _of_numbers(op, parts, type) if {part.type.__class__ for part in parts} == {NumberType} else _of_times(op, parts, type, layers)
    return result if result.none is not None else _none_in_none_out(result, parts, [])


def _of_numbers(op: Operator, parts: Sequence[Term], type: Type) -> Term:
    if op == "-":
        return numbers.subtract(parts[0], parts[1], type) if len(parts) == 2 else unknown(type)
    return numbers.add(parts, type) if op == "+" else numbers.multiply(parts, type)


def _of_times(op: Operator, parts: Sequence[Term], type: Type, layers: Layers) -> Term:
    """Move a date by a duration, count the days between two, add two durations, or repeat one."""
    if len(parts) != 2:
        return unknown(type)
    left, right = parts
    match left.type, op, right.type:
        case DurationType(), "*", NumberType() if right.scale == 0:
            return dates.times(left, right, type)
        case NumberType(), "*", DurationType() if left.scale == 0:
            return dates.times(right, left, type)
        case DurationType(), "+" | "-", DurationType():
            return dates.add_durations(left, right, 1 if op == "+" else -1, type)
        case DurationType(), "+", DateType() | DateTimeType():
            return dates.step(right, left, 1, layers)
        case DateType() | DateTimeType(), "+" | "-", DurationType():
            return dates.step(left, right, 1 if op == "+" else -1, layers)
        case (DateType(), "-", DateType()) | (DateTimeType(), "-", DateTimeType()):
            return dates.days_between(left, right, type)
        case _:
            return unknown(type)


def rounded(ratio: Ratio, scale: int, mode: RoundMode, type: Type, layers: Layers) -> Term:
    """Round a quotient; by zero it is none."""
    result = round_ratio(ratio, scale, mode, type, layers)
    if ratio.below is None:
        return _none_in_none_out(result, [ratio.above], [])
    by_zero = sql.call("coalesce", sql.equal(ratio.below.sql, sql.integer(0)), sql.FALSE)
    return _none_in_none_out(result, [ratio.above, ratio.below], [by_zero])


def called(function: Function | None, arguments: Sequence[Term], type: Type, dialect: str = sql.DIALECT, giver: str = "") -> Term:
    """Call a function by its SQL template; what that of a stranger's plugin gives is looked at, and the reference engine computes what does not fit.

    The reference engine computes it where there is none; where the result has no fixed scale; where the template does not name the last
    argument, so that it is for fewer than a variadic function was given; and where a list is made of lists of other types, which DuckDB
    would bring to one type by rules of its own, or of a set, which has no order of its own in SQL.

    Args:
        function: The function.
        arguments: What it is called with.
        type: What it gives.
        dialect: The database for which a template is preferred; else DuckDB's is taken.
        giver: Name and version of the plugin that gave it; empty for ours.

    Raises:
        PluginError: The template is no SQL, or names more arguments than there are.
    """
    template = function.sql.get(dialect, function.sql.get(sql.DIALECT)) if function else None
    if template is None or (isinstance(type, NumberType) and type.scale is None):
        return unknown(type)
    is_for_fewer = bool(arguments) and f"{{{len(arguments) - 1}}}" not in template
    if is_for_fewer or (isinstance(type, ListType) and not all(_is_list_like(argument.type, type) for argument in arguments)):
        return unknown(type)
    known = sql.all_of(*(sql.is_known(argument.sql) for argument in arguments))
    try:
        filled = _filled(template, [argument.sql for argument in arguments])
    except (IndexError, SqlglotError) as error:
        owner = f"function `{function.name if function else ''}` of plugin {giver}"
        why = f"names more than the {len(arguments)} it is called with" if isinstance(error, IndexError) else "is no SQL of DuckDB"
        raise PluginError(f"the SQL of {owner}, `{template}`, {why}", giver.partition(" ")[0], "tierwise_functions") from error
    if giver:
        known = sql.all_of(known, _fits(filled, type))
    return number_of(Term(sql.case((known, sql.try_cast(filled, canonical_type(type)))), type))


def _fits(value: Sql, type: Type) -> Sql:
    """Say whether a value is of a type as it is, without being rounded, or taken for a word that it is not."""
    if isinstance(type, EnumType):
        return sql.one_of(sql.cast(value, "VARCHAR"), [sql.text(word) for word in type.values])
    if isinstance(type, NumberType):
        rounded = sql.cast(sql.try_cast(value, canonical_type(type)), "DOUBLE")
        return sql.call("coalesce", sql.equal(sql.try_cast(value, "DOUBLE"), rounded), sql.FALSE)
    return sql.TRUE


def _is_list_like(given: Type, wanted: ListType) -> bool:
    """Whether what is given is a list held as the one wanted is, or no list at all."""
    is_same = isinstance(given, ListType) and canonical_type(given) == canonical_type(wanted)
    return is_same or not isinstance(given, ListType | SetType)


def _none_in_none_out(result: Term, parts: Sequence[Term], ways: Iterable[Sql]) -> Term:
    """Extend a result to none: it is none where a part is, or in one of some other ways, provided that every part is known."""
    ways = [*(part.none for part in parts if part.none is not None), *ways]
    if not ways:
        return result
    return replace(result, none=sql.all_of(sql.any_of(*ways), *(part.known for part in parts)))


def _filled(template: str, arguments: Sequence[Sql]) -> Sql:
    """Put argument trees into a function's SQL template, in which ``{0}`` is the first argument."""
    by_name = {f"{ARGUMENT}{number}": argument for number, argument in enumerate(arguments)}

    def replaced(node: exp.Expression) -> exp.Expression:
        is_argument = isinstance(node, exp.Column) and node.name in by_name
        return exp.paren(by_name[node.name], copy=False) if is_argument else node

    return _parsed(template, len(arguments)).transform(replaced)


@lru_cache(maxsize=200)
def _parsed(template: str, arguments: int) -> Sql:
    return sqlglot.parse_one(template.format(*(f"{ARGUMENT}{number}" for number in range(arguments))), read=sql.DIALECT)
