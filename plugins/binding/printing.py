"""Prints the plan nodes of a binding's cells and expressions as SQL of a source: comparisons, words, logic, plain arithmetic.

A test on NULL is unknown, so such a row does not count; only a cell ``null`` or ``not(null)`` asks for NULL itself.
This is not the compiler of the DuckDB engine, though both make SQL of nodes: there a value may be *none*, which compares as false, and
numbers are exact decimals; here a column is what a database holds, so NULL is missing, and an expression is reckoned in floats.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from sqlglot import exp

from tierwise.core.plan import Arithmetic, Compare, FactRef, Node, constant_of, fact_of, is_none, junction_of, spelled_out
from tierwise.core.types import NumberType
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
        junction, fact, constant = junction_of(part), fact_of(part), constant_of(part)
        if junction is not None:
            parts = [walk(one) for one in junction.parts]
            return (
                all_of(*parts)
                if junction.op == "and"
                else any_of(*parts)
                if junction.op == "or"
                else exp.Not(this=exp.Paren(this=parts[0]))
            )
        if fact is not None:
            return column(fact, False)
        if constant is not None:
            return exp.Null() if constant.value is None else literal(constant.value)
        if isinstance(part, Compare):
            return _comparison(part, column, walk)
        if isinstance(part, Arithmetic) and isinstance(part.type, NumberType):
            printed = walk(part.parts[0])
            for summand in part.parts[1:]:
                printed = exp.Paren(this=OPERATORS[part.op](this=printed, expression=walk(summand)))
            return printed
        raise CannotPrint("a binding can compare columns, join tests, and use `+`, `-` and `*`, no more")

    return walk(spelled_out(node))


def _comparison(node: Compare, column: Callable[[FactRef, bool], exp.Expr], walk: Callable[[Node], exp.Expr]) -> exp.Expr:
    for side, other in ((node.left, node.right), (node.right, node.left)):
        if is_none(side):
            fact = fact_of(other)
            if fact is None or node.op not in ("=", "!="):
                raise CannotPrint("only a column can be compared with `null`, by `=` and `!=`")
            test = is_null(column(fact, True))  # NULL itself, not a value that does not read
            return exp.Paren(this=test if node.op == "=" else exp.Not(this=test))
    return exp.Paren(this=COMPARISONS[node.op](this=walk(node.left), expression=walk(node.right)))
