"""Compiles function calls. Most go through the function's own ``type_of``; a few become plan nodes that every engine knows.

To add a function: declare it in ``functions/``. Only one that needs more than its arguments' types has an entry in ``SPECIAL`` here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from tierwise.core.language import arithmetic, messages, naming
from tierwise.core.language.grammar import ARGUMENT_WORDS
from tierwise.core.language.node_types import type_of
from tierwise.core.language.scan import read_iso
from tierwise.core.language.scope import canonical_word, words_of_type
from tierwise.core.language.syntax import CallOf, Number, Operation, Text, Tree
from tierwise.core.plan import Call, Constant, InSet, Node, Round, RoundMode
from tierwise.core.types import DateTimeType, DateType, DurationType, EnumType, ListType, NumberType, SetType, TextType, Type
from tierwise.core.values import Duration

if TYPE_CHECKING:
    from tierwise.core.language.compiler import Compiler

__all__ = ["compile_call"]

PERIODS = EnumType(ARGUMENT_WORDS["most per calendar"])
MOST_DIGITS = 30


def compile_call(compiler: Compiler, tree: CallOf) -> Node:
    """Compile a call of a function in scope.

    Raises:
        Unsound: There is no such function, or it does not take these arguments.
    """
    name = tree.name.text
    if name == "undetermined":
        raise compiler.failure(messages.undetermined_inside(compiler.span(tree.at)))
    special = SPECIAL.get(name)
    if special is not None and name in compiler.scope.functions:
        node = special(compiler, tree)
        if node is not None:
            return node
    return _checked(compiler, tree, _arguments(compiler, tree.arguments))


def _checked(compiler: Compiler, tree: CallOf, arguments: list[Node], hidden: tuple[Node, ...] = ()) -> Node:
    function = compiler.scope.functions[tree.name.text]
    result = function.type_of(tuple(type_of(argument) for argument in arguments))
    if isinstance(result, str):
        raise compiler.failure(messages.wrong_arguments(compiler.span(tree.at), function.name, result, function.signature))
    return Call(function.name, (*arguments, *hidden), result)


def _arguments(compiler: Compiler, trees: tuple[Tree, ...]) -> list[Node]:
    """Compile arguments; bare words take their enum from the first argument that has one."""
    nodes: dict[int, Node] = {}
    hint: Type | None = None
    for position in sorted(range(len(trees)), key=lambda i: naming.is_open(compiler, trees[i])):
        tree = trees[position]
        nodes[position] = compiler.compile(tree, None if _is_plain_text(tree, hint) else hint)
        hint = hint or type_of(nodes[position])
    return [nodes[position] for position in range(len(trees))]


def _is_plain_text(tree: Tree, hint: Type | None) -> bool:
    enum = words_of_type(hint)
    return isinstance(tree, Text) and (enum is None or canonical_word(enum, tree.value) is None)


# ---- functions that become nodes -------------------------------------------------------------------------------------------

Special = Callable[["Compiler", CallOf], Node | None]


def _rounding(mode: RoundMode) -> Special:
    def compile_round(compiler: Compiler, tree: CallOf) -> Node:
        signature = compiler.scope.functions[tree.name.text].signature
        whole = mode in ("floor", "ceiling")
        if len(tree.arguments) != (1 if whole else 2):
            problem = "it takes one number" if whole else "it takes a number and how many digits to keep"
            raise compiler.failure(messages.wrong_arguments(compiler.span(tree.at), tree.name.text, problem, signature))
        scale = 0 if whole else _literal_digits(compiler, tree.arguments[1], tree.name.text, signature)
        value = arithmetic.compile_side(compiler, tree.arguments[0])
        type_ = arithmetic.demand_number(compiler, tree.arguments[0].at, value)
        return Round(value, scale, mode, NumberType(scale, type_.unit))

    return compile_round


def _literal_digits(compiler: Compiler, tree: Tree, name: str, signature: str) -> int:
    if isinstance(tree, Number) and tree.value == tree.value.to_integral_value() and tree.value <= MOST_DIGITS:
        return int(tree.value)
    problem = f"how many digits to keep must be a whole number from 0 to {MOST_DIGITS}, written out"
    raise compiler.failure(messages.wrong_arguments(compiler.span(tree.at), name, problem, signature))


def _mean(compiler: Compiler, tree: CallOf) -> Node:
    raise compiler.failure(messages.quotient_without_scale(compiler.span(tree.at)))


def _sum(compiler: Compiler, tree: CallOf) -> Node | None:
    """``sum(a, b)`` of written-out numbers is ``a + b``."""
    if len(tree.arguments) < 2:
        return None
    parts = compiler.together(tree.arguments)
    arithmetic.refuse_quotients(compiler, *zip(tree.arguments, parts, strict=True))
    return arithmetic.total(compiler, Operation(tree.at, "+", tree.arguments), parts)


def _literal(compiler: Compiler, tree: CallOf) -> Node | None:
    """``date("2024-01-31")``, ``date and time("…")`` and ``duration("P3M")`` are constants."""
    if len(tree.arguments) != 1 or not isinstance(text := tree.arguments[0], Text):
        return None
    value, wanted = read_iso(text.value), tree.name.text
    kinds: dict[str, Type] = {"date": DateType(), "date and time": DateTimeType(), "duration": DurationType()}
    if value is None or _kind(value) != kinds[wanted]:
        example = {"date": "2024-01-31", "date and time": "2024-01-31T08:00:00", "duration": "P7D"}[wanted]
        raise compiler.failure(messages.bad_literal(compiler.span(text.at), text.value, wanted, f"write it as `{example}`"))
    return Constant(value, kinds[wanted])


def _kind(value: object) -> Type:
    if isinstance(value, Duration):
        return DurationType()
    return DateTimeType() if isinstance(value, datetime) else DateType()


def _by_order(compiler: Compiler, tree: CallOf) -> Node | None:
    """A function over the declared order of an enum gets that order as one more argument; against a word it is a plain set test."""
    arguments = _arguments(compiler, tree.arguments)
    enum = words_of_type(type_of(arguments[0])) if arguments else None
    if enum is None or isinstance(type_of(arguments[0]), ListType | SetType):
        return _checked(compiler, tree, arguments)
    name = tree.name.text
    order = Constant(enum.values, ListType(TextType()))
    checked = _checked(compiler, tree, arguments, (order,))
    if name in COMPARED and isinstance(arguments[1], Constant) and not isinstance(arguments[0], Constant):
        return InSet(arguments[0], COMPARED[name](enum.values, arguments[1].value))
    return checked


def _from(values: tuple[str, ...], word: str) -> int:
    return values.index(word) if word in values else len(values)


COMPARED: dict[str, Callable[[tuple[str, ...], str], tuple[str, ...]]] = {
    "at least": lambda values, word: values[: _from(values, word) + 1],
    "better than": lambda values, word: values[: _from(values, word)],
    "at most": lambda values, word: values[_from(values, word) :],
    "worse than": lambda values, word: values[_from(values, word) + 1 :],
}


def _per_calendar(compiler: Compiler, tree: CallOf) -> Node | None:
    if len(tree.arguments) != 2:
        return None
    return _checked(compiler, tree, [compiler.compile(tree.arguments[0]), compiler.compile(tree.arguments[1], PERIODS)])


def _put_together(compiler: Compiler, tree: CallOf) -> Node:
    """A set of words put together from others stands in its declared order, as every set of words does."""
    node = _checked(compiler, tree, _arguments(compiler, tree.arguments))
    type_ = type_of(node)
    if not isinstance(type_, SetType) or not isinstance(type_.item, EnumType) or "in order" not in compiler.scope.functions:
        return node
    return Call("in order", (node, Constant(type_.item.values, ListType(TextType()))), type_)


SPECIAL: dict[str, Special] = {
    "round up": _rounding("up"),
    "round down": _rounding("down"),
    "round half up": _rounding("half up"),
    "round half down": _rounding("half down"),
    "round half even": _rounding("half even"),
    "floor": _rounding("floor"),
    "ceiling": _rounding("ceiling"),
    "mean": _mean,
    "sum": _sum,
    "date": _literal,
    "date and time": _literal,
    "duration": _literal,
    **dict.fromkeys((*COMPARED, "next in scale", "previous in scale", "step down"), _by_order),
    **dict.fromkeys(("union", "distinct values"), _put_together),
    "most per calendar": _per_calendar,
}
