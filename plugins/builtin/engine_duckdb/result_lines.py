"""Writes all results as lines of text in DuckDB: every different outcome is written once, by who knows the format, and joined to its rows."""

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
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.staging import KEY, NAME, ROW

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["OutcomeCells", "write_lines", "write_numbers"]

MOST_DIFFERENT = 200_000  # texts of one column; more are not kept in memory
BATCH = 50_000
PLAIN = r"[\p{L}\p{N}]([\p{L}\p{N} _.:/#-]*[\p{L}\p{N}])?"
"""Words that stand in every format as they are, but for the quotes around all; others are written by the format itself."""


@dataclass(frozen=True, slots=True)
class OutcomeCells:
    """What tells the outcomes of one output apart.

    Attributes:
        place: The place of the output.
        view: The view of the rows with the columns of this output.
        cells: The columns over the table of results, and over what is joined to it.
        joined: The table of answers to join by row, if any.
        outcome: Makes the outcome of these cells.
    """

    place: int
    view: str
    cells: Sequence[Sql]
    joined: str | None
    outcome: Callable[[Sequence[Any]], Outcome]


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
        named = [sql.alias(cell.copy(), f"cell {place}") for place, cell in enumerate(cells.cells)]
        rows_of_output = exp.Table(this=sql.identifier(cells.view), alias=exp.TableAlias(this=sql.identifier(self.table)))
        different = exp.select(*named).distinct().from_(rows_of_output)
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
        texts = {"number": [row[-1] for row in rows], "text": [write(cells.place, cells.outcome(row[:-1])) for row in rows]}
        written = self._kept(texts)
        with_text = f"{name} written"
        cells_of = [sql.column(f"cell {place}", name) for place in range(len(cells.cells))]
        both = exp.select(*cells_of, sql.column("text", written)).from_(sql.table(name))
        both = both.join(sql.table(written), on=sql.equal(sql.column("number", name), sql.column("number", written)))
        self.connection.execute(sql.create(with_text, both))
        same_cells = [
            exp.NullSafeEQ(this=cell, expression=sql.column(f"cell {place}", with_text)) for place, cell in enumerate(cells.cells)
        ]
        self.query = self.query.join(sql.table(with_text), on=sql.all_of(*same_cells), join_type="left")
        return sql.column("text", with_text)

    def _join(self, columns: Sequence[Sql], rows: Sequence[tuple[Any, str]]) -> Sql:
        """Join a small table of texts by one column."""
        table = self._kept({"word": [word for word, _ in rows], "text": [text for _, text in rows]})
        same = exp.NullSafeEQ(this=columns[0], expression=sql.column("word", table))
        self.query = self.query.join(sql.table(table), on=same, join_type="left")
        return sql.column("text", table)

    def _few(self, query: exp.Select) -> list[tuple[Any, ...]] | None:
        """Return the rows of a query; ``None`` when they are many."""
        rows = self.connection.cursor().execute(sql.printed(query.limit(MOST_DIFFERENT + 1))).fetchall()
        return None if len(rows) > MOST_DIFFERENT else rows

    def _kept(self, columns: Mapping[str, list[Any]]) -> str:
        """Make a small table and return its name."""
        self.tables += 1
        name = f"texts {self.tables} {self.mark}"
        types = {"number": pyarrow.int64()}
        made = pyarrow.table({word: pyarrow.array(cells, types.get(word, pyarrow.string())) for word, cells in columns.items()})
        self.connection.register(f"{name} given", made)
        self.connection.execute(sql.create(name, exp.select("*").from_(sql.table(f"{name} given"))))
        self.connection.unregister(f"{name} given")
        return name
