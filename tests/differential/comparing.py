"""Grades random subjects by the reference engine and by DuckDB, and says where they differ."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

import duckdb

from tierwise.core.environment import Environment, Function, Limits
from tierwise.core.outcome import Determined, Outcome, Undetermined
from tierwise.core.plan import Plan
from tierwise.core.running.decide import decide
from tierwise.core.types import NumberType
from tierwise.core.values import Duration
from tierwise.plugins.builtin.engine_duckdb import grade
from tierwise.plugins.facts import FactTable, canonical_type

__all__ = ["ENVIRONMENT", "differences", "fact_table", "same"]

COUNT_OF = Function(
    name="count of",
    signature="count of(list) -> integer",
    about="How many items a list has.",
    type_of=lambda types: NumberType(0),
    python=lambda items: None if items is None else Decimal(len(items)),
    sql={"duckdb": "len({0})"},
)
ENVIRONMENT = Environment(functions={"count of": COUNT_OF}, limits=Limits(completions=64))


def fact_table(plan: Plan, subjects: Sequence[Mapping[str, Any]]) -> FactTable:
    """Put subjects into a table such as a binding gives."""
    connection = duckdb.connect()
    columns = ['"key" VARCHAR', '"name" VARCHAR']
    for fact in plan.facts.values():
        columns.append(f'"{fact.name}" {canonical_type(fact.type)}')
        columns += [f'"{fact.name}__none" BOOLEAN'] if fact.nullable else []
    connection.execute(f"CREATE TABLE subjects ({', '.join(columns)})")
    for number, facts in enumerate(subjects):
        row: list[Any] = [f"{number:05}", None]
        for fact in plan.facts.values():
            row.append(_to_duckdb(facts.get(fact.name)))
            row += [facts.get(fact.name, 0) is None] if fact.nullable else []
        connection.execute(f"INSERT INTO subjects VALUES ({', '.join('?' * len(row))})", row)
    return FactTable(connection, "subjects", plan.facts, {name: name for name in plan.facts})


def _to_duckdb(value: Any) -> Any:
    if isinstance(value, Duration):
        return {"months": value.months, "seconds": value.seconds}
    if isinstance(value, tuple):
        return [_to_duckdb(item) for item in value]
    if isinstance(value, Mapping) and value.keys() <= {"amount", "kind"}:
        return {"amount": value.get("amount"), "kind": value.get("kind")}
    return value


def differences(plan: Plan, subjects: Sequence[Mapping[str, Any]], as_of: date | None) -> list[str]:
    """Say for which subjects and outputs DuckDB gives another outcome than the reference engine."""
    grading = grade(plan, ENVIRONMENT, fact_table(plan, subjects), as_of)
    found = []
    rows = list(grading.rows())
    if len(rows) != len(subjects) or grading.count() != len(subjects):
        found.append(f"{len(subjects)} subjects, {len(rows)} rows, count {grading.count()}")
    for facts, row in zip(subjects, rows, strict=False):
        expected = decide(plan, ENVIRONMENT, facts, as_of)
        for output, outcome in expected.items():
            if not same(outcome, row.outcomes[output]):
                found.append(f"{output} of {dict(facts)}: reference {outcome}, duckdb {row.outcomes[output]}")
    for output in grading.outputs:
        total = sum(share.count for share in grading.distribution(output.name))
        if total != len(subjects):
            found.append(f"{output.name}: distribution adds up to {total}")
    return found


def same(left: Outcome, right: Outcome) -> bool:
    """Say whether two outcomes are one."""
    if isinstance(left, Determined) and isinstance(right, Determined):
        return type(left.value) is type(right.value) and bool(left.value == right.value) and left.rules == right.rules
    return isinstance(left, Undetermined) and isinstance(right, Undetermined) and left == right
