"""Turns a syntax tree into plan nodes: finds names, checks types, says what is wrong.

One class, because the forms of the language contain each other. What needs only compiled operands stands apart: ``arithmetic.py``,
``comparing.py`` and ``calls.py``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, get_args

from tierwise.core.finding import Finding
from tierwise.core.language import arithmetic, calls, messages, syntax
from tierwise.core.language.comparing import check_comparable, demand, finer_than_scale
from tierwise.core.language.messages import MEMBERS_OF_DURATIONS
from tierwise.core.language.operand import Operand, Unsound, equalled
from tierwise.core.language.scope import Scope, words_of_type
from tierwise.core.language.syntax import Place, Tree
from tierwise.core.language.type_rules import fits, set_of, unified
from tierwise.core.language.units import digits_of
from tierwise.core.outcome import UNDETERMINED, Reason, distinct
from tierwise.core.plan import (
    Compare,
    Constant,
    Logic,
    Node,
    Not,
    Prefer,
    decision_of,
    fact_of,
    is_inside,
    is_truth,
    junction_of,
    nodes,
    reading_of,
    walk,
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

__all__ = ["Compiler", "strange_to_know", "surely"]

_FALSE = Constant(False, BooleanType())


def strange_to_know(condition: Node) -> str:
    """Return what a condition asks beside facts of the subject, of which alone is known whether they are given; else an empty text."""
    for node in walk(condition):
        if (decision := decision_of(node)) is not None:
            return f"`{decision.name}`, which is decided"
        if (reading := reading_of(node)) is not None:
            return f"the reading `{reading.name}`"
        if is_inside(node):
            return "what is inside a list or a record"
    return ""


def surely(condition: Node, truth: bool = True) -> Node:
    """Return the condition that is true where a condition surely is ``truth``, and false wherever else, so never unknown.

    ``and``, ``or`` and ``not`` go by Kleene's logic: all parts, one part, the opposite.
    """
    junction = junction_of(condition)
    if junction is None:
        return _where_known(condition, condition if truth else Not(condition))
    if junction.op == "not":
        return surely(junction.parts[0], not truth)
    return Logic("and" if (junction.op == "and") is truth else "or", tuple(surely(part, truth) for part in junction.parts))


def _where_known(condition: Node, asked: Node) -> Node:
    """What is asked of a condition where all facts are given that it reads, else false."""
    facts = tuple(dict.fromkeys(fact for node in walk(condition) if (fact := fact_of(node)) is not None))
    if len(facts) == 1:
        return _where_given(asked)
    # A condition over several facts is known where each is given: what is not given makes the whole false, whatever it is.
    return Logic("and", (*(_where_given(Compare("=", fact, fact)) for fact in facts), asked))


def _where_given(condition: Node) -> Node:
    """A condition over one fact as it is where the fact is given, else false; none counts as false."""
    return Prefer((condition if is_truth(condition) else Logic("and", (condition,)), _FALSE), BooleanType())


DATE_PARTS = ("year", "month", "day", "weekday")
TIME_PARTS = ("hour", "minute", "second")
ITEM = "item"


@dataclass(frozen=True, slots=True)
class Frame:
    """A list form around an expression: what its items are, and the name of the item when the author gave one."""

    item: Type
    variable: str | None = None


class Compiler:
    """Compiles one text. ``column`` is what ``?`` stands for in a cell; ``notes`` are findings that are no errors."""

    def __init__(self, scope: Scope, column: Node | None = None) -> None:
        self.scope = scope
        self.column = column
        self.notes: list[Finding] = []
        self._frames: list[Frame] = [Frame(scope.item)] if scope.item is not None else []

    # ---- the three ways in ----

    def expression(self, tree: Tree, hint: Type | None = None) -> Node:
        """Return the node of an expression.

        Args:
            tree: What was written.
            hint: The type that probably stands here; it gives bare words, null and lists their meaning. It is not enforced.

        Raises:
            Unsound: It has an error.
        """
        match tree:
            case syntax.Number():
                return nodes.Constant(tree.value, NumberType(digits_of(tree.value)))
            case syntax.Truth():
                return nodes.Constant(tree.value, BooleanType())
            case syntax.Text():
                return _text(tree, hint)
            case syntax.Time():
                return nodes.Constant(tree.value, calls.time_type(tree.value))
            case syntax.Nothing():
                return _nothing(tree, hint)
            case syntax.ItemMark():
                if self.column is None:
                    raise Unsound(messages.syntax(tree.at.span, "`?` stands for the value of a column: it has no meaning here"))
                return self.column
            case syntax.Name():
                return self._named(tree, hint)
            case syntax.Negation():
                return nodes.Not(self._boolean(tree.of))
            case syntax.Known():
                return self._known(tree)
            case syntax.Operation(operator="and" | "or"):
                return nodes.Logic("and" if tree.operator == "and" else "or", tuple(self._each_boolean(tree.parts)))
            case syntax.Operation(operator="+" | "-" | "*" | "/") | syntax.Opposite():
                return self._value(tree).node
            case syntax.Operation():
                left, right = self._together(tree.parts)
                return self._compared(tree.operator, left, right, tree.at)
            case syntax.Between():
                return self._between(tree)
            case syntax.In():
                return self._in(tree)
            case syntax.Choice():
                return self._choice(tree, hint)
            case syntax.Quantifier():
                of = self.expression(tree.of)
                test = self._over_items(tree.of, of, tree.test, tree.variable.text)
                return nodes.Quantified("some" if tree.word == "some" else "every", of, test)
            case syntax.ListOf():
                return self._list(tree, hint)
            case syntax.Member():
                return _member(self.expression(tree.of), tree.name)
            case syntax.Index():
                return self._index(tree)
            case syntax.CallOf():
                return self._call(tree)

    def tests(self, tests: syntax.Tests, column: Node) -> Node:
        """Return the node that is true when one of some tests is met by the value of a column.

        Raises:
            Unsound: Some of them have errors.
        """
        met_by: list[Node] = []
        errors: list[Finding] = []
        for test in tests.tests:
            with _gathering(errors):
                met_by.append(self._test(test, column))
        if errors:
            raise Unsound(*errors)
        met = _any_of(met_by, column)
        return nodes.Not(met) if tests.negated else met

    def value(self, tree: Tree, expected: Type, nullable: bool) -> Node:
        """Return the node of a value of the type ``expected``, where ``undetermined(…)`` may stand.

        Raises:
            Unsound: It has an error.
        """
        if isinstance(tree, syntax.Choice):
            condition = self._boolean(tree.condition)
            return nodes.Conditional(condition, self.value(tree.yes, expected, nullable), self.value(tree.no, expected, nullable), expected)
        if isinstance(tree, syntax.CallOf) and tree.name.text == UNDETERMINED:
            return self._undetermined(tree, expected)
        operand = Operand(self.expression(tree, expected), tree.at, tree)
        if operand.is_none:
            if not nullable:
                raise Unsound(messages.none_not_allowed(tree.at.span))
            return nodes.Constant(None, expected)
        demand(operand, expected)
        return operand.node

    def _undetermined(self, tree: syntax.CallOf, expected: Type) -> Node:
        if not tree.arguments:
            problem = f"it needs a reason: {', '.join(Reason)}"
            raise Unsound(messages.wrong_arguments(tree.at.span, "undetermined", problem, "undetermined(lost)"))
        first, *rest = tree.arguments
        word = first.text if isinstance(first, syntax.Name) else first.value if isinstance(first, syntax.Text) else ""
        if word not in tuple(Reason):
            raise Unsound(messages.unknown_reason(first.at.span, first.at.text, tuple(Reason)))
        candidates = [Operand(self.value(candidate, expected, nullable=True), candidate.at) for candidate in rest]
        constants = [candidate.constant for candidate in candidates]
        for candidate, constant in zip(candidates, constants, strict=True):
            if constant is None:
                raise Unsound(messages.syntax(candidate.at.span, "a candidate must be a plain value"))
        return nodes.Undecided(Reason(word), distinct([constant.value for constant in constants if constant is not None]), expected)

    # ---- operands ----

    def _operand(self, tree: Tree, hint: Type | None = None) -> Operand:
        """Compile a side of a comparison or the argument of a rounding function, where a quotient may stand."""
        if not isinstance(tree, syntax.Operation | syntax.Opposite | syntax.CallOf):
            return Operand(self.expression(tree, hint), tree.at, tree)
        return Operand(arithmetic.quotient(self._ratio(tree, hint), tree.at).node, tree.at, tree)

    def _value(self, tree: Tree, hint: Type | None = None) -> Operand:
        """Compile a value where no quotient may stand."""
        operand = self._operand(tree, hint)
        arithmetic.refuse_quotients(operand)
        return operand

    def _ratio(self, tree: Tree, hint: Type | None = None) -> arithmetic.Ratio:
        """Compile an expression as one exact quotient."""
        match tree:
            case syntax.CallOf(name=syntax.Name(text="mean")):
                return self._mean(tree)
            case syntax.Opposite():
                return arithmetic.opposite(self._ratio(tree.of), tree.at)
            case syntax.Operation(operator="+" | "-" | "*" | "/"):
                return arithmetic.computed(tree.operator, [self._ratio(part) for part in tree.parts], tree.at)
        return Operand(self.expression(tree, hint), tree.at, tree), None

    def _mean(self, tree: syntax.CallOf) -> arithmetic.Ratio:
        if not tree.arguments:
            raise Unsound(messages.wrong_arguments(tree.at.span, "mean", "it needs at least one number"))
        if len(tree.arguments) == 1:
            of = tree.arguments[0]
            return arithmetic.mean_of(Operand(self.expression(of), of.at, of))
        parts = self._values(tree.arguments)
        return arithmetic.total("+", parts, tree.at), Operand(nodes.Constant(Decimal(len(parts)), NumberType(0)), tree.at)

    def _together(self, trees: Sequence[Tree], hint: Type | None = None) -> list[Operand]:
        """Compile values that belong together: bare words, texts and null take their type from the others.

        Quotients are allowed among them: the caller says where one may stand.
        """
        operands: dict[int, Operand] = {}
        errors: list[Finding] = []
        for position in self._known_first(trees):
            with _gathering(errors):
                operands[position] = self._operand(trees[position], hint)
                hint = hint or operands[position].type
        if errors:
            raise Unsound(*errors)
        return [operands[position] for position in range(len(trees))]

    def _values(self, trees: Sequence[Tree], hint: Type | None = None) -> list[Operand]:
        """Compile values that belong together where no quotient may stand."""
        operands = self._together(trees, hint)
        arithmetic.refuse_quotients(*operands)
        return operands

    def _boolean(self, tree: Tree) -> Node:
        """Compile what must be true or false."""
        node = self.expression(tree, BooleanType())
        if node.type != BooleanType():
            raise Unsound(messages.type_mismatch(tree.at.span, str(node.type), "boolean"))
        return node

    def _known(self, tree: syntax.Known) -> Node:
        condition = self._boolean(tree.of)
        strange = strange_to_know(condition)
        if strange:
            help = "say it of facts; a part of the condition that asks nothing else may stand in it alone"
            raise Unsound(messages.syntax(tree.of.at.span, f"`known to be` asks which facts are given, but this asks {strange}", help))
        return surely(condition)

    def _each_boolean(self, trees: Sequence[Tree]) -> list[Node]:
        """Compile conditions one by one, so that every error among them is found."""
        found: list[Node] = []
        errors: list[Finding] = []
        for tree in trees:
            with _gathering(errors):
                found.append(self._boolean(tree))
        if errors:
            raise Unsound(*errors)
        return found

    # ---- names and words ----

    def _named(self, tree: syntax.Name, hint: Type | None) -> Node:
        enum = words_of_type(hint)
        word = None if tree.quoted or enum is None else enum.word(tree.text)
        named = self._lookup(tree.text)
        if word is not None and named is not None:
            if word != tree.text:
                return named  # a label is for people and data: it takes no name away
            raise Unsound(messages.ambiguous_word(tree.at.span, tree.text))
        if word is not None and enum is not None:
            return nodes.Constant(word, enum)
        if named is not None:
            return named
        if enum is not None and not tree.quoted:
            raise Unsound(messages.unknown_word(tree.at.span, tree.text, enum.values, self._names()))
        raise Unsound(messages.unknown_name(tree.at.span, tree.text, self._names(), isinstance(hint, TextType)))

    def _known_first(self, trees: Sequence[Tree]) -> list[int]:
        """Return the positions of some trees, those last of which only their neighbours tell what type they have."""

        def is_open(position: int) -> bool:
            tree = trees[position]
            if isinstance(tree, syntax.Name):
                return not tree.quoted and self._lookup(tree.text) is None
            return isinstance(tree, syntax.Text | syntax.Nothing | syntax.ListOf)

        return sorted(range(len(trees)), key=is_open)

    def _lookup(self, name: str) -> Node | None:
        for depth, frame in enumerate(reversed(self._frames)):
            item = nodes.ItemRef(frame.item, depth)
            if name == (frame.variable or ITEM):
                return item
            if frame.variable is None and isinstance(frame.item, RecordType):
                type_ = frame.item.field(name)
                if type_ is not None:
                    return nodes.FieldRef(item, name, type_)
        return self.scope.names.get(name)

    def _names(self) -> Iterator[str]:
        for frame in reversed(self._frames):
            if frame.variable is not None:
                yield frame.variable
            elif isinstance(frame.item, RecordType):
                yield from (name for name, _ in frame.item.fields)
        yield from self.scope.names

    # ---- comparisons, choices, calls ----

    def _compared(self, operator: str, left: Operand, right: Operand, at: Place) -> Node:
        self._check_comparable(operator, left, right, at)
        for op in get_args(nodes.CompareOp):
            if op == operator:
                return nodes.Compare(op, left.node, right.node)
        raise AssertionError(operator)

    def _check_comparable(self, operator: str, left: Operand, right: Operand, at: Place) -> None:
        check_comparable(operator, left, right, at)
        self.notes.extend(finer_than_scale(left, right))

    def _between(self, tree: syntax.Between) -> Node:
        value, low, high = self._values((tree.of, tree.low, tree.high))
        self._check_comparable("<=", low, value, tree.at)
        self._check_comparable("<=", value, high, tree.at)
        return nodes.Within(value.node, low.node, high.node, True, True)

    def _choice(self, tree: syntax.Choice, hint: Type | None) -> Node:
        condition = self._boolean(tree.condition)
        yes, no = self._values((tree.yes, tree.no), hint)
        type_ = unified(yes.type, no.type)
        if type_ is None:
            raise Unsound(messages.not_comparable(tree.at.span, str(yes.type), str(no.type)))
        return nodes.Conditional(condition, yes.node, no.node, type_)

    def _call(self, tree: syntax.CallOf) -> Node:
        name = tree.name.text
        if name == UNDETERMINED:
            raise Unsound(messages.undetermined_inside(tree.at.span))
        function = self.scope.functions[name]
        if mode := calls.ROUNDINGS.get(name):
            digits = calls.digits_kept(tree, function, mode)
            of = tree.arguments[0]
            if digits >= 0:
                return calls.rounded(self._operand(of), digits, mode)
            return arithmetic.rounded_to(self._ratio(of), -digits, mode, tree.at)
        if name == "mean":
            raise Unsound(messages.quotient_without_scale(tree.at.span))
        if name == "sum" and len(tree.arguments) > 1:  # of numbers written out: `a + b`
            return arithmetic.total("+", self._values(tree.arguments), tree.at).node
        constant = calls.literal(tree)
        return constant or calls.call(tree, function, self._arguments(tree), "in order" in self.scope.functions)

    def _arguments(self, tree: syntax.CallOf) -> list[Operand]:
        """Compile arguments; bare words take their enum from the first argument that has one."""
        trees = tree.arguments
        words = calls.WORD_ARGUMENTS.get(tree.name.text)
        if words is not None and len(trees) == 2:
            return [Operand(self.expression(trees[0]), trees[0].at), Operand(self.expression(trees[1], words), trees[1].at)]
        operands: dict[int, Operand] = {}
        hint: Type | None = None
        for position in self._known_first(trees):
            argument = trees[position]
            node = self.expression(argument, None if _is_plain_text(argument, hint) else hint)
            operands[position] = Operand(node, argument.at, argument)
            hint = hint or operands[position].type
        return [operands[position] for position in range(len(trees))]

    # ---- lists, records and maps ----

    def _over_items(self, tree: Tree, of: Node, test: Tree, variable: str | None = None) -> Node:
        """Compile a condition over the items of a list."""
        type_ = of.type
        if not isinstance(type_, ListType | SetType):
            raise Unsound(messages.type_mismatch(tree.at.span, str(type_), "list"))
        self._frames.append(Frame(type_.item, variable))
        try:
            return self._boolean(test)
        finally:
            self._frames.pop()

    def _index(self, tree: syntax.Index) -> Node:
        of = self.expression(tree.of)
        type_ = of.type
        if isinstance(type_, MapType):
            return self._map_value(tree, of, type_)
        if isinstance(tree.inner, syntax.Number):
            help = "write `first(…)` or `last(…)`, or a condition in the brackets"
            raise Unsound(messages.syntax(tree.inner.at.span, "a list is not read by position", help))
        return nodes.Filter(of, self._over_items(tree.of, of, tree.inner), type_)

    def _map_value(self, tree: syntax.Index, of: Node, type_: MapType) -> Node:
        key = Operand(self.expression(tree.inner), tree.inner.at)
        if key.constant is not None and isinstance(key.constant.value, str):
            return nodes.FieldRef(of, key.constant.value, type_.value)
        if words_of_type(key.type) is None and key.type != TextType():
            raise Unsound(messages.type_mismatch(key.at.span, str(key.type), "text"))
        return nodes.Call("get value", (of, key.node), type_.value, "perhaps")

    def _list(self, tree: syntax.ListOf, hint: Type | None) -> Node:
        if not tree.items:
            return nodes.Constant((), hint if isinstance(hint, ListType | SetType) else ListType(TextType()))
        items = self._values(tree.items, hint.item if isinstance(hint, ListType | SetType) else hint)
        item_type = items[0].type
        for item in items[1:]:
            joined = unified(item_type, item.type)
            if joined is None:
                raise Unsound(messages.not_comparable(item.at.span, str(item_type), str(item.type)))
            item_type = joined
        type_ = SetType(item_type) if isinstance(hint, SetType) else ListType(item_type)
        constants = [constant for item in items if (constant := item.constant) is not None]
        if len(constants) < len(items):
            return nodes.Call("list", tuple(item.node for item in items), type_)
        values = tuple(constant.value for constant in constants)
        return nodes.Constant(set_of(values, item_type) if isinstance(type_, SetType) else values, type_)

    # ---- tests of a cell ----

    def _in(self, tree: syntax.In) -> Node:
        """Compile ``x in …``: tests as in a cell, or a list that holds ``x``; one that is itself a list is held by a list of lists."""
        tests, of = tree.tests.tests, self._value(tree.of)
        written = tests[0].items if len(tests) == 1 and isinstance(tests[0], syntax.ListOf) else None
        if written and isinstance(of.type, ListType | SetType) and all(isinstance(item, syntax.ListOf) for item in written):
            equal = [self._compared("=", of, self._operand(item, of.type), item.at) for item in written]
            return nodes.Logic("or", tuple(equal))
        return self.tests(syntax.Tests(tree.tests.at, tests if written is None else written), of.node)

    def _test(self, test: syntax.Test, column: Node) -> Node:
        column_type = column.type
        if isinstance(test, syntax.Tests):
            return self.tests(test, column)
        if isinstance(test, syntax.Comparison):
            return self._compared(test.operator, Operand(column, test.at), self._operand(test.of, column_type), test.at)
        if isinstance(test, syntax.Interval):
            return self._interval(test, column)
        if any(isinstance(part, syntax.ItemMark) for part in syntax.walk(test)):
            return self._boolean(test)
        if isinstance(column_type, ListType | SetType):
            return self._membership(test, column, column_type)
        return self._equality(test, column)

    def _interval(self, test: syntax.Interval, column: Node) -> Node:
        low, high = self._values((test.low, test.high), column.type)
        self._check_comparable("<=", low, Operand(column, test.at), test.at)
        self._check_comparable("<=", Operand(column, test.at), high, test.at)
        if _is_empty(low.constant, high.constant, test.low_inclusive and test.high_inclusive):
            raise Unsound(messages.empty_interval(test.at.span))
        return nodes.Within(column, low.node, high.node, test.low_inclusive, test.high_inclusive)

    def _equality(self, test: Tree, column: Node) -> Node:
        if isinstance(test, syntax.Operation) and test.operator == "-" and all(isinstance(part, syntax.Number) for part in test.parts):
            raise Unsound(messages.dash_between(test.at.span, *(part.at.text for part in test.parts)))
        value = self._operand(test, column.type)
        if isinstance(value.type, ListType | SetType) and fits(column.type, value.type.item):
            return nodes.Call("list contains", (value.node, column), BooleanType())
        return self._compared("=", Operand(column, test.at), value, test.at)

    def _membership(self, test: Tree, column: Node, column_type: ListType | SetType) -> Node:
        """Compile a test of a set: a word is met when the set holds it, a list when the set holds one of its items."""
        if isinstance(test, syntax.ListOf) and test.items:
            return self.tests(syntax.Tests(test.at, test.items), column)
        value = self.expression(test, column_type)
        value_type = value.type
        if isinstance(test, syntax.ListOf | syntax.Nothing):
            return nodes.Compare("=", column, value)
        if fits(value_type, column_type.item):
            return nodes.Call("list contains", (column, value), BooleanType())
        if isinstance(value_type, ListType | SetType) and fits(value_type.item, column_type.item):
            return nodes.Call("contains any", (column, value), BooleanType())
        if isinstance(value_type, ListType | SetType) and fits(column_type, value_type.item):
            return nodes.Call("list contains", (value, column), BooleanType())
        raise Unsound(messages.type_mismatch(test.at.span, str(value_type), str(column_type.item)))


@contextmanager
def _gathering(errors: list[Finding]) -> Iterator[None]:
    """Keep the errors of one of several parts, so that those of the others are found, too."""
    try:
        yield
    except Unsound as unsound:
        errors.extend(unsound.findings)


def _text(tree: syntax.Text, hint: Type | None) -> Node:
    enum = words_of_type(hint)
    if enum is None:
        return nodes.Constant(tree.value, TextType())
    word = enum.word(tree.value)
    if word is None:
        raise Unsound(messages.unknown_word(tree.at.span, tree.value, enum.values))
    return nodes.Constant(word, enum)


def _is_plain_text(tree: Tree, hint: Type | None) -> bool:
    enum = words_of_type(hint)
    return isinstance(tree, syntax.Text) and (enum is None or enum.word(tree.value) is None)


def _nothing(tree: syntax.Nothing, hint: Type | None) -> Node:
    if hint is None:
        raise Unsound(messages.untyped(tree.at.span))
    return nodes.Constant(None, hint)


def _member(of: Node, name: syntax.Name) -> Node:
    type_ = of.type
    if isinstance(type_, ListType | SetType):
        each = _member(nodes.ItemRef(type_.item), name)
        return nodes.Project(of, each, ListType(each.type))
    if isinstance(type_, MapType):
        return nodes.FieldRef(of, name.text, type_.value)
    if isinstance(type_, RecordType):
        field = type_.field(name.text)
        if field is None:
            raise Unsound(messages.unknown_field(name.at.span, name.text, (known for known, _ in type_.fields)))
        return nodes.FieldRef(of, name.text, field)
    if isinstance(type_, DateType | DateTimeType):
        parts = (*DATE_PARTS, *(TIME_PARTS if isinstance(type_, DateTimeType) else ()))
        if name.text not in parts:
            raise Unsound(messages.unknown_field(name.at.span, name.text, parts))
        return nodes.Call(name.text, (of,), NumberType(0))
    if isinstance(type_, DurationType):
        raise Unsound(messages.type_mismatch(name.at.span, str(type_), "record", MEMBERS_OF_DURATIONS))
    raise Unsound(messages.type_mismatch(name.at.span, str(type_), "record", "only records, maps and dates have parts"))


def _is_empty(low: nodes.Constant | None, high: nodes.Constant | None, closed: bool) -> bool:
    if low is None or high is None:
        return False
    first: Any = low.value
    last: Any = high.value
    try:
        return bool(first > last or (first == last and not closed))
    except TypeError:  # durations have no order of their own
        return False


def _any_of(tests: list[Node], column: Node) -> Node:
    """Join tests by ``or``; values that the column may equal become one ``InSet``."""
    values = {position: value for position, node in enumerate(tests) for value in equalled(node, column)}
    if len(values) > 1 and not isinstance(column.type, ListType | SetType):
        in_set = nodes.InSet(column, tuple(dict.fromkeys(values.values())))
        tests = [in_set, *(node for position, node in enumerate(tests) if position not in values)]
    return tests[0] if len(tests) == 1 else nodes.Logic("or", tuple(tests))
