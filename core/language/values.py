"""Compiles a value that stands for a decision or an output: checks it against its declared type, admits ``undetermined(…)``."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierwise.core.finding import Finding
from tierwise.core.language import messages
from tierwise.core.language.comparing import advice
from tierwise.core.language.node_types import fits, type_of
from tierwise.core.language.syntax import CallOf, Choice, Name, Number, Opposite, Text, Tree
from tierwise.core.language.unit_checks import check_literal_unit
from tierwise.core.outcome import Reason, distinct
from tierwise.core.plan import Conditional, Constant, Node, Undecided
from tierwise.core.source import Span
from tierwise.core.types import EnumType, ListType, NumberType, SetType, Type

if TYPE_CHECKING:
    from tierwise.core.language.compiler import Compiler

__all__ = ["check_number", "compile_value_tree"]


def compile_value_tree(compiler: Compiler, tree: Tree, expected: Type, nullable: bool) -> Node:
    """Compile a value of the type ``expected``, where ``undetermined(…)`` may stand.

    Raises:
        Unsound: It has an error, which has been reported.
    """
    if isinstance(tree, Choice):
        condition = compiler.boolean(tree.condition)
        yes = compile_value_tree(compiler, tree.yes, expected, nullable)
        no = compile_value_tree(compiler, tree.no, expected, nullable)
        return Conditional(condition, yes, no, expected)
    if isinstance(tree, CallOf) and tree.name.text == "undetermined":
        return _undetermined(compiler, tree, expected)
    node = compiler.compile(tree, expected)
    if isinstance(node, Constant) and node.value is None:
        if not nullable:
            raise compiler.failure(messages.none_not_allowed(compiler.span(tree.at)))
        return Constant(None, expected)
    _demand(compiler, tree, node, expected)
    return node


def _undetermined(compiler: Compiler, tree: CallOf, expected: Type) -> Node:
    if not tree.arguments:
        problem = f"it needs a reason: {', '.join(Reason)}"
        raise compiler.failure(messages.wrong_arguments(compiler.span(tree.at), "undetermined", problem, "undetermined(lost)"))
    first, *rest = tree.arguments
    word = first.text if isinstance(first, Name) else first.value if isinstance(first, Text) else ""
    if word not in tuple(Reason):
        written = compiler.snippet.text[slice(*first.at)]
        raise compiler.failure(messages.unknown_reason(compiler.span(first.at), written, tuple(Reason)))
    candidates = [compile_value_tree(compiler, candidate, expected, nullable=True) for candidate in rest]
    for candidate, written_tree in zip(candidates, rest, strict=True):
        if not isinstance(candidate, Constant):
            raise compiler.failure(messages.syntax(compiler.span(written_tree.at), "a candidate must be a plain value"))
    return Undecided(Reason(word), distinct(c.value for c in candidates if isinstance(c, Constant)), expected)


def _demand(compiler: Compiler, tree: Tree, node: Node, expected: Type) -> None:
    found, span = type_of(node), compiler.span(tree.at)
    if isinstance(found, NumberType) and isinstance(expected, NumberType):
        if found.unit and expected.unit and found.unit != expected.unit:
            raise compiler.failure(messages.unit_mismatch(span, found.unit, expected.unit))
        check_literal_unit(compiler, tree, expected.unit)
        literal = isinstance(tree, Number | Opposite) and isinstance(node, Constant)
        for finding in check_number(span, found.scale, node.value if isinstance(node, Constant) else None, expected, literal):
            raise compiler.failure(finding)
    elif not fits(found, expected):
        inner, wanted = _inner(found), _inner(expected)
        if isinstance(inner, EnumType) and isinstance(wanted, EnumType) and type(found) is type(expected):
            stray = next(word for word in inner.values if word not in wanted.values)
            raise compiler.failure(messages.unknown_word(span, stray, wanted.values))
        raise compiler.failure(messages.type_mismatch(span, str(found), str(expected), advice(found, expected)))


def check_number(span: Span, digits: int | None, value: Decimal | None, expected: NumberType, literal: bool) -> list[Finding]:
    """Return what is wrong with the digits or the range of a number of a declared type."""
    if digits is not None and expected.scale is not None and digits > expected.scale:
        return [messages.scale_too_fine(span, digits, expected.scale, literal)]
    if value is None:
        return []
    if expected.low is not None and value < expected.low:
        return [messages.out_of_range(span, f"{value:f}", f"{expected.low:f}", None)]
    if expected.high is not None and value > expected.high:
        return [messages.out_of_range(span, f"{value:f}", None, f"{expected.high:f}")]
    return []


def _inner(type_: Type) -> Type:
    return type_.item if isinstance(type_, ListType | SetType) else type_
