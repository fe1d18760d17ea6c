"""Asks the reference engine about the rows that SQL left open: once for each group of rows that it cannot tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pyarrow
from sqlglot import exp

from tierwise.core.plan import Fact, Position
from tierwise.plugins import sql
from tierwise.plugins.builtin.engine_duckdb.amounts import slot_column, with_slots
from tierwise.plugins.builtin.engine_duckdb.layers import Layers
from tierwise.plugins.builtin.engine_duckdb.places import position_of
from tierwise.plugins.builtin.engine_duckdb.positions import PARTS
from tierwise.plugins.builtin.engine_duckdb.results import Answers
from tierwise.plugins.builtin.engine_duckdb.staging import ROW
from tierwise.plugins.builtin.engine_duckdb.subjects import facts_of
from tierwise.plugins.builtin.engine_duckdb.terms import Term
from tierwise.plugins.sql import Sql

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Decide", "Question", "ask", "ask_each", "ask_of_groups"]

BATCH = 2_000
GROUP, ANSWER = "group", "answer"
Decide = Callable[[Mapping[str, Any], Mapping[str, Position]], Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask the reference engine.

    Attributes:
        stage: The query of the open rows, with what ``keys`` are computed from: their facts and positions.
        rows: Returns the query, with the same columns, of the rows that a query selects.
        layers: What the keys are computed from, over that query.
        keys: Rows with equal keys have one answer.
        facts: The facts to hand over, with their terms over ``stage``.
        positions: Ranking name to the columns of the subject's position.
        answer: The name of the table to make.
        amounts: Numbers of which the outcome may be one: they stand as slots in it, and beside the answer.
    """

    stage: exp.Select
    rows: Callable[[exp.Select], exp.Select]
    layers: Layers
    keys: Sequence[Sql]
    facts: Sequence[tuple[Fact, Term]]
    positions: Mapping[str, Mapping[str, Sql]]
    answer: str
    amounts: Sequence[Sql] = ()

    def named_amounts(self) -> list[tuple[str, Sql]]:
        """Return the columns of the amounts."""
        return [(slot_column(place), amount) for place, amount in enumerate(self.amounts)]


def ask(connection: DuckDBPyConnection, question: Question, decide: Decide) -> Answers:
    """Make a table from row to answer.

    Args:
        connection: Where the tables live.
        question: Which rows, and what tells them apart.
        decide: The reference engine, for one subject's facts and positions.
    """
    keyed, groups, places = (f"{question.answer} {what}" for what in ("keyed", "groups", "places"))
    named = [(f"k{number}", key) for number, key in enumerate(question.keys)]
    computed = [(ROW, sql.column(ROW)), *named, *question.named_amounts()]
    connection.execute(sql.create(keyed, question.layers.query(question.stage, computed)))
    names = [name for name, _ in named]
    keys = [sql.column(name) for name in names]
    least = sql.alias(sql.call("min", sql.column(ROW)), ROW)
    number = sql.alias(exp.Window(this=sql.call("row_number")), GROUP)
    connection.execute(sql.create(groups, exp.select(*keys, least, number).from_(sql.table(keyed)).group_by(*keys)))
    outcomes: list[Any] = []
    answered = list(_answered(connection, groups, question, decide, outcomes, keyed))
    table = pyarrow.table({GROUP: [group for group, _ in answered], ANSWER: [place for _, place in answered]})
    connection.register(places, table)
    connection.execute(sql.create(question.answer, _spread(keyed, groups, places, question, names)))
    connection.unregister(places)
    for done in (keyed, groups):
        connection.execute(sql.drop(done))
    return Answers(question.answer, outcomes, amounts=len(question.amounts))


def ask_each(connection: DuckDBPyConnection, question: Question, decide: Decide) -> Answers:
    """Make a table from row to answer, row by row: for few rows that is done before SQL has told alike ones apart."""
    groups, places = (f"{question.answer} {what}" for what in ("rows", "places"))
    row = sql.column(ROW)
    connection.execute(sql.create(groups, exp.select(sql.alias(row, GROUP), row).from_(question.stage.subquery("open"))))
    outcomes: list[Any] = []
    answered = list(_answered(connection, groups, question, decide, outcomes))
    table = pyarrow.table({ROW: [row for row, _ in answered], ANSWER: [place for _, place in answered]})
    connection.register(places, table)
    connection.execute(sql.create(question.answer, exp.select("*").from_(sql.table(places))))
    connection.unregister(places)
    connection.execute(sql.drop(groups))
    return Answers(question.answer, outcomes)


def ask_of_groups(connection: DuckDBPyConnection, question: Question, group: Sql, decide: Decide) -> dict[int, Any]:
    """Decide one row of each group of ``question.stage``; return group to outcome."""
    groups = f"{question.answer} codes"
    least = sql.alias(sql.call("min", sql.column(ROW)), ROW)
    grouped = exp.select(sql.alias(group, GROUP), least).from_(question.stage.subquery("open")).group_by(exp.Literal.number(1))
    connection.execute(sql.create(groups, grouped))
    outcomes: list[Any] = []
    places = dict(_answered(connection, groups, question, decide, outcomes))
    connection.execute(sql.drop(groups))
    return {number: outcomes[place] for number, place in places.items()}


def _answered(
    connection: DuckDBPyConnection, groups: str, question: Question, decide: Decide, outcomes: list[Any], keyed: str = ""
) -> Iterator[tuple[int, int]]:
    """Decide one row of each group; yield the group's number and the place of its outcome in ``outcomes``.

    Where the outcome may be one of the subject's own amounts, these are read from the table ``keyed``.
    """
    columns = [(f"v{i}", term.sql) for i, (_, term) in enumerate(question.facts)]
    columns += [(f"n{i}", term.none or sql.FALSE) for i, (_, term) in enumerate(question.facts)]
    columns += [(f"p{i}", part) for i, part in enumerate(position[p] for position in question.positions.values() for p in PARTS)]
    one_of_each = question.rows(exp.select("*").from_(sql.table(groups)))
    rows = sql.select(sql.column(ROW), *sql.named(columns), source=sql.table("everything")).with_("everything", as_=one_of_each)
    one_each = exp.select(sql.column(GROUP), *(sql.column(name) for name, _ in columns)).from_(rows.subquery("rows"))
    same_row = sql.equal(sql.column(ROW, groups), sql.column(ROW, "rows"))
    one_each = one_each.join(sql.table(groups), on=same_row)
    if question.amounts:
        own = sql.equal(sql.column(ROW, groups), sql.column(ROW, keyed))
        one_each = one_each.select(*(sql.column(name, keyed) for name, _ in question.named_amounts())).join(sql.table(keyed), on=own)
    cursor = connection.cursor().execute(sql.printed(one_each))
    seen: dict[Any, int] = {}
    size, end = len(question.facts), len(columns)
    while batch := cursor.fetchmany(BATCH):
        for group, *cells in batch:
            given = facts_of([fact for fact, _ in question.facts], cells[:size], cells[size : 2 * size])
            outcome = decide(given, _positions(question, cells[2 * size : end]))
            yield group, _place(with_slots(outcome, cells[end:]) if question.amounts else outcome, outcomes, seen)


def _positions(question: Question, cells: Sequence[Any]) -> dict[str, Position]:
    """Return the positions of one subject; rankings of which it is no member are left out."""
    size = len(PARTS)
    found = {name: position_of(cells[size * place : size * (place + 1)]) for place, name in enumerate(question.positions)}
    return {name: position for name, position in found.items() if position is not None}


def _place(outcome: Any, outcomes: list[Any], seen: dict[Any, int]) -> int:
    """Return where an outcome stands among ``outcomes``, adding it when it is new (or cannot be looked up)."""
    mark = repr(outcome)
    if mark not in seen:
        seen[mark] = len(outcomes)
        outcomes.append(outcome)
    return seen[mark]


def _spread(keyed: str, groups: str, places: str, question: Question, names: Sequence[str]) -> exp.Select:
    """Return the query that gives every open row the answer of its group, and its amounts."""
    amounts = [sql.column(name, keyed) for name, _ in question.named_amounts()]
    same_group = sql.all_of(*(exp.NullSafeEQ(this=sql.column(name, keyed), expression=sql.column(name, groups)) for name in names))
    return (
        exp.select(sql.column(ROW, keyed), sql.column(ANSWER, places), *amounts)
        .from_(sql.table(keyed))
        .join(sql.table(groups), on=same_group)
        .join(sql.table(places), on=sql.equal(sql.column(GROUP, groups), sql.column(GROUP, places)))
    )
