"""Asks the reference engine about what SQL left open: once for each group of rows that it cannot tell apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import pyarrow
from sqlglot import exp

from tierwise.core.outcome import Outcome
from tierwise.core.plan import Decision, Fact, Node, Position, usage_of
from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.amounts import amounts_of, slot_column, with_slots
from tierwise.plugins.sql_engine.columns import COUNT, Columns
from tierwise.plugins.sql_engine.compile import Compiler
from tierwise.plugins.sql_engine.keys import keys_of
from tierwise.plugins.sql_engine.layers import Layers
from tierwise.plugins.sql_engine.places import Stage, position_of
from tierwise.plugins.sql_engine.positions import PARTS
from tierwise.plugins.sql_engine.reference import Decide, Reference
from tierwise.plugins.sql_engine.staging import ROW, facts_of
from tierwise.plugins.sql_engine.tables import Tables
from tierwise.plugins.sql_engine.terms import Term

__all__ = ["Answers", "Asker", "Rows"]

FEW = 50_000  # open rows up to which only their own positions are read
FEW_ASKED = 200  # rows that are asked about one by one
GROUP, ANSWER = "group", "answer"


@dataclass(frozen=True, slots=True)
class Rows:
    """Which of the rows that SQL left open are asked about.

    Attributes:
        are_told: Also those of which SQL tells which values they may have: of these only what they hang on is to be asked.
        among: A table of the rows to look at; all where it is ``None``.
    """

    are_told: bool = False
    among: str | None = None

    def condition(self, columns: Columns) -> Sql:
        """Return the condition, by the columns of an output."""
        left_open = columns.is_open() if self.are_told else columns.is_untold()
        if self.among is None:
            return left_open
        return sql.all_of(
            left_open, exp.In(this=sql.column(ROW), query=sql.select(sql.column(ROW), source=sql.table(self.among)).subquery())
        )

    @property
    def name(self) -> str:
        """What tells their table of answers from others."""
        return ("told" if self.are_told else "untold") + (f" {self.among}" if self.among else "")


@dataclass(frozen=True, slots=True)
class Answers:
    """What the reference engine decided of one output.

    Attributes:
        table: Maps rows to places in ``outcomes``; ``None`` when no row has an answer of its own.
        outcomes: The different outcomes.
        codes: The outcome of each code by which the policy itself leaves the output open.
        rest: The outcome of all other rows that SQL left open, when no fact tells them apart.
        amounts: How many amounts of a row's own stand beside its answer, for the slots in its outcome.
    """

    table: str | None = None
    outcomes: Sequence[Any] = ()
    codes: Mapping[int, Outcome] = field(default_factory=dict)
    rest: Outcome | None = None
    amounts: int = 0

    def columns(self) -> list[str]:
        """Return the columns of ``table`` that make the outcome of a row."""
        return [] if self.table is None else ["answer", *(slot_column(place) for place in range(self.amounts))]


class Asker:
    """Has the reference engine decide what the SQL of one run left open.

    Args:
        tables: Where the tables stand.
        table: The table of results.
        stage: The facts and positions.
        facts: Fact name to its term over them.
        reference: The reference engine.
    """

    def __init__(self, tables: Tables, table: str, stage: Stage, facts: Mapping[str, Term], reference: Reference) -> None:
        self.tables = tables
        self.table = table
        self.stage = stage
        self.facts = facts
        self.reference = reference
        self._kept: set[str] = set()

    def output(self, output: Decision, columns: Columns, compiler: Compiler, rows: Rows) -> Answers:
        """Decide what SQL left open of an output: rows with a code by which the policy itself leaves it open, and the others.

        Args:
            output: The output.
            columns: Its columns.
            compiler: Compiles over the stage.
            rows: Which of the others.
        """
        coded, left_open = self._open_counts(columns, rows)
        decide = self.reference.output(output.name)
        answers = self._ask_open(output, columns, compiler, decide, left_open, rows) if left_open else Answers()
        if not coded or columns.open is None:
            return answers
        question = self._question(
            output.node, self._rows_where(columns, columns.is_coded()), compiler, self._named(columns, rows), with_keys=False
        )
        return replace(answers, codes=ask_of_groups(self.tables, question, sql.column(columns.open), decide))

    def part(self, node: Node, rows: exp.Select, compiler: Compiler, answer: str) -> Answers:
        """Work out a part of the plan for some rows.

        Args:
            node: The part.
            rows: A query of the rows.
            compiler: Compiles over the stage.
            answer: The name of the table to make.
        """
        return ask(self.tables, self._question(node, self.stage.rows(rows), compiler, answer), self.reference.part(node))

    def counted(self, columns: Columns) -> Sql:
        """Return the different rows of an output's columns, each with how many rows it stands for."""
        if columns.tally is not None and columns.tally.name not in self._kept:
            self.tables.make(columns.tally.name, columns.tally.query)
            self._kept.add(columns.tally.name)
        return sql.subquery(columns.counted(), "counted")

    def _open_counts(self, columns: Columns, rows: Rows) -> tuple[int, int]:
        """Count the rows of an output that SQL left open: those with a code, and the others."""
        conditions = (columns.is_coded(), rows.condition(columns))
        if rows.among is None and columns.tally is not None:
            counts = [sql.case((condition, sql.column(COUNT)), default=sql.integer(0)) for condition in conditions]
            query = exp.select(*(sql.call("sum", count) for count in counts)).from_(self.counted(columns))
        else:
            query = exp.select(*(sql.count_if(condition) for condition in conditions)).from_(columns.source("rows"))
        ((coded, left_open),) = self.tables.rows(query)
        return int(coded or 0), int(left_open or 0)

    def _ask_open(self, output: Decision, columns: Columns, compiler: Compiler, decide: Decide, left_open: int, rows: Rows) -> Answers:
        """Ask about the rows of which the facts matter: one by one when they are few, else once for all that have the same answer."""
        left, name = self._rows_where(columns, rows.condition(columns)), self._named(columns, rows)
        if left_open <= FEW_ASKED:
            return ask_each(self.tables, self._question(output.node, left, compiler, name, with_keys=False), decide)
        amounts = amounts_of(self.reference.plan, output, compiler)
        stage = self.stage.rows(left, are_few=left_open <= FEW)
        question = self._question(output.node, stage, compiler, name, amounts=amounts)
        if question.keys or question.amounts:
            return ask(self.tables, question, decide)
        alike = sql.cast(sql.integer(0), "INTEGER")
        (rest,) = ask_of_groups(self.tables, replace(question, rows=left), alike, decide).values()
        return Answers(rest=rest)

    def _named(self, columns: Columns, rows: Rows) -> str:
        """Return the name of the table of answers about an output."""
        return f"{self.table} {columns.value} {rows.name}"

    def _rows_where(self, columns: Columns, condition: Sql) -> exp.Select:
        return exp.select("*").from_(columns.source("rows")).where(condition)

    def _question(
        self, node: Node, rows: exp.Select, compiler: Compiler, answer: str, with_keys: bool = True, amounts: Sequence[Term] = ()
    ) -> Question:
        plan = self.reference.plan
        usage = usage_of(plan, node)
        positions = {name: compiler.positions[name] for name in usage.rankings if name in compiler.positions}
        keys: list[Sql] = []
        if with_keys:
            keys = keys_of(plan, node, compiler, {name: compiler.told_apart(name) for name in positions}, amounts)
        facts = [(fact, self.facts[fact.name]) for fact in plan.facts.values() if fact.name in usage.facts and fact.name in self.facts]
        return Question(rows, self.stage, compiler.layers, keys, facts, positions, answer, [amount.sql for amount in amounts])


@dataclass(frozen=True, slots=True)
class Question:
    """What to ask the reference engine.

    Attributes:
        rows: The query of the open rows; where there are ``keys``, with what these are computed from: their facts and positions.
        stage: The facts and positions of any row.
        layers: What the keys are computed from.
        keys: Rows with equal keys have one answer.
        facts: The facts to hand over, with their terms over ``stage``.
        positions: Ranking name to the columns of the subject's position.
        answer: The name of the table to make.
        amounts: Numbers of which the outcome may be one: they stand as slots in it, and beside the answer.
    """

    rows: exp.Select
    stage: Stage
    layers: Layers
    keys: Sequence[Sql]
    facts: Sequence[tuple[Fact, Term]]
    positions: Mapping[str, Mapping[str, Sql]]
    answer: str
    amounts: Sequence[Sql] = ()

    def named_amounts(self) -> list[tuple[str, Sql]]:
        """Return the columns of the amounts."""
        return [(slot_column(place), amount) for place, amount in enumerate(self.amounts)]


def ask(tables: Tables, question: Question, decide: Decide) -> Answers:
    """Make a table from row to answer.

    Args:
        tables: Where the tables stand.
        question: Which rows, and what tells them apart.
        decide: The reference engine, for one subject's facts and positions.
    """
    keyed, groups, places = (f"{question.answer} {what}" for what in ("keyed", "groups", "places"))
    named = [(f"k{number}", key) for number, key in enumerate(question.keys)]
    computed = [(ROW, sql.column(ROW)), *named, *question.named_amounts()]
    tables.make(keyed, question.layers.query(question.rows, computed))
    names = [name for name, _ in named]
    keys = [sql.column(name) for name in names]
    least = sql.alias(sql.call("min", sql.column(ROW)), ROW)
    number = sql.alias(exp.Window(this=sql.call("row_number")), GROUP)
    tables.make(groups, exp.select(*keys, least, number).from_(sql.table(keyed)).group_by(*keys))
    outcomes: list[Any] = []
    answered = list(_answered(tables, groups, question, decide, outcomes, keyed))
    table = pyarrow.table({GROUP: [group for group, _ in answered], ANSWER: [place for _, place in answered]})
    tables.bring(places, table)
    tables.make(question.answer, _spread(keyed, groups, places, question, names))
    for done in (places, keyed, groups):
        tables.drop(done)
    return Answers(question.answer, outcomes, amounts=len(question.amounts))


def ask_each(tables: Tables, question: Question, decide: Decide) -> Answers:
    """Make a table from row to answer, row by row: for few rows that is done before SQL has told alike ones apart."""
    groups = f"{question.answer} rows"
    row = sql.column(ROW)
    tables.make(groups, exp.select(sql.alias(row, GROUP), row).from_(question.rows.subquery("open")))
    outcomes: list[Any] = []
    answered = list(_answered(tables, groups, question, decide, outcomes))
    table = pyarrow.table({ROW: [row for row, _ in answered], ANSWER: [place for _, place in answered]})
    tables.bring(question.answer, table)
    tables.drop(groups)
    return Answers(question.answer, outcomes)


def ask_of_groups(tables: Tables, question: Question, group: Sql, decide: Decide) -> dict[int, Any]:
    """Decide one row of each group of ``question.rows``; return group to outcome."""
    groups = f"{question.answer} codes"
    least = sql.alias(sql.call("min", sql.column(ROW)), ROW)
    grouped = exp.select(sql.alias(group, GROUP), least).from_(question.rows.subquery("open")).group_by(exp.Literal.number(1))
    tables.make(groups, grouped)
    outcomes: list[Any] = []
    places = dict(_answered(tables, groups, question, decide, outcomes))
    tables.drop(groups)
    return {number: outcomes[place] for number, place in places.items()}


def _answered(
    tables: Tables, groups: str, question: Question, decide: Decide, outcomes: list[Any], keyed: str = ""
) -> Iterator[tuple[int, int]]:
    """Decide one row of each group; yield the group's number and the place of its outcome in ``outcomes``.

    Where the outcome may be one of the subject's own amounts, these are read from the table ``keyed``.
    """
    columns = [(f"v{i}", term.sql) for i, (_, term) in enumerate(question.facts)]
    columns += [(f"n{i}", term.none or sql.FALSE) for i, (_, term) in enumerate(question.facts)]
    columns += [(f"p{i}", part) for i, part in enumerate(position[p] for position in question.positions.values() for p in PARTS)]
    one_of_each = question.stage.rows(exp.select("*").from_(sql.table(groups)), are_few=True)
    rows = sql.select(sql.column(ROW), *sql.named(columns), source=sql.table("everything")).with_("everything", as_=one_of_each)
    one_each = exp.select(sql.column(GROUP), *(sql.column(name) for name, _ in columns)).from_(rows.subquery("rows"))
    same_row = sql.equal(sql.column(ROW, groups), sql.column(ROW, "rows"))
    one_each = one_each.join(sql.table(groups), on=same_row)
    if question.amounts:
        own = sql.equal(sql.column(ROW, groups), sql.column(ROW, keyed))
        one_each = one_each.select(*(sql.column(name, keyed) for name, _ in question.named_amounts())).join(sql.table(keyed), on=own)
    seen: dict[Any, int] = {}
    size, end = len(question.facts), len(columns)
    for group, *cells in tables.rows(one_each):
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
