"""Writes a node as an author would, where the policy's own text is not at hand."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from tierwise.core import plan as nodes
from tierwise.core.plan import Node
from tierwise.core.values import Duration, to_json

__all__ = ["cell_of", "text_of"]


def text_of(node: Node) -> str:
    """Return the text of a node; parts without a short form are ``…``."""
    if isinstance(node, nodes.Constant):
        return literal(node.value)
    if isinstance(node, nodes.FactRef | nodes.DecisionRef | nodes.ReadingRef):
        return node.name
    if isinstance(node, nodes.ItemRef):
        return "item"
    if isinstance(node, nodes.FieldRef):
        return node.name if isinstance(node.of, nodes.ItemRef) else f"{text_of(node.of)}.{node.name}"
    if isinstance(node, nodes.Compare | nodes.Within | nodes.InSet):
        return f"{text_of(tested(node))} {cell_of(node)}"
    if isinstance(node, nodes.Logic):
        return f" {node.op} ".join(_part(part) for part in node.parts) or ("true" if node.op == "and" else "false")
    if isinstance(node, nodes.Not):
        return f"not({text_of(node.part)})"
    if isinstance(node, nodes.Conditional):
        return f"if {text_of(node.condition)} then {text_of(node.yes)} else {text_of(node.no)}"
    if isinstance(node, nodes.Arithmetic):
        return f" {node.op} ".join(_part(part) for part in node.parts)
    if isinstance(node, nodes.Quotient):
        return f"{_part(node.left)} / {_part(node.right)}"
    if isinstance(node, nodes.Round):
        return f"round {node.mode}({text_of(node.value)}, {node.scale})"
    if isinstance(node, nodes.Call):
        return f"{node.function}({', '.join(text_of(argument) for argument in node.arguments)})"
    return "…"


def cell_of(test: Node) -> str:
    """Return a test as the cell of a column."""
    if isinstance(test, nodes.Compare):
        op, other = (test.op, test.right) if tested(test) is test.left else (nodes.FLIPPED[test.op], test.left)
        return f"{op} {text_of(other)}"
    if isinstance(test, nodes.Within):
        low = "" if test.low is None else text_of(test.low)
        high = "" if test.high is None else text_of(test.high)
        return f"{'[' if test.low_inclusive else '('}{low}..{high}{']' if test.high_inclusive else ')'}"
    if isinstance(test, nodes.InSet):
        return _listed(test.values)
    if isinstance(test, nodes.Not):
        return f"not({cell_of(test.part)})"
    return text_of(test)


def tested(test: nodes.Compare | nodes.Within | nodes.InSet) -> Node:
    """Return what a condition is about: of a comparison with a constant the other side."""
    if isinstance(test, nodes.Compare):
        return test.right if isinstance(test.left, nodes.Constant) else test.left
    return test.value


def literal(value: Any) -> str:
    """Return a value as it is written in a policy."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return f"{value.normalize():f}" if value else "0"
    if isinstance(value, Duration):
        return str(value)
    if isinstance(value, tuple):
        return f"[{_listed(value)}]"
    return str(to_json(value))


def _listed(values: Iterable[Any]) -> str:
    return ", ".join(literal(value) for value in values)


def _part(node: Node) -> str:
    text = text_of(node)
    return f"({text})" if isinstance(node, nodes.Logic | nodes.Arithmetic | nodes.Conditional) else text
