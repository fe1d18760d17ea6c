"""Ranks the members of a population by window functions: the same positions as ``core/running/ranking.py`` computes one by one."""

from __future__ import annotations

from sqlglot import exp

from tierwise.plugins.builtin.engine_duckdb import sql
from tierwise.plugins.builtin.engine_duckdb.sql import Sql
from tierwise.plugins.builtin.engine_duckdb.staging import ROW

__all__ = ["AMOUNT", "ANYWHERE", "BY", "PARTITION", "PARTS", "SURE", "positions_query"]

SURE, PARTITION, BY, AMOUNT, ANYWHERE = "sure", "partition", "by", "amount", "anywhere"
PARTS = ("first", "last", "last possible", "count", "held before", "held before last", "held", "maybe")
"""Columns of a position: as ``plan.Position`` has them, but a share as the amounts held before and in all."""


def positions_query(members: str, descending: bool, is_amount: bool) -> exp.Select:
    """Return the query of the positions of all members that have one.

    Args:
        members: A table of those that are or may be members: their row, whether they are ``sure``, their ``partition``, their ``by`` (NULL when it cannot be compared), their ``amount`` (a whole number) and whether their partition is
            unknown (``anywhere``).
        descending: The highest comes first.
        is_amount: ``by`` is a number that can be added up.
    """
    sure, by = sql.column(SURE), sql.column(BY)
    is_known = sql.all_of([sure, sql.is_known(by)])
    outside = exp.select(sql.call("count_if", sql.column(ANYWHERE))).from_(sql.table(members)).subquery()
    counted = exp.select(
        sql.column(ROW),
        sure,
        by,
        sql.column(AMOUNT),
        *_named(
            {
                "sure members": _over(_number(sure), by_order=None),
                "members": _over(sql.integer(1), by_order=None),
                "known": _over(_number(is_known), by_order=None),
                "ties": _over(_number(is_known), by_order=None, by_value=True),
                "up to": _over(_number(is_known), by_order=descending),
                "held": _over(sql.case([(is_known, sql.column(AMOUNT))]), by_order=None),
                "held up to": _over(sql.case([(is_known, sql.column(AMOUNT))]), by_order=descending),
                "anywhere": outside,
            }
        ),
    )
    inside = counted.from_(sql.table(members)).where(sql.negate(sql.column(ANYWHERE)))
    return _positions(is_amount).from_(inside.subquery("counted"))


def _named(columns: dict[str, Sql]) -> list[Sql]:
    return [exp.alias_(tree, name, quoted=True) for name, tree in columns.items()]


def _number(condition: Sql) -> Sql:
    return sql.case([(condition, sql.integer(1))], sql.integer(0))


def _over(value: Sql, by_order: bool | None, by_value: bool = False) -> Sql:
    """Sum over the partition; up to the row and those that tie with it when there is an order (``True``: highest first)."""
    partition = [sql.column(PARTITION), *([sql.column(BY)] if by_value else [])]
    order = None
    if by_order is not None:
        order = exp.Order(expressions=[exp.Ordered(this=sql.column(BY), desc=by_order, nulls_first=False)])
    return exp.Window(this=sql.call("sum", value), partition_by=partition, order=order)


def _positions(is_amount: bool) -> exp.Select:
    """Return the columns of a position from the counts of a partition."""
    sure, by = sql.column(SURE), sql.column(BY)
    others = _number(sql.negate(sure))
    blank = _minus(sql.column("sure members"), sql.column("known"))
    maybe = _plus(_minus(sql.column("members"), sql.column("sure members")), sql.column("anywhere"))
    before = _minus(sql.column("up to"), sql.column("ties"))
    last = _plus(sql.column("up to"), others)
    count = _plus(sql.column("sure members"), others)
    rest = _minus(maybe, others)
    unplaced = sql.is_null(by)
    complete = sql.all_of([sql.binary(exp.EQ, blank, sql.integer(0)), sql.binary(exp.EQ, maybe, sql.integer(0)), *([] if is_amount else [sql.FALSE])])
    tied = sql.binary(exp.Mul, sql.column(AMOUNT), sql.column("ties"))
    held_before = _minus(sql.column("held up to"), tied)
    held_before_last = _minus(sql.column("held up to"), sql.column(AMOUNT))
    parts = {
        "first": sql.case([(unplaced, sql.integer(1))], _plus(before, sql.integer(1))),
        "last": sql.case([(unplaced, sql.integer(1))], last),
        "last possible": sql.case([(unplaced, _plus(count, rest))], _plus(_plus(last, blank), rest)),
        "count": count,
        "held before": sql.case([(sql.all_of([complete, sql.is_known(by)]), held_before)]),
        "held before last": sql.case([(sql.all_of([complete, sql.is_known(by)]), held_before_last)]),
        "held": sql.case([(sql.all_of([complete, sql.is_known(by)]), sql.column("held"))]),
        "maybe": rest,
    }
    whole = {name: sql.cast(tree, "BIGINT") if not name.startswith("held") else tree for name, tree in parts.items()}
    return exp.select(sql.column(ROW), *_named(whole))


def _plus(left: Sql, right: Sql) -> Sql:
    return sql.binary(exp.Add, left, right)


def _minus(left: Sql, right: Sql) -> Sql:
    return sql.binary(exp.Sub, left, right)
