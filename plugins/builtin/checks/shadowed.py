"""Finds rules that can never decide: their own conditions exclude each other, or rules that go before them leave them nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.core.finding import Finding
from tierwise.core.plan import HitPolicy, Plan, Table, constant_of
from tierwise.core.types import EnumType
from tierwise.plugins.builtin.checks.wording import some
from tierwise.plugins.geometry.cover import EFFORT, Cover, TooLarge, compact, meets
from tierwise.plugins.geometry.space import Box, Space, spaces_of

__all__ = ["find_shadowed"]

SHOWN = 8


def find_shadowed(plan: Plan) -> Iterator[Finding]:
    """Yield a warning for each rule that no subject can ever be decided by."""
    spaces = spaces_of(plan)
    for table in plan.tables.values():
        space = spaces.of(table)
        yield from _contradictions(table, space)
        try:
            yield from _behind(table, space, _sequence(table))
        except TooLarge:
            message = f"`{table.name}` has too many combinations: rules that never decide were not looked for"
            yield Finding.note("analysis-capped", message, table.span)


def _sequence(table: Table) -> list[list[int]]:
    """Return the rules in the order in which they get their turn, those of equal turn together; empty where all count alike."""
    if table.hit is HitPolicy.FIRST:
        return [[i] for i in range(len(table.rules))]
    return _by_rank(table) if table.hit is HitPolicy.PRIORITY else []


def _contradictions(table: Table, space: Space) -> Iterator[Finding]:
    for rule, row in zip(table.rules, space.rows, strict=True):
        empty = [dimension for dimension, side in zip(space.dimensions, row.may, strict=True) if not side]
        if empty:
            names = some(quantity.text for quantity in empty[0].quantities)
            message = f"rule `{rule.id}` of `{table.name}` can never apply: no {names or 'subject'} meets its condition"
            yield Finding.warning("rule-never-fires", message, rule.span or table.span, "correct the condition, or remove the rule")


def _by_rank(table: Table) -> list[list[int]]:
    """Group rules by where their output stands in its list; rules with open outputs neither hide nor are hidden."""
    ranks: dict[int, list[int]] = {}
    for i, rule in enumerate(table.rules):
        output = constant_of(rule.outputs[0]) if len(rule.outputs) == 1 else None
        if output is not None and isinstance(output.type, EnumType) and output.value in output.type.values:
            ranks.setdefault(output.type.values.index(output.value), []).append(i)
    return [ranks[rank] for rank in sorted(ranks)]


def _behind(table: Table, space: Space, sequence: list[list[int]]) -> Iterator[Finding]:
    """Yield the rules that those before them cover wholly."""
    covered: tuple[Box, ...] = ()
    before: list[int] = []
    effort, found = EFFORT, 0
    for turn in sequence:
        for i in turn:
            within = space.rows[i].may
            if not all(within) or not covered:
                continue
            cover = Cover([box for box in covered if meets(box, within)], within, effort=effort)
            effort = cover.effort
            found += cover.complete
            if cover.complete and found <= SHOWN:
                yield _hidden(table, i, [j for j in before if meets(space.rows[j].must, within)])
        before += turn
        covered = compact((*covered, *(space.rows[i].must for i in turn if all(space.rows[i].must))))
    if found > SHOWN:
        message = f"{found - SHOWN} more rules of `{table.name}` never decide"
        yield Finding.warning("shadowed-rule", message, table.span, "put rules that cover less before those that cover more")


def _hidden(table: Table, position: int, hiding: list[int]) -> Finding:
    rule = table.rules[position]
    names = some(table.rules[j].id for j in hiding)
    related = tuple((f"rule `{table.rules[j].id}`", span) for j in hiding[:5] if (span := table.rules[j].span) is not None)
    message = f"rule `{rule.id}` of `{table.name}` never decides: {names} {'covers' if len(hiding) == 1 else 'cover'} all of it first"
    help = "move it up, narrow the rules before it, or remove it"
    return Finding.warning("shadowed-rule", message, rule.span or table.span, help, related=related)
