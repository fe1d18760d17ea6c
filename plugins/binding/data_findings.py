"""Counts what was wrong with the data, in one pass, and says it in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sqlglot import exp

from tierwise.plugins.binding.sql import call, column, identifier, whole
from tierwise.plugins.binding.supply import Supply
from tierwise.plugins.facts import DataFinding

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["MESSAGES", "find_bad_values"]

MESSAGES: Mapping[str, str] = {
    "bad-number": "is no number",
    "not-finite": "is not a finite number",
    "off-scale": "has more digits after the point than the fact's scale",
    "value-out-of-range": "is outside what the fact may be",
    "bad-boolean": "is neither true nor false",
    "bad-date": "is no date",
    "bad-duration": "is no duration",
    "unknown-word": "is none of the fact's words",
    "bad-list": "is no list of what the fact may hold",
    "bad-record": "is no record of what the fact may hold",
    "bad-map": "is no map of what the fact may hold",
    "bad-value": "holds a value that does not read, or not at the fact's scale",
    "empty-value": "is empty in a row that counts, so the sum is not known",
    "ambiguous-row": "differs between rows that stand first together",
}


def find_bad_values(connection: DuckDBPyConnection, relation: str, supplies: Sequence[Supply]) -> list[DataFinding]:
    """Return a finding for every fact and code.

    Args:
        connection: Where the relation lives.
        relation: It has the columns ``key``, and ``problem<i>`` and ``stored<i>`` for the supply at position i.
        supplies: The supplied facts.
    """
    if not supplies:
        return []
    source = exp.Table(this=identifier(relation))
    counts = [exp.Count(this=column(f"problem{i}")) for i in range(len(supplies))]
    found = connection.execute(exp.select(*counts).from_(source).sql("duckdb")).fetchall()[0]
    return [finding for i, count in enumerate(found) if count for finding in _of_fact(connection, source, i, supplies[i])]


def _of_fact(connection: DuckDBPyConnection, source: exp.Table, position: int, supply: Supply) -> list[DataFinding]:
    problem = column(f"problem{position}")
    example = exp.Struct(
        expressions=[exp.PropertyEQ(this=identifier(n), expression=column(c)) for n, c in (("k", "key"), ("v", f"stored{position}"))]
    )
    query = (
        exp.select(problem, exp.Count(this=exp.Star()), call("min", example, whole(3)))
        .from_(source)
        .where(exp.Not(this=problem.is_(exp.null())))
        .group_by(problem)
        .order_by(problem)
    )
    fact = supply.fact.name
    return [
        DataFinding(
            code,
            f"`{supply.table}.{supply.column}` {MESSAGES[code]}: fact `{fact}` is missing for {count} subject{'s' * (count != 1)}",
            count,
            fact,
            supply.table,
            supply.column,
            tuple((e["k"], "" if e["v"] is None else str(e["v"])[:80]) for e in examples),
        )
        for code, count, examples in connection.execute(query.sql("duckdb")).fetchall()
    ]
