"""Stored values in SQLite: any cell may hold any type, dates are text, sums of floats go through whole steps."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from tierwise.core.types import Type
from tierwise.plugins.binding.entry.numbers import LARGEST_EXACT
from tierwise.plugins.binding.entry.words import FALSE_WORDS, TRUE_WORDS
from tierwise.plugins.binding.sql import both, call, case, cast, concat, is_null, text, whole

__all__ = ["SqliteDialect"]


class SqliteDialect:
    """See ``Dialect``."""

    def apart(self, query: exp.Select) -> exp.Select:
        """Return a subquery that is computed as it stands, each cell once a row."""
        return query.limit(whole(-1))

    def key(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return an id as text, so that ids of two tables can be joined."""
        return exp.Cast(this=raw, to=exp.DataType.build("TEXT"))

    def words(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return any stored value as text."""
        return exp.Cast(this=raw, to=exp.DataType.build("TEXT"))

    def number(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return a number; text that reads as one counts, as it does in a column of SQLite's type NUMERIC."""
        return case((_is(raw, "text"), call("tierwise_number", raw)), default=raw)

    def day(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return an ISO date; the part of a text before the time. ISO text goes the short way."""
        start = call("substr", raw, whole(1), whole(10))
        return case((_is_iso(raw, start), start.copy()), default=call("tierwise_date", raw))

    def moment(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return an ISO date with time."""
        start = call("substr", raw, whole(1), whole(10))
        is_day = both(call("length", raw).eq(whole(10)), _is_iso(raw, start))
        return case((is_day, concat(start.copy(), text(" 00:00:00"))), default=call("tierwise_moment", raw))

    def truth(self, raw: exp.Expr, declared: str) -> exp.Expr:
        """Return 1 or 0."""
        word = call("lower", call("trim", raw))
        yes, no = (exp.In(this=word, expressions=[text(w) for w in words]) for words in (TRUE_WORDS, FALSE_WORDS))
        return case((yes, whole(1)), (no, whole(0)))

    def literal(self, value: object, type: Type) -> exp.Expr:
        """Return a constant to compare with."""
        if isinstance(value, bool):
            return whole(int(value))
        if isinstance(value, Decimal):
            return _number(value)
        if isinstance(value, datetime):
            return text(value.isoformat(sep=" "))
        return self.date_literal(value) if isinstance(value, date) else text(str(value))

    def date_literal(self, day: date) -> exp.Expr:
        """Return a date to compare with."""
        return text(day.isoformat())

    def steps(self, raw: exp.Expr, declared: str, scale: int, exact: bool) -> exp.Expr:
        """Return a number in whole steps. What is not plainly on a step goes to a Python function, which is slow but seldom needed."""
        factor = 10**scale
        scaled = exp.Paren(this=exp.Mul(this=raw, expression=exp.Literal.number(f"{factor}.0")))
        near = exp.LTE(this=call("abs", exp.Sub(this=scaled, expression=call("round", scaled))), expression=exp.Literal.number("1e-6"))
        exact_float = exp.LT(this=call("abs", scaled), expression=whole(LARGEST_EXACT))
        small = exp.Between(this=raw, low=whole(-(2**62 // factor)), high=whole(2**62 // factor))
        kind = call("typeof", raw)
        return case(
            (both(kind.eq(text("real")), exact_float, near), cast(call("round", scaled), "BIGINT")),
            (both(kind.copy().eq(text("integer")), small), exp.Mul(this=raw, expression=whole(factor))),
            (is_null(raw), exp.null()),
            default=call("tierwise_steps", raw, whole(scale), whole(int(exact))),
        )

    def last_two(self, by: exp.Expr, value: exp.Expr, condition: exp.Expr, descending: bool) -> exp.Expr:
        """Aggregate to the two distinct ``[by, value]`` that stand first."""
        return _filtered(call("tierwise_last" if descending else "tierwise_first", by, value), condition)

    def gathered(self, cells: list[exp.Expr], condition: exp.Expr) -> exp.Expr:
        """Aggregate to the list of all rows of cells."""
        return _filtered(call("json_group_array", call("json_array", *cells)), condition)

    def rows(self, gathered: exp.Expr) -> exp.Expr:
        """Return, in DuckDB, the JSON as VARCHAR[][]."""
        return call("from_json", gathered, text('[["VARCHAR"]]'))


def _is_iso(raw: exp.Expr, start: exp.Expr) -> exp.Expr:
    # `+0 days`, since SQLite takes 30 February as it stands when it has nothing to reckon
    valid = call("date", start, text("+0 days")).eq(start)
    return both(valid, exp.In(this=call("length", raw), expressions=[whole(10), whole(19)]))


def _is(raw: exp.Expr, *kinds: str) -> exp.Expr:
    return exp.In(this=call("typeof", raw), expressions=[text(kind) for kind in kinds])


def _number(value: Decimal) -> exp.Expr:
    plain = exp.Literal.number(format(abs(value), "f"))
    return plain if value >= 0 else exp.Paren(this=exp.Neg(this=plain))


def _filtered(aggregate: exp.Expr, condition: exp.Expr) -> exp.Expr:
    return exp.Filter(this=aggregate, expression=exp.Where(this=condition))
