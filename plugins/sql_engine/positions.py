"""Ranks the members of a population by window functions: the same positions as ``core/meaning/population_ranking.py`` computes one by one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlglot import exp

from tierwise.plugins import sql
from tierwise.plugins.sql import Sql
from tierwise.plugins.sql_engine.staging import ROW

__all__ = ["AMOUNT", "ANYWHERE", "BY", "PARTITION", "PARTS", "SURE", "column_of", "positions_query", "ranked_rows"]

SURE, PARTITION, BY, AMOUNT, ANYWHERE = "sure", "partition", "by", "amount", "anywhere"
PARTS = ("first", "last", "last possible", "count", "held before", "held before last", "held", "maybe", "held with", "held with last")
"""Columns of a position: as ``plan.Position`` has them, but a share as the amounts held before, with it and in all."""


def positions_query(members: str, descending: bool, is_amount: bool, by_windows: bool = False) -> exp.Select:
    """Return the query of the positions of all members that have one.

    Members that tie are counted together first, so that only one row for each value is put in order; or all are put in order, which is one pass less.

    Args:
        members: A table of those that are or may be members: their row, whether they are ``sure``, their ``partition``, their ``by`` (NULL
            when it cannot be compared), their ``amount`` (a whole number) and whether their partition is unknown (``anywhere``).
        descending: The highest comes first.
        is_amount: ``by`` is a number that can be added up.
        by_windows: All members are put in order.
    """
    inside = exp.select("*").from_(sql.table(members)).where(sql.negate(sql.column(ANYWHERE)))
    partition, by = sql.column(PARTITION), sql.column(BY)
    is_known = sql.all_of(sql.column(SURE), sql.is_known(by))
    outside = exp.select(sql.call("count_if", sql.column(ANYWHERE))).from_(sql.table(members)).subquery()
    if by_windows:
        counted = _counted_by_windows(inside, [ROW, SURE, BY, AMOUNT], is_known, descending)
        return exp.select(sql.column(ROW), *_named(_positions(is_amount, outside))).from_(counted.subquery("counted"))
    tied = exp.select(
        partition,
        by,
        *_named(
            {
                "sure members": sql.call("count_if", sql.column(SURE)),
                "members": sql.call("count_if", sql.TRUE),
                "ties": sql.call("count_if", is_known),
                "amount": sql.call("any_value", sql.column(AMOUNT)),
                "amounts": sql.call("coalesce", sql.call("sum", sql.case((is_known, sql.column(AMOUNT)))), sql.integer(0)),
            }
        ),
    )
    tied = tied.from_(inside.subquery("inside")).group_by(partition, by)
    counted = exp.select(
        partition,
        by,
        sql.column("amount"),
        sql.column("ties"),
        *_named(
            {
                "sure members": _over("sure members", None),
                "members": _over("members", None),
                "known": _over("ties", None),
                "up to": _over("ties", descending),
                "held": _over("amounts", None),
                "held up to": _over("amounts", descending),
            }
        ),
    )
    same = sql.all_of(
        *(exp.NullSafeEQ(this=sql.column(name, "members"), expression=sql.column(name, "counted")) for name in (PARTITION, BY))
    )
    return (
        exp.select(sql.column(ROW, "members"), *_named(_positions(is_amount, outside)))
        .from_(inside.subquery("members"))
        .join(counted.from_(tied.subquery("tied")).subquery("counted"), on=same)
    )


def ranked_rows(members: str, columns: Sequence[str], number: int, descending: bool, is_amount: bool) -> exp.Select:
    """Return the query of all rows with their positions beside what else stands in them, where each is a member and it is known by what.

    Args:
        members: A table as ``positions_query`` takes it, with further columns.
        columns: These.
        number: Which ranking it is.
        descending: The highest comes first.
        is_amount: ``by`` is a number that can be added up.
    """
    rows = exp.select("*").from_(sql.table(members))
    counted = _counted_by_windows(rows, [*columns, SURE, BY, AMOUNT], sql.TRUE, descending, rank=True)
    placed = ((column_of(part, number), tree) for part, tree in _positions(is_amount, sql.integer(0)).items())
    return exp.select(*map(sql.column, columns), *sql.named(placed)).from_(counted.subquery("counted"))


def column_of(part: str, number: int) -> str:
    """Return what a part of the position in a ranking is called beside the facts."""
    return f"{part} {number}"


def _named(columns: Mapping[str, Sql]) -> list[Sql]:
    return [sql.alias(tree, name) for name, tree in columns.items()]


def _number(condition: Sql) -> Sql:
    return sql.case((condition, sql.integer(1)), default=sql.integer(0))


def _counted_by_windows(inside: exp.Select, kept: Sequence[str], is_known: Sql, descending: bool, rank: bool = False) -> exp.Select:
    """Return the query of the members with the counts of their partitions and of those that tie with them.

    Args:
        inside: The members.
        kept: Their columns.
        is_known: Whether one counts.
        descending: The highest comes first.
        rank: Each counts: then those that tie are the others up to the last of them, which spares a window.
    """
    if rank:
        before = exp.Window(this=sql.call("rank"), partition_by=[sql.column(PARTITION)], order=_order(descending))
        ties: Sql = _minus(_over("tie", descending), exp.paren(_minus(before, sql.integer(1)), copy=False))
    else:
        ties = exp.Window(this=sql.call("sum", sql.column("tie")), partition_by=[sql.column(PARTITION), sql.column(BY)])
    one = {"sure member": _number(sql.column(SURE)), "member": sql.integer(1), "tie": _number(is_known)}
    one["own amount"] = sql.case((is_known.copy(), sql.column(AMOUNT)), default=sql.integer(0))
    members = exp.select("*", *_named(one)).from_(inside.subquery("inside"))
    counts = {
        "ties": ties,
        "sure members": _over("sure member", None),
        "members": _over("member", None),
        "known": _over("tie", None),
        "up to": _over("tie", descending),
        "held": _over("own amount", None),
        "held up to": _over("own amount", descending),
    }
    return exp.select(*map(sql.column, kept), *_named(counts)).from_(members.subquery("members"))


def _order(descending: bool) -> exp.Order:
    return exp.Order(expressions=[exp.Ordered(this=sql.column(BY), desc=descending, nulls_first=False)])


def _over(name: str, descending: bool | None) -> Sql:
    """Sum over the partition; up to the row and what ties with it when there is an order."""
    order = None if descending is None else _order(descending)
    return exp.Window(this=sql.call("sum", sql.column(name)), partition_by=[sql.column(PARTITION)], order=order)


def _positions(is_amount: bool, anywhere: Sql) -> dict[str, Sql]:
    """Return the columns of a position from the counts of a partition."""
    others = _number(sql.negate(sql.column(SURE)))
    blank = _minus(_of("sure members"), _of("known"))
    maybe = _plus(_minus(_of("members"), _of("sure members")), anywhere)
    before = _minus(_of("up to"), _of("ties"))
    last = _plus(_of("up to"), others)
    count = _plus(_of("sure members"), others)
    rest = _minus(maybe, others)
    unplaced = sql.is_null(_of(BY))
    nobody = sql.all_of(sql.equal(blank, sql.integer(0)), sql.equal(maybe, sql.integer(0)))
    complete = sql.all_of(nobody, sql.negate(unplaced)) if is_amount else None
    parts = {
        "first": sql.case((unplaced, sql.integer(1)), default=_plus(before, sql.integer(1))),
        "last": sql.case((unplaced, sql.integer(1)), default=last),
        "last possible": sql.case((unplaced, _plus(count, rest)), default=_plus(_plus(last, blank), rest)),
        "count": count,
        "held before": _held(complete, _minus(_of("held up to"), sql.binary(exp.Mul, _of("amount"), _of("ties")))),
        "held before last": _held(complete, _minus(_of("held up to"), _of("amount"))),
        "held": _held(complete, _of("held")),
        "maybe": rest,
        "held with": _held(complete, _minus(_of("held up to"), sql.binary(exp.Mul, _of("amount"), _minus(_of("ties"), sql.integer(1))))),
        "held with last": _held(complete, _of("held up to")),
    }
    amount = "HUGEINT" if is_amount else "BOOLEAN"
    return {name: sql.cast(tree, amount if name.startswith("held") else "BIGINT") for name, tree in parts.items()}


def _held(complete: Sql | None, amount: Sql) -> Sql:
    return sql.NULL if complete is None else sql.case((complete, amount))


def _of(name: str) -> Sql:
    return sql.column(name, "counted")


def _plus(left: Sql, right: Sql) -> Sql:
    return sql.binary(exp.Add, left, right)


def _minus(left: Sql, right: Sql) -> Sql:
    return sql.binary(exp.Sub, left, right)
