"""Hypothesis strategies: random plans over facts of all scalar types, and facts at, below and above every border, none and missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

from hypothesis import strategies as st

from tests.plans import constant, decision, fact, plan, reading, table
from tierwise.core.outcome import Reason
from tierwise.core.plan import (
    Arithmetic,
    Compare,
    Conditional,
    DecisionRef,
    Fact,
    FactRef,
    HitPolicy,
    InSet,
    Logic,
    Node,
    Not,
    Plan,
    Reading,
    ReadingRef,
    Round,
    Undecided,
    Within,
)
from tierwise.core.types import BooleanType, DateTimeType, DateType, EnumType, NumberType, SetType, TextType, Type

__all__ = ["GRADES", "facts_for", "plans", "settlings", "single_table_plans", "values_of"]

GRADES = EnumType(("A", "B", "C"))
WORDS = EnumType(("low", "middle", "high"))
START = date(2026, 1, 30)
NOON = datetime(2026, 1, 30, 12, 0, 0)

_TYPES: tuple[Type, ...] = (
    NumberType(0, low=Decimal(0), high=Decimal(9)),
    NumberType(2, "元"),
    NumberType(1, low=Decimal("0.5")),
    BooleanType(),
    WORDS,
    DateType(),
    DateTimeType(),
    TextType(),
)
_ENUM_HITS = (HitPolicy.UNIQUE, HitPolicy.FIRST, HitPolicy.ANY, HitPolicy.PRIORITY)
_REASONS = (Reason.MISSING_FACT, Reason.VAGUE, Reason.LOST)


def borders(type: Type) -> tuple[Any, ...]:
    """Return the few constants that tests of a type compare with; they are close to each other on purpose."""
    if isinstance(type, NumberType):
        return (Decimal(1), Decimal("2.5") if type.scale else Decimal(2), Decimal(3))
    if isinstance(type, BooleanType):
        return (True, False)
    if isinstance(type, EnumType):
        return type.values
    if isinstance(type, DateType):
        return (START, START + timedelta(days=1), START + timedelta(days=30))
    if isinstance(type, DateTimeType):
        return (NOON, NOON + timedelta(seconds=1), NOON + timedelta(days=1))
    return ("甲", "乙")


def values_of(fact: Fact) -> tuple[Any, ...]:
    """Return values of a fact at, just below and just above every border, and far away; none for a nullable one."""
    none = (None,) if fact.nullable else ()
    type = fact.type
    found = list(borders(type))
    if isinstance(type, NumberType):
        step = Decimal(1).scaleb(-(type.scale or 0))
        found = [value + offset for value in found for offset in (-step, Decimal(0), step)] + [Decimal(8)]
        found = [v for v in found if (type.low is None or v >= type.low) and (type.high is None or v <= type.high)]
    elif isinstance(type, DateTimeType):
        found = [value + timedelta(seconds=offset) for value in found for offset in (-1, 0, 1)]
    elif isinstance(type, DateType):
        found = [value + timedelta(days=offset) for value in found for offset in (-1, 0, 1)]
    elif isinstance(type, TextType):
        found.append("丙")
    return (*dict.fromkeys(found), *none)


@st.composite
def tests_of(draw: st.DrawFn, ref: FactRef, nullable: bool = False) -> Node:
    """Draw a test of a fact against constants."""
    values = borders(ref.type)
    kinds = ["equal", "in", "not"]
    if isinstance(ref.type, NumberType | DateType | DateTimeType):
        kinds += ["order", "order", "within", "within"]
    kind = draw(st.sampled_from(kinds))
    if kind == "order":
        return Compare(draw(st.sampled_from(("<", "<=", ">", ">="))), ref, constant(draw(st.sampled_from(values)), ref.type))
    if kind == "within":
        low, high = sorted((draw(st.sampled_from(values)), draw(st.sampled_from(values))))
        return Within(ref, constant(low, ref.type), constant(high, ref.type), draw(st.booleans()), draw(st.booleans()))
    if kind == "equal":
        choices = (*values, None) if nullable else values
        return Compare(draw(st.sampled_from(("=", "!="))), ref, constant(draw(st.sampled_from(choices)), ref.type))
    chosen = tuple(draw(st.lists(st.sampled_from((*values, None) if nullable else values), min_size=1, max_size=2, unique=True)))
    return InSet(ref, chosen) if kind == "in" else Not(InSet(ref, chosen))


@st.composite
def conditions(draw: st.DrawFn, facts: Sequence[Fact], readings: Sequence[ReadingRef] = ()) -> Node:
    """Draw a condition over facts and readings."""
    parts: list[Node] = []
    for _ in range(draw(st.integers(1, 2))):
        if readings and draw(st.integers(0, 3)) == 0:
            ref = draw(st.sampled_from(list(readings)))
            parts.append(Compare("=", ref, constant(draw(st.sampled_from(ref.values)), ref.type)))
        else:
            one = draw(st.sampled_from(list(facts)))
            parts.append(draw(tests_of(FactRef(one.name, one.type), one.nullable)))
    return parts[0] if len(parts) == 1 else Logic(draw(st.sampled_from(("and", "or"))), tuple(parts))


@st.composite
def some_facts(draw: st.DrawFn, most: int = 4) -> list[Fact]:
    """Draw declarations of facts."""
    types = draw(st.lists(st.sampled_from(_TYPES), min_size=1, max_size=most))
    return [
        fact(f"f{i}", type, nullable=draw(st.booleans()), missing=draw(st.sampled_from(_REASONS)))[0]
        for i, type in enumerate(types, start=1)
    ]


@st.composite
def grade_rows(draw: st.DrawFn, columns: Sequence[Fact], readings: Sequence[ReadingRef] = ()) -> list[tuple[Any, ...]]:
    """Draw rows of a table over one column per fact (and one for readings), giving grades."""
    rows: list[tuple[Any, ...]] = []
    for _ in range(draw(st.integers(1, 4))):
        tests: list[Node | None] = [
            draw(tests_of(FactRef(c.name, c.type), c.nullable)) if draw(st.integers(0, 2)) else None for c in columns
        ]
        for ref in readings:
            test = Compare("=", ref, constant(draw(st.sampled_from(ref.values)), ref.type))
            tests.append(test if draw(st.booleans()) else None)
        undecided = draw(st.integers(0, 7)) == 0
        rows.append((*tests, Undecided(Reason.LOST, (), GRADES) if undecided else draw(st.sampled_from(GRADES.values))))
    return rows


@st.composite
def single_table_plans(draw: st.DrawFn, hits: Sequence[HitPolicy] = _ENUM_HITS) -> Plan:
    """Draw a plan of one table ``grade`` over facts that are only tested against constants."""
    facts = draw(some_facts(3))
    columns = [FactRef(f.name, f.type) for f in facts]
    default = constant("C", GRADES) if draw(st.booleans()) else None
    made, pick = table("grade", draw(st.sampled_from(list(hits))), columns, draw(grade_rows(facts)), GRADES, default)
    return plan(facts, [decision("grade", GRADES, pick, form="table")], [made])


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Draw a plan of several decisions: tables of every hit policy, a rule over another grade, formulas, a reading."""
    facts = draw(some_facts())
    number, ref = fact("amount", NumberType(2, low=Decimal(-5), high=Decimal(50)), nullable=draw(st.booleans()))
    made_reading, reading_ref = reading("way", "narrow", "wide", settled=draw(st.sampled_from((None, None, "wide"))))
    readings = [reading_ref] if draw(st.booleans()) else []
    columns: list[Node] = [*(FactRef(f.name, f.type) for f in facts), *readings]
    grade_table, grade = table("grade", draw(st.sampled_from(_ENUM_HITS)), columns, draw(grade_rows(facts, readings)), GRADES)
    set_rows = [row for row in draw(grade_rows(facts, readings)) if isinstance(row[-1], str)]
    set_table, found = table("found", HitPolicy.COLLECT, columns, set_rows, SetType(GRADES))
    hit = draw(st.sampled_from((HitPolicy.SUM, HitPolicy.MIN, HitPolicy.MAX, HitPolicy.COUNT)))
    point_rows = [(*row[:-1], draw(st.integers(0, 3))) for row in set_rows]
    points_table, points = table("points", hit, columns, point_rows, NumberType(0))
    right_rows = [
        (Compare("=", DecisionRef("grade", GRADES), constant(word, GRADES)), draw(st.sampled_from(("yes", "no")))) for word in "AB"
    ]
    right_type = EnumType(("yes", "no"))
    right_table, right = table("right", HitPolicy.UNIQUE, [DecisionRef("grade", GRADES)], right_rows, right_type)
    condition = draw(conditions(facts, readings))
    total = Arithmetic("+", (ref, DecisionRef("points", NumberType(0))), NumberType(2))
    rounded = Round(total, 1, draw(st.sampled_from(("up", "down", "half up", "half down", "half even", "floor", "ceiling"))), NumberType(1))
    size = Conditional(
        Compare(">=", DecisionRef("total", NumberType(1)), constant(3)), constant("A", GRADES), DecisionRef("grade", GRADES), GRADES
    )
    decisions = [
        decision("grade", GRADES, grade, form="table"),
        decision("found", SetType(GRADES), found, form="table"),
        decision("points", NumberType(0), points, form="table"),
        decision("right", right_type, right, form="table"),
        decision("holds", BooleanType(), condition),
        decision("total", NumberType(1), rounded),
        decision("size", GRADES, size),
    ]
    return plan([*facts, number], decisions, [grade_table, set_table, points_table, right_table], [made_reading])


@st.composite
def facts_for(draw: st.DrawFn, made: Plan, complete: bool = False) -> dict[str, Any]:
    """Draw facts for a plan: values at, below and above the borders, none, and (unless ``complete``) missing ones."""
    given: dict[str, Any] = {}
    for one in made.facts.values():
        if complete or draw(st.integers(0, 2)):
            given[one.name] = draw(st.sampled_from(values_of(one)))
    return given


def settlings(made: Plan) -> list[Plan]:
    """Return the plan once for every way to settle its readings."""
    open_readings = [r for r in made.readings.values() if r.settled is None]
    ways: list[Plan] = []
    for words in product(*(r.values for r in open_readings)):
        settled: Mapping[str, Reading] = {r.name: replace(r, settled=word) for r, word in zip(open_readings, words, strict=True)}
        ways.append(replace(made, readings={**made.readings, **settled}))
    return ways
