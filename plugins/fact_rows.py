"""A ``FactTable`` made of facts at hand, such as those of a case: typed values to DuckDB rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import duckdb
from sqlglot import exp

from tierwise.core.meaning.subjects import Subject
from tierwise.core.plan import Fact, Plan
from tierwise.core.types import DurationType, ListType, MapType, RecordType, SetType, Type
from tierwise.plugins.facts import FactTable, canonical_type, none_when_absent

__all__ = ["fact_table_of"]

RELATION = "given_facts"


def fact_table_of(plan: Plan, subjects: Sequence[Subject]) -> FactTable:
    """Return a fact table of the given subjects, in a DuckDB connection of its own.

    Args:
        plan: The policy whose facts they are.
        subjects: Typed facts; a fact that no subject has gets no column.
    """
    given = {name for subject in subjects for name in subject.facts}
    facts = {name: fact for name, fact in plan.facts.items() if name in given}
    columns = {name: name if name not in ("key", "name") else f"{name}__fact" for name in facts}
    connection = duckdb.connect()
    definitions = ["key VARCHAR", "name VARCHAR"]
    for name, fact in facts.items():
        definitions.append(f"{_quoted(columns[name])} {canonical_type(fact.type)}")
        if fact.nullable:
            definitions.append(f"{_quoted(columns[name] + '__none')} BOOLEAN")
    connection.execute(f"CREATE TABLE {RELATION} ({', '.join(definitions)})")
    marks = ", ".join("?" * len(definitions))
    for subject in subjects:
        connection.execute(f"INSERT INTO {RELATION} VALUES ({marks})", [subject.key, subject.name, *_cells(facts.values(), subject)])
    return FactTable(connection, RELATION, facts, columns, "given facts", none=none_when_absent(plan, facts))


def _quoted(name: str) -> str:
    return exp.to_identifier(name, quoted=True).sql("duckdb")


def _cells(facts: Iterable[Fact], subject: Subject) -> list[Any]:
    cells: list[Any] = []
    for fact in facts:
        value = subject.facts.get(fact.name)
        cells.append(None if value is None else _cell(value, fact.type))
        if fact.nullable:
            cells.append(fact.name in subject.facts and value is None)
    return cells


def _cell(value: Any, type_: Type) -> Any:
    if isinstance(type_, ListType | SetType):
        return [_cell(item, type_.item) for item in value]
    if isinstance(type_, RecordType):
        return {name: None if value.get(name) is None else _cell(value[name], kind) for name, kind in type_.fields}
    if isinstance(type_, MapType):
        return {key: _cell(item, type_.value) for key, item in value.items()}
    if isinstance(type_, DurationType):
        return {"months": value.months, "seconds": value.seconds}
    return value
