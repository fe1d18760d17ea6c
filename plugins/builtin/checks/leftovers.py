"""Finds what is left over: names that nothing reads, words that nothing gives, conditions that decide nothing, and those that could not be analysed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tierwise.core.finding import Finding
from tierwise.core.plan import AS_OF, POPULATION, Decision, Node, Plan, conditions_in, constant_of, walk
from tierwise.core.types import BooleanType, EnumType, SetType
from tierwise.plugins.builtin.checks.names_read import names_read
from tierwise.plugins.builtin.checks.wording import some
from tierwise.plugins.geometry.producing import Producing
from tierwise.plugins.geometry.space import lay_out, spaces_of

__all__ = ["find_constant_conditions", "find_unclear", "find_unreachable", "find_unused"]

ALWAYS_THERE = (AS_OF, POPULATION)


def find_unused(plan: Plan, read_elsewhere: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Yield a warning for each name that is declared and never read.

    It is a note while a local table that may read it is still to be filled, and for a fact whose author has remarked on it: a source
    may name a fact that none of its rules uses.
    """
    read = _read(plan) | read_elsewhere
    report = Finding.note if plan.lost else Finding.warning
    later = "a part that every company fills in itself may read it" if plan.lost else "remove it, or use it"
    for fact in plan.facts.values():
        if fact.name not in read and fact.name not in ALWAYS_THERE:
            remark = fact.note.get("en", "") if fact.note else ""
            yield (Finding.note if remark else report)(
                "unused-fact", _unread(f"nothing reads the fact `{fact.name}`", plan), fact.span, remark or later
            )
    for reading in plan.readings.values():
        if reading.name not in read and reading.settled is None:
            yield report("unused-reading", f"nothing hangs on the reading `{reading.name}`", reading.span, later)
    for decision in plan.decisions.values():
        if not decision.output and decision.name not in read and decision.form != "parameter":
            help = later if plan.lost else "remove it, or show it"
            yield report("unused-decision", _unread(f"nothing reads the hidden decision `{decision.name}`", plan), decision.span, help)


def _unread(message: str, plan: Plan) -> str:
    return f"{message}, as far as is filled in" if plan.lost else message


def _read(plan: Plan) -> frozenset[str]:
    return frozenset(name for decision in plan.decisions.values() for name in names_read(decision.node, plan))


def find_unreachable(plan: Plan) -> Iterator[Finding]:
    """Yield a warning for each decision with words that no rule, lookup, cut, label or formula gives."""
    producing = Producing(plan)
    for decision in plan.decisions.values():
        given = _given(decision, producing)
        never = [word for word in _listed(decision) if word not in given] if given else []
        if never:
            message = f"nothing gives {some(never)} of `{decision.name}`"
            yield Finding.warning("unreachable-value", message, decision.span, "add a rule that gives it, or take it off the list")


def _listed(decision: Decision) -> tuple[str, ...]:
    """Return the words that a decision declares, alone or as members of its set."""
    type = decision.type.item if isinstance(decision.type, SetType) else decision.type
    return type.values if isinstance(type, EnumType) else ()


def _given(decision: Decision, producing: Producing) -> frozenset[Any] | None:
    if isinstance(decision.type, SetType):
        return frozenset(word for word, _ in conditions_in(decision.node) if word) or None
    return producing.words(decision.node)


def find_unclear(plan: Plan) -> Iterator[Finding]:
    """Yield a note for each table with conditions that compare one thing with another instead of with a constant."""
    spaces = spaces_of(plan)
    for table in plan.tables.values():
        space = spaces.of(table)
        if space.unclear:
            names = some(table.column_texts[i] for i in space.unclear)
            many = len(space.unclear) > 1
            message = f"column{'s' if many else ''} {names} of `{table.name}` {'have' if many else 'has'} conditions without fixed bounds: not analysed"
            help = "gaps, overlaps and shadowed rules that hang on them are not found"
            yield Finding.note("not-analysed", message, table.span, help)


def find_constant_conditions(plan: Plan) -> Iterator[Finding]:
    """Yield a warning for each condition that is true, or false, whatever the subject."""
    producing = Producing(plan)
    settled = {reading.name for reading in plan.readings.values() if reading.settled is not None}
    for decision in plan.decisions.values():
        for name, condition in _conditions(decision):
            if settled & set(names_read(condition, plan)):
                continue  # that a company has settled a reading decides it on purpose
            verdict = _verdict(condition, producing)
            if verdict is not None:
                state = "always" if verdict else "never"
                yield Finding.warning(f"always-{str(verdict).lower()}", f"{name} {state} holds, whatever the subject", decision.span)


def _conditions(decision: Decision) -> Iterator[tuple[str, Node]]:
    if isinstance(decision.type, BooleanType) and decision.form == "formula":
        yield f"the formula of `{decision.name}`", decision.node
    for node in walk(decision.node):
        for word, test in conditions_in(node):
            if word:
                yield f"the condition of `{word}` in `{decision.name}`", test
            elif decision.form == "formula":
                yield f"an `if` of `{decision.name}`", test


def _verdict(condition: Node, producing: Producing) -> bool | None:
    """Return what a condition surely is, or ``None``; a bare ``true`` is meant and says nothing."""
    if constant_of(condition) is not None:
        return None
    space = lay_out(producing, (), [(condition,)])
    row = space.rows[0]
    if not all(row.may):
        return False
    return True if row.must == space.everything and any(d.quantities for d in space.dimensions) else None
