"""Reads the rows of a table that a program holds as subjects: the columns that are called like facts, and those that identify a subject."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from tierwise.core.errors import DataError
from tierwise.core.plan import Plan
from tierwise.plugins.deciding.given import IDENTITY

__all__ = ["is_table", "rows_of_table"]

_AT_ONCE = 20_000  # rows that are Python objects at a time


def is_table(given: object) -> bool:
    """Say whether something gives itself as an Arrow table: one of ``pyarrow``, a data frame of Polars or pandas, a DuckDB relation."""
    return hasattr(given, "__arrow_c_stream__")


def rows_of_table(plan: Plan, table: Any, with_identity: bool) -> Iterator[Mapping[str, Any]]:
    """Yield fact name to value for each row, in order; NULL is ``None``.

    Args:
        plan: The compiled policy.
        table: What ``is_table`` is true of.
        with_identity: Whether the key and the name of a subject are given, too.

    Raises:
        DataError: No column is called like a fact, or two are called the same.
    """
    import pyarrow

    arrow = pyarrow.table(table)
    wanted = [name for name in arrow.column_names if name in plan.facts or (with_identity and name in IDENTITY)]
    if not plan.facts.keys() & wanted:
        known = ", ".join(f"`{name}`" for name in list(plan.facts)[:5])
        raise DataError(f"the table has no column called like a fact of `{plan.policy}`", f"the facts are {known}" if known else "")
    twice = next((name for name in wanted if wanted.count(name) > 1), None)
    if twice is not None:
        raise DataError(f"the table has more than one column `{twice}`", "give each column a name of its own")
    read = arrow.select(wanted)
    has_maps = any("map<" in str(kind) for kind in read.schema.types)  # to ask for them takes four times as long
    for batch in read.to_batches(max_chunksize=_AT_ONCE):
        yield from batch.to_pylist(maps_as_pydicts="strict") if has_maps else batch.to_pylist()
