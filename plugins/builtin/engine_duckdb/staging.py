"""Brings the facts that a plan reads under columns of our own, beside the number of the row in the table of facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tierwise.core.plan import Fact, Plan
from tierwise.core.types import DateType
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.terms import Term, constant, none_term, number_of
from tierwise.plugins.facts import FactTable, canonical_type
from tierwise.plugins.sql import Sql

__all__ = ["KEY", "NAME", "ROW", "Staging", "staging_of"]

ROW, KEY, NAME = "row", "key", "name"
AS_OF = "as_of"


@dataclass(frozen=True, slots=True)
class Staging:
    """The facts of a plan as columns.

    Attributes:
        columns: Column name to what it is in the relation of facts.
        terms: Fact name to its term over those columns; facts that nobody supplies are absent.
        staged: The facts that have columns, in declaration order.
    """

    columns: tuple[tuple[str, Sql], ...]
    terms: dict[str, Term]
    staged: tuple[Fact, ...]


def staging_of(plan: Plan, facts: FactTable, names: Sequence[str], as_of: date | None) -> Staging:
    """Return the columns of the facts called ``names``, as far as they are supplied."""
    columns: list[tuple[str, Sql]] = [
        (ROW, sql.column("rowid")),
        (KEY, sql.column("key")),
        (NAME, sql.column("name")),
    ]
    terms: dict[str, Term] = {}
    staged = []
    for number, fact in enumerate(plan.facts[name] for name in names if name in plan.facts):
        if fact.name not in facts.columns:
            if fact.absent_is_none:
                terms[fact.name] = none_term(fact.type)
            continue
        value = sql.cast(sql.column(facts.columns[fact.name]), canonical_type(fact.type))
        columns.append((f"f{number}", value))
        none = None
        if fact.nullable:
            columns.append((f"n{number}", sql.call("coalesce", sql.column(f"{facts.columns[fact.name]}__none"), sql.FALSE)))
            none = sql.column(f"n{number}")
        terms[fact.name] = number_of(Term(sql.column(f"f{number}"), fact.type, none))
        staged.append(fact)
    if as_of is not None:
        terms[AS_OF] = constant(as_of, DateType())
    return Staging(tuple(columns), terms, tuple(staged))
