"""Writes a node as an author would, where the policy's own text is not at hand."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import assert_never

from tierwise.core.plan import (
    FLIPPED,
    Agree,
    Arithmetic,
    Call,
    Collected,
    Compare,
    Conditional,
    Constant,
    DecisionRef,
    FactRef,
    FieldRef,
    Filter,
    InSet,
    ItemRef,
    Labels,
    Logic,
    Node,
    Not,
    Overdue,
    Pick,
    Prefer,
    Project,
    Quantified,
    Quotient,
    RankCut,
    ReadingRef,
    Round,
    Sorted,
    Undecided,
    Within,
    tested,
)
from tierwise.core.values import Duration, Value, to_json

__all__ = ["cell_of", "text_of"]

_WITHOUT_TEXT = "…"


def text_of(node: Node) -> str:
    """Return the text of a node; parts without a short form are ``…``."""
    match node:
        case Constant(value=value):
            return literal(value)
        case FactRef(name=name) | DecisionRef(name=name) | ReadingRef(name=name):
            return name
        case ItemRef():
            return "item"
        case FieldRef(of=of, name=name):
            return name if isinstance(of, ItemRef) else f"{text_of(of)}.{name}"
        case Compare() | Within() | InSet():
            return f"{text_of(tested(node))} {cell_of(node)}"
        case Logic(op=op, parts=parts):
            return f" {op} ".join([_part(part) for part in parts]) or ("true" if op == "and" else "false")
        case Not(part=part):
            return f"not({text_of(part)})"
        case Conditional(condition=condition, yes=yes, no=no):
            return f"if {text_of(condition)} then {text_of(yes)} else {text_of(no)}"
        case Arithmetic(op=op, parts=parts):
            return f" {op} ".join([_part(part) for part in parts])
        case Quotient(left=left, right=right):
            return f"{_part(left)} / {_part(right)}"
        case Round(value=value, scale=scale, mode=mode):
            return f"round {mode}({text_of(value)}, {scale})"
        case Call(function=function, arguments=arguments):
            return f"{function}({', '.join([text_of(argument) for argument in arguments])})"
        case Undecided() | Pick() | Labels() | Agree() | Collected() | Prefer() | RankCut() | Overdue():
            return _WITHOUT_TEXT  # an author writes a form, not an expression
        case Filter() | Project() | Quantified() | Sorted():
            return _WITHOUT_TEXT  # long; the author's own text is at hand where it stands alone
    assert_never(node)


def cell_of(test: Node) -> str:
    """Return a test as the cell of a column."""
    match test:
        case Compare(op=op, left=left, right=right):
            return f"{op} {text_of(right)}" if tested(test) is left else f"{FLIPPED[op]} {text_of(left)}"
        case Within(low=low, high=high, low_inclusive=from_low, high_inclusive=to_high):
            ends = f"{'' if low is None else text_of(low)}..{'' if high is None else text_of(high)}"
            return f"{'[' if from_low else '('}{ends}{']' if to_high else ')'}"
        case InSet(values=values):
            return _listed(values)
        case Not(part=part):
            return f"not({cell_of(part)})"
        case _:
            return text_of(test)


def literal(value: Value) -> str:
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


def _listed(values: Iterable[Value]) -> str:
    return ", ".join(literal(value) for value in values)


def _part(node: Node) -> str:
    text = text_of(node)
    return f"({text})" if isinstance(node, Logic | Arithmetic | Conditional) else text
