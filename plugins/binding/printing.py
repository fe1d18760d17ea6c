"""Prints the plan nodes of a binding's cells and expressions as SQL of a source: comparisons, words, logic, plain arithmetic.

A test on NULL is unknown, so such a row does not count; only a cell ``null`` or ``not(null)`` asks for NULL itself.
"""

from __future__ import annotations

from collections.abc import Mapping

from sqlglot import exp

from tierwise.core.plan import Arithmetic, Compare, Constant, FactRef, InSet, Logic, Node, Not, Within
from tierwise.core.types import BooleanType, DateTimeType, DateType, EnumType, NumberType, TextType, Type
from tierwise.plugins.binding.dialect import Dialect
from tierwise.plugins.binding.scope import RowColumn
from tierwise.plugins.binding.sql import any_of, column

__all__ = ["CannotPrint", "print_node"]

COMPARISONS: Mapping[str, type[exp.Binary]] = {"=": exp.EQ, "!=": exp.NEQ, "<": exp.LT, "<=": exp.LTE, ">": exp.GT, ">=": exp.GTE}
OPERATORS: Mapping[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}


class CannotPrint(Exception):
    """A part of a cell or expression has no place in a binding; the message says which."""


def print_node(node: Node, columns: Mapping[str, RowColumn], dialect: Dialect) -> exp.Expr:
    """Return a node as SQL.

    Args:
        node: A test or an expression.
        columns: What its fact references name.
        dialect: The SQL of the source.

    Raises:
        CannotPrint: It holds more than a binding may.
    """

    def walk(part: Node) -> exp.Expr:
        return print_node(part, columns, dialect)

    if isinstance(node, FactRef):
        return _column(node, columns[node.name], dialect)
    if isinstance(node, Constant):
        return exp.Null() if node.value is None else dialect.literal(node.value, node.type)
    if isinstance(node, Compare):
        return _comparison(node, columns, dialect)
    if isinstance(node, Within):
        return _interval(node, columns, dialect)
    if isinstance(node, InSet):
        return any_of(*(walk(Compare("=", node.value, Constant(value, _type(node.value)))) for value in node.values))
    if isinstance(node, Logic):
        parts = [exp.Paren(this=walk(part)) for part in node.parts]
        return exp.Paren(this=(exp.and_ if node.op == "and" else exp.or_)(*parts))
    if isinstance(node, Not):
        return exp.Not(this=exp.Paren(this=walk(node.part)))
    if isinstance(node, Arithmetic) and isinstance(node.type, NumberType):
        printed = walk(node.parts[0])
        for part in node.parts[1:]:
            printed = exp.Paren(this=OPERATORS[node.op](this=printed, expression=walk(part)))
        return printed
    raise CannotPrint("a binding can compare columns, join tests, and use `+`, `-` and `*`, no more")


def _column(node: FactRef, found: RowColumn, dialect: Dialect) -> exp.Expr:
    raw, declared = column(found.column.name, found.alias), found.column.type
    if isinstance(node.type, NumberType):
        return dialect.number(raw, declared)
    if isinstance(node.type, DateType):
        return dialect.day(raw, declared)
    if isinstance(node.type, DateTimeType):
        return dialect.moment(raw, declared)
    return dialect.truth(raw, declared) if isinstance(node.type, BooleanType) else dialect.words(raw, declared)


def _comparison(node: Compare, columns: Mapping[str, RowColumn], dialect: Dialect) -> exp.Expr:
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(side, Constant) and side.value is None:
            stored = other
            if not isinstance(stored, FactRef) or node.op not in ("=", "!="):
                raise CannotPrint("only a column can be compared with `null`, by `=` and `!=`")
            found = columns[stored.name]  # NULL itself, not a value that does not read
            test = column(found.column.name, found.alias).is_(exp.Null())
            return exp.Paren(this=test if node.op == "=" else exp.Not(this=test))
    sides = {"this": print_node(node.left, columns, dialect), "expression": print_node(node.right, columns, dialect)}
    return exp.Paren(this=COMPARISONS[node.op](**sides))


def _interval(node: Within, columns: Mapping[str, RowColumn], dialect: Dialect) -> exp.Expr:
    tests: list[Node] = []
    if node.low is not None:
        tests.append(Compare(">=" if node.low_inclusive else ">", node.value, node.low))
    if node.high is not None:
        tests.append(Compare("<=" if node.high_inclusive else "<", node.value, node.high))
    return print_node(Logic("and", tuple(tests)), columns, dialect)


def _type(node: Node) -> Type:
    if isinstance(node, FactRef):
        return node.type
    return TextType() if not isinstance(node, Constant | Arithmetic) else node.type if not isinstance(node.type, EnumType) else TextType()
