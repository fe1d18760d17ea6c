"""Writes the results of a run as Parquet: to a new place, which gets its name when all is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import pyarrow
from sqlglot import exp

from tierwise.core.errors import DataError
from tierwise.core.outcome import Determined, Outcome
from tierwise.core.plan import Decision
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_spark.spark_tables import SparkTables
from tierwise.plugins.facts import canonical_type, core_value
from tierwise.plugins.result_table import TOLD, has_type, told
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.asking import Answers
from tierwise.plugins.sql_engine.masks import Mask
from tierwise.plugins.sql_engine.results import SqlGrading
from tierwise.plugins.sql_engine.staging import KEY, NAME, ROW

__all__ = ["write_parquet"]


def write_parquet(grading: SqlGrading, tables: SparkTables, target: str) -> None:
    """Write a row for every subject: key, name, and of each output its value, reason, candidates and rules.

    A value that is no number, date, truth value or text stands there as JSON.

    Raises:
        DataError: There is something at the target.
    """
    place = _Place(tables, target)
    place.refuse_what_is_there()
    query = exp.select(sql.column(KEY, grading.table), sql.column(NAME, grading.table)).from_(sql.table(grading.table))
    for decision in grading.outputs:
        query = _with_output(query, grading, tables, decision)
    tables.session.sql(tables.dialect.printed(query)).write.parquet(place.building)
    place.name()


def _with_output(query: exp.Select, grading: SqlGrading, tables: SparkTables, decision: Decision) -> exp.Select:
    """Add the columns of an output: every different outcome is worked out once, and joined to its rows."""
    columns, answers = grading.columns[decision.name], grading.answers(decision.name)
    determined = columns.is_determined()
    mask = grading.masks.get(decision.name)
    is_scalar = has_type(decision.type)
    given = [
        (determined, None if is_scalar else sql.column(columns.value)),
        (determined, columns.rules and sql.column(columns.rules)),
        (sql.negate(determined), columns.open and sql.column(columns.open)),
        (sql.negate(determined), columns.possible and sql.column(columns.possible)),
        *((sql.negate(determined), sql.column(name, answers.table or "")) for name in answers.columns()),
    ]
    cells: list[Sql] = [determined, *(sql.case((where.copy(), cell)) if cell else sql.cast(sql.NULL, "BOOLEAN") for where, cell in given)]
    base, different, spread = (f"{grading.table} {columns.value} {what}" for what in ("cells", "different", "told"))
    value = sql.column(columns.value) if is_scalar else sql.NULL
    rows = sql.select(sql.column(ROW, "rows"), sql.alias(value, "value"), *sql.named((f"c{n}", cell) for n, cell in enumerate(cells)))
    rows = rows.from_(columns.source("rows"))
    if answers.table is not None:
        same_row = sql.equal(sql.column(ROW, "rows"), sql.column(ROW, answers.table))
        rows = rows.join(sql.table(answers.table), on=same_row, join_type="left")
    tables.make(base, rows, "VIEW")
    names = [f"c{n}" for n in range(len(cells))]
    each = exp.select(*map(sql.column, names)).distinct().from_(sql.table(base))
    numbered = exp.select("*", sql.alias(exp.Window(this=sql.call("row_number")), "number")).from_(each.subquery("each"))
    tables.make(different, numbered)
    found = [
        (number, _outcome(grading, decision, mask, answers, made))
        for *made, number in tables.rows(exp.select("*").from_(sql.table(different)))
    ]
    tables.bring(spread, pyarrow.Table.from_pylist([told(outcome, decision, number) for number, outcome in found], schema=TOLD))
    both = exp.select(sql.column(ROW, base), sql.column("value", base), *(sql.column(part, spread) for part in TOLD.names)).from_(
        sql.table(base)
    )
    same = sql.all_of(*(exp.NullSafeEQ(this=sql.column(name, base), expression=sql.column(name, different)) for name in names))
    both = both.join(sql.table(different), on=same).join(
        sql.table(spread), on=sql.equal(sql.column("number", different), sql.column("number", spread))
    )
    name = f"{grading.table} {columns.value} written"
    tables.make(name, both, "VIEW")
    kind = canonical_type(decision.type) if is_scalar else "VARCHAR"
    answered = sql.cast(sql.column("text", name), kind)
    shown = sql.call("coalesce", sql.cast(sql.column("value", name), kind), answered)
    query = query.join(sql.table(name), on=sql.equal(sql.column(ROW, grading.table), sql.column(ROW, name)))
    parts = [(decision.name, shown), *((f"{decision.name}.{part}", sql.column(part, name)) for part in ("reason", "candidates", "rules"))]
    return query.select(*sql.named(parts))


def _outcome(grading: SqlGrading, decision: Decision, mask: Mask | None, answers: Answers, cells: Sequence[Any]) -> Outcome:
    """Return the outcome that stands in some cells; a value that has a column of its own is left out."""
    determined, value, rules, code, bits, *answered = cells
    if determined:
        return Determined(None if value is None else core_value(value, decision.type), grading.compiler.rulebook.ids(rules))
    if mask is not None and bits is not None:
        return mask.outcome(bits)
    return grading.undecided(answers, code, answered)


class _Place:
    """Where results are written, in whatever file system the session knows."""

    def __init__(self, tables: SparkTables, target: str) -> None:
        self.target = target.rstrip("/")
        self.building = f"{self.target}.{uuid4().hex}.part"
        context: Any = tables.session.sparkContext
        self._path = context._jvm.org.apache.hadoop.fs.Path
        self._files = self._path(self.target).getFileSystem(context._jsc.hadoopConfiguration())

    def refuse_what_is_there(self) -> None:
        if self._files.exists(self._path(self.target)):
            raise DataError(f"there is something at `{self.target}`", help="results are written to a new place")

    def name(self) -> None:
        if not self._files.rename(self._path(self.building), self._path(self.target)):
            raise DataError(f"the results stand at `{self.building}`: they could not be named `{self.target}`")
