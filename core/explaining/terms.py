"""Takes a sum apart: what each characteristic adds, and what multiplies the whole."""

from __future__ import annotations

from tierwise.core import plan as nodes
from tierwise.core.explaining.reader import Reader
from tierwise.core.explaining.trace import Term
from tierwise.core.explaining.written import text_of
from tierwise.core.meaning.unknown import Unknown
from tierwise.core.plan import Node

__all__ = ["terms_of"]


def terms_of(node: Node, reader: Reader) -> tuple[tuple[Term, ...], tuple[Term, ...]]:
    """Return the terms of a sum and the factors on it; both empty when the node is no sum (it may be rounded)."""
    if isinstance(node, nodes.Round):
        return terms_of(node.value, reader)
    if not isinstance(node, nodes.Arithmetic):
        return (), ()
    if node.op == "+":
        return tuple(_term(part, reader) for part in node.parts), ()
    if node.op == "*":
        sums = [part for part in node.parts if isinstance(part, nodes.Arithmetic) and part.op == "+"]
        if len(sums) == 1:
            terms, _ = terms_of(sums[0], reader)
            return terms, tuple(_term(part, reader) for part in node.parts if part is not sums[0])
    return (), ()


def _term(part: Node, reader: Reader) -> Term:
    """Return one part: a name, perhaps with a constant weight."""
    named, weight = part, None
    if isinstance(part, nodes.Arithmetic) and part.op == "*":
        constants = [p for p in part.parts if isinstance(p, nodes.Constant)]
        others = [p for p in part.parts if not isinstance(p, nodes.Constant)]
        if len(constants) == 1 and len(others) == 1:
            named, weight = others[0], constants[0].value
    name = named.name if isinstance(named, nodes.FactRef | nodes.DecisionRef) else ""
    label = {"zh": "基本分", "en": "base"} if isinstance(named, nodes.Constant) else reader.label(named)
    value = reader.value(part)
    if isinstance(value, Unknown):
        return Term(name, label, None, weight, value.reason)
    return Term(name or ("" if isinstance(named, nodes.Constant) else text_of(named)), label, value, weight)
