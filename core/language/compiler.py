"""Turns a syntax tree into plan nodes: finds names, checks types, collects findings.

Operators are in ``arithmetic.py`` and ``comparing.py``, calls in ``calls.py``, cells in ``cells.py``, names and words in ``naming.py``.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tierwise.core.finding import Finding
from tierwise.core.language import arithmetic, calls, cells, comparing, lists, messages, naming
from tierwise.core.language.failure import Unsound
from tierwise.core.language.naming import Frame
from tierwise.core.language.node_types import type_of, unified
from tierwise.core.language.scope import Scope, canonical_word, words_of_type
from tierwise.core.language.snippet import Snippet
from tierwise.core.language.syntax import (
    Between,
    CallOf,
    Choice,
    In,
    Index,
    ItemMark,
    ListOf,
    Member,
    Name,
    Negation,
    Nothing,
    Number,
    Operation,
    Opposite,
    Place,
    Quantifier,
    Text,
    Time,
    Tree,
    Truth,
)
from tierwise.core.language.units import digits_of
from tierwise.core.plan import Conditional, Constant, Logic, Node, Not
from tierwise.core.source import Span
from tierwise.core.types import BooleanType, DateTimeType, DateType, DurationType, NumberType, TextType, Type
from tierwise.core.values import Duration

__all__ = ["Compiler"]


class Compiler:
    """Compiles one text. ``column`` is what ``?`` stands for in a cell."""

    def __init__(self, snippet: Snippet, scope: Scope, column: Node | None = None) -> None:
        self.snippet = snippet
        self.scope = scope
        self.column = column
        self.findings: list[Finding] = []
        self.frames: list[Frame] = [Frame(scope.item)] if scope.item is not None else []

    def span(self, at: Place) -> Span:
        """Return the span of a place in the text."""
        return self.snippet.span(*at)

    def failure(self, finding: Finding) -> Unsound:
        """Report an error and return the exception to raise."""
        self.findings.append(finding)
        return Unsound()

    def compile(self, tree: Tree, hint: Type | None = None) -> Node:
        """Return the node of an expression.

        Args:
            tree: What was written.
            hint: The type that probably stands here; it gives bare words, null and lists their meaning. It is not enforced.

        Raises:
            Unsound: It has an error, which has been reported.
        """
        match tree:
            case Number():
                return Constant(tree.value, NumberType(digits_of(tree.value)))
            case Truth():
                return Constant(tree.value, BooleanType())
            case Text():
                return self._text(tree, hint)
            case Time():
                return Constant(tree.value, time_type(tree))
            case Nothing():
                return self._nothing(tree, hint)
            case ItemMark():
                if self.column is None:
                    raise self.failure(messages.syntax(self.span(tree.at), "`?` stands for the value of a column: it has no meaning here"))
                return self.column
            case Name():
                return naming.resolve(self, tree, hint)
            case Negation():
                return Not(self.boolean(tree.of))
            case Operation(operator="and" | "or"):
                return Logic("and" if tree.operator == "and" else "or", tuple(self.each(tree.parts)))
            case Operation(operator="+" | "-" | "*" | "/") | Opposite():
                return arithmetic.compile_arithmetic(self, tree)
            case Operation():
                return comparing.compile_comparison(self, tree)
            case Between():
                return comparing.compile_between(self, tree)
            case In():
                return cells.compile_in(self, tree)
            case Choice():
                return self._choice(tree, hint)
            case Quantifier() | ListOf() | Member() | Index():
                return lists.compile_list_form(self, tree, hint)
            case CallOf():
                return calls.compile_call(self, tree)

    def boolean(self, tree: Tree) -> Node:
        """Compile what must be true or false."""
        node = self.compile(tree, BooleanType())
        if type_of(node) != BooleanType():
            raise self.failure(messages.type_mismatch(self.span(tree.at), str(type_of(node)), "boolean"))
        return node

    def each(self, trees: Sequence[Tree]) -> list[Node]:
        """Compile conditions one by one, so that every error among them is found."""
        found: list[Node] = []
        for tree in trees:
            try:
                found.append(self.boolean(tree))
            except Unsound:
                continue
        if len(found) < len(trees):
            raise Unsound
        return found

    def together(self, trees: Sequence[Tree], hint: Type | None = None) -> list[Node]:
        """Compile values that belong together: bare words, texts and null take their type from the others.

        Quotients are allowed among them: the caller says where one may stand.
        """
        nodes: dict[int, Node] = {}
        for position in sorted(range(len(trees)), key=lambda i: naming.is_open(self, trees[i])):
            try:
                nodes[position] = arithmetic.compile_side(self, trees[position], hint)
            except Unsound:
                continue
            hint = hint or type_of(nodes[position])
        if len(nodes) < len(trees):
            raise Unsound
        return [nodes[position] for position in range(len(trees))]

    def _text(self, tree: Text, hint: Type | None) -> Node:
        enum = words_of_type(hint)
        if enum is None:
            return Constant(tree.value, TextType())
        word = canonical_word(enum, tree.value)
        if word is None:
            raise self.failure(messages.unknown_word(self.span(tree.at), tree.value, enum.values))
        return Constant(word, enum)

    def _nothing(self, tree: Nothing, hint: Type | None) -> Node:
        if hint is None:
            raise self.failure(messages.untyped(self.span(tree.at)))
        return Constant(None, hint)

    def _choice(self, tree: Choice, hint: Type | None) -> Node:
        condition = self.boolean(tree.condition)
        yes, no = self.together((tree.yes, tree.no), hint)
        arithmetic.refuse_quotients(self, (tree.yes, yes), (tree.no, no))
        type_ = unified(type_of(yes), type_of(no))
        if type_ is None:
            raise self.failure(messages.not_comparable(self.span(tree.at), str(type_of(yes)), str(type_of(no))))
        return Conditional(condition, yes, no, type_)


def time_type(tree: Time) -> Type:
    """Return the type of a literal date, date and time, or duration."""
    if isinstance(tree.value, Duration):
        return DurationType()
    return DateTimeType() if isinstance(tree.value, datetime) else DateType()
