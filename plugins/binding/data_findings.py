"""Counts what was wrong with the data and says it in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tierwise.plugins.binding.sql import call, cast, column, equal, identifier, select, text, whole
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
    "unreadable-row": "counts rows by a date, and one of them does not read",
    "ambiguous-row": "differs between rows that stand first together",
}


def find_bad_values(
    connection: DuckDBPyConnection, relation: str, supplies: Sequence[Supply], joined: Callable[[Sequence[exp.Expr]], exp.Select]
) -> list[DataFinding]:
    """Return a finding for every fact and code.

    Args:
        connection: Where the relation lives.
        relation: It has the columns ``key``, and ``problem<i>`` for the supply at position i.
        supplies: The supplied facts.
        joined: The query of cells over the rows behind the relation; ``stored`` of a supply is such a cell, and ``key``.
    """
    if not supplies:
        return []
    source = exp.Table(this=identifier(relation))
    tallies = [call("histogram", column(f"problem{i}")) for i in range(len(supplies))]
    counted = connection.execute(select(*tallies, source=source).sql("duckdb")).fetchone() or ()
    found = [(i, code, count) for i, tally in enumerate(counted) for code, count in sorted((tally or {}).items())]
    if not found:
        return []
    examples = connection.execute(select(*(_first_keys(i, code) for i, code, _ in found), source=source).sql("duckdb")).fetchone() or ()
    wanted = sorted({key for keys in examples for key in keys})
    at_fault = sorted({i for i, _, _ in found})
    query = joined([column("key"), *(cast(supplies[i].stored, "VARCHAR") for i in at_fault)])
    shown = {(i, row[0]): cell for row in _rows(connection, query, wanted) for i, cell in zip(at_fault, row[1:], strict=True)}
    return [
        _finding(supplies[i], code, count, [(key, shown[i, key]) for key in keys])
        for (i, code, count), keys in zip(found, examples, strict=True)
    ]


def _first_keys(position: int, code: str) -> exp.Expr:
    where = exp.Where(this=equal(column(f"problem{position}"), text(code)))
    return exp.Filter(this=call("min", column("key"), whole(3)), expression=where)


def _rows(connection: DuckDBPyConnection, query: exp.Select, keys: Sequence[str]) -> Sequence[Sequence[Any]]:
    wanted = exp.In(this=column("key"), expressions=[text(key) for key in keys])
    return connection.execute(query.where(wanted, copy=False).sql("duckdb")).fetchall()


def _finding(supply: Supply, code: str, count: int, examples: Iterable[tuple[str, str | None]]) -> DataFinding:
    fact, subjects = supply.fact.name, f"{count} subject{'s' * (count != 1)}"
    message = f"`{supply.table}.{supply.column}` {MESSAGES[code]}: fact `{fact}` is missing for {subjects}"
    shown = tuple((key, (stored or "")[:80]) for key, stored in examples)
    return DataFinding(code, message, count, fact, supply.table, supply.column, shown)
