"""Prints the plan nodes of a binding's cells and expressions as SQL of a source: comparisons, words, logic, plain arithmetic.

A test on NULL is unknown, so such a row does not count; only a cell ``null`` or ``not(null)`` asks for NULL itself.
This is not the compiler of the DuckDB engine, though both make SQL of nodes: there a value may be *none*, which compares as false, and
numbers are exact decimals; here a column is what a database holds, so NULL is missing, and an expression is reckoned in floats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from tierwise.core.plan import Arithmetic, Compare, Constant, FactRef, InSet, Logic, Node, Not, Within
from tierwise.core.types import NumberType, TextType
from tierwise.plugins.sql import COMPARISONS, all_of, any_of, is_null

__all__ = ["CannotPrint", "print_node"]

OPERATORS: Mapping[str, type[exp.Binary]] = {"+": exp.Add, "-": exp.Sub, "*": exp.Mul}


class CannotPrint(Exception):
    """A part of a cell or expression has no place in a binding; the message says which."""


def print_node(node: Node, column: Callable[[FactRef, bool], exp.Expr], literal: Callable[[object], exp.Expr]) -> exp.Expr:
    """Return a node as SQL.

    Args:
        node: A test or an expression.
        column: What a fact reference stands for: the value read as its type or, when asked, as it is stored.
        literal: A constant in the SQL of the source.

    Raises:
        CannotPrint: It holds more than a binding may.
    """

    def walk(part: Node) -> exp.Expr:
        return print_node(part, column, literal)

    if isinstance(node, FactRef):
        return column(node, False)
    if isinstance(node, Constant):
        return exp.Null() if node.value is None else literal(node.value)
    if isinstance(node, Compare):
        return _comparison(node, column, walk)
    if isinstance(node, Within):
        return walk(_interval(node))
    if isinstance(node, InSet):
        return any_of(*(walk(Compare("=", node.value, Constant(value, TextType()))) for value in node.values))
    if isinstance(node, Logic):
        parts = [walk(part) for part in node.parts]
        return all_of(*parts) if node.op == "and" else any_of(*parts)
    if isinstance(node, Not):
        return exp.Not(this=exp.Paren(this=walk(node.part)))
    if isinstance(node, Arithmetic) and isinstance(node.type, NumberType):
        printed = walk(node.parts[0])
        for part in node.parts[1:]:
            printed = exp.Paren(this=OPERATORS[node.op](this=printed, expression=walk(part)))
        return printed
    raise CannotPrint("a binding can compare columns, join tests, and use `+`, `-` and `*`, no more")


def _comparison(node: Compare, column: Callable[[FactRef, bool], exp.Expr], walk: Callable[[Node], exp.Expr]) -> exp.Expr:
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if isinstance(side, Constant) and side.value is None:
            if not isinstance(other, FactRef) or node.op not in ("=", "!="):
                raise CannotPrint("only a column can be compared with `null`, by `=` and `!=`")
            test = is_null(column(other, True))  # NULL itself, not a value that does not read
            return exp.Paren(this=test if node.op == "=" else exp.Not(this=test))
    return exp.Paren(this=COMPARISONS[node.op](this=walk(node.left), expression=walk(node.right)))


def _interval(node: Within) -> Node:
    tests: list[Node] = []
    if node.low is not None:
        tests.append(Compare(">=" if node.low_inclusive else ">", node.value, node.low))
    if node.high is not None:
        tests.append(Compare("<=" if node.high_inclusive else "<", node.value, node.high))
    return Logic("and", tuple(tests))
