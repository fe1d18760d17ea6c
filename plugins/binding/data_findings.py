"""Counts what was wrong with the data and says it in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from sqlglot import exp

from tierwise.plugins.binding.fact_supply import Supply
from tierwise.plugins.binding.heading_units import DIFFERS, unit_help
from tierwise.plugins.binding.joined_rows import problem_column
from tierwise.plugins.binding.room import Room
from tierwise.plugins.binding.seen import help_for
from tierwise.plugins.binding.written import UNREAD
from tierwise.plugins.data_finding import DataFinding
from tierwise.plugins.sql import (
    alias,
    any_of,
    call,
    cast,
    column,
    equal,
    identifier,
    integer,
    is_known,
    named,
    select,
    table,
    text,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

__all__ = ["MESSAGES", "PROBLEM_TYPES", "find_bad_values", "keep_problems", "stored_values"]

PROBLEM_TYPES: Mapping[str, str] = {"key": "VARCHAR", "fact": "VARCHAR", "code": "VARCHAR"}
"""The columns of the table that ``keep_problems`` makes."""

MESSAGES: Mapping[str, str] = {
    "bad-number": "is no number",
    "not-finite": "is not a finite number",
    "off-scale": "has more digits after the point than the fact's scale",
    "value-out-of-range": "is outside what the fact may be",
    "ambiguous-number": "could have a point that groups its digits",
    "zone-needed": "has a zone, and nobody said in which zone a day is a day",
    "bad-boolean": "is neither true nor false",
    "bad-date": "is no date",
    "bad-duration": "is no duration",
    "unknown-word": "is none of the fact's words",
    "bad-list": "is no list of what the fact may hold",
    "bad-record": "is no record of what the fact may hold",
    "bad-map": "is no map of what the fact may hold",
    "bad-value": "holds a value that does not read, or not at the fact's scale",
    "empty-value": "is empty in a row that counts, so the sum is not known",
    "unreadable-row": "counts rows by a date, and one of them does not read",
    "unknown-row": "is asked of a row that another one names, and there is no such row",
    "unknown-parent": "is asked of a row above, and the link names no row",
    "several-parents": "is asked of relatives, and a link names several rows",
    "parent-cycle": "is asked of relatives, and the links lead in a circle",
    "parent-depth": "is asked of relatives, and they are more levels away than `levels` of the subject",
    DIFFERS: "is in another unit than its fact",
    "undecided-last-run": "was undetermined in the last run",
    "ambiguous-row": "differs between rows that stand first together",
}


def find_bad_values(
    room: Room, relation: str, supplies: Sequence[Supply], joined: Callable[[Sequence[exp.Expr]], exp.Select]
) -> list[DataFinding]:
    """Return a finding for every fact and code.

    Args:
        room: Where the relation is.
        relation: It has the column ``key``, and a ``problem_column`` for each supply in which something may be wrong.
        supplies: The supplied facts.
        joined: The query of cells over the rows behind the relation; ``stored`` of a supply is such a cell, and ``key``.
    """
    doubted = [i for i, supply in enumerate(supplies) if not supply.is_proved]
    if not doubted:
        return []
    source = exp.Table(this=identifier(relation))
    wrong = [i for i, is_wrong in zip(doubted, _any(room, source, doubted), strict=True) if is_wrong]
    found = [(i, code, count) for i in wrong for code, count in _counted(room, source, i)]
    if not found:
        return []
    examples = room.rows(select(*named([(f"x{n}", _first_keys(i, code)) for n, (i, code, _) in enumerate(found)]), source=source))[0]
    wanted = sorted({key for keys in examples for key in keys})
    at_fault = sorted({i for i, _, _ in found})
    query = joined([column("key"), *named([(f"x{i}", cast(supplies[i].stored, "VARCHAR")) for i in at_fault])])
    shown = {(i, row[0]): cell for row in _rows(room, query, wanted) for i, cell in zip(at_fault, row[1:], strict=True)}
    return [
        _finding(room.connection, supplies[i], code, count, [(key, shown[i, key]) for key in keys])
        for (i, code, count), keys in zip(found, examples, strict=True)
    ]


def stored_values(
    room: Room, supplies: Sequence[Supply], joined: Callable[[Sequence[exp.Expr]], exp.Select], kept: str, key: str
) -> dict[str, str]:
    """Return what stands in the data of one subject where it does not fit, by fact; the arguments are those of the two functions beside it."""
    of_key = select(column("fact"), source=table(kept)).where(equal(column("key"), text(key)), copy=False)
    at_fault = {fact for (fact,) in room.rows(of_key)}
    wanted = [supply for supply in supplies if supply.fact.name in at_fault]
    if not wanted:
        return {}
    stored = named([(f"x{n}", cast(supply.stored, "VARCHAR")) for n, supply in enumerate(wanted)])
    rows = joined([column("key"), *stored]).where(equal(column("key"), text(key)), copy=False)
    cells = next(iter(room.rows(rows)), (None,))
    shown = zip(wanted, cells[1:], strict=False)
    return {supply.fact.name: _excerpt(cell) for supply, cell in shown if cell is not None}


def _excerpt(stored: str | None) -> str:
    return (stored or "").removeprefix(UNREAD)[:80]


def keep_problems(room: Room, relation: str, supplies: Sequence[Supply], at_fault: Iterable[str], kept: str) -> None:
    """Make the table ``kept`` of ``key``, ``fact`` and ``code``: a row for each value that does not fit, of the facts ``at_fault``."""
    rows: list[exp.Select] = []
    for i, supply in enumerate(supplies):
        if supply.fact.name in at_fault:
            cells = (column("key"), alias(cast(text(supply.fact.name), "VARCHAR"), "fact"), alias(column(problem_column(i)), "code"))
            rows.append(select(*cells, source=exp.Table(this=identifier(relation))).where(is_known(column(problem_column(i))), copy=False))
    union: exp.Query = rows[0]
    for more in rows[1:]:
        union = exp.Union(this=union, expression=more, distinct=False)
    room.make(kept, union)


def _any(room: Room, source: exp.Table, supplies: Sequence[int]) -> Sequence[bool]:
    """Say of each supply whether anything is wrong; as a rule nothing is, which is asked first and costs less."""
    any_at_all = any_of(*(is_known(column(problem_column(i))) for i in supplies))
    query = select(exp.Exists(this=select(integer(1), source=source.copy()).where(any_at_all, copy=False)))
    if not room.rows(query)[0][0]:
        return [False] * len(supplies)
    each = [(f"x{i}", call("bool_or", is_known(column(problem_column(i))))) for i in supplies]
    return [bool(found) for found in room.rows(select(*named(each), source=source))[0]]


def _counted(room: Room, source: exp.Table, position: int) -> Sequence[tuple[str, int]]:
    """Return the codes of a supply and how many rows have each."""
    code = column(problem_column(position))
    rows = select(alias(code, "code"), alias(exp.Count(this=exp.Star()), "rows"), source=source.copy()).where(
        is_known(code.copy()), copy=False
    )
    return sorted((str(found), int(count)) for found, count in room.rows(rows.group_by(code.copy(), copy=False)))


def _first_keys(position: int, code: str) -> exp.Expr:
    where = exp.Where(this=equal(column(problem_column(position)), text(code)))
    return exp.Filter(this=call("min", column("key"), integer(3)), expression=where)


def _rows(room: Room, query: exp.Select, keys: Sequence[str]) -> Sequence[Sequence[Any]]:
    wanted = exp.In(this=column("key"), expressions=[text(key) for key in keys])
    return room.rows(query.where(wanted, copy=False))


def _finding(
    connection: DuckDBPyConnection, supply: Supply, code: str, count: int, examples: Iterable[tuple[str, str | None]]
) -> DataFinding:
    fact, subjects = supply.fact.name, f"{count} subject{'s' * (count != 1)}"
    message = f"`{supply.table}.{supply.column}` {MESSAGES[code]}: fact `{fact}` is missing for {subjects}"
    shown = tuple((key, _excerpt(stored)) for key, stored in examples)
    if code == DIFFERS:
        help = unit_help(supply.column, supply.fact.type)
    else:
        help = help_for(connection, [stored for _, stored in shown if stored], code, supply.fact.type)
    return DataFinding(code, message, count, fact, supply.table, supply.column, shown, help)
