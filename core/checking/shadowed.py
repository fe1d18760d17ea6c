"""Finds rules that can never decide: their own conditions exclude each other, or rules that go before them leave them nothing."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.core.checking.cover import Cover, TooLarge, atoms_in
from tierwise.core.checking.space import Box, Space, lay_out
from tierwise.core.checking.wording import some
from tierwise.core.finding import Finding
from tierwise.core.plan import Constant, HitPolicy, Plan, Table
from tierwise.core.types import EnumType

__all__ = ["find_shadowed"]


def find_shadowed(plan: Plan) -> Iterator[Finding]:
    """Yield a warning for each rule that no subject can ever be decided by."""
    for table in plan.tables.values():
        space = lay_out(plan, table.column_texts, [rule.tests for rule in table.rules])
        yield from _contradictions(table, space)
        try:
            if table.hit is HitPolicy.FIRST:
                yield from _behind(table, space, {i: (1 << i) - 1 for i in range(len(table.rules))})
            elif table.hit is HitPolicy.PRIORITY:
                yield from _behind(table, space, _better_rules(table))
        except TooLarge:
            message = f"`{table.name}` has too many combinations: rules that never decide were not looked for"
            yield Finding.note("analysis-capped", message, table.span)


def _contradictions(table: Table, space: Space) -> Iterator[Finding]:
    for rule, row in zip(table.rules, space.rows, strict=True):
        empty = [dimension for dimension, side in zip(space.dimensions, row.may, strict=True) if not side]
        if empty:
            names = some(quantity.text for quantity in empty[0].quantities)
            message = f"rule `{rule.id}` of `{table.name}` can never apply: no {names or 'subject'} meets its condition"
            yield Finding.warning("rule-never-fires", message, rule.span or table.span, "correct the condition, or remove the rule")


def _better_rules(table: Table) -> dict[int, int]:
    """Return for each rule the set of rules whose output stands before its own in the output's list; rules with open outputs are left out."""
    ranks: dict[int, int] = {}
    for i, rule in enumerate(table.rules):
        output = rule.outputs[0]
        if (
            len(rule.outputs) == 1
            and isinstance(output, Constant)
            and isinstance(output.type, EnumType)
            and output.value in output.type.values
        ):
            ranks[i] = output.type.values.index(output.value)
    return {i: sum(1 << j for j in ranks if ranks[j] < rank) for i, rank in ranks.items()}


def _behind(table: Table, space: Space, before: dict[int, int]) -> Iterator[Finding]:
    """Yield the rules that those before them cover wholly."""
    sure: list[Box] = [row.must for row in space.rows]
    everything = Cover(sure, space.everything, walked=False)
    for i, row in enumerate(space.rows):
        if i not in before or not all(row.may):
            continue
        hiding = list(atoms_in(everything.meeting(row.may) & before[i]))
        if hiding and Cover([sure[j] for j in hiding], row.may).complete:
            rule = table.rules[i]
            names = some(table.rules[j].id for j in hiding)
            related = tuple((f"rule `{table.rules[j].id}`", span) for j in hiding[:5] if (span := table.rules[j].span) is not None)
            message = (
                f"rule `{rule.id}` of `{table.name}` never decides: {names} {'covers' if len(hiding) == 1 else 'cover'} all of it first"
            )
            yield Finding.warning(
                "shadowed-rule", message, rule.span or table.span, "move it up, narrow the rules before it, or remove it", related=related
            )
