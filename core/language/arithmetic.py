"""Compiles ``+ - * /``: numbers exactly, dates and durations; an expression that divides becomes one exact quotient."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from tierwise.core.language import messages
from tierwise.core.language.node_types import product_type, sum_type, type_of
from tierwise.core.language.syntax import CallOf, Operation, Opposite, Place, Tree
from tierwise.core.language.unit_checks import check_units
from tierwise.core.language.units import EXACT, plain
from tierwise.core.plan import Arithmetic, Call, Constant, Node, Quotient
from tierwise.core.types import DateTimeType, DateType, DurationType, ListType, NumberType, SetType, Type
from tierwise.core.values import Duration

if TYPE_CHECKING:
    from tierwise.core.language.compiler import Compiler

__all__ = ["compile_arithmetic", "compile_side", "demand_number", "product", "refuse_quotients", "total"]


def compile_arithmetic(compiler: Compiler, tree: Operation | Opposite) -> Node:
    """Compile ``+ - * /`` and ``-x`` where a bare quotient is refused."""
    node = compile_side(compiler, tree)
    refuse_quotients(compiler, (tree, node))
    return node


def compile_side(compiler: Compiler, tree: Tree, hint: Type | None = None) -> Node:
    """Compile a side of a comparison or the argument of a rounding function, where a quotient may stand."""
    if not isinstance(tree, Operation | Opposite | CallOf):
        return compiler.compile(tree, hint)
    above, below = _ratio(compiler, tree, hint)
    if below is None:
        return above
    left, right = type_of(above), type_of(below)
    unit = left.unit if isinstance(left, NumberType) and isinstance(right, NumberType) and not right.unit else ""
    return Quotient(above, below, NumberType(None, unit))


def refuse_quotients(compiler: Compiler, *parts: tuple[Tree, Node]) -> None:
    """Report quotients where none may stand."""
    found = [tree for tree, node in parts if isinstance(node, Quotient)]
    for tree in found[1:]:
        compiler.failure(messages.quotient_without_scale(compiler.span(tree.at)))
    if found:
        raise compiler.failure(messages.quotient_without_scale(compiler.span(found[0].at)))


def _ratio(compiler: Compiler, tree: Tree, hint: Type | None) -> tuple[Node, Node | None]:
    """Return an expression as one exact quotient: what stands above and, when it divides at all, below."""
    if isinstance(tree, CallOf) and tree.name.text == "mean":
        return _mean(compiler, tree)
    if isinstance(tree, Opposite):
        return _opposite(compiler, tree)
    if not isinstance(tree, Operation) or tree.operator not in ("+", "-", "*", "/"):
        return compiler.compile(tree, hint), None
    parts = [_ratio(compiler, part, None) for part in tree.parts]
    if tree.operator == "/":
        return _divided(compiler, tree, parts)
    while len(parts) > 1 and any(below is not None for _, below in parts):
        parts[:2] = [_joined_ratio(compiler, tree, parts[0], parts[1])]
    if len(parts) == 1:
        return parts[0]
    nodes = [above for above, _ in parts]
    return (product(compiler, tree, nodes) if tree.operator == "*" else total(compiler, tree, nodes)), None


def _joined_ratio(compiler: Compiler, tree: Operation, one: tuple[Node, Node | None], other: tuple[Node, Node | None]) -> tuple[Node, Node]:
    (a, b), (c, d) = one, other
    below = product(compiler, tree, [x for x in (b, d) if x is not None])
    if tree.operator == "*":
        return product(compiler, tree, [a, c]), below
    left = a if d is None else product(compiler, tree, [a, d])
    right = c if b is None else product(compiler, tree, [c, b])
    return total(compiler, tree, [left, right]), below


def _divided(compiler: Compiler, tree: Operation, parts: list[tuple[Node, Node | None]]) -> tuple[Node, Node]:
    (a, b), (c, d) = parts
    if d is not None:
        raise compiler.failure(messages.syntax(compiler.span(tree.parts[1].at), "a quotient may not stand below another one"))
    demand_number(compiler, tree.parts[0].at, a)
    demand_number(compiler, tree.parts[1].at, c)
    return a, c if b is None else product(compiler, tree, [b, c])


def _mean(compiler: Compiler, tree: CallOf) -> tuple[Node, Node]:
    if len(tree.arguments) == 1:
        of = compiler.compile(tree.arguments[0])
        of_type = type_of(of)
        if not isinstance(of_type, ListType | SetType) or not isinstance(of_type.item, NumberType):
            raise compiler.failure(messages.type_mismatch(compiler.span(tree.arguments[0].at), str(of_type), "list of number"))
        scale, unit = of_type.item.scale, of_type.item.unit
        return Call("sum", (of,), NumberType(scale, unit)), Call("count", (of,), NumberType(0, "", Decimal(0)))
    if not tree.arguments:
        raise compiler.failure(messages.wrong_arguments(compiler.span(tree.at), "mean", "it needs at least one number"))
    parts = compiler.together(tree.arguments)
    refuse_quotients(compiler, *zip(tree.arguments, parts, strict=True))
    written = Operation(tree.at, "+", tree.arguments)
    return total(compiler, written, parts), Constant(Decimal(len(parts)), NumberType(0))


def _opposite(compiler: Compiler, tree: Opposite) -> tuple[Node, Node | None]:
    above, below = _ratio(compiler, tree.of, None)
    if isinstance(above, Constant) and isinstance(above.value, Duration):
        return Constant(above.value.times(-1), DurationType()), None
    type_ = demand_number(compiler, tree.of.at, above)
    if isinstance(above, Constant):
        return Constant(plain(EXACT.minus(above.value)), type_), below
    zero = Constant(Decimal(0), NumberType(0))
    return Arithmetic("-", (zero, above), sum_type("-", NumberType(0, "", Decimal(0), Decimal(0)), type_)), below


def demand_number(compiler: Compiler, at: Place, node: Node) -> NumberType:
    """Return the type of a node that must be a number."""
    type_ = type_of(node)
    if not isinstance(type_, NumberType) or (isinstance(node, Constant) and node.value is None):
        raise compiler.failure(messages.type_mismatch(compiler.span(at), "null" if isinstance(type_, NumberType) else str(type_), "number"))
    return type_


def product(compiler: Compiler, tree: Operation, nodes: list[Node]) -> Node:
    """Return the product of numbers, or of a duration and a whole number; constants are multiplied out."""
    if len(nodes) == 1:
        return nodes[0]
    if any(isinstance(type_of(node), DurationType) for node in nodes):
        return _repeated(compiler, tree, nodes)
    types = [demand_number(compiler, _place(tree, i, nodes), node) for i, node in enumerate(nodes)]
    type_ = types[0]
    for other in types[1:]:
        type_ = product_type(type_, other)
    if all(isinstance(node, Constant) for node in nodes):
        value = Decimal(1)
        for node in nodes:
            value = EXACT.multiply(value, node.value if isinstance(node, Constant) else value)
        return Constant(plain(value), type_)
    return Arithmetic("*", tuple(nodes), type_)


def _repeated(compiler: Compiler, tree: Operation, nodes: list[Node]) -> Node:
    lengths = [node for node in nodes if isinstance(type_of(node), DurationType)]
    factors = [node for node in nodes if node not in lengths]
    whole = all(isinstance(t := type_of(node), NumberType) and t.scale == 0 for node in factors)
    if len(lengths) != 1 or len(nodes) != 2 or not whole:
        raise compiler.failure(messages.syntax(compiler.span(tree.at), "a duration may be multiplied only by one whole number"))
    return Arithmetic("*", (lengths[0], factors[0]), DurationType())


def total(compiler: Compiler, tree: Operation, nodes: list[Node]) -> Node:
    """Return the sum or the difference of numbers, dates and durations."""
    operator = "+" if tree.operator == "+" else "-"
    if not all(isinstance(type_of(node), NumberType) for node in nodes):
        return _shifted(compiler, tree, nodes)
    types = [demand_number(compiler, _place(tree, i, nodes), node) for i, node in enumerate(nodes)]
    check_units(compiler, tree.at, list(zip(nodes, tree.parts, strict=False)))
    type_ = types[0]
    for other in types[1:]:
        type_ = sum_type(operator, type_, other)
    if all(isinstance(node, Constant) for node in nodes):
        values = [node.value for node in nodes if isinstance(node, Constant)]
        value = values[0]
        for more in values[1:]:
            value = EXACT.add(value, more) if operator == "+" else EXACT.subtract(value, more)
        return Constant(plain(value), type_)
    return Arithmetic("+" if operator == "+" else "-", tuple(nodes), type_)


def _shifted(compiler: Compiler, tree: Operation, nodes: list[Node]) -> Node:
    left = nodes[0]
    for right in nodes[1:]:
        type_ = _shifted_type(tree.operator, type_of(left), type_of(right))
        if type_ is None:
            raise compiler.failure(messages.not_comparable(compiler.span(tree.at), str(type_of(left)), str(type_of(right))))
        left = Arithmetic("+" if tree.operator == "+" else "-", (left, right), type_)
    return left


def _shifted_type(operator: str, left: Type, right: Type) -> Type | None:
    if isinstance(left, DateType | DateTimeType) and isinstance(right, DurationType):
        return left
    if isinstance(left, DurationType) and isinstance(right, DurationType):
        return left
    if operator == "-" and isinstance(left, DateType | DateTimeType) and left == right:
        return DurationType()
    return right if operator == "+" and isinstance(left, DurationType) and isinstance(right, DateType | DateTimeType) else None


def _place(tree: Operation, position: int, nodes: list[Node]) -> Place:
    return tree.parts[position].at if len(nodes) == len(tree.parts) else tree.at
