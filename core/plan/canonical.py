"""Writes a plan as text in one way only: what counts for its meaning, and nothing else. The fingerprint is taken over that text.

It counts: the slug and the subject; facts, readings and parameters; every decision, table and ranking, so all that kinds, forms and
functions made of a policy; which plugin gave a function that is called. It does not count: the version; titles, labels (but those of words, which data may be given by) and notes; where
something stands and how it was written; acknowledgements, which change nothing that is decided; in which order facts and readings are declared.

A function is Python, which has no canonical text: a plugin's function counts with the plugin's name and version, a built-in one by its
name. ``FORMAT`` is raised when this text, or what a node or a built-in function means, changes.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import assert_never

from tierwise.core import types
from tierwise.core.plan.node_text import NodeWriter, literal, name_text, text_literal
from tierwise.core.plan.nodes import Agree, Call, Collected, Conditional, Labels, Node, Prefer
from tierwise.core.plan.plan import Decision, Fact, Plan, Ranking, Table
from tierwise.core.plan.walk import walk
from tierwise.core.types import Type

__all__ = ["canonical_text", "digest", "fingerprinted", "node_text", "type_text"]

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
    yield f"subject {text_literal(plan.subject)}"
    yield from _section("facts", (_fact_line(plan.facts[name]) for name in sorted(plan.facts)))
    readings = (plan.readings[name] for name in sorted(plan.readings))
    yield from _section(
        "readings",
        (
            f"{name_text(r.name)}: ({', '.join(map(literal, r.values))}){'' if r.settled is None else f' = {text_literal(r.settled)}'}"
            for r in readings
        ),
    )
    yield from _section("parameters", (f"{name_text(name)} = {literal(plan.parameters[name])}" for name in sorted(plan.parameters)))
    yield from _section("lost", (name_text(name) for name in sorted(plan.lost)))
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
    words += _when(fact.default is not None, f"default {literal(fact.default)}")
    return ", ".join((f"{name_text(fact.name)}: {type_text(fact.type)}", *words, *_when(fact.judged, "judged")))


def _ranking_line(ranking: Ranking) -> str:
    keys = (f"{node_text(key)} {'descending' if is_down else 'ascending'}" for key, is_down in ranking.keys)
    parts = (("partition", ranking.partition), ("among", ranking.among))
    return ", ".join(
        (f"{name_text(ranking.name)}: by {' then '.join(keys)}", *(f"{word} {node_text(part)}" for word, part in parts if part is not None))
    )


def _decision_lines(decision: Decision) -> Iterator[str]:
    words = (*_when(not decision.output, "hidden"), *_when(decision.population, "population"), "decision")
    yield f"{' '.join(words)} {name_text(decision.name)}: {type_text(decision.type)}"
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
            head, cases = NodeWriter().cases(node)
            yield f"{head}:"
            yield from (f"  {case}" for case in cases)
        case _:
            yield node_text(node)


def _table_lines(table: Table) -> Iterator[str]:
    yield f"table {name_text(table.name)}, {table.hit}"
    outputs = (f"-> {name_text(output)}" for output in table.outputs)
    yield f"  {' | '.join((*(node_text(column) for column in table.columns), *outputs))}"
    for rule in table.rules:
        tests = (_cell(test, column) for test, column in zip(rule.tests, table.columns, strict=True))
        yield f"  {text_literal(rule.id)}: {' | '.join((*tests, *(f'-> {node_text(output)}' for output in rule.outputs)))}"
    if any(default is not None for default in table.defaults):
        yield f"  else: {' | '.join('-> -' if default is None else f'-> {node_text(default)}' for default in table.defaults)}"


def _cell(test: Node | None, column: Node) -> str:
    """Return a test of a column, which is ``?`` in it, or nothing where it stands first and nowhere else."""
    if test is None:
        return "-"
    text = NodeWriter(column).write(test)
    return text[2:] if text.startswith("? ") and text.count("?") == 1 else text


def _roots(plan: Plan) -> Iterator[Node | None]:
    yield from (decision.node for decision in plan.decisions.values())
    for ranking in plan.rankings.values():
        yield from ranking.parts
    for table in plan.tables.values():
        yield from (*table.columns, *table.defaults, *(part for rule in table.rules for part in (*rule.tests, *rule.outputs)))


def node_text(node: Node) -> str:
    """Return a node as canonical text."""
    return NodeWriter().write(node)


# ---- types, names and values -------------------------------------------------------------------------------------------------


def type_text(type_: Type) -> str:
    """Return a type with all that decides whether and how a value fits it."""
    match type_:
        case types.NumberType():
            words = (
                "number" if type_.scale is None else f"number({type_.scale})",
                *_when(bool(type_.unit), text_literal(type_.unit)),
                *_when(type_.low is not None, f">= {literal(type_.low)}"),
                *_when(type_.high is not None, f"<= {literal(type_.high)}"),
            )
            return " ".join(words)
        case types.EnumType():
            aliases = "".join(f", {text_literal(spelling)} for {text_literal(word)}" for spelling, word in type_.aliases)
            return f"enum({', '.join(map(text_literal, type_.values))}{aliases}{'' if type_.others is None else f', others {text_literal(type_.others)}'})"
        case types.RecordType():
            fields = (
                f"{name_text(name)}: {type_text(inner)}{' nullable' if name in type_.nullable else ''}" for name, inner in type_.fields
            )
            return f"record({', '.join(fields)})"
        case types.ListType() | types.SetType():
            return f"{'list' if isinstance(type_, types.ListType) else 'set'} of {type_text(type_.item)}"
        case types.MapType():
            return f"map of {type_text(type_.value)}"
        case types.BooleanType() | types.DateType() | types.DateTimeType() | types.DurationType() | types.TextType():
            return str(type_)
        case _:
            assert_never(type_)


def _when(holds: bool, word: str) -> tuple[str, ...]:
    return (word,) if holds else ()
