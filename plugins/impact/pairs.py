"""The subjects of two sides with what each side decides of them, as rows of DuckDB: of one grading beside each other, of two joined by key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import TYPE_CHECKING, Any, Protocol
from uuid import uuid4

import pyarrow
from sqlglot import exp

from tierwise.core.meaning.subjects import SubjectResult
from tierwise.core.outcome import Determined
from tierwise.core.types import NumberType
from tierwise.plugins import sql
from tierwise.plugins.duckdb_connection import in_memory
from tierwise.plugins.grading import CLASS, NUMBER, Tabled
from tierwise.plugins.impact.grading_parts import GradingPart
from tierwise.plugins.impact.sides import Side
from tierwise.plugins.outcome_class import class_of
from tierwise.plugins.sql import Sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["NEW", "OLD", "Pairs", "pairs_of"]

BATCH = 5_000
OLD, NEW, BOTH = "old", "new", "both"


class Pairs(Protocol):
    """A relation with a row for each subject; each column is asked for by its side, ``OLD`` or ``NEW``."""

    @property
    def connection(self) -> DuckDBPyConnection:
        """Where the rows stand."""

    def column(self, side: str, name: str, of: str = "") -> Sql:
        """Return a column: ``key``, ``name``, or ``CLASS`` or ``NUMBER`` of a decision; NULL where the side does not have the subject."""

    def has(self, side: str) -> Sql:
        """Return whether a side has the subject."""

    def select(self, cells: Sequence[tuple[str, Sql]]) -> exp.Select:
        """Return the query of some cells of each subject."""

    def is_one(self, name: str) -> bool:
        """Say whether an output is decided once, for it means the same on both sides."""


def pairs_of(old: Side, new: Side) -> Pairs:
    """Bring two sides together."""
    parts = [side.results for side in (old, new)]
    if all(isinstance(part, GradingPart) for part in parts):
        before, after = (part for part in parts if isinstance(part, GradingPart))
        if before.whole is after.whole and isinstance(after.whole, Tabled):
            return _OneGrading(after.whole, {OLD: before, NEW: after})
    return _Joined({OLD: old, NEW: new})


class _OneGrading:
    """Both sides in one grading by the plan of both: nothing is joined."""

    def __init__(self, grading: Tabled, parts: Mapping[str, GradingPart]) -> None:
        self._grading = grading
        self._parts = parts
        self.connection = grading.connection.cursor()

    def column(self, side: str, name: str, of: str = "") -> Sql:
        return sql.column(name + self._parts[side].called(of), BOTH)

    def has(self, side: str) -> Sql:
        return sql.TRUE

    def select(self, cells: Sequence[tuple[str, Sql]]) -> exp.Select:
        read = {column.name for _, cell in cells for column in cell.find_all(exp.Column)}
        wanted = {name.removeprefix(of) for name in read for of in (CLASS, NUMBER) if name.startswith(of)}
        return sql.select(*sql.named(cells), source=sql.subquery(self._grading.classes(wanted), BOTH))

    def is_one(self, name: str) -> bool:
        return len({part.called(name) for part in self._parts.values()}) == 1


class _Joined:
    """Two gradings joined by key, each its own table, or a copy of it where the other one lives."""

    def __init__(self, sides: Mapping[str, Side]) -> None:
        self._results = {word: side.results for word, side in sides.items()}
        new = self._results[NEW]
        self.connection = (new.connection if isinstance(new, Tabled) else in_memory()).cursor()
        self._sources = {word: self._source(side, word) for word, side in sides.items()}

    def column(self, side: str, name: str, of: str = "") -> Sql:
        return sql.column(name + of, side)

    def has(self, side: str) -> Sql:
        return sql.is_known(sql.column("key", side))

    def select(self, cells: Sequence[tuple[str, Sql]]) -> exp.Select:
        same = sql.equal(sql.column("key", OLD), sql.column("key", NEW))
        return sql.select(*sql.named(cells), source=self._sources[OLD]).join(self._sources[NEW], on=same, join_type="full")

    def is_one(self, name: str) -> bool:
        return False

    def _source(self, side: Side, word: str) -> Sql:
        results = side.results
        if word == NEW and isinstance(results, Tabled):
            return sql.subquery(results.classes(), word)
        name = f"side {uuid4().hex}"
        for number, batch in enumerate(_batches(results) if isinstance(results, Tabled) else _untabled(side)):
            self._insert(name, batch, is_new=not number)
        return exp.Table(this=sql.identifier(name), alias=exp.TableAlias(this=sql.identifier(word)))

    def _insert(self, name: str, rows: Any, is_new: bool) -> None:
        given = f"{name} given"
        self.connection.register(given, rows)
        query = sql.select(exp.Star(), source=sql.table(given))
        self.connection.execute(sql.create(name, query) if is_new else sql.printed(exp.insert(query, sql.table(name), copy=False)))
        self.connection.unregister(given)


def _batches(results: Tabled) -> Iterator[Any]:
    """Yield the classes and numbers of results that stand in a table elsewhere, all at once, as they are read."""
    yield results.connection.cursor().sql(sql.printed(results.classes())).to_arrow_reader(BATCH * 10)


def _untabled(side: Side) -> Iterator[Any]:
    """Yield the classes and numbers of results that stand in no table; the first batch may be empty, the others are not."""
    outputs = {**side.outputs, **side.more}
    scales = {name: decision.type.scale or 0 for name, decision in outputs.items() if isinstance(decision.type, NumberType)}
    columns = [("key", pyarrow.string()), ("name", pyarrow.string()), *((CLASS + name, pyarrow.string()) for name in outputs)]
    columns += [(NUMBER + name, pyarrow.decimal128(38, scale)) for name, scale in scales.items()]
    results = side.results.rows()
    is_first = True
    while (some := list(islice(results, BATCH))) or is_first:
        rows = [_row(result, list(outputs), list(scales)) for result in some]
        yield pyarrow.table({name: pyarrow.array([row[at] for row in rows], kind) for at, (name, kind) in enumerate(columns)})
        is_first = False


def _row(result: SubjectResult, classes: Sequence[str], numbers: Sequence[str]) -> tuple[Any, ...]:
    outcomes = result.outcomes
    texts = (class_of(outcomes[name]) if name in outcomes else None for name in classes)
    values = (outcomes[name] for name in numbers)
    return (result.key, result.name, *texts, *(value.value if isinstance(value, Determined) else None for value in values))
