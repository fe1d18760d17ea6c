"""Writes a plan as text in one way only: what counts for its meaning, and nothing else. The fingerprint is taken over that text.

It counts: the slug and the subject; facts, readings and parameters; every decision, table and ranking, so all that kinds, forms and
functions made of a policy; which plugin gave a function that is called. It does not count: the version; titles, labels (but those of words, which data may be given by) and notes; where
something stands and how it was written; acknowledgements, which change nothing that is decided; in which order facts and readings are declared.

A function is Python, which has no canonical text: a plugin's function counts with the plugin's name and version, a built-in one by its
name. ``FORMAT`` is raised when this text, or what a node or a built-in function means, changes.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, assert_never

from tierwise.core.plan.nodes import (
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
)
from tierwise.core.plan.plan import Decision, Fact, Plan, Ranking, Table
from tierwise.core.plan.questions import comparison_of
from tierwise.core.plan.walk import walk
from tierwise.core.types import (
    BooleanType,
    DateTimeType,
    DateType,
    DurationType,
    EnumType,
    ListType,
    MapType,
    NumberType,
    RecordType,
    SetType,
    TextType,
    Type,
)
from tierwise.core.values import Duration

__all__ = ["Author", "author_cell", "author_text", "canonical_text", "digest", "fingerprinted", "node_text", "type_text"]

FORMAT = 2
"""The first line of every canonical text. 1 was taken over the text of the policy."""

_PLAIN = re.compile(r"[^\W\d]\w*")
_RESERVED = frozenset({"and", "else", "every", "false", "if", "in", "item", "not", "null", "or", "satisfies", "some", "then", "true"})
_OR, _AND, _RELATION, _SUM, _PRODUCT, _WHOLE = range(6)
"""How tight a text holds together: a part in a tighter place gets brackets."""


def fingerprinted(plan: Plan, functions: Mapping[str, str]) -> Plan:
    """Return a plan with its fingerprint.

    Args:
        plan: The plan.
        functions: The functions that came from plugins which are not built in, each with the plugin's name and version.
    """
    called = {node.function for node in walk(*_roots(plan)) if isinstance(node, Call)}
    given = replace(plan, functions={name: functions[name] for name in sorted(called & functions.keys())})
    return replace(given, fingerprint=digest(canonical_text(given)))


def digest(text: str) -> str:
    """Return ``sha256`` over a text, 64 hexadecimal digits."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


# ---- a plan ------------------------------------------------------------------------------------------------------------------


def canonical_text(plan: Plan) -> str:
    """Return a plan as text: a line for everything it declares, an expression for every decision, a row for every rule."""
    return "".join(f"{line}\n" for line in _lines(plan))


def _lines(plan: Plan) -> Iterator[str]:
    yield f"plan {FORMAT}"
    yield f"policy {plan.policy}"
    yield f"subject {_text(plan.subject)}"
    yield from _section("facts", (_fact_line(plan.facts[name]) for name in sorted(plan.facts)))
    readings = (plan.readings[name] for name in sorted(plan.readings))
    yield from _section(
        "readings",
        (f"{_name(r.name)}: {_listed(r.values)}{'' if r.settled is None else f' = {_text(r.settled)}'}" for r in readings),
    )
    yield from _section("parameters", (f"{_name(name)} = {_literal(plan.parameters[name])}" for name in sorted(plan.parameters)))
    yield from _section("lost", (_name(name) for name in sorted(plan.lost)))
    yield from _section("functions", (f"{name}: {giver}" for name, giver in plan.functions.items()))
    yield from _section("rankings", (_ranking_line(ranking) for _, ranking in sorted(plan.rankings.items())))
    for decision in plan.decisions.values():
        yield from ("", *_decision_lines(decision))
    for _, table in sorted(plan.tables.items()):
        yield from ("", *_table_lines(table))


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    written = [f"  {line}" for line in lines]
    yield from ("", title, *written) if written else ()


def _fact_line(fact: Fact) -> str:
    words = [f"missing {fact.missing}", *_when(fact.nullable, "nullable"), *_when(fact.absent_is_none, "absent is none")]
    words += _when(fact.default is not None, f"default {_literal(fact.default)}")
    return ", ".join((f"{_name(fact.name)}: {type_text(fact.type)}", *words, *_when(fact.judged, "judged")))


def _ranking_line(ranking: Ranking) -> str:
    order = "descending" if ranking.descending else "ascending"
    parts = (("partition", ranking.partition), ("among", ranking.among))
    return ", ".join(
        (
            f"{_name(ranking.name)}: by {node_text(ranking.by)} {order}",
            *(f"{word} {node_text(part)}" for word, part in parts if part is not None),
        )
    )


def _decision_lines(decision: Decision) -> Iterator[str]:
    words = (*_when(not decision.output, "hidden"), *_when(decision.population, "population"), "decision")
    yield f"{' '.join(words)} {_name(decision.name)}: {type_text(decision.type)}"
    yield from (f"  {line}" for line in _split(decision.node))


def _split(node: Node) -> Iterator[str]:
    """Yield the text of a node, each case of it on a line of its own."""
    match node:
        case Conditional():
            yield f"if {node_text(node.condition)} then {node_text(node.yes)}"
            rest = list(_split(node.no))
            yield f"else {rest[0]}"
            yield from rest[1:]
        case Labels() | Agree() | Collected() | Prefer():
            head, cases = _cases(node)
            yield f"{head}:"
            yield from (f"  {case}" for case in cases)
        case _:
            yield node_text(node)


def _table_lines(table: Table) -> Iterator[str]:
    yield f"table {_name(table.name)}, {table.hit}"
    outputs = (f"-> {_name(output)}" for output in table.outputs)
    yield f"  {' | '.join((*(node_text(column) for column in table.columns), *outputs))}"
    for rule in table.rules:
        tests = (_cell(test, column) for test, column in zip(rule.tests, table.columns, strict=True))
        yield f"  {_text(rule.id)}: {' | '.join((*tests, *(f'-> {node_text(output)}' for output in rule.outputs)))}"
    if any(default is not None for default in table.defaults):
        yield f"  else: {' | '.join('-> -' if default is None else f'-> {node_text(default)}' for default in table.defaults)}"


def _cell(test: Node | None, column: Node) -> str:
    """Return a test of a column, which is ``?`` in it, or nothing where it stands first and nowhere else."""
    if test is None:
        return "-"
    text = _Writer(column).write(test)
    return text[2:] if text.startswith("? ") and text.count("?") == 1 else text


@dataclass(frozen=True, slots=True)
class Author:
    """Where an author writes.

    Attributes:
        decision: The decision, whose parts go by their own names there.
        names: All names of the policy: words of a list that are none of them stand bare.
    """

    decision: str
    names: frozenset[str]


def author_text(node: Node, author: Author) -> str:
    """Return a node as an author may write it."""
    return _Writer(author=author).write(node)


def author_cell(test: Node, column: Node, author: Author) -> str:
    """Return a condition as an author may write it in a cell of the column that it is about (``questions.column_of``).

    ``not(x)`` is a cell that none meets, too, as it meets the condition.
    """
    writer = _Writer(column, author)
    comparison = comparison_of(test)
    if comparison is not None and comparison.about == column:
        literal = writer.write(comparison.constant)
        return literal if comparison.op == "=" else f"{comparison.op} {literal}"
    match test:
        case InSet(values=values):
            return ", ".join(writer.write(Constant(value, column.type)) for value in values)
        case Within():
            return writer.write(test).removeprefix("? in ")
        case Not():
            return "not(true)"
        case _:
            return "true"


def _roots(plan: Plan) -> Iterator[Node | None]:
    yield from (decision.node for decision in plan.decisions.values())
    for ranking in plan.rankings.values():
        yield from (ranking.by, ranking.partition, ranking.among)
    for table in plan.tables.values():
        yield from (*table.columns, *table.defaults, *(part for rule in table.rules for part in (*rule.tests, *rule.outputs)))


# ---- nodes -------------------------------------------------------------------------------------------------------------------


def node_text(node: Node) -> str:
    """Return a node in the words of the policy language, as far as it has words for it; different nodes have different texts.

    The types of its parts are left out where they follow from what is declared.
    """
    return _Writer().write(node)


class _Writer:
    """Writes nodes; ``column`` is written ``?``. ``author`` tells where an author writes them."""

    def __init__(self, column: Node | None = None, author: Author | None = None) -> None:
        self._column = column
        self._author = author

    def write(self, node: Node, place: int = _OR) -> str:
        """Return the text of a node, in brackets when it would fall apart at a place."""
        if node == self._column:
            return "?"
        text, strength = self._text(node)
        return text if strength >= place else f"({text})"

    def _text(self, node: Node) -> tuple[str, int]:
        match node:
            case Constant():
                return self._word(node) or _literal(node.value), _WHOLE
            case Undecided():
                return f"undetermined({', '.join((node.reason, *map(_literal, node.candidates)))})", _WHOLE
            case FactRef() | DecisionRef() | ReadingRef():
                return _name(node.name if self._author is None else node.name.removeprefix(f"{self._author.decision}.")), _WHOLE
            case ItemRef():
                return "item" if node.depth == 0 else f"item^{node.depth}", _WHOLE
            case FieldRef():
                return f"{self.write(node.of, _WHOLE)}.{_name(node.name)}", _WHOLE
            case Compare():
                return f"{self.write(node.left, _SUM)} {node.op} {self.write(node.right, _SUM)}", _RELATION
            case Within():
                return f"{self.write(node.value, _SUM)} in {self._interval(node)}", _RELATION
            case InSet():
                return f"{self.write(node.value, _SUM)} in {_listed(node.values)}", _RELATION
            case Logic():
                strength = _OR if node.op == "or" else _AND
                joined = f" {node.op} ".join(self.write(part, strength + 1) for part in node.parts)
                return (joined, strength) if len(node.parts) > 1 else (f"{node.op}({joined})", _WHOLE)
            case Not():
                return f"not({self.write(node.part)})", _WHOLE
            case Conditional():
                return f"(if {self.write(node.condition)} then {self.write(node.yes)} else {self.write(node.no)})", _WHOLE
            case Arithmetic():
                strength = _PRODUCT if node.op == "*" else _SUM
                return f" {node.op} ".join(self.write(part, strength + 1) for part in node.parts), strength
            case Quotient():
                return f"{self.write(node.left, _WHOLE)} / {self.write(node.right, _WHOLE)}", _PRODUCT
            case Round():
                return f"round {node.mode}({self.write(node.value)}, {node.scale})", _WHOLE
            case Call():
                return f"{node.function}({self._all(node.arguments)})", _WHOLE
            case Filter():
                return f"{self.write(node.of, _WHOLE)}[{self.write(node.test)}]", _WHOLE
            case Project():
                return f"(for item in {self.write(node.of)} return {self.write(node.each)})", _WHOLE
            case Quantified():
                return f"({node.op} item in {self.write(node.of)} satisfies {self.write(node.test)})", _WHOLE
            case Sorted():
                return self._sorted(node), _WHOLE
            case Pick():
                return f"table {_name(node.table)}[{node.output + 1}]", _WHOLE
            case Labels() | Agree() | Collected() | Prefer():
                head, cases = _cases(node, self)
                return f"{head}({'; '.join(cases)})", _WHOLE
            case Overdue():
                parts = (("last", node.last), ("every", node.every), ("as of", node.as_of), ("reading", node.reading))
                return f"overdue({'; '.join(f'{word} {self.write(part)}' for word, part in parts)})", _WHOLE
            case RankCut():
                return self._rank_cut(node), _WHOLE
            case _:
                assert_never(node)

    def _word(self, node: Constant) -> str:
        """Return a word of a list as it stands bare, or an empty text where it may not."""
        value, author = node.value, self._author
        is_bare = author is not None and isinstance(node.type, EnumType) and isinstance(value, str) and _PLAIN.fullmatch(value)
        return str(value) if is_bare and author is not None and value not in (author.names | _RESERVED) else ""

    def _all(self, nodes: Iterable[Node]) -> str:
        return ", ".join(self.write(node) for node in nodes)

    def _interval(self, node: Within) -> str:
        low = "" if node.low is None else self.write(node.low)
        high = "" if node.high is None else self.write(node.high)
        return f"{'[' if node.low_inclusive else '('}{low}..{high}{']' if node.high_inclusive else ')'}"

    def _sorted(self, node: Sorted) -> str:
        keys = ", ".join(f"{self.write(key)} {'descending' if descending else 'ascending'}" for key, descending in node.keys)
        take = "" if node.take is None else f", take {node.take}{' as one' if not isinstance(node.type, ListType | SetType) else ''}"
        return f"sorted({self.write(node.of)} by {keys}; each {self.write(node.each)}{take}; ties {node.ties})"

    def _rank_cut(self, node: RankCut) -> str:
        cuts = ", ".join(f"{_literal(cut.value)} {'rest' if cut.limit is None else _literal(cut.limit)}" for cut in node.cuts)
        given = (("rank", node.rank), ("count", node.count), ("rounding", node.rounding), ("outside", node.outside))
        told = "".join(f"; {word} {self.write(part)}" for word, part in given if part is not None)
        return f"rank cut({_name(node.ranking)} by {node.by}: {cuts}{told})"


def _cases(node: Labels | Agree | Collected | Prefer, writer: _Writer | None = None) -> tuple[str, list[str]]:
    """Return the head of a node that tells cases apart, and its cases."""
    write = (writer or _Writer()).write
    match node:
        case Labels():
            return "labels", [f"{_text(label)} if {write(test)}" for label, test in node.tests]
        case Agree():
            empty = [] if node.empty is None else [f"none: {write(node.empty)}"]
            return f"agree of {write(node.of)}", [*(f"{_text(word)}: {write(value)}" for word, value in node.values), *empty]
        case Collected():
            return f"collected of {write(node.of)}", [f"{_text(word)}: {write(value)}" for word, value in node.values]
        case Prefer():
            return "prefer", [write(part) for part in node.parts]
        case _:
            assert_never(node)


# ---- types, names and values -------------------------------------------------------------------------------------------------


def type_text(type_: Type) -> str:
    """Return a type with all that decides whether and how a value fits it."""
    match type_:
        case NumberType():
            words = (
                "number" if type_.scale is None else f"number({type_.scale})",
                *_when(bool(type_.unit), _text(type_.unit)),
                *_when(type_.low is not None, f">= {_literal(type_.low)}"),
                *_when(type_.high is not None, f"<= {_literal(type_.high)}"),
            )
            return " ".join(words)
        case EnumType():
            aliases = "".join(f", {_text(spelling)} for {_text(word)}" for spelling, word in type_.aliases)
            return (
                f"enum({', '.join(map(_text, type_.values))}{aliases}{'' if type_.others is None else f', others {_text(type_.others)}'})"
            )
        case RecordType():
            return f"record({', '.join(f'{_name(name)}: {type_text(inner)}' for name, inner in type_.fields)})"
        case ListType() | SetType():
            return f"{'list' if isinstance(type_, ListType) else 'set'} of {type_text(type_.item)}"
        case MapType():
            return f"map of {type_text(type_.value)}"
        case BooleanType() | DateType() | DateTimeType() | DurationType() | TextType():
            return str(type_)
        case _:
            assert_never(type_)


def _when(holds: bool, word: str) -> tuple[str, ...]:
    return (word,) if holds else ()


def _name(name: str) -> str:
    return name if _PLAIN.fullmatch(name) and name not in _RESERVED else f"`{name}`"


def _text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _literal(value: Any) -> str:
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
        return f"{{{', '.join(f'{_text(key)}: {_literal(item)}' for key, item in sorted(value.items()))}}}"
    if isinstance(value, tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return _text(str(value))


def _listed(values: Iterable[Any]) -> str:
    return f"({', '.join(map(_literal, values))})"
