"""Counts what was wrong with the data and says it in words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tierwise.plugins.binding.sql import call, column, equal, identifier, select, text, whole
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
    tallies = [call("histogram", column(f"problem{i}")) for i in range(len(supplies))]
    counted = connection.execute(select(*tallies, source=source).sql("duckdb")).fetchone() or ()
    found = [(i, code, count) for i, tally in enumerate(counted) for code, count in sorted((tally or {}).items())]
    if not found:
        return []
    cells = [_examples(i, code) for i, code, _ in found]
    examples = connection.execute(select(*cells, source=source.copy()).sql("duckdb")).fetchone() or ()
    return [_finding(supplies[i], code, count, shown or ()) for (i, code, count), shown in zip(found, examples, strict=True)]


def _examples(position: int, code: str) -> exp.Expr:
    """Return the aggregate of the first three keys with their stored values."""
    parts = {"k": column("key"), "v": column(f"stored{position}")}
    example = exp.Struct(expressions=[exp.PropertyEQ(this=identifier(name), expression=cell) for name, cell in parts.items()])
    where = exp.Where(this=equal(column(f"problem{position}"), text(code)))
    return exp.Filter(this=call("min", example, whole(3)), expression=where)


def _finding(supply: Supply, code: str, count: int, examples: Iterable[Mapping[str, Any]]) -> DataFinding:
    fact, subjects = supply.fact.name, f"{count} subject{'s' * (count != 1)}"
    message = f"`{supply.table}.{supply.column}` {MESSAGES[code]}: fact `{fact}` is missing for {subjects}"
    shown = tuple((e["k"], "" if e["v"] is None else str(e["v"])[:80]) for e in examples)
    return DataFinding(code, message, count, fact, supply.table, supply.column, shown)
