"""Compiles the nodes that are plain expressions: constants, names, tests and logic.

What SQL cannot say compiles to ``unknown``: the reference engine then decides for the rows concerned.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlglot import exp

from tierwise.core.plan import (
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
    Within,
)
from tierwise.core.types import (
    BooleanType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb import numbers
from tierwise.plugins.builtin.engine_duckdb.comparisons import compare, with_none
from tierwise.plugins.builtin.engine_duckdb.layers import Layers
from tierwise.plugins.builtin.engine_duckdb.numbers import Ratio
from tierwise.plugins.builtin.engine_duckdb.terms import Term, constant, number_of, unknown
from tierwise.plugins.sql import Sql

__all__ = ["Expressions", "choose"]


class Expressions:
    """Compiles expressions over the columns that stand for facts and decisions.

    Attributes:
        names: The term of each fact and of each decision compiled so far, under ``("fact", name)`` and ``("decision", name)``.
        readings: The word that each settled reading is settled to.
    """

    def __init__(self, layers: Layers, readings: dict[str, str]) -> None:
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
        }

    def term(self, node: Node) -> Term:
        """Compile a node; unknown when SQL cannot say it."""
        compiler = self.compilers.get(type(node))
        return unknown(node.type) if compiler is None else compiler(node)

    def shared(self, node: Node) -> Term:
        """Compile a node that is read several times: it gets a column of its own."""
        return self.layers.hoist(self.term(node))

    def truth(self, node: Node) -> Sql:
        """Compile a condition: none counts as false, unknown is NULL."""
        term = self.term(node)
        return term.sql if term.none is None else sql.case((term.none, sql.FALSE), default=term.sql)

    def _reading(self, node: ReadingRef) -> Term:
        settled = self.readings.get(node.name)
        return unknown(node.type) if settled is None else constant(settled, TextType())

    def _field(self, node: FieldRef) -> Term:
        of = self.shared(node.of)
        if isinstance(of.type, MapType):
            value = exp.Bracket(this=of.sql, expressions=[sql.text(node.name)], offset=1)
            holds = sql.call("map_contains", of.sql, sql.text(node.name))
            return number_of(Term(value, of.type.value, sql.call("coalesce", sql.negate(holds), sql.FALSE)))
        if not isinstance(of.type, RecordType) or of.type.field(node.name) is None:
            return unknown(node.type)
        part = sql.call("struct_extract", of.sql, sql.text(node.name))
        none = sql.all_of(sql.is_known(of.sql), sql.is_null(part.copy())) if node.name in of.type.nullable else None
        return number_of(Term(part, node.type, none))

    # ---- tests ---------------------------------------------------------------------------------------------------------

    def _compare(self, node: Compare) -> Term:
        if isinstance(node.left, Quotient) or isinstance(node.right, Quotient):
            return Term(self._compare_quotients(node), BooleanType())
        left, right = self.term(node.left), self.term(node.right)
        if left.none is not None or right.none is not None:
            left, right = self.layers.hoist(left), self.layers.hoist(right)
        return Term(with_none(node.op, left, right, compare(node.op, left, right)), BooleanType())

    def _compare_quotients(self, node: Compare) -> Sql:
        left, right = self.ratio(node.left), self.ratio(node.right)
        if left is None or right is None or _may_be_none(left) or _may_be_none(right):
            return sql.NULL
        return numbers.compare_ratios(node.op, left, right)

    def ratio(self, node: Node) -> Ratio | None:
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
        parts = parts or [with_none(">=", value, value, sql.case((sql.is_known(value.sql), sql.TRUE)))]
        return Term(sql.all_of(*parts), BooleanType())

    def _in_set(self, node: InSet) -> Term:
        value = self.shared(node.value)
        parts = []
        for item in node.values:
            other = constant(item, value.type)
            parts.append(with_none("=", value, other, compare("=", value, other)))
        texts = [v for v in node.values if isinstance(v, str) and "\0" not in v]
        if value.none is None and len(texts) == len(node.values) and texts:
            return Term(sql.one_of(value.sql, [sql.text(t) for t in texts]), BooleanType())
        return Term(sql.any_of(*parts), BooleanType())

    def _logic(self, node: Logic) -> Term:
        parts = [self.truth(part) for part in node.parts]
        return Term(sql.all_of(*parts) if node.op == "and" else sql.any_of(*parts), BooleanType())

    def _conditional(self, node: Conditional) -> Term:
        condition = self.layers.column(self.truth(node.condition))
        yes, no = self.shared(node.yes), self.shared(node.no)
        is_plain = yes.none is None and no.none is None and not isinstance(node.type, ListType | SetType)
        either_way = compare("=", yes, no) if is_plain else sql.NULL
        return choose([(condition, yes), (sql.negate(condition), no), (either_way, yes)], node.type)


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
    tree = sql.case(*zip(conditions, values, strict=False), default=None if otherwise is None else values[-1])
    nones = [sql.FALSE if t.none is None else t.none for t in terms]
    none = None
    if any(t.none is not None for t in terms):
        none = sql.case(*zip(conditions, nones, strict=False), default=sql.FALSE if otherwise is None else nones[-1])
    return Term(tree, type, none, whole, scale)


def _may_be_none(ratio: Ratio) -> bool:
    return ratio.above.none is not None or (ratio.below is not None and ratio.below.none is not None)
