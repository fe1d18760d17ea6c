"""Compiles the nodes that are plain expressions: constants, names, tests, logic, arithmetic, calls and lists.

What SQL cannot say compiles to ``unknown``: the reference engine then decides for the rows concerned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import sqlglot
from sqlglot import exp

from tierwise.core.environment import Environment
from tierwise.core.plan import (
    Arithmetic,
    Call,
    Compare,
    CompareOp,
    Conditional,
    Constant,
    DecisionRef,
    FactRef,
    FieldRef,
    InSet,
    Logic,
    Node,
    Not,
    Quotient,
    ReadingRef,
    Round,
    Within,
)
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from tierwise.plugins.builtin.engine_duckdb import dates, numbers, sql
from tierwise.plugins.builtin.engine_duckdb.layers import Layers
from tierwise.plugins.builtin.engine_duckdb.numbers import Ratio
from tierwise.plugins.builtin.engine_duckdb.rounding import round_ratio
from tierwise.plugins.builtin.engine_duckdb.sql import Sql
from tierwise.plugins.builtin.engine_duckdb.terms import Term, constant, unknown
from tierwise.plugins.facts import canonical_type, number_width

__all__ = ["Expressions"]

DIALECT = "duckdb"


class Expressions:
    """Compiles expressions over the columns that stand for facts and decisions.

    Attributes:
        names: The term of each fact and of each decision compiled so far, under ``("fact", name)`` and ``("decision", name)``.
        readings: The word that each settled reading is settled to.
    """

    def __init__(self, environment: Environment, layers: Layers, readings: dict[str, str]) -> None:
        self.environment = environment
        self.layers = layers
        self.readings = readings
        self.names: dict[tuple[str, str], Term] = {}
        self.items: list[Term] = []
        self.compilers: dict[type[Any], Callable[[Any], Term]] = {
            Constant: lambda node: constant(node.value, node.type),
            FactRef: lambda node: self.names.get(("fact", node.name)) or unknown(node.type),
            DecisionRef: lambda node: self.names.get(("decision", node.name)) or unknown(node.type),
            ReadingRef: self._reading,
            FieldRef: self._field,
            Compare: self._compare,
            Within: self._within,
            InSet: self._in_set,
            Logic: self._logic,
            Not: lambda node: Term(sql.negate(self.truth(node.part)), BooleanType()),
            Conditional: self._conditional,
            Arithmetic: self._arithmetic,
            Round: self._round,
            Call: self._call,
        }

    def term(self, node: Node) -> Term:
        """Compile a node; unknown when SQL cannot say it."""
        compiler = self.compilers.get(type(node))
        return unknown(getattr(node, "type", BooleanType())) if compiler is None else compiler(node)

    def shared(self, node: Node) -> Term:
        """Compile a node that is read several times: it gets a column of its own."""
        return self.layers.hoist(self.term(node))

    def truth(self, node: Node) -> Sql:
        """Compile a condition: none counts as false, unknown is NULL."""
        term = self.term(node)
        return term.sql if term.none is None else sql.case([(term.none, sql.FALSE)], term.sql)

    def _reading(self, node: ReadingRef) -> Term:
        settled = self.readings.get(node.name)
        return unknown(node.type) if settled is None else constant(settled, TextType())

    def _field(self, node: FieldRef) -> Term:
        of = self.shared(node.of)
        if isinstance(of.type, MapType):
            value = exp.Bracket(this=of.sql, expressions=[sql.string(node.name)], offset=1)
            holds = sql.call("map_contains", of.sql, sql.string(node.name))
            return number_of(Term(value, of.type.value, sql.call("coalesce", sql.negate(holds), sql.FALSE)))
        if not isinstance(of.type, RecordType) or of.type.field(node.name) is None:
            return unknown(node.type)
        return number_of(Term(sql.call("struct_extract", of.sql, sql.string(node.name)), node.type))

    # ---- tests ---------------------------------------------------------------------------------------------------------

    def _compare(self, node: Compare) -> Term:
        if isinstance(node.left, Quotient) or isinstance(node.right, Quotient):
            return Term(self._compare_quotients(node), BooleanType())
        left, right = self.term(node.left), self.term(node.right)
        if left.none is not None or right.none is not None:
            left, right = self.layers.hoist(left), self.layers.hoist(right)
        return Term(with_none(node.op, left, right, compare(node.op, left, right)), BooleanType())

    def _compare_quotients(self, node: Compare) -> Sql:
        left, right = self._ratio(node.left), self._ratio(node.right)
        if left is None or right is None or _may_be_none(left) or _may_be_none(right):
            return sql.NULL
        return numbers.compare_ratios(node.op, left, right)

    def _ratio(self, node: Node) -> Ratio | None:
        """Compile a quotient, or a number as one; ``None`` when it is no number. A part that is none leaves it NULL."""
        if isinstance(node, Quotient):
            above, below = self.shared(node.left), self.shared(node.right)
            is_plain = isinstance(above.type, NumberType) and isinstance(below.type, NumberType)
            return Ratio(above, below) if is_plain else None
        term = self.shared(node)
        return Ratio(term) if isinstance(term.type, NumberType) else None

    def _within(self, node: Within) -> Term:
        value = self.term(node.value)
        if value.none is not None or not isinstance(value.sql, exp.Column):
            value = self.layers.hoist(value)
        bounds: list[tuple[CompareOp, Node | None]] = [
            (">=" if node.low_inclusive else ">", node.low),
            ("<=" if node.high_inclusive else "<", node.high),
        ]
        parts = []
        for op, bound in bounds:
            if isinstance(bound, Quotient) or isinstance(node.value, Quotient):
                return unknown(BooleanType())
            if bound is not None:
                other = self.term(bound)
                parts.append(with_none(op, value, other, compare(op, value, other)))
        parts = parts or [with_none(">=", value, value, sql.case([(sql.is_known(value.sql), sql.TRUE)]))]
        return Term(sql.all_of(parts), BooleanType())

    def _in_set(self, node: InSet) -> Term:
        value = self.shared(node.value)
        parts = []
        for item in node.values:
            other = constant(item, value.type)
            parts.append(with_none("=", value, other, compare("=", value, other)))
        texts = [v for v in node.values if isinstance(v, str) and "\0" not in v]
        if value.none is None and len(texts) == len(node.values) and texts:
            return Term(sql.one_of(value.sql, [sql.string(t) for t in texts]), BooleanType())
        return Term(sql.any_of(parts), BooleanType())

    def _logic(self, node: Logic) -> Term:
        parts = [self.truth(part) for part in node.parts]
        return Term(sql.all_of(parts) if node.op == "and" else sql.any_of(parts), BooleanType())

    def _conditional(self, node: Conditional) -> Term:
        condition = self.layers.column(self.truth(node.condition))
        yes, no = self.shared(node.yes), self.shared(node.no)
        is_plain = yes.none is None and no.none is None and not isinstance(node.type, ListType | SetType)
        either_way = compare("=", yes, no) if is_plain else sql.NULL
        return choose([(condition, yes), (sql.negate(condition), no), (either_way, yes)], node.type)

    # ---- numbers, dates, calls -----------------------------------------------------------------------------------------

    def _arithmetic(self, node: Arithmetic) -> Term:
        parts = [self.shared(part) for part in node.parts]
        result = self._operate(node, parts)
        if all(p.none is None for p in parts) or result.none is not None:
            return result
        any_none = sql.any_of(p.none for p in parts if p.none is not None)
        none = sql.all_of([any_none, *(p.known for p in parts)])
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
            return dates.step(left, right, 1 if sign == 1 else -1, self.layers.column)
        if type(left.type) is type(right.type) and is_day and node.op == "-":
            return dates.days_between(left, right, node.type)
        if isinstance(left.type, DurationType) and isinstance(right.type, DurationType):
            if node.op == "+":
                return dates.add_durations(left, right, 1, node.type)
            return dates.add_durations(left, right, -1, node.type)
        return unknown(node.type)

    def _round(self, node: Round) -> Term:
        ratio = self._ratio(node.value)
        if ratio is None or node.scale < 0:
            return unknown(node.type)
        result = round_ratio(ratio, node.scale, node.mode, node.type, self.layers.column)
        parts = [part for part in (ratio.above, ratio.below) if part is not None]
        ways = [part.none for part in parts if part.none is not None]  # none in, none out
        if ratio.below is not None:
            ways.append(sql.call("coalesce", sql.binary(exp.EQ, ratio.below.sql, sql.integer(0)), sql.FALSE))
        if not ways:
            return result
        none = sql.all_of([sql.any_of(ways), *(part.known for part in parts)])
        return Term(result.sql, result.type, none, result.whole, result.scale)

    def _call(self, node: Call) -> Term:
        function = self.environment.functions.get(node.function)
        template = function.sql.get(DIALECT) if function else None
        arguments = [self.term(argument) for argument in node.arguments]
        is_loose = isinstance(node.type, NumberType) and node.type.scale is None
        if template is None or is_loose:
            return unknown(node.type)
        filled = fill(template, [a.sql for a in arguments])
        known = sql.all_of(sql.is_known(a.sql) for a in arguments)
        return number_of(Term(sql.case([(known, sql.cast(filled, canonical_type(node.type), safe=True))]), node.type))


def _may_be_none(ratio: Ratio) -> bool:
    return ratio.above.none is not None or (ratio.below is not None and ratio.below.none is not None)


def number_of(term: Term) -> Term:
    """Note the digits of a term whose SQL has the canonical type of its number."""
    if not isinstance(term.type, NumberType):
        return term
    scale = term.type.scale or 0
    return Term(term.sql, term.type, term.none, number_width(term.type) - scale, scale)


def compare(op: CompareOp, left: Term, right: Term) -> Sql:
    """Compare two values, neither of which is none."""
    kind = numbers.COMPARISONS[op]
    if isinstance(left.type, NumberType) and isinstance(right.type, NumberType):
        return numbers.compare(op, left, right)
    if isinstance(left.type, DurationType) and isinstance(right.type, DurationType):
        return dates.compare_durations(op, left, right)
    if isinstance(left.type, RecordType | MapType) or isinstance(right.type, RecordType | MapType):
        return sql.NULL
    if isinstance(left.type, ListType | SetType):
        is_simple = not isinstance(left.type.item, RecordType | MapType | ListType | SetType | DurationType)
        if not is_simple or op not in ("=", "!="):
            return sql.NULL
        unordered = isinstance(left.type, SetType) or isinstance(right.type, SetType)
        sides = [sql.call("list_sort", sql.call("list_distinct", t.sql)) if unordered else t.sql for t in (left, right)]
        return sql.binary(kind, *sides)
    return sql.binary(kind, left.sql, right.sql)


def with_none(op: CompareOp, left: Term, right: Term, plain: Sql) -> Sql:
    """Extend a comparison to none: equal to none only, and neither less nor greater than anything."""
    branches: list[tuple[Sql, Sql]] = []
    equal, unequal = (sql.TRUE, sql.FALSE) if op == "=" else (sql.FALSE, sql.TRUE)
    if op not in ("=", "!="):
        equal = unequal = sql.FALSE
    for side, other in ((left, right), (right, left)):
        if side.none is None:
            continue
        if other.none is not None and side is left:
            branches.append((sql.all_of([side.none, other.none]), equal))
        branches.append((side.none, sql.case([(sql.is_known(other.sql), unequal)])))
    return sql.case(branches, plain) if branches else plain


def choose(options: list[tuple[Sql, Term]], type: Type, otherwise: Term | None = None) -> Term:
    """Return ``CASE`` over terms of one type: numbers are brought to one decimal type, none is kept beside."""
    terms = [term for _, term in options] + ([] if otherwise is None else [otherwise])
    whole, scale = max(t.whole for t in terms), max(t.scale for t in terms)
    if isinstance(type, NumberType):
        sides = numbers.common(terms)
        if sides is None:
            return unknown(type)
        values, whole, scale = sides
    else:
        values = [t.sql for t in terms]
    conditions = [condition for condition, _ in options]
    tree = sql.case(zip(conditions, values, strict=False), None if otherwise is None else values[-1])
    nones = [sql.FALSE if t.none is None else t.none for t in terms]
    none = None
    if any(t.none is not None for t in terms):
        none = sql.case(zip(conditions, nones, strict=False), sql.FALSE if otherwise is None else nones[-1])
    return Term(tree, type, none, whole, scale)


def fill(template: str, arguments: list[Sql]) -> Sql:
    """Put argument trees into a function's SQL template, in which ``{0}`` is the first argument."""
    names = [f"tierwise_argument_{number}" for number in range(len(arguments))]
    tree = sqlglot.parse_one(template.format(*names), read=DIALECT)
    by_name = dict(zip(names, arguments, strict=True))

    def replaced(node: exp.Expression) -> exp.Expression:
        is_argument = isinstance(node, exp.Column) and node.name in by_name
        return exp.paren(by_name[node.name], copy=False) if is_argument else node

    return tree.transform(replaced)
