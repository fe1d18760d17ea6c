"""Reads the runs of a ledger that an earlier version wrote, which had a row for each subject and output."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter

from sqlite_utils import Database

from tierwise.plugins.ledger.numbered_outcomes import Numbers

__all__ = ["EARLIER", "earlier_rows", "set_aside"]

EARLIER = "results_of_earlier"
"""What that table is called while its rows are numbered."""

_SORTS = {"text": "text", "integer": "number", "real": "number", "true": "boolean", "false": "boolean", "array": "list", "object": "record"}
_SORT = "CASE json_type(value) " + " ".join(f"WHEN '{json}' THEN '{sort}'" for json, sort in _SORTS.items()) + " ELSE '' END"
_IS_WORD = "json_type(value) IN ('text', 'null') OR (json_type(value) IN ('integer', 'real') AND length(value) <= 15)"
_PLAIN = f"CASE WHEN {_IS_WORD} THEN json_extract(value, '$') ELSE value END"


def set_aside(database: Database, had_types: bool) -> None:
    """Give that table another name, and fill in what today's table of outputs has besides: places, and types where values told them.

    Args:
        database: The ledger, with today's tables.
        had_types: Whether the types of outputs were saved; before that, every value was JSON.
    """
    database.execute(f"ALTER TABLE results RENAME TO {EARLIER}")
    if not had_types:
        types = f"SELECT run_id, output, max({_SORT}) FROM {EARLIER} GROUP BY run_id, output"
        database.execute(f"INSERT INTO outputs (run_id, output, type) {types}")
    before = "SELECT count(*) FROM outputs other WHERE other.run_id = outputs.run_id AND other.rowid < outputs.rowid"
    database.execute(f"UPDATE outputs SET place = ({before})")


def earlier_rows(database: Database, run_id: int, numbers: Numbers, had_types: bool) -> Iterator[tuple[str, str]]:
    """Yield key and list of numbers of each subject of a run, by key."""
    value = "value" if had_types else _PLAIN
    query = f"SELECT key, output, {value}, reason, candidates, rules, needs FROM {EARLIER} WHERE run_id = ? ORDER BY key"
    for key, rows in groupby(database.conn.execute(query, [run_id]), key=itemgetter(0)):
        yield key, numbers.list_of((output, numbers.number_of(tuple(cells))) for _, output, *cells in rows)
