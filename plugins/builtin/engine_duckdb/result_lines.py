"""Writes all results in DuckDB, as lines of text or as a table: every different outcome is written once, by who knows the format, and joined to its rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow
from sqlglot import exp

from tierwise.core.outcome import Outcome
from tierwise.plugins import sql
from tierwise.plugins.grading import LineForm
from tierwise.plugins.result_table import TOLD, number_type, told
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.staging import KEY, NAME, ROW

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from tierwise.core.plan import Decision

__all__ = ["OutcomeCells", "TypedCells", "write_batches", "write_lines", "write_numbers"]

MOST_DIFFERENT = 200_000  # texts of one column; more are not kept in memory
BATCH = 50_000
TEXT = pyarrow.schema([("number", pyarrow.int64()), ("text", pyarrow.string())])
WORDS = pyarrow.schema([("word", pyarrow.string()), ("text", pyarrow.string())])
PLAIN = r"[\p{L}\p{N}]([\p{L}\p{N} _.:/#-]*[\p{L}\p{N}])?"
"""Words that stand in every format as they are, but for the quotes around all; others are written by the format itself."""


@dataclass(frozen=True, slots=True)
class OutcomeCells:
    """What tells the outcomes of one output apart.

    Attributes:
        place: The place of the output.
        rows: The rows with the columns of this output, under the name of the table of results.
        cells: The columns over the table of results, and over what is joined to it.
        joined: The table of answers to join by row, if any.
        outcome: Makes the outcome of these cells.
    """

    place: int
    rows: Sql
    cells: Sequence[Sql]
    joined: str | None
    outcome: Callable[[Sequence[Any]], Outcome]


@dataclass(frozen=True, slots=True)
class TypedCells:
    """An output in a table of results.

    Attributes:
        decision: The output.
        cells: What tells its outcomes apart, without a value that stands in a column of its own type.
        value: That column, where there is one.
    """

    decision: Decision
    cells: OutcomeCells
    value: Sql | None


def write_lines(connection: DuckDBPyConnection, table: str, outputs: Iterable[OutcomeCells], form: LineForm) -> Iterator[bytes] | None:
    """Yield the lines in the order of the keys, a few thousand at once; ``None`` when too many outcomes differ.

    Args:
        connection: Where the tables live.
        table: The table of results.
        outputs: The outputs in order.
        form: How a line is written.
    """
    joined = _Joined(connection, table)
    parts: list[Sql] = []
    for word, before in zip((KEY, NAME), form.before, strict=False):
        text = joined.word(word, form)
        if text is None:
            return None
        parts += [sql.text(before), text]
    for output, before in zip(outputs, form.before[2:], strict=True):
        text = joined.outcome(output, form.outcome)
        if text is None:
            return None
        parts += [sql.text(before), text]
    line = sql.concat(*(part for part in parts if not (isinstance(part, exp.Literal) and not part.this)), sql.text(form.end))
    query = joined.query.select(sql.alias(line, "line")).order_by(sql.column(KEY, table), sql.column(ROW, table))
    return _read(connection, query)


def write_numbers(
    connection: DuckDBPyConnection, table: str, outputs: Iterable[OutcomeCells], number: Callable[[Outcome], int]
) -> Iterator[tuple[list[str], list[str]]] | None:
    """Yield keys in their order and, beside them, the numbers of their outcomes as JSON lists; ``None`` when too many outcomes differ.

    The arguments are those of ``write_lines``; ``number`` is asked once for each different outcome of an output.
    """
    joined = _Joined(connection, table)
    parts: list[Sql] = []
    for place, output in enumerate(outputs):
        text = joined.outcome(output, lambda _, outcome: str(number(outcome)))
        if text is None:
            return None
        parts += [sql.text("," if place else "["), text]
    listed = sql.alias(sql.concat(*(parts or [sql.text("[")]), sql.text("]")), "listed")
    query = joined.query.select(sql.column(KEY, table), listed).order_by(sql.column(KEY, table), sql.column(ROW, table))
    batches = connection.cursor().sql(sql.printed(query)).to_arrow_reader(BATCH)
    return ((batch.column(0).to_pylist(), batch.column(1).to_pylist()) for batch in batches)


def write_batches(connection: DuckDBPyConnection, table: str, outputs: Iterable[TypedCells]) -> Iterator[pyarrow.RecordBatch] | None:
    """Yield the results as a table in the order of the keys; ``None`` when too many outcomes differ. The arguments are those of ``write_lines``."""
    joined = _Joined(connection, table)
    columns: list[Sql] = [sql.column(KEY, table), sql.column(NAME, table)]
    for output in outputs:
        parts = joined.told(output.cells, lambda _, outcome, decision=output.decision: told(outcome, decision))  # type: ignore[misc]  # bound now
        if parts is None:
            return None
        kind = number_type(output.decision.type)
        value = sql.cast(parts["text"], kind)
        if output.value is not None:
            value = sql.call("coalesce", sql.cast(output.value, kind), value)
        named = {output.decision.name: value} | {
            f"{output.decision.name}.{part}": parts[part] for part in ("reason", "candidates", "rules")
        }
        columns += sql.named(named.items())
    query = joined.query.select(*columns).order_by(sql.column(KEY, table), sql.column(ROW, table))
    found: Iterator[pyarrow.RecordBatch] = iter(connection.cursor().sql(sql.printed(query)).to_arrow_reader(BATCH))
    return found


def _read(connection: DuckDBPyConnection, query: exp.Select) -> Iterator[bytes]:
    """Yield the texts of a column, joined: they stand behind each other in memory already."""
    cursor = connection.cursor()
    for batch in cursor.sql(sql.printed(query)).to_arrow_reader(BATCH):
        column = batch.column(0).cast(pyarrow.large_string())
        if len(column):
            _, offsets, data = column.buffers()
            first, last = (memoryview(offsets).cast("q")[column.offset + place] for place in (0, len(column)))
            yield bytes(memoryview(data)[first:last])


@dataclass(slots=True)
class _Joined:
    """The query of lines while it is put together."""

    connection: DuckDBPyConnection
    table: str
    query: exp.Select = field(init=False)
    answers: dict[str, str] = field(default_factory=dict)
    tables: int = 0
    mark: str = field(default_factory=lambda: uuid4().hex)

    def __post_init__(self) -> None:
        """Start with the rows of the results."""
        self.query = exp.select().from_(sql.table(self.table))

    def word(self, name: str, form: LineForm) -> Sql | None:
        """Return how a key or a name is written; those that are not plain are written by the format."""
        column = sql.column(name, self.table)
        is_plain = sql.call("regexp_full_match", column, sql.text(PLAIN))
        others = (
            exp.select(column.copy()).distinct().from_(sql.table(self.table)).where(sql.negate(sql.call("coalesce", is_plain, sql.FALSE)))
        )
        found = self._few(others)
        if found is None:
            return None
        plain = sql.concat(sql.text(form.quote), column, sql.text(form.quote)) if form.quote else column
        if not found:
            return plain
        written = self._join([column], [(word, form.word(word)) for (word,) in found])
        return sql.call("coalesce", written, plain)

    def outcome(self, cells: OutcomeCells, write: Callable[[int, Outcome], str]) -> Sql | None:
        """Return how an outcome is written, by the place of its output."""
        parts = self.told(cells, lambda place, outcome: {"text": write(place, outcome)}, TEXT)
        return None if parts is None else parts["text"]

    def told(
        self, cells: OutcomeCells, tell: Callable[[int, Outcome], Mapping[str, Any]], schema: pyarrow.Schema = TOLD
    ) -> Mapping[str, Sql] | None:
        """Return the columns in which an outcome is told, by the names in a schema."""
        named = [sql.alias(cell.copy(), f"cell {place}") for place, cell in enumerate(cells.cells)]
        different = exp.select(*named).distinct().from_(cells.rows.copy())
        if cells.joined is not None:
            same = sql.equal(sql.column(ROW, self.table), sql.column(ROW, cells.joined))
            self.query = self.query.join(sql.table(cells.joined), on=same, join_type="left")
            different = different.join(sql.table(cells.joined), on=same.copy(), join_type="left")
        self.tables += 1
        name = f"different {self.tables} {self.mark}"
        numbered = exp.select("*", sql.alias(exp.Window(this=sql.call("row_number")), "number"))
        self.connection.execute(sql.create(name, numbered.from_(different.limit(MOST_DIFFERENT + 1).subquery("different"))))
        rows = self.connection.execute(sql.printed(exp.select("*").from_(sql.table(name)))).fetchall()
        if len(rows) > MOST_DIFFERENT:
            return None
        written = self._kept([{**tell(cells.place, cells.outcome(row[:-1])), "number": row[-1]} for row in rows], schema)
        with_text = f"{name} written"
        cells_of = [sql.column(f"cell {place}", name) for place in range(len(cells.cells))]
        parts = [word for word in schema.names if word != "number"]
        both = exp.select(*cells_of, *(sql.column(part, written) for part in parts)).from_(sql.table(name))
        both = both.join(sql.table(written), on=sql.equal(sql.column("number", name), sql.column("number", written)))
        self.connection.execute(sql.create(with_text, both))
        same_cells = [
            exp.NullSafeEQ(this=cell, expression=sql.column(f"cell {place}", with_text)) for place, cell in enumerate(cells.cells)
        ]
        self.query = self.query.join(sql.table(with_text), on=sql.all_of(*same_cells), join_type="left")
        return {part: sql.column(part, with_text) for part in parts}

    def _join(self, columns: Sequence[Sql], rows: Sequence[tuple[Any, str]]) -> Sql:
        """Join a small table of texts by one column."""
        table = self._kept([{"word": word, "text": text} for word, text in rows], WORDS)
        same = exp.NullSafeEQ(this=columns[0], expression=sql.column("word", table))
        self.query = self.query.join(sql.table(table), on=same, join_type="left")
        return sql.column("text", table)

    def _few(self, query: exp.Select) -> list[tuple[Any, ...]] | None:
        """Return the rows of a query; ``None`` when they are many."""
        rows = self.connection.cursor().execute(sql.printed(query.limit(MOST_DIFFERENT + 1))).fetchall()
        return None if len(rows) > MOST_DIFFERENT else rows

    def _kept(self, rows: list[dict[str, Any]], schema: pyarrow.Schema) -> str:
        """Make a small table and return its name."""
        self.tables += 1
        name = f"texts {self.tables} {self.mark}"
        self.connection.register(f"{name} given", pyarrow.Table.from_pylist(rows, schema=schema))
        self.connection.execute(sql.create(name, exp.select("*").from_(sql.table(f"{name} given"))))
        self.connection.unregister(f"{name} given")
        return name
