"""The class of each subject's outcome as SQL, so that two gradings are compared without reading them row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pyarrow
from sqlglot import exp

from tierwise.core.outcome import Determined, Outcome, Reason
from tierwise.core.plan import Decision
from tierwise.core.types import BooleanType, DateType, EnumType, NumberType, TextType, Type
from tierwise.plugins import sql
from tierwise.plugins.facts import core_value
from tierwise.plugins.grading import CLASS, NUMBER
from tierwise.plugins.outcome_class import class_of, reason_class, value_class
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.amounts import own_slot, slot_column
from tierwise.plugins.sql_engine.asking import Answers
from tierwise.plugins.sql_engine.columns import Columns
from tierwise.plugins.sql_engine.masks import Mask
from tierwise.plugins.sql_engine.staging import KEY, NAME, ROW

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Graded", "classes"]

ANSWER, WIDE = "answer", "DECIMAL(38, {scale})"


@dataclass(frozen=True, slots=True)
class Graded:
    """A table of results: where it is, its outputs with their columns, what the reference engine decided of them, and what SQL tells."""

    connection: DuckDBPyConnection
    table: str
    outputs: tuple[Decision, ...]
    columns: Mapping[str, Columns]
    answers: Mapping[str, Answers]
    masks: Mapping[str, Mask]


def classes(graded: Graded) -> exp.Select:
    """Return the query of key, name, and each output's class and number."""
    query = exp.select(sql.column(KEY, graded.table), sql.column(NAME, graded.table)).from_(sql.table(graded.table))
    mark = uuid4().hex
    for number, output in enumerate(graded.outputs):
        query = _Output(graded, output, f"output {number} {mark}").join(query)
    return query


@dataclass(frozen=True, slots=True)
class _Output:
    graded: Graded
    decision: Decision
    name: str

    @property
    def columns(self) -> Columns:
        return self.graded.columns[self.decision.name]

    @property
    def answers(self) -> Answers:
        return self.graded.answers[self.decision.name]

    def join(self, query: exp.Select) -> exp.Select:
        """Add the columns of this output, and the tables that they read."""
        value = sql.column(self.columns.value, self.graded.table)
        query, written = self._written(query, value)
        cases: list[tuple[Sql, Sql]] = [(sql.is_known(value), written)]
        numbers: list[tuple[Sql, Sql]] = [(sql.is_known(value), value)]
        if self.columns.none is not None:
            cases.append((sql.column(self.columns.none, self.graded.table), sql.text("null")))
        if self.columns.open is not None:
            code = sql.column(self.columns.open, self.graded.table)
            for found, outcome in self.answers.codes.items():
                cases.append((sql.equal(code, sql.integer(found)), sql.text(class_of(outcome))))
                numbers += self._number(sql.equal(code, sql.integer(found)), outcome)
        if self.decision.name in self.graded.masks:
            query = self._with_masks(query, self.graded.masks[self.decision.name], cases, numbers)
        if self.answers.table is not None:
            query = self._with_answers(query, cases, numbers)
        if self.answers.rest is not None:
            cases.append((sql.TRUE, sql.text(class_of(self.answers.rest))))
            numbers += self._number(sql.TRUE, self.answers.rest)
        query = query.select(sql.alias(sql.case(*cases), CLASS + self.decision.name))
        if not isinstance(self.decision.type, NumberType):
            return query
        wide = [(condition, sql.cast(number, self._wide)) for condition, number in numbers]
        return query.select(sql.alias(sql.case(*wide), NUMBER + self.decision.name))

    @property
    def _wide(self) -> str:
        assert isinstance(self.decision.type, NumberType)
        return WIDE.format(scale=self.decision.type.scale or 0)

    def _written(self, query: exp.Select, value: Sql) -> tuple[exp.Select, Sql]:
        """Return how a value of the output is written; values without a short way in SQL are written once each, in a table."""
        written = _written(value, self.decision.type)
        if written is not None:
            return query, written
        read, table = f"{self.name} values", f"{self.name} classes"
        distinct = exp.select(sql.alias(sql.column(self.columns.value), "value")).distinct().from_(sql.table(self.graded.table))
        numbered = sql.select(
            sql.column("value"), sql.alias(exp.Window(this=sql.call("row_number")), ROW), source=sql.subquery(distinct, "distinct")
        )
        self.graded.connection.execute(sql.create(read, numbered))
        rows = self.graded.connection.execute(sql.printed(exp.select("*").from_(sql.table(read)))).fetchall()
        known = [(row, value_class(core_value(found, self.decision.type))) for found, row in rows if found is not None]
        self._keep(table, {ROW: [row for row, _ in known], CLASS: [text for _, text in known]})
        query = query.join(sql.table(read), on=sql.equal(value, sql.column("value", read)), join_type="left")
        query = query.join(sql.table(table), on=sql.equal(sql.column(ROW, read), sql.column(ROW, table)), join_type="left")
        return query, sql.column(CLASS, table)

    def _with_answers(self, query: exp.Select, cases: list[tuple[Sql, Sql]], numbers: list[tuple[Sql, Sql]]) -> exp.Select:
        """Join what the reference engine decided row by row: an outcome, or that it is one of the row's own amounts."""
        answered, table = self.answers.table or "", f"{self.name} answers"
        own = [own_slot(outcome) for outcome in self.answers.outcomes]
        known = [
            (place, None if slot else class_of(outcome), None if slot is None else slot.place, self._digits(outcome))
            for place, (outcome, slot) in enumerate(zip(self.answers.outcomes, own, strict=True))
        ]
        columns = (ANSWER, CLASS, "slot", NUMBER)
        self._keep(table, {name: [row[at] for row in known] for at, name in enumerate(columns)})
        same_row = sql.equal(sql.column(ROW, self.graded.table), sql.column(ROW, answered))
        query = query.join(sql.table(answered), on=same_row, join_type="left")
        query = query.join(sql.table(table), on=sql.equal(sql.column(ANSWER, answered), sql.column(ANSWER, table)), join_type="left")
        for place in range(self.answers.amounts):
            amount, is_own = sql.column(slot_column(place), answered), sql.equal(sql.column("slot", table), sql.integer(place))
            written = _written(amount, self.decision.type)
            assert written is not None, "INVARIANT: amounts are numbers"
            cases.append((is_own, written))
            numbers.append((is_own, amount))
        cases.append((sql.is_known(sql.column(CLASS, table)), sql.column(CLASS, table)))
        numbers.append((sql.is_known(sql.column(NUMBER, table)), sql.column(NUMBER, table)))
        return query

    def _with_masks(self, query: exp.Select, mask: Mask, cases: list[tuple[Sql, Sql]], numbers: list[tuple[Sql, Sql]]) -> exp.Select:
        """Join what the masks that leave one value come to; the others leave the outcome open for what is missing."""
        table = f"{self.name} told"
        bits = sql.column(self.columns.possible or "", self.graded.table)
        alone = sql.case((mask.has_one(bits), bits)) if mask.are_many else bits
        told = exp.select(alone).distinct().from_(sql.table(self.graded.table)).where(self.columns.is_told())
        found = [bits for (bits,) in self.graded.connection.execute(sql.printed(told)).fetchall() if bits is not None]
        outcomes = [mask.outcome(bits) for bits in found]
        made: dict[str, list[Any]] = {
            "mask": list(map(str, found)),
            CLASS: list(map(class_of, outcomes)),
            NUMBER: list(map(self._digits, outcomes)),
        }
        self._keep(table, made)
        same = sql.equal(sql.cast(alone.copy(), "VARCHAR"), sql.column("mask", table))
        query = query.join(sql.table(table), on=same, join_type="left")
        cases.append((sql.is_known(sql.column(CLASS, table)), sql.column(CLASS, table)))
        cases.append((sql.is_known(bits), sql.text(reason_class(Reason.MISSING_FACT))))
        numbers.append((sql.is_known(sql.column(NUMBER, table)), sql.column(NUMBER, table)))
        return query

    def _number(self, condition: Sql, outcome: Outcome) -> Iterator[tuple[Sql, Sql]]:
        """Yield the number of an outcome where it has one."""
        digits = self._digits(outcome)
        if digits is not None:
            yield condition, sql.text(digits)

    def _digits(self, outcome: Outcome) -> str | None:
        if not isinstance(self.decision.type, NumberType) or not isinstance(outcome, Determined):
            return None
        return format(outcome.value, "f") if isinstance(outcome.value, Decimal) else None

    def _keep(self, name: str, columns: Mapping[str, list[Any]]) -> None:
        """Make a small table."""
        types = {CLASS: pyarrow.string(), NUMBER: pyarrow.string(), "mask": pyarrow.string()}
        made = pyarrow.table({word: pyarrow.array(cells, types.get(word, pyarrow.int64())) for word, cells in columns.items()})
        given = f"{name} given"
        self.graded.connection.register(given, made)
        self.graded.connection.execute(sql.create(name, exp.select("*").from_(sql.table(given))))
        self.graded.connection.unregister(given)


def _written(value: Sql, type: Type) -> Sql | None:
    """Return a value as JSON, the same text as ``value_class`` gives; ``None`` for a type that has no short way to it."""
    match type:
        case NumberType():
            text = sql.cast(sql.cast(value, WIDE.format(scale=type.scale or 0)), "VARCHAR")
            return sql.call("rtrim", sql.call("rtrim", text, sql.text("0")), sql.text(".")) if type.scale else text
        case BooleanType():
            return sql.cast(value, "VARCHAR")
        case EnumType() | TextType():
            return sql.cast(sql.call("to_json", value), "VARCHAR")
        case DateType():
            return sql.concat(sql.text('"'), sql.cast(value, "VARCHAR"), sql.text('"'))
    return None
