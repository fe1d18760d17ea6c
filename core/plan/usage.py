"""Finds what a part of a plan reads, directly or through decisions, and how: whether a fact is only ever tested against constants."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tierwise.core.plan.nodes import DecisionRef, FactRef, InSet, Node, Prefer, RankCut, ReadingRef, Within
from tierwise.core.plan.plan import Plan
from tierwise.core.plan.questions import comparison_of, constants_of, is_unsettled
from tierwise.core.plan.walk import behind, elsewhere, link_of
from tierwise.core.types import BooleanType, DateTimeType, DateType, EnumType, NumberType, TextType
from tierwise.core.values import Duration, Value

__all__ = ["Reads", "Usage", "facts_behind", "reads_of", "tested_fact", "usage_of"]


@dataclass(frozen=True, slots=True)
class Usage:
    """What a node reads.

    Attributes:
        facts: Names of the facts, in declaration order.
        tests: For each fact the conditions that compare it with constants.
        loose: Facts that also stand elsewhere, so that each value of them may matter.
        exact: Those of them that have too many values to try, such as a number in a sum.
        prefers: Whether a ``Prefer`` is among what it reads: which part that takes hangs on the facts as given, never on assumed ones.
        decisions: Names of the decisions it reads, in the plan's order.
        readings: Names of the readings.
        rankings: Names of the rankings whose positions it needs.
    """

    facts: tuple[str, ...]
    tests: dict[str, tuple[Node, ...]]
    loose: frozenset[str]
    exact: frozenset[str]
    prefers: bool
    decisions: tuple[str, ...]
    readings: tuple[str, ...]
    rankings: tuple[str, ...]


def usage_of(plan: Plan, node: Node) -> Usage:
    """Follow a node through tables and decisions to the facts, readings and rankings it reads."""
    tests: dict[str, list[Node]] = {}
    found: dict[str, set[str]] = {what: set() for what in ("loose", "exact", "decisions", "readings", "rankings")}
    prefers = False
    for part, fact in _parts_read(plan, node, decisions=True):
        if fact is not None:
            tests.setdefault(fact.name, []).append(part)
            continue
        match part:
            case FactRef(name=name, type=of):
                tests.setdefault(name, [])
                found["loose"].add(name)
                if not isinstance(of, BooleanType | EnumType):
                    found["exact"].add(name)
            case DecisionRef(name=name):
                found["decisions"].add(name)
            case ReadingRef(name=name):
                found["readings"].add(name)
            case RankCut(ranking=name):
                found["rankings"].add(name)
            case Prefer(parts=parts):
                prefers = True
                for name in (name for preferred in parts[:-1] for name in facts_behind(preferred, plan)):
                    tests.setdefault(name, [])
    declared = [*plan.facts, *sorted(tests.keys() - plan.facts.keys())]
    return Usage(
        facts=tuple(name for name in declared if name in tests),
        tests={name: tuple(nodes) for name, nodes in tests.items()},
        loose=frozenset(found["loose"]),
        exact=frozenset(found["exact"]),
        prefers=prefers,
        decisions=_in_order(plan.decisions, found["decisions"]),
        readings=_in_order(plan.readings, found["readings"]),
        rankings=_in_order(plan.rankings, found["rankings"]),
    )


@dataclass(frozen=True, slots=True)
class Reads:
    """What a part reads itself, without what stands behind the decisions it names.

    Attributes:
        facts: Names of the facts.
        exact: Those of them that are more than compared with constants, and have too many values to try.
        decisions: Names of the decisions.
        readings: Names of the readings that are not settled.
        rankings: Names of the rankings whose positions it needs.
        prefers: The preferences in it.
    """

    facts: tuple[str, ...]
    exact: tuple[str, ...]
    decisions: tuple[str, ...]
    readings: tuple[str, ...]
    rankings: tuple[str, ...]
    prefers: tuple[Prefer, ...]


def reads_of(plan: Plan, node: Node) -> Reads:
    """Return what a part reads itself."""
    found: dict[str, dict[Any, None]] = {kind: {} for kind in ("facts", "exact", "decisions", "readings", "rankings", "prefers")}
    for part, fact in _parts_read(plan, node, decisions=False):
        match fact or part:
            case FactRef(name=name, type=of):
                found["facts"][name] = None
                if fact is None and not isinstance(of, BooleanType | EnumType):
                    found["exact"][name] = None
            case DecisionRef(name=name):
                found["decisions"][name] = None
            case ReadingRef(name=name) if is_unsettled(part, plan):
                found["readings"][name] = None
            case RankCut(ranking=name):
                found["rankings"][name] = None
            case Prefer():
                found["prefers"][part] = None
    return Reads(*(tuple(names) for names in found.values()))


def _parts_read(plan: Plan, node: Node, decisions: bool) -> Iterator[tuple[Node, FactRef | None]]:
    """Yield all parts, in order, also behind tables and rankings, and decisions if asked; what tests a fact is one part, with that fact."""
    seen: set[object] = set()
    pending = [node]
    while pending:
        part = pending.pop()
        fact, link = tested_fact(part), link_of(part)
        yield part, fact
        is_end = link is None or link in seen or (isinstance(part, DecisionRef) and not decisions)
        seen.add(link)
        if fact is None:
            pending.extend(reversed((*part.children, *(() if is_end else elsewhere(part, plan)))))


def facts_behind(node: Node, plan: Plan) -> tuple[str, ...]:
    """Return the names of the subject's own facts on which a part hangs, also through rankings, in declaration order."""
    read = {part.name for part in behind(node, plan, decisions=True) if isinstance(part, FactRef)}
    return tuple(name for name in plan.facts if name in read)


def _in_order(declared: Iterable[str], found: set[str]) -> tuple[str, ...]:
    return tuple(name for name in declared if name in found)


def tested_fact(node: Node) -> FactRef | None:
    """Return the fact that a condition compares with nothing but constants of its own kind, or ``None``."""
    match node:
        case InSet(value=FactRef() as fact, values=values):
            return fact if all(_is_comparable(fact, value, "=") for value in values) else None
        case Within(value=FactRef() as fact, low=low, high=high):
            bounds = constants_of([bound for bound in (low, high) if bound is not None])
            return fact if bounds is not None and all(_is_comparable(fact, bound.value, "<") for bound in bounds) else None
    comparison = comparison_of(node)
    if comparison is None or not isinstance(comparison.about, FactRef):
        return None
    return comparison.about if _is_comparable(comparison.about, comparison.constant.value, comparison.op) else None


def _is_comparable(fact: FactRef, value: Value, op: str) -> bool:
    if isinstance(fact.type, TextType):
        return op in ("=", "!=")
    if isinstance(fact.type, DateType | DateTimeType):
        return value is None or type(value) is (date if isinstance(fact.type, DateType) else datetime)
    return isinstance(fact.type, NumberType | BooleanType | EnumType) and not isinstance(value, Duration)
