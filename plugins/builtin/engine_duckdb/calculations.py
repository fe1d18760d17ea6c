"""Compiles what is computed: arithmetic on numbers, dates and durations, rounding, and calls of functions."""

from __future__ import annotations

from functools import lru_cache

import sqlglot
from sqlglot import exp

from tierwise.core.environment import Environment
from tierwise.core.plan import Arithmetic, Call, Round
from tierwise.core.types import DateTimeType, DateType, DurationType, NumberType
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb import dates, numbers
from tierwise.plugins.builtin.engine_duckdb.expressions import Expressions
from tierwise.plugins.builtin.engine_duckdb.rounding import round_ratio
from tierwise.plugins.builtin.engine_duckdb.terms import Term, number_of, unknown
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import Sql

__all__ = ["Calculations"]

DIALECT = "duckdb"
ARGUMENT = "tierwise_argument_"


class Calculations:
    """Compiles computing nodes by means of the plain expressions around them."""

    def __init__(self, expressions: Expressions, environment: Environment) -> None:
        self.expressions = expressions
        self.environment = environment
        expressions.compilers[Arithmetic] = self._arithmetic
        expressions.compilers[Round] = self._round
        expressions.compilers[Call] = self._call

    def _arithmetic(self, node: Arithmetic) -> Term:
        parts = [self.expressions.shared(part) for part in node.parts]
        result = self._operate(node, parts)
        if all(p.none is None for p in parts) or result.none is not None:
            return result
        any_none = sql.any_of(*(p.none for p in parts if p.none is not None))
        none = sql.all_of(any_none, *(p.known for p in parts))
        return Term(result.sql, result.type, none, result.whole, result.scale)

    def _operate(self, node: Arithmetic, parts: list[Term]) -> Term:
        kinds = {type(p.type) for p in parts}
        if kinds == {NumberType}:
            if node.op == "-":
                return numbers.subtract(parts[0], parts[1], node.type) if len(parts) == 2 else unknown(node.type)
            return numbers.add(parts, node.type) if node.op == "+" else numbers.multiply(parts, node.type)
        if len(parts) != 2:
            return unknown(node.type)
        return self._operate_time(node, parts[0], parts[1])

    def _operate_time(self, node: Arithmetic, left: Term, right: Term) -> Term:
        if node.op == "*":
            if isinstance(right.type, DurationType):
                left, right = right, left
            is_sound = isinstance(left.type, DurationType) and isinstance(right.type, NumberType) and right.scale == 0
            return dates.times(left, right, node.type) if is_sound else unknown(node.type)
        if node.op == "+" and isinstance(left.type, DurationType):
            left, right = right, left
        is_day, sign = isinstance(left.type, DateType | DateTimeType), 1 if node.op == "+" else -1
        if is_day and isinstance(right.type, DurationType):
            return dates.step(left, right, 1 if sign == 1 else -1, self.expressions.layers.column)
        if type(left.type) is type(right.type) and is_day and node.op == "-":
            return dates.days_between(left, right, node.type)
        if isinstance(left.type, DurationType) and isinstance(right.type, DurationType):
            if node.op == "+":
                return dates.add_durations(left, right, 1, node.type)
            return dates.add_durations(left, right, -1, node.type)
        return unknown(node.type)

    def _round(self, node: Round) -> Term:
        ratio = self.expressions.ratio(node.value)
        if ratio is None or node.scale < 0:
            return unknown(node.type)
        result = round_ratio(ratio, node.scale, node.mode, node.type, self.expressions.layers.column)
        parts = [part for part in (ratio.above, ratio.below) if part is not None]
        ways = [part.none for part in parts if part.none is not None]  # none in, none out
        if ratio.below is not None:
            ways.append(sql.call("coalesce", sql.equal(ratio.below.sql, sql.integer(0)), sql.FALSE))
        if not ways:
            return result
        none = sql.all_of(sql.any_of(*ways), *(part.known for part in parts))
        return Term(result.sql, result.type, none, result.whole, result.scale)

    def _call(self, node: Call) -> Term:
        function = self.environment.functions.get(node.function)
        template = function.sql.get(DIALECT) if function else None
        arguments = [self.expressions.term(argument) for argument in node.arguments]
        is_loose = isinstance(node.type, NumberType) and node.type.scale is None
        if template is None or is_loose:
            return unknown(node.type)
        filled = _fill(template, [a.sql for a in arguments])
        known = sql.all_of(*(sql.is_known(a.sql) for a in arguments))
        return number_of(Term(sql.case((known, sql.try_cast(filled, canonical_type(node.type)))), node.type))


def _fill(template: str, arguments: list[Sql]) -> Sql:
    """Put argument trees into a function's SQL template, in which ``{0}`` is the first argument."""
    by_name = {f"{ARGUMENT}{number}": argument for number, argument in enumerate(arguments)}

    def replaced(node: exp.Expression) -> exp.Expression:
        is_argument = isinstance(node, exp.Column) and node.name in by_name
        return exp.paren(by_name[node.name], copy=False) if is_argument else node

    return _parsed(template, len(arguments)).transform(replaced)


@lru_cache(maxsize=200)
def _parsed(template: str, arguments: int) -> Sql:
    return sqlglot.parse_one(template.format(*(f"{ARGUMENT}{number}" for number in range(arguments))), read=DIALECT)
