"""Reads facts back from columns as values of the core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tierwise.core.meaning.subjects import Subject
from tierwise.core.plan import Fact
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.staging import KEY, NAME, ROW, Staging
from tierwise.plugins.facts import FactTable, core_value

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["facts_of", "read_subjects"]

BATCH = 5_000


def facts_of(facts: Sequence[Fact], values: Sequence[Any], nones: Sequence[bool | None]) -> dict[str, Any]:
    """Return the facts of one subject from its columns: NULL is missing, unless it is none."""
    found: dict[str, Any] = {}
    for fact, value, is_none in zip(facts, values, nones, strict=True):
        if is_none:
            found[fact.name] = None
        elif value is not None:
            found[fact.name] = core_value(value, fact.type)
    return found


def read_subjects(connection: DuckDBPyConnection, facts: FactTable, staging: Staging) -> Iterator[Subject]:
    """Yield every subject with the facts that are staged, in the order of the keys."""
    terms = [staging.terms[fact.name] for fact in staging.staged]
    columns = [sql.column(KEY), sql.column(NAME), *(t.sql for t in terms), *(sql.FALSE if t.none is None else t.none for t in terms)]
    query = (
        exp.select(*columns)
        .from_(sql.select(*sql.named(staging.columns), source=sql.table(facts.relation)).subquery("staged"))
        .order_by(sql.column(KEY), sql.column(ROW))
    )
    cursor = connection.cursor().execute(sql.printed(query))
    while batch := cursor.fetchmany(BATCH):
        for key, name, *cells in batch:
            yield Subject(key, name, facts_of(staging.staged, cells[: len(terms)], cells[len(terms) :]))
