"""Grades subjects by the reference engine and by another, and says where they differ."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb
import pyarrow

from tierwise.core.environment import Environment, Function, Limits
from tierwise.core.meaning.subjects import Subject
from tierwise.core.outcome import Determined, Outcome, Undetermined
from tierwise.core.plan import Plan
from tierwise.core.types import ListType, NumberType, RecordType, SetType, Type
from tierwise.core.values import Duration
from tierwise.plugins.engine import REFERENCE_ENGINE, Engine
from tierwise.plugins.engine_reference import ReferenceGrading
from tierwise.plugins.engine_reference import grade as grade_by_reference
from tierwise.plugins.facts import FactTable, canonical_type
from tierwise.plugins.manager import Plugins

__all__ = ["ELSEWHERE", "ENGINES", "ENVIRONMENT", "differences", "fact_table", "graded_by_reference", "same"]

COUNT_OF = Function(
    name="count of",
    signature="count of(list) -> integer",
    about="How many items a list has.",
    type_of=lambda types: NumberType(0),
    python=lambda items: None if items is None else Decimal(len(items)),
    sql={"duckdb": "len({0})"},
)
ELSEWHERE = {"postgres", "spark"} - set(os.environ.get("TIERWISE_ENGINES", "").split())
"""Engines that need a server or a cluster, which takes long to ask: each run tries a little of them in ``test_elsewhere.py``, and all that compares
when ``TIERWISE_ENGINES`` names them."""

ENGINES = {name: engine for name, engine in Plugins().engines().items() if name not in {REFERENCE_ENGINE, *ELSEWHERE}}
"""The engines that are compared with the reference engine, by name."""

ENVIRONMENT = Environment(functions={"count of": COUNT_OF}, limits=Limits(completions=64))


def fact_table(plan: Plan, subjects: Sequence[Mapping[str, Any]]) -> FactTable:
    """Put subjects into a table such as a binding gives."""
    connection = duckdb.connect()
    columns = ['"key" VARCHAR', '"name" VARCHAR']
    for fact in plan.facts.values():
        columns.append(f'"{fact.name}" {canonical_type(fact.type)}')
        columns += [f'"{fact.name}__none" BOOLEAN'] if fact.nullable else []
    connection.execute(f"CREATE TABLE subjects ({', '.join(columns)})")
    rows = []
    for number, facts in enumerate(subjects):
        row: dict[str, Any] = {"key": f"{number:05}", "name": None}
        for fact in plan.facts.values():
            row[fact.name] = _to_arrow(facts.get(fact.name), fact.type)
            row |= {f"{fact.name}__none": facts.get(fact.name, 0) is None} if fact.nullable else {}
        rows.append(row)
    schema = connection.sql("FROM subjects").to_arrow_table().schema
    connection.register("rows", pyarrow.Table.from_pylist(rows, schema=schema))
    connection.execute("INSERT INTO subjects SELECT * FROM rows")
    connection.unregister("rows")
    return FactTable(connection, "subjects", plan.facts, {name: name for name in plan.facts})


def _to_arrow(value: Any, type: Type) -> Any:
    if isinstance(value, Duration):
        return {"months": value.months, "seconds": value.seconds}
    if isinstance(value, tuple) and isinstance(type, ListType | SetType):
        return [_to_arrow(item, type.item) for item in value]
    if isinstance(value, Mapping) and isinstance(type, RecordType):
        return {name: value.get(name) for name, _ in type.fields}
    return list(value.items()) if isinstance(value, Mapping) else value


def graded_by_reference(
    plan: Plan, subjects: Sequence[Mapping[str, Any]], as_of: date | None, environment: Environment = ENVIRONMENT
) -> ReferenceGrading:
    """Grade the subjects of a ``fact_table`` by the reference engine."""
    return grade_by_reference(plan, environment, [Subject(f"{number:05}", None, facts) for number, facts in enumerate(subjects)], as_of)


def differences(
    engine: Engine,
    plan: Plan,
    subjects: Sequence[Mapping[str, Any]],
    as_of: date | None,
    environment: Environment = ENVIRONMENT,
    reference: ReferenceGrading | None = None,
) -> list[str]:
    """Say for which subjects and outputs an engine gives another outcome than the reference engine, which may have graded them already."""
    reference = reference or graded_by_reference(plan, subjects, as_of, environment)
    grading = engine.grade(plan, environment, fact_table(plan, subjects), as_of)
    found = []
    rows = list(grading.rows())
    if len(rows) != len(subjects) or grading.count() != len(subjects):
        found.append(f"{len(subjects)} subjects, {len(rows)} rows, count {grading.count()}")
    for facts, expected, row in zip(subjects, reference.rows(), rows, strict=False):
        for output, outcome in expected.outcomes.items():
            if not same(outcome, row.outcomes[output]):
                found.append(f"{output} of {dict(facts)}: reference {outcome}, {engine.name} {row.outcomes[output]}")
    for output, outcome in reference.population.items():
        if not same(outcome, grading.population[output]):
            found.append(f"{output}: reference {outcome}, {engine.name} {grading.population[output]}")
    for decision in grading.outputs:
        if grading.distribution(decision.name) != reference.distribution(decision.name):
            found.append(f"{decision.name}: {grading.distribution(decision.name)} is not {reference.distribution(decision.name)}")
    return found


def same(left: Outcome, right: Outcome) -> bool:
    """Say whether two outcomes are one."""
    if isinstance(left, Determined) and isinstance(right, Determined):
        return type(left.value) is type(right.value) and bool(left.value == right.value) and left.rules == right.rules
    return isinstance(left, Undetermined) and isinstance(right, Undetermined) and left == right
