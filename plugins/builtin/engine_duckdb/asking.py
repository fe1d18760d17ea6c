"""Asks the reference engine about the rows that SQL left open: once for each group of rows that it cannot tell apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import TYPE_CHECKING, Any

import pyarrow
from sqlglot import exp

from tierwise.core.plan import Fact, Position
from tierwise.plugins.builtin.engine_duckdb import sql
from tierwise.plugins.builtin.engine_duckdb.positions import PARTS
from tierwise.plugins.builtin.engine_duckdb.results import Answers
from tierwise.plugins.builtin.engine_duckdb.sql import Sql
from tierwise.plugins.builtin.engine_duckdb.staging import ROW
from tierwise.plugins.builtin.engine_duckdb.subjects import facts_of
from tierwise.plugins.builtin.engine_duckdb.terms import Term

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["Question", "ask"]

BATCH = 2_000
SHARES = Context(prec=200)  # as exact as the reference engine divides
GROUP, ANSWER = "group", "answer"
Decide = Callable[[Mapping[str, Any], Mapping[str, Position]], Any]


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask the reference engine.

    Attributes:
        is_open: Which rows.
        keys: Rows with equal keys have one answer.
        shortcut: Where it is not NULL, it alone tells rows apart.
        facts: The facts to hand over, with their terms.
        positions: Ranking name to the columns of the subject's position.
        answer: The name of the table to make.
    """

    is_open: Sql
    keys: Sequence[Sql]
    shortcut: Sql | None
    facts: Sequence[tuple[Fact, Term]]
    positions: Mapping[str, Mapping[str, Sql]]
    answer: str


def ask(connection: DuckDBPyConnection, table: str, question: Question, decide: Decide) -> Answers:
    """Make a table from row to answer, for the open rows of ``table``.

    Args:
        connection: Where the tables live.
        table: The graded rows with their facts.
        question: Which rows, and what tells them apart.
        decide: The reference engine, for one subject's facts and positions.
    """
    keyed, names = _keyed(table, question)
    groups = f"{question.answer} groups"
    least = exp.alias_(sql.call("min", sql.column(ROW)), ROW, quoted=True)
    keys = [sql.column(name) for name in names]
    grouped = exp.select(*keys, least, exp.alias_(exp.Window(this=sql.call("row_number")), GROUP, quoted=True))
    connection.execute(sql.create(groups, grouped.from_(keyed.subquery("keyed")).group_by(*keys)))
    outcomes: list[Any] = []
    places = list(_answered(connection, table, groups, question, decide, outcomes))
    _spread(connection, keyed, names, groups, question.answer, places)
    connection.execute(sql.drop(groups))
    return Answers(question.answer, outcomes)


def _keyed(table: str, question: Question) -> tuple[exp.Select, list[str]]:
    """Return the query that gives each open row its keys, and the keys' names."""
    keys = list(question.keys) or [sql.integer(0)]
    if question.shortcut is not None:
        is_long = sql.is_null(question.shortcut)
        keys = [question.shortcut, *(sql.case([(is_long, key)]) for key in keys)]
    named = [(f"k{number}", key) for number, key in enumerate(keys)]
    query = sql.select([(ROW, sql.column(ROW)), *named], table).where(question.is_open)
    return query, [name for name, _ in named]


def _answered(
    connection: DuckDBPyConnection, table: str, groups: str, question: Question, decide: Decide, outcomes: list[Any]
) -> Iterator[tuple[int, int]]:
    """Decide one row of each group; yield the group's number and the place of its outcome in ``outcomes``."""
    columns = [(GROUP, sql.column(GROUP, groups))]
    columns += [(f"v{i}", term.sql) for i, (_, term) in enumerate(question.facts)]
    columns += [(f"n{i}", term.none or sql.FALSE) for i, (_, term) in enumerate(question.facts)]
    columns += [(f"p{i}", part) for i, part in enumerate(position[p] for position in question.positions.values() for p in PARTS)]
    same_row = sql.binary(exp.EQ, sql.column(ROW, groups), sql.column(ROW, table))
    query = sql.select(columns, groups).join(sql.table(table), on=same_row)
    cursor = connection.cursor().execute(sql.text(query))
    seen: dict[Any, int] = {}
    while batch := cursor.fetchmany(BATCH):
        for group, *cells in batch:
            size = len(question.facts)
            given = facts_of([fact for fact, _ in question.facts], cells[:size], cells[size : 2 * size])
            yield group, _place(decide(given, _positions(question, cells[2 * size :])), outcomes, seen)


def _positions(question: Question, cells: Sequence[Any]) -> dict[str, Position]:
    """Return the positions of one subject; rankings of which it is no member are left out."""
    found = {}
    for place, name in enumerate(question.positions):
        first, last, last_possible, count, held_before, held_before_last, held, maybe = cells[len(PARTS) * place : len(PARTS) * (place + 1)]
        if first is not None:
            before, before_last = (None if held is None else _share(part, held) for part in (held_before, held_before_last))
            found[name] = Position(first, last, last_possible, count, before, before_last, maybe)
    return found


def _share(part: int, whole: int) -> Decimal:
    return SHARES.divide(Decimal(part), Decimal(whole)) if whole else Decimal(0)


def _place(outcome: Any, outcomes: list[Any], seen: dict[Any, int]) -> int:
    """Return where an outcome stands among ``outcomes``, adding it when it is new (or cannot be looked up)."""
    mark = repr(outcome)
    if mark not in seen:
        seen[mark] = len(outcomes)
        outcomes.append(outcome)
    return seen[mark]


def _spread(
    connection: DuckDBPyConnection, keyed: exp.Select, names: Sequence[str], groups: str, answer: str, places: Sequence[tuple[int, int]]
) -> None:
    """Give every open row the answer of its group."""
    found = f"{answer} places"
    connection.register(found, pyarrow.table({GROUP: [group for group, _ in places], ANSWER: [place for _, place in places]}))
    same_group = sql.all_of(exp.NullSafeEQ(this=sql.column(name, "keyed"), expression=sql.column(name, groups)) for name in names)
    query = (
        exp.select(sql.column(ROW, "keyed"), sql.column(ANSWER, found))
        .from_(keyed.subquery("keyed"))
        .join(sql.table(groups), on=same_group)
        .join(sql.table(found), on=sql.binary(exp.EQ, sql.column(GROUP, groups), sql.column(GROUP, found)))
    )
    connection.execute(sql.create(answer, query))
    connection.unregister(found)
