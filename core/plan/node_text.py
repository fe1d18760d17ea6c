"""Writes a node as text: for the fingerprint (``canonical.py``), and for people.

One writer takes every node apart; who reads the text decides how names and plain values stand in it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import assert_never

from tierwise.core.plan import nodes
from tierwise.core.plan.nodes import Node
from tierwise.core.plan.questions import comparison_of
from tierwise.core.types import ListType, SetType, Type
from tierwise.core.values import Duration, Value

__all__ = ["PEOPLE", "NodeWriter", "PeopleWriter", "literal", "name_text", "text_literal"]

_PLAIN = re.compile(r"[^\W\d]\w*")
_RESERVED = frozenset({"and", "else", "every", "false", "if", "in", "item", "not", "null", "or", "satisfies", "some", "then", "true"})
_LOOSE, _OR, _AND, _RELATION, _SUM, _PRODUCT, _WHOLE = range(7)
"""How tight a text holds together: a part in a tighter place gets brackets."""


class NodeWriter:
    """Writes nodes in the words of the policy language, as far as it has words for them; different nodes have different texts.

    The types of their parts are left out where they follow from what is declared. ``column`` is written ``?``.
    """

    def __init__(self, column: Node | None = None) -> None:
        self._column = column

    def name(self, name: str) -> str:
        """Return a name as it stands in a text."""
        return name_text(name)

    def value(self, value: Value, type_: Type) -> str:
        """Return a plain value as it stands in a text."""
        return literal(value)

    def write(self, node: Node, place: int = _LOOSE) -> str:
        """Return the text of a node, in brackets when it would fall apart at a place."""
        if node == self._column:
            return "?"
        text, strength = self._text(node)
        return text if strength >= place else f"({text})"

    def _text(self, node: Node) -> tuple[str, int]:
        match node:
            case nodes.Constant():
                return self.value(node.value, node.type), _WHOLE
            case nodes.Undecided():
                words = (node.reason, *(self.value(candidate, node.type) for candidate in node.candidates))
                return f"undetermined({', '.join(words)})", _WHOLE
            case nodes.FactRef() | nodes.DecisionRef() | nodes.ReadingRef():
                return self.name(node.name), _WHOLE
            case nodes.ItemRef():
                return "item" if node.depth == 0 else f"item^{node.depth}", _WHOLE
            case nodes.FieldRef():
                return self.field(node), _WHOLE
            case nodes.Compare():
                return f"{self.write(node.left, _SUM)} {node.op} {self.write(node.right, _SUM)}", _RELATION
            case nodes.Within():
                return f"{self.write(node.value, _SUM)} in {self.interval(node)}", _RELATION
            case nodes.InSet():
                return f"{self.write(node.value, _SUM)} in ({self.values(node)})", _RELATION
            case nodes.Logic():
                strength = _OR if node.op == "or" else _AND
                joined = f" {node.op} ".join(self.write(part, strength + 1) for part in node.parts)
                return (joined, strength) if len(node.parts) > 1 else (f"{node.op}({joined})", _WHOLE)
            case nodes.Not():
                return f"not({self.write(node.part)})", _WHOLE
            case nodes.Conditional():
                return f"if {self.write(node.condition, _OR)} then {self.write(node.yes, _OR)} else {self.write(node.no)}", _LOOSE
            case nodes.Arithmetic():
                strength = _PRODUCT if node.op == "*" else _SUM
                return f" {node.op} ".join(self.write(part, strength + 1) for part in node.parts), strength
            case nodes.Quotient():
                return f"{self.write(node.left, _WHOLE)} / {self.write(node.right, _WHOLE)}", _PRODUCT
            case nodes.Round():
                return f"round {node.mode}({self.write(node.value)}, {node.scale})", _WHOLE
            case nodes.Call():
                return f"{node.function}({self._all(node.arguments)})", _WHOLE
            case nodes.Filter():
                return f"{self.write(node.of, _WHOLE)}[{self.write(node.test)}]", _WHOLE
            case nodes.Project():
                return f"(for item in {self.write(node.of)} return {self.write(node.each)})", _WHOLE
            case nodes.Quantified():
                return f"({node.op} item in {self.write(node.of)} satisfies {self.write(node.test)})", _WHOLE
            case nodes.Sorted():
                return self._sorted(node), _WHOLE
            case nodes.Pick():
                return f"table {self.name(node.table)}[{node.output + 1}]", _WHOLE
            case nodes.Labels() | nodes.Agree() | nodes.Collected() | nodes.Prefer():
                head, cases = self.cases(node)
                return f"{head}({'; '.join(cases)})", _WHOLE
            case nodes.Overdue():
                parts = (("last", node.last), ("every", node.every), ("as of", node.as_of), ("reading", node.reading))
                return f"overdue({'; '.join(f'{word} {self.write(part)}' for word, part in parts)})", _WHOLE
            case nodes.RankCut():
                return self._rank_cut(node), _WHOLE
            case _:
                assert_never(node)

    def field(self, node: nodes.FieldRef) -> str:
        """Return a field of a record or a key of a map."""
        return f"{self.write(node.of, _WHOLE)}.{self.name(node.name)}"

    def values(self, node: nodes.InSet) -> str:
        """Return the values that something may equal."""
        return ", ".join(self.value(value, node.value.type) for value in node.values)

    def _all(self, nodes: Iterable[Node]) -> str:
        return ", ".join(self.write(node) for node in nodes)

    def interval(self, node: nodes.Within) -> str:
        """Return an interval with its ends."""
        low = "" if node.low is None else self.write(node.low)
        high = "" if node.high is None else self.write(node.high)
        return f"{'[' if node.low_inclusive else '('}{low}..{high}{']' if node.high_inclusive else ')'}"

    def _sorted(self, node: nodes.Sorted) -> str:
        keys = ", ".join(f"{self.write(key)} {'descending' if descending else 'ascending'}" for key, descending in node.keys)
        take = "" if node.take is None else f", take {node.take}{' as one' if not isinstance(node.type, ListType | SetType) else ''}"
        return f"sorted({self.write(node.of)} by {keys}; each {self.write(node.each)}{take}; ties {node.ties})"

    def _rank_cut(self, node: nodes.RankCut) -> str:
        cuts = ", ".join(f"{self.value(cut.value, node.type)} {'rest' if cut.limit is None else literal(cut.limit)}" for cut in node.cuts)
        given = (("rank", node.rank), ("count", node.count), ("rounding", node.rounding), ("outside", node.outside))
        told = "".join(f"; {word} {self.write(part)}" for word, part in given if part is not None)
        told += "" if node.ties == "undetermined" else f"; ties {node.ties}"
        told += "" if node.crossing == "in" else f"; crossing {node.crossing}"
        return f"rank cut({self.name(node.ranking)} by {node.by}: {cuts}{told})"

    def cases(self, node: nodes.Labels | nodes.Agree | nodes.Collected | nodes.Prefer) -> tuple[str, list[str]]:
        """Return the head of a node that tells cases apart, and its cases."""
        match node:
            case nodes.Labels():
                return "labels", [f"{text_literal(label)} if {self.write(test)}" for label, test in node.tests]
            case nodes.Agree():
                empty = [] if node.empty is None else [f"none: {self.write(node.empty)}"]
                return f"agree of {self.write(node.of)}", [
                    *(f"{text_literal(word)}: {self.write(value)}" for word, value in node.values),
                    *empty,
                ]
            case nodes.Collected():
                return f"collected of {self.write(node.of)}", [f"{text_literal(word)}: {self.write(value)}" for word, value in node.values]
            case nodes.Prefer():
                return "prefer", [self.write(part) for part in node.parts]
            case _:
                assert_never(node)

    def cell(self, test: Node) -> str:
        """Return a test as the cell of the column that it is about."""
        comparison = comparison_of(test)
        if comparison is not None:
            return f"{comparison.op} {self.write(comparison.constant)}"
        match test:
            case nodes.InSet():
                return self.values(test)
            case nodes.Within():
                return self.interval(test)
            case nodes.Not():
                return f"not({self.cell(test.part)})"
            case _:
                return self.write(test)


class PeopleWriter(NodeWriter):
    """Writes for people, where the policy's own text is not at hand: no quotes, no backquotes."""

    def name(self, name: str) -> str:
        """Return a name as it is."""
        return name

    def value(self, value: Value, type_: Type) -> str:
        """Return a plain value."""
        if isinstance(value, tuple):
            return f"[{', '.join(self.value(item, type_) for item in value)}]"
        return value if isinstance(value, str) else literal(value)

    def field(self, node: nodes.FieldRef) -> str:
        """Return a field; of an item its name alone."""
        return node.name if isinstance(node.of, nodes.ItemRef) else super().field(node)


PEOPLE = PeopleWriter()

# ---- names and values ----


def name_text(name: str) -> str:
    """Return a name, in backquotes where it would not read as one."""
    return name if _PLAIN.fullmatch(name) and name not in _RESERVED else f"`{name}`"


def text_literal(text: str) -> str:
    """Return a text in quotes."""
    return json.dumps(text, ensure_ascii=False)


def literal(value: Value) -> str:
    """Return a value; a text is never taken for another one."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        digits = f"{value:f}"
        return (digits.rstrip("0").rstrip(".") if "." in digits else digits) if value else "0"
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Duration):
        return str(value)
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{text_literal(key)}: {literal(item)}' for key, item in sorted(value.items()))}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(literal, value))}]"
    return text_literal(str(value))
