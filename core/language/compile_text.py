"""The three ways in: a whole expression, a cell over a column, and a value of a known type."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tierwise.core.finding import Finding
from tierwise.core.language import messages
from tierwise.core.language.compile_formula import Compiler
from tierwise.core.language.operand import Unsound
from tierwise.core.language.parse import Parser, Words
from tierwise.core.language.scan import SyntaxProblem
from tierwise.core.language.scope import Scope, spellings, words_of_type
from tierwise.core.language.syntax import Tests, Tree, depth_of
from tierwise.core.plan import Constant, Node
from tierwise.core.source import Span, Written
from tierwise.core.types import Type

__all__ = ["compile_expression", "compile_test", "compile_value"]

LONGEST = 20_000
T = TypeVar("T")


def compile_expression(text: str, span: Span, scope: Scope, expected: Type | None = None) -> tuple[Node | None, list[Finding]]:
    """Compile an expression.

    Args:
        text: What the author wrote.
        span: Where it stands.
        scope: What it may use.
        expected: The type it must have; ``undetermined(…)`` may then stand in it.

    Returns:
        The node, or ``None`` when it has an error; and what there is to say about it. Never raises, whatever the text.
    """

    def compile_tree(compiler: Compiler, tree: Tree) -> Node:
        if expected is None:
            return compiler.expression(tree)
        return compiler.value(tree, expected, nullable=True)

    return _compiled(text, span, scope, _words(expected), None, Parser.whole_expression, compile_tree)


def compile_test(text: str, span: Span, column: Node, scope: Scope) -> tuple[Node | None, bool, list[Finding]]:
    """Compile a cell over a column.

    Returns:
        The test (``None`` for ``-`` and for an empty cell), whether it is sound, and what there is to say about it.
    """

    def compile_tree(compiler: Compiler, tree: Tests | None) -> Node | None:
        return None if tree is None else compiler.tests(tree, column)

    node, findings = _compiled(text, span, scope, _words(column.type), column, Parser.whole_cell, compile_tree)
    return node, not any(finding.severity == "error" for finding in findings), findings


def compile_value(text: str | None, span: Span, expected: Type, scope: Scope, nullable: bool = False) -> tuple[Node | None, list[Finding]]:
    """Compile what stands where a value of a known type is wanted: a literal, a bare word, an expression, ``undetermined(…)`` or none.

    Args:
        text: What the author wrote; ``None`` and ``-`` are none.
        span: Where it stands.
        expected: The type of the value.
        scope: What it may use.
        nullable: Whether it may be none.
    """
    if text is None or (text.strip() == "-" and "-" not in _words(expected)):
        if nullable:
            return Constant(None, expected), []
        return None, [messages.none_not_allowed(span)]

    def compile_tree(compiler: Compiler, tree: Tree) -> Node:
        return compiler.value(tree, expected, nullable)

    return _compiled(text, span, scope, _words(expected), None, Parser.whole_expression, compile_tree)


def _compiled(
    text: str,
    span: Span,
    scope: Scope,
    words: Words,
    column: Node | None,
    read: Callable[[Parser], T],
    compile_tree: Callable[[Compiler, T], Node | None],
) -> tuple[Node | None, list[Finding]]:
    if len(text) > LONGEST:
        return None, [messages.too_long(span, len(text), LONGEST)]
    snippet = Written.of(text, span)
    parser = Parser(snippet, scope, words)
    compiler = Compiler(scope, column)
    try:
        tree = read(parser)
        if tree is not None and depth_of(tree) > scope.limits.expression_depth:
            raise SyntaxProblem(messages.too_deep(span, scope.limits.expression_depth))
        node = compile_tree(compiler, tree)
    except SyntaxProblem as problem:
        return None, [*parser.scan.notes, problem.finding]
    except Unsound as unsound:
        return None, [*parser.scan.notes, *compiler.notes, *unsound.findings]
    return node, [*parser.scan.notes, *compiler.notes]


def _words(type_: Type | None) -> Words:
    enum = words_of_type(type_)
    return spellings(enum) if enum is not None else ()
