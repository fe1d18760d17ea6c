"""The results of a run as a table with types, for programs: its columns, how an outcome stands in them, and the files it is written to."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyarrow

from tierwise.core.errors import DataError
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.types import BooleanType, DateTimeType, DateType, EnumType, NumberType, TextType, Type
from tierwise.core.values import to_json
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.grading import Grading, Tabling

if TYPE_CHECKING:
    from tierwise.core.plan import Decision

__all__ = ["FORMATS", "TOLD", "has_type", "json_text", "number_type", "schema_of", "told", "write_table"]

TOLD = pyarrow.schema(
    [
        ("number", pyarrow.int64()),
        ("text", pyarrow.string()),
        ("reason", pyarrow.string()),
        ("candidates", pyarrow.list_(pyarrow.string())),
        ("rules", pyarrow.list_(pyarrow.string())),
    ]
)
"""How the different outcomes of an output stand beside each other: the text is that of the value."""
FORMATS = ("parquet", "arrow", "duckdb")
RESULTS = "results"
"""The table in a DuckDB database."""
MOST_DIGITS = 38
BATCH = 10_000
ARROW = {BooleanType: pyarrow.bool_(), DateType: pyarrow.date32(), DateTimeType: pyarrow.timestamp("us"), EnumType: pyarrow.string(), TextType: pyarrow.string()}  # fmt: skip


def has_type(type: Type) -> bool:
    """Say whether values stand in a column of their own type; others stand as JSON."""
    return type.__class__ in ARROW or (isinstance(type, NumberType) and (type.scale or 0) < MOST_DIGITS)


def number_type(type: Type) -> str:
    """Return what DuckDB calls the type of a column of results: numbers have room for all digits that there are."""
    if not has_type(type):
        return "VARCHAR"
    return f"DECIMAL({MOST_DIGITS}, {type.scale or 0})" if isinstance(type, NumberType) else canonical_type(type)


def told(outcome: Outcome, decision: Decision, number: int | None = None) -> dict[str, Any]:
    """Return how an outcome stands in the columns of ``TOLD``."""
    if isinstance(outcome, Determined):
        return {"number": number, "text": _text(outcome.value, decision.type), "rules": list(outcome.rules)}
    candidates = [json_text(value) for value in outcome.candidates]
    return {"number": number, "reason": outcome.reason.value, "candidates": candidates, "rules": list(outcome.rules)}


def json_text(value: Any) -> str:
    """Return a value as JSON."""
    return json.dumps(to_json(value), ensure_ascii=False)


def _text(value: Any, type: Type) -> str | None:
    if value is None:
        return None
    if not has_type(type):
        return json_text(value)
    return format(value, "f") if isinstance(type, NumberType) else str(value).lower() if isinstance(value, bool) else str(value)


def schema_of(grading: Grading) -> pyarrow.Schema:
    """Return the columns: key, name, and of each output its value, reason, candidates and rules."""
    fields = [("key", pyarrow.string()), ("name", pyarrow.string())]
    for decision in grading.outputs:
        fields.append((decision.name, _arrow_type(decision.type)))
        fields += [(f"{decision.name}.{part}", TOLD.field(part).type) for part in ("reason", "candidates", "rules")]
    return pyarrow.schema(fields)


def _arrow_type(type: Type) -> pyarrow.DataType:
    if isinstance(type, NumberType) and has_type(type):
        return pyarrow.decimal128(MOST_DIGITS, type.scale or 0)
    return ARROW.get(type.__class__, pyarrow.string())


def write_table(grading: Grading, path: Path, form: str) -> None:
    """Write the results of all subjects in the order of their keys to a file that may be there, and is empty.

    Args:
        grading: The results.
        path: The file.
        form: One of ``FORMATS``: Parquet, Arrow's file format, or a DuckDB database with a table ``results``.

    Raises:
        DataError: A number has more digits than a column of numbers holds.
    """
    schema = schema_of(grading)
    try:
        _write(pyarrow.RecordBatchReader.from_batches(schema, _batches(grading, schema)), path, form)
    except pyarrow.ArrowInvalid as error:
        raise DataError(
            f"a result does not fit its column: {error}", help="write CSV or JSON lines, which have room for any number"
        ) from error


def _batches(grading: Grading, schema: pyarrow.Schema) -> Iterator[pyarrow.RecordBatch]:
    found = grading.batches() if isinstance(grading, Tabling) else None
    if found is not None:
        yield from (batch.cast(schema) for batch in found)
        return
    rows = grading.rows()
    while some := list(islice(rows, BATCH)):
        yield pyarrow.RecordBatch.from_pylist([_row(row.key, row.name, row.outcomes, grading) for row in some], schema=schema)


def _row(key: str, name: str | None, outcomes: Mapping[str, Outcome], grading: Grading) -> dict[str, Any]:
    row: dict[str, Any] = {"key": key, "name": name}
    for decision in grading.outputs:
        outcome = outcomes[decision.name]
        cells = told(outcome, decision)
        row |= {f"{decision.name}.{part}": cells.get(part) for part in ("reason", "candidates", "rules")}
        row[decision.name] = outcome.value if isinstance(outcome, Determined) and has_type(decision.type) else cells.get("text")
    return row


def _write(reader: pyarrow.RecordBatchReader, path: Path, form: str) -> None:
    if form == "duckdb":
        import duckdb

        path.unlink(missing_ok=True)  # DuckDB takes no empty file for a database
        with duckdb.connect(str(path)) as database:
            database.register("given", reader)
            database.execute(f"CREATE TABLE {RESULTS} AS SELECT * FROM given")
        return
    if form == "arrow":
        with pyarrow.ipc.new_file(path, reader.schema) as file:
            for batch in reader:
                file.write_batch(batch)
        return
    from pyarrow import parquet

    with parquet.ParquetWriter(path, reader.schema, compression="zstd") as written:
        for batch in reader:
            written.write_batch(batch)
