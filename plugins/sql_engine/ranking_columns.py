"""Computes, before the decisions, where each subject stands in every ranking of a plan, as columns beside its facts."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pyarrow
from sqlglot import exp

from tierwise.core.meaning.unknown import Unknown
from tierwise.core.plan import Node, Ranking, fact_of
from tierwise.core.types import NumberType
from tierwise.core.values import Duration
from tierwise.plugins import sql
from tierwise.plugins.facts import canonical_type
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine import positions
from tierwise.plugins.sql_engine.asking import Answers, Asker
from tierwise.plugins.sql_engine.compile import Compiler
from tierwise.plugins.sql_engine.places import Ranked, Stage
from tierwise.plugins.sql_engine.rounding import unscaled
from tierwise.plugins.sql_engine.staging import ROW
from tierwise.plugins.sql_engine.tables import Tables
from tierwise.plugins.sql_engine.terms import MOST_DIGITS, Term

__all__ = ["NeedsReference", "rank"]

MOST_AMOUNT_DIGITS = 20  # so that sums over ten thousand million members, times a share, stay within 38


class NeedsReference(Exception):
    """A population that only the reference engine can rank, such as one with amounts beyond 38 digits."""


def rank(tables: Tables, table: str, ranking: Ranking, compiler: Compiler, asker: Asker) -> Ranked:
    """Make the table of positions of one ranking.

    Args:
        tables: Where the tables stand.
        table: The name of the table to make.
        ranking: What to rank by.
        compiler: Compiles parts over the facts and the positions known so far; the decisions that these parts read are compiled.
        asker: Works out of a part what SQL left open.

    Raises:
        NeedsReference: SQL cannot hold the numbers.
    """
    given = {"among": ranking.among, positions.PARTITION: ranking.partition}
    keys = {f"{positions.BY}{number or ''}": key for number, (key, _) in enumerate(ranking.keys)}
    parts = {role: node for role, node in (given | keys).items() if node is not None}
    terms = {role: compiler.shared(node) for role, node in parts.items()}
    if (
        tables.dialect.ranks_by_windows
        and "among" not in parts
        and len(ranking.keys) == 1
        and all(map(compiler.is_whole_fact, parts.values()))
    ):
        return _rank_all(tables, table, ranking, compiler, asker.stage, terms)
    wanted: list[tuple[str, Sql]] = [(ROW, sql.column(ROW))]
    for role, term in terms.items():
        wanted += [(role, term.sql), (f"{role} none", term.none or sql.FALSE)]
    parts_table = f"{table} parts"
    by_windows = tables.dialect.ranks_by_windows
    is_read_once = by_windows and all(fact_of(node) is not None for node in parts.values())
    kind: sql.Kind = "VIEW" if is_read_once else "TABLE"
    tables.make(parts_table, compiler.layers.query(asker.stage.rows(), wanted), kind)
    by = _Members(tables, parts_table, terms, [is_down for _, is_down in ranking.keys])
    for role, node in parts.items():
        if fact_of(node) is None:  # a fact that is missing is unknown, there is nothing to ask
            by.ask(role, node, compiler, asker)
    members = f"{table} members"
    tables.make(members, by.query(), "VIEW")
    is_amount = any(cut.by == "pareto" for cut in compiler.cuts_of(ranking.name)) and by.check_amounts(members)
    descending = ranking.descending and not ranking.then  # several keys are one number, the first being the least
    tables.make(table, positions.positions_query(members, descending, is_amount, by_windows))
    tables.drop(members, "VIEW")
    tables.drop(parts_table, kind)
    by.close()
    return Ranked(ranking.name, table)


def _rank_all(tables: Tables, table: str, ranking: Ranking, compiler: Compiler, stage: Stage, terms: dict[str, Term]) -> Ranked:
    """Put every row in order by facts that nobody lacks, and carry on with a table of facts and positions: no row is looked for again."""
    number = len(stage.ranked)
    members, carried = f"{table} members", f"{table} rows"
    by = _Members(tables, stage.facts, terms, [ranking.descending])
    tables.make(members, by.every_row(stage.rows()), "VIEW")
    is_amount = any(cut.by == "pareto" for cut in compiler.cuts_of(ranking.name)) and by.check_amounts(members)
    tables.make(carried, positions.ranked_rows(members, stage.columns, number, ranking.descending, is_amount))
    tables.drop(members, "VIEW")
    own = [(part, positions.column_of(part, number)) for part in positions.PARTS]
    cells = [sql.column(ROW), *(sql.alias(sql.column(column), part) for part, column in own)]
    tables.make(table, sql.select(*cells, source=sql.table(carried)), "VIEW")
    stage.facts = carried
    stage.columns += [column for _, column in own]
    return Ranked(ranking.name, table, is_carried=True)


class _Members:
    """The query of who is or may be a member, with what the reference engine said where SQL could not tell."""

    def __init__(self, tables: Tables, table: str, terms: dict[str, Term], descending: Sequence[bool]) -> None:
        self.tables = tables
        self.table = table
        self.terms = terms
        self.descending = descending  # for each key that members are compared by
        self.joins: list[str] = []
        self.answered: dict[str, str] = {}

    def ask(self, role: str, node: Node, compiler: Compiler, asker: Asker) -> None:
        """Have the reference engine work out a part where SQL left it open."""
        is_open = sql.all_of(sql.is_null(sql.column(role)), sql.negate(sql.column(f"{role} none")))
        count = exp.select(sql.count_if(is_open)).from_(sql.table(self.table))
        ((open_rows,),) = self.tables.rows(count)
        if open_rows:
            name = f"{self.table} {role}"
            rows = exp.select("*").from_(sql.table(self.table)).where(is_open)
            self.terms[role] = self._register(role, asker.part(node, rows, compiler, name), f"{name} values")
            self.answered[role] = name

    def _register(self, role: str, answers: Answers, name: str) -> Term:
        """Put the answers' values into a table; return the term that holds both SQL's and the answered values."""
        values = [None if isinstance(value, Unknown) else value for value in answers.outcomes]
        term = self.terms[role]
        if isinstance(term.type, NumberType):
            term = _wide_enough(term, [value for value in values if value is not None])
        rows = {
            "answer": list(range(len(values))),
            "text": [None if value is None else _text(value) for value in values],
            "is none": [value is None for value in answers.outcomes],
        }
        self.tables.bring(name, pyarrow.table(rows, schema=_SCHEMA))
        self.joins.append(name)
        return term

    def query(self) -> exp.Select:
        """Return the query."""
        among, is_no_member = self._value("among"), sql.FALSE
        if "among" in self.terms:
            none = self._none("among")
            is_no_member = sql.call("coalesce", sql.any_of(sql.negate(among), none), sql.FALSE)
        partition, is_anywhere = sql.cast(sql.NULL, "VARCHAR"), sql.FALSE
        if positions.PARTITION in self.terms:
            partition = self._value(positions.PARTITION)
            is_anywhere = sql.all_of(sql.is_null(partition), sql.negate(self._none(positions.PARTITION)))
        by = self._value(positions.BY) if len(self.descending) == 1 else self._number_of_keys()
        columns = {
            positions.SURE: sql.TRUE if "among" not in self.terms else sql.call("coalesce", among, sql.FALSE),
            positions.PARTITION: partition,
            positions.BY: by,
            positions.AMOUNT: self._amount(by),
            positions.ANYWHERE: is_anywhere,
        }
        query = exp.select(sql.column(ROW, self.table), *(sql.alias(tree, name) for name, tree in columns.items()))
        query = query.from_(sql.table(self.table)).where(sql.negate(is_no_member))
        for answers in self.answered.values():
            values = f"{answers} values"
            query = query.join(sql.table(answers), on=sql.equal(sql.column(ROW, self.table), sql.column(ROW, answers)), join_type="left")
            same = sql.equal(sql.column("answer", answers), sql.column("answer", values))
            query = query.join(sql.table(values), on=same, join_type="left")
        return query

    def every_row(self, rows: exp.Select) -> exp.Select:
        """Return the query where every row is a member by what is known of it: the rows, with the columns of a member beside."""
        by = self.terms[positions.BY].sql
        partition = self.terms[positions.PARTITION].sql if positions.PARTITION in self.terms else sql.cast(sql.NULL, "VARCHAR")
        columns = {
            positions.SURE: sql.TRUE,
            positions.PARTITION: partition,
            positions.BY: by,
            positions.AMOUNT: self._amount(by),
        }
        return sql.select(sql.star(), *sql.named(columns.items()), source=sql.subquery(rows, "rows"))

    def _number_of_keys(self) -> Sql:
        """Return the number of the combination of several keys, the one that comes first being the least; NULL where one of them is."""
        keys = [self._value(f"{positions.BY}{number or ''}") for number in range(len(self.descending))]
        known = sql.all_of(*map(sql.is_known, keys))
        order = [exp.Ordered(this=key, desc=is_down, nulls_first=False) for key, is_down in zip(keys, self.descending, strict=True)]
        first = exp.Ordered(this=sql.case((known, sql.integer(0)), default=sql.integer(1)), desc=False, nulls_first=False)
        number = exp.Window(this=sql.call("dense_rank"), order=exp.Order(expressions=[first, *order]))
        return sql.case((known, number))

    def _value(self, role: str) -> Sql:
        if role not in self.terms:
            return sql.TRUE
        term, value = self.terms[role], sql.column(role, self.table)
        answers = self.answered.get(role)
        if answers is None:
            return value
        kind = f"DECIMAL({term.digits}, {term.scale})" if isinstance(term.type, NumberType) else canonical_type(term.type)
        answer = sql.cast(sql.column("text", f"{answers} values"), kind)  # written by ourselves: it fits
        return sql.case((sql.is_known(value), sql.cast(value, kind)), default=answer)

    def _none(self, role: str) -> Sql:
        none = sql.column(f"{role} none", self.table)
        answers = self.answered.get(role)
        if answers is None:
            return none
        return sql.any_of(none, sql.call("coalesce", sql.column("is none", f"{answers} values"), sql.FALSE))

    def _amount(self, by: Sql) -> Sql:
        """Return ``by`` as a whole number of its smallest unit."""
        term = self.terms[positions.BY]
        if not isinstance(term.type, NumberType):
            return sql.cast(sql.integer(0), "HUGEINT")
        whole = unscaled(term.by(by), 0)
        if whole is None:
            return sql.cast(sql.NULL, "HUGEINT")
        amount = whole[0]
        bound = sql.cast(sql.text("1" + "0" * MOST_AMOUNT_DIGITS), "HUGEINT")
        return sql.case((sql.binary(exp.LT, sql.call("abs", amount), bound), amount))

    def close(self) -> None:
        """Let go of the answers."""
        for name in self.joins:
            self.tables.drop(name)

    def check_amounts(self, members: str) -> bool:
        """Say whether members are compared by amounts that can be added up.

        Raises:
            NeedsReference: An amount is too large to be added up in SQL.
        """
        lost = sql.all_of(sql.is_known(sql.column(positions.BY)), sql.is_null(sql.column(positions.AMOUNT)))
        count = exp.select(sql.count_if(lost)).from_(sql.table(members))
        ((lost_rows,),) = self.tables.rows(count)
        if lost_rows:
            raise NeedsReference
        return isinstance(self.terms[positions.BY].type, NumberType)


_SCHEMA = pyarrow.schema([("answer", pyarrow.int64()), ("text", pyarrow.string()), ("is none", pyarrow.bool_())])


def _wide_enough(term: Term, values: list[Any]) -> Term:
    """Return a number's term with room for further values."""
    whole, scale = term.whole, term.scale
    for value in values:
        exponent = int(value.as_tuple().exponent)
        scale, whole = max(scale, -exponent), max(whole, value.adjusted() + 1)
    if whole + scale > MOST_DIGITS:
        raise NeedsReference
    return Term(term.sql, term.type, term.none, whole, scale)


def _text(value: Any) -> str:
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, Duration):
        return f"{{'months': {value.months}, 'seconds': {value.seconds}}}"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple | dict):
        raise NeedsReference
    return str(value)
