"""Compiles the tests of a cell, and of ``x in (…)``, over a column."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierwise.core.language import arithmetic, comparing, messages
from tierwise.core.language.failure import Unsound
from tierwise.core.language.node_types import fits, type_of
from tierwise.core.language.syntax import Comparison, In, Interval, ItemMark, ListOf, Nothing, Test, Tests, Tree, walk
from tierwise.core.plan import Call, Compare, Constant, InSet, Logic, Node, Not, Within
from tierwise.core.types import BooleanType, ListType, SetType

if TYPE_CHECKING:
    from tierwise.core.language.compiler import Compiler

__all__ = ["compile_in", "compile_tests"]


def compile_in(compiler: Compiler, tree: In) -> Node:
    """Compile ``x in (…)``."""
    of = arithmetic.compile_side(compiler, tree.of)
    arithmetic.refuse_quotients(compiler, (tree.of, of))
    tests = tree.tests.tests
    if len(tests) == 1 and isinstance(tests[0], ListOf):
        tests = tests[0].items
    return compile_tests(compiler, Tests(tree.tests.at, tests), of)


def compile_tests(compiler: Compiler, tests: Tests, column: Node) -> Node:
    """Return the node that is true when one of some tests is met by the value of a column.

    Raises:
        Unsound: One of them has an error; all errors have been reported.
    """
    nodes: list[Node] = []
    for test in tests.tests:
        try:
            nodes.append(_compile_test(compiler, test, column))
        except Unsound:
            continue
    if len(nodes) < len(tests.tests):
        raise Unsound
    met = _any_of(nodes, column)
    return Not(met) if tests.negated else met


def _any_of(nodes: list[Node], column: Node) -> Node:
    """Join tests by ``or``; values that the column may equal become one ``InSet``."""
    values = [n.right.value for n in nodes if isinstance(n, Compare) and n.op == "=" and isinstance(n.right, Constant) and n.left == column]
    if len(values) > 1 and not isinstance(type_of(column), ListType | SetType):
        first = InSet(column, tuple(dict.fromkeys(values)))
        rest = [n for n in nodes if not (isinstance(n, Compare) and n.op == "=" and isinstance(n.right, Constant) and n.left == column)]
        nodes = [first, *rest]
    return nodes[0] if len(nodes) == 1 else Logic("or", tuple(nodes))


def _compile_test(compiler: Compiler, test: Test, column: Node) -> Node:
    column_type = type_of(column)
    if isinstance(test, Tests):
        return compile_tests(compiler, test, column)
    if isinstance(test, Comparison):
        value = arithmetic.compile_side(compiler, test.of, column_type)
        return comparing.compare(compiler, test.at, test.operator, (column, None), (value, test.of))
    if isinstance(test, Interval):
        return _compile_interval(compiler, test, column)
    if any(isinstance(part, ItemMark) for part in walk(test)):
        return compiler.boolean(test)
    if isinstance(column_type, ListType | SetType):
        return _compile_membership(compiler, test, column, column_type)
    return _compile_equality(compiler, test, column)


def _compile_interval(compiler: Compiler, test: Interval, column: Node) -> Node:
    low, high = compiler.together((test.low, test.high), type_of(column))
    arithmetic.refuse_quotients(compiler, (test.low, low), (test.high, high))
    comparing.check_comparable(compiler, test.at, "<=", (low, test.low), (column, None))
    comparing.check_comparable(compiler, test.at, "<=", (column, None), (high, test.high))
    if isinstance(low, Constant) and isinstance(high, Constant) and _is_empty(low, high, test.low_inclusive and test.high_inclusive):
        raise compiler.failure(messages.empty_interval(compiler.span(test.at)))
    return Within(column, low, high, test.low_inclusive, test.high_inclusive)


def _is_empty(low: Constant, high: Constant, closed: bool) -> bool:
    try:
        return bool(low.value > high.value or (low.value == high.value and not closed))
    except TypeError:  # durations have no order of their own
        return False


def _compile_equality(compiler: Compiler, test: Tree, column: Node) -> Node:
    value = arithmetic.compile_side(compiler, test, type_of(column))
    value_type = type_of(value)
    if isinstance(value_type, ListType | SetType) and fits(type_of(column), value_type.item):
        return Call("list contains", (value, column), BooleanType())
    return comparing.compare(compiler, test.at, "=", (column, None), (value, test))


def _compile_membership(compiler: Compiler, test: Tree, column: Node, column_type: ListType | SetType) -> Node:
    """Compile a test of a set: a word is met when the set holds it, a list when the set holds one of its items."""
    if isinstance(test, ListOf) and test.items:
        return compile_tests(compiler, Tests(test.at, test.items), column)
    value = compiler.compile(test, column_type)
    value_type = type_of(value)
    if isinstance(test, ListOf | Nothing):
        return Compare("=", column, value)
    if fits(value_type, column_type.item):
        return Call("list contains", (column, value), BooleanType())
    if isinstance(value_type, ListType | SetType) and fits(value_type.item, column_type.item):
        return Call("contains any", (column, value), BooleanType())
    raise compiler.failure(messages.type_mismatch(compiler.span(test.at), str(value_type), str(column_type.item)))
