"""Brings the facts that a plan reads under columns of our own, beside the number of the row in the table of facts, and reads them back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from sqlglot import exp

from tierwise.core.meaning.subjects import Subject
from tierwise.core.plan import AS_OF, Fact, Plan
from tierwise.core.types import DateType
from tierwise.plugins import sql
from tierwise.plugins.facts import canonical_type, core_value
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.tables import FactRows, Tables
from tierwise.plugins.sql_engine.terms import Term, constant, none_term, number_of

__all__ = ["ID", "KEY", "NAME", "ROW", "Staging", "facts_of", "read_subjects", "staging_of"]

ROW, KEY, NAME, ID = "row", "key", "name", "number"


@dataclass(frozen=True, slots=True)
class Staging:
    """The facts of a plan as columns.

    Attributes:
        columns: Column name to what it is in the relation of facts.
        terms: Fact name to its term over those columns; facts that nobody supplies are absent.
        staged: The facts that have columns, in declaration order.
        whole: Of these, the facts that nobody lacks.
        lacked: Of these, facts that somebody lacks, as far as that is known.
    """

    columns: tuple[tuple[str, Sql], ...]
    terms: dict[str, Term]
    staged: tuple[Fact, ...]
    whole: frozenset[str] = frozenset()
    lacked: frozenset[str] = frozenset()


def staging_of(plan: Plan, facts: FactRows, names: Sequence[str], as_of: date | None) -> Staging:
    """Return the columns of the facts called ``names``, as far as they are supplied."""
    columns: list[tuple[str, Sql]] = [
        (ROW, facts.row),
        (KEY, sql.column("key")),
        (NAME, sql.column("name")),
    ]
    if facts.stored.id:
        columns.append((ID, sql.column(facts.stored.id)))
    terms: dict[str, Term] = {}
    staged = []
    for number, fact in enumerate(plan.facts[name] for name in names if name in plan.facts):
        if fact.name not in facts.columns:
            if fact.absent_is_none:
                terms[fact.name] = none_term(fact.type) if fact.default is None else constant(fact.default, fact.type)
            continue
        value = sql.cast(sql.column(facts.columns[fact.name]), canonical_type(fact.type))
        columns.append((f"f{number}", value))
        none = None
        if fact.nullable:
            columns.append((f"n{number}", sql.call("coalesce", sql.column(f"{facts.columns[fact.name]}__none"), sql.FALSE)))
            none = sql.column(f"n{number}")
        terms[fact.name] = number_of(_with_default(fact, Term(sql.column(f"f{number}"), fact.type, none)))
        if fact.name in facts.stored.numbers and fact.default is None:
            stored = facts.stored.numbers[fact.name]
            columns.append((f"s{number}", sql.column(stored.column)))
            terms[fact.name] = replace(terms[fact.name], stored=replace(stored, column=f"s{number}"))
        staged.append(fact)
    if as_of is not None:
        terms[AS_OF] = constant(as_of, DateType())
    lacked = facts.stored.lacked & {fact.name for fact in staged}
    return Staging(tuple(columns), terms, tuple(staged), facts.stored.whole, lacked)


def _with_default(fact: Fact, term: Term) -> Term:
    """Return the term of a fact with its default in place of none."""
    if fact.default is None or term.none is None:
        return term
    return replace(
        term,
        sql=sql.case((term.none, sql.cast(constant(fact.default, fact.type).sql, canonical_type(fact.type))), default=term.sql),
        none=None,
    )


def facts_of(facts: Sequence[Fact], values: Sequence[Any], nones: Sequence[bool | None]) -> dict[str, Any]:
    """Return the facts of one subject from its columns: NULL is missing, unless it is none."""
    found: dict[str, Any] = {}
    for fact, value, is_none in zip(facts, values, nones, strict=True):
        if is_none:
            found[fact.name] = None
        elif value is not None:
            found[fact.name] = core_value(value, fact.type)
    return found


def read_subjects(tables: Tables, facts: FactRows, staging: Staging) -> Iterator[Subject]:
    """Yield every subject with the facts that are staged, in the order of the keys."""
    terms = [staging.terms[fact.name] for fact in staging.staged]
    columns = [sql.column(KEY), sql.column(NAME), *(t.sql for t in terms), *(sql.FALSE if t.none is None else t.none for t in terms)]
    query = (
        exp.select(*columns)
        .from_(sql.select(*sql.named(staging.columns), source=sql.table(facts.relation)).subquery("staged"))
        .order_by(sql.column(KEY), sql.column(ROW))
    )
    for key, name, *cells in tables.rows(query):
        yield Subject(key, name, facts_of(staging.staged, cells[: len(terms)], cells[len(terms) :]))
