"""Shows plan nodes as short texts, so that tests can compare what a policy compiles to at a glance."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tierwise.core.plan import (
    Arithmetic,
    Call,
    Compare,
    Conditional,
    Constant,
    DecisionRef,
    FactRef,
    FieldRef,
    Filter,
    InSet,
    ItemRef,
    Logic,
    Not,
    Prefer,
    Project,
    Quantified,
    Quotient,
    ReadingRef,
    Round,
    Undecided,
    Within,
)


def show(node: Any) -> str:
    """Return a node in prefix form, such as ``(>= amount 500000)``."""
    match node:
        case None:
            return "-"
        case Constant():
            return value_text(node.value)
        case FactRef() | DecisionRef() | ReadingRef():
            return node.name
        case ItemRef():
            return "item" + "^" * node.depth
        case FieldRef():
            return f"{show(node.of)}.{node.name}"
        case Compare():
            return f"({node.op} {show(node.left)} {show(node.right)})"
        case Within():
            low, high = "[" if node.low_inclusive else "(", "]" if node.high_inclusive else ")"
            return f"(within {show(node.value)} {low}{show(node.low)}..{show(node.high)}{high})"
        case InSet():
            return f"(in {show(node.value)} {' '.join(value_text(value) for value in node.values)})"
        case Logic() | Arithmetic():
            return f"({node.op} {' '.join(show(part) for part in node.parts)})"
        case Not():
            return f"(not {show(node.part)})"
        case Conditional():
            return f"(if {show(node.condition)} {show(node.yes)} {show(node.no)})"
        case Quotient():
            return f"(/ {show(node.left)} {show(node.right)})"
        case Round():
            return f"(round {node.mode} {node.scale} {show(node.value)})"
        case Call():
            return f"({node.function}: {' '.join(show(argument) for argument in node.arguments)})"
        case Filter():
            return f"(filter {show(node.of)} {show(node.test)})"
        case Project():
            return f"(each {show(node.of)} {show(node.each)})"
        case Quantified():
            return f"({node.op} {show(node.of)} {show(node.test)})"
        case Prefer():
            return f"(prefer {' '.join(show(part) for part in node.parts)})"
        case Undecided():
            return f"(undetermined {node.reason}{''.join(' ' + value_text(value) for value in node.candidates)})"
    return repr(node)


def value_text(value: Any) -> str:
    """Return a value as a short text."""
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, tuple):
        return "[" + ",".join(value_text(item) for item in value) + "]"
    return (
        {None: "none", True: "true", False: "false"}.get(value, str(value))
        if not isinstance(value, int) or isinstance(value, bool)
        else str(value)
    )
