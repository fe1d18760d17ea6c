"""Finds the subjects that no rule of a table covers, so that their outcome is undetermined for reason ``gap``."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.core.finding import Finding
from tierwise.core.plan import Acknowledgement, HitPolicy, Plan, Table
from tierwise.plugins.builtin.checks.wording import box_in_words, doubt, row_of_cells, witness_of
from tierwise.plugins.geometry.cover import Cover, TooLarge, compact
from tierwise.plugins.geometry.space import Box, Row, Space, Spaces, lay_out, spaces_of

__all__ = ["find_gaps"]

SHOWN = 8
NEVER = (HitPolicy.COLLECT, HitPolicy.COUNT)


def find_gaps(plan: Plan) -> Iterator[Finding]:
    """Yield what the tables of a plan leave open: a warning for each region, a note where its author has acknowledged it."""
    spaces = spaces_of(plan)
    for table in plan.tables.values():
        if table.hit not in NEVER and not _has_defaults(table):
            yield from _gaps_of(table, spaces)


def _has_defaults(table: Table) -> bool:
    return len(table.defaults) == len(table.outputs) and all(default is not None for default in table.defaults)


def _gaps_of(table: Table, spaces: Spaces) -> Iterator[Finding]:
    acknowledged = [a for a in table.acknowledged if a.what == "gap"]
    regions = [a.region or (None,) * len(table.columns) for a in acknowledged]
    rows = [*(rule.tests for rule in table.rules), *regions]
    space = lay_out(spaces.producing, table.column_texts, rows) if regions else spaces.of(table)
    rules, accepted = space.rows[: len(table.rules)], space.rows[len(table.rules) :]
    try:
        yield from _unexpected(table, spaces.producing.plan, space, [row.may for row in (*rules, *accepted)])
        for acknowledgement, row in zip(acknowledged, accepted, strict=True):
            yield _expected(table, space, rules, acknowledgement, row)
    except TooLarge:
        yield Finding.note("analysis-capped", f"`{table.name}` has too many combinations: its gaps were not looked for", table.span)


def _unexpected(table: Table, plan: Plan, space: Space, covered: list[Box]) -> Iterator[Finding]:
    cover = Cover(compact(covered), space.everything)
    if cover.complete:
        return
    holes, more = cover.holes()
    is_points = any(d.form == "scorecard" and d.name == table.name for d in plan.decisions.values())
    for hole in holes[:SHOWN]:
        yield _gap(table, plan, space, hole, is_points)
    hidden = len(holes) - SHOWN
    if hidden > 0 or more:
        message = (
            f"`{table.name}` leaves {'at least ' if more else ''}{hidden} more {'region' if hidden == 1 else 'regions'} without a rule"
        )
        yield Finding.warning("gap", message, table.span, "give the table a `default`, or acknowledge its gaps with a reason")


def _gap(table: Table, plan: Plan, space: Space, hole: Box, is_points: bool) -> Finding:
    where = box_in_words(space, hole)
    row = row_of_cells(space, hole, table.columns)
    help = (
        f"add a row `{' | '.join(row)}`, a `default`, or acknowledge the gap with a reason"
        if row
        else "add a row, a `default`, or acknowledge the gap"
    )
    code, what = ("gap-in-bands", f"`{table.name}` has no points for") if is_points else ("gap", f"no rule of `{table.name}` covers")
    return Finding.warning(
        code, f"{what} {where or 'anything'}", table.span, help + doubt(space, hole, plan), witness=witness_of(space, hole), row=row
    )


def _expected(table: Table, space: Space, rules: tuple[Row, ...], acknowledgement: Acknowledgement, row: Row) -> Finding:
    """Say what an acknowledged gap leaves open, or that there is none."""
    span = acknowledgement.span or table.span
    inside = Cover(compact([rule.may for rule in rules]), row.may)
    if inside.complete:
        message = f"`{table.name}` has no gap here any more: the acknowledgement is not needed"
        return Finding.warning("acknowledgement-not-needed", message, span, "remove it")
    holes, more = inside.holes()
    example = box_in_words(space, holes[0]) or "everything"
    others = f" and {'at least ' if more else ''}{len(holes) - 1} more" if len(holes) > 1 or more else ""
    message = f"`{table.name}` leaves a gap as acknowledged: {example}{others}"
    why = next(iter(acknowledgement.why.values()), "") if acknowledgement.why else ""
    return Finding.note("gap-acknowledged", message, span, acknowledgement.why.get("en", why), witness=witness_of(space, holes[0]))
