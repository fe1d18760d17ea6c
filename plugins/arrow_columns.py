"""Python rows to Arrow columns without loss: a column of one sort keeps its type, a mixed one becomes text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

__all__ = ["as_text", "table_of"]

# bool before int and datetime before date: each is a subclass of the other
SORTS: tuple[tuple[type, pa.DataType], ...] = (
    (bool, pa.bool_()),
    (int, pa.int64()),
    (float, pa.float64()),
    (str, pa.string()),
    (datetime, pa.timestamp("us")),
    (date, pa.date32()),
)


def table_of(names: Sequence[str], batches: Iterable[Sequence[Sequence[Any]]]) -> pa.Table:
    """Return an Arrow table of rows that come in batches.

    Whole numbers among other numbers stay exact: such a column becomes text of the shortest digits that give the same float.
    """
    columns: list[list[pa.Array]] = [[] for _ in names]
    for rows in batches:
        for chunks, values in zip(columns, zip(*rows, strict=True), strict=False):
            chunks.append(_array(values))
    return pa.table([_chunked(chunks) for chunks in columns], names=list(names))


def as_text(value: Any) -> str | None:
    """Return a cell as plain text; a float by its shortest exact digits, without exponent."""
    if value is None or isinstance(value, str):
        return value
    if isinstance(value, float):
        return format(Decimal(repr(value)), "f") if value - value == 0 else str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return f"x'{value[:32].hex()}'"
    return value.isoformat(sep=" ") if isinstance(value, datetime) else str(value)


def _array(values: Sequence[Any]) -> pa.Array:
    kinds = set(map(type, values)) - {type(None)}
    if not kinds:
        return pa.nulls(len(values))
    if len(kinds) == 1:
        kind = kinds.pop()
        sort = next((arrow for python, arrow in SORTS if kind is python), None)
        if sort is not None:
            return pa.array(values, sort)
    return pa.array([as_text(value) for value in values], pa.string())


def _chunked(chunks: list[pa.Array]) -> pa.ChunkedArray:
    types = {chunk.type for chunk in chunks} - {pa.null()}
    if len(types) > 1:
        chunks = [chunk if chunk.type == pa.string() else pa.array(map(as_text, chunk.to_pylist()), pa.string()) for chunk in chunks]
        types = {pa.string()}
    target = types.pop() if types else pa.string()
    return pa.chunked_array([chunk.cast(target) for chunk in chunks], target)
