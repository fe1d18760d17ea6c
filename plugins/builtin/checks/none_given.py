"""Finds decisions that may be none though they are not declared so, and `not` over what may be none: it would hold where nothing is known."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.core.finding import Finding
from tierwise.core.plan import Decision, Logic, Node, Plan, Table, decision_of, name_of, negated_in, walk
from tierwise.plugins.builtin.checks.names_read import names_read
from tierwise.plugins.geometry.guards import guarded
from tierwise.plugins.geometry.producing import Producing

__all__ = ["find_none_given"]


def find_none_given(plan: Plan) -> Iterator[Finding]:
    """Yield a warning for each decision that may be none without saying so, and for each `not` that is true of none."""
    producing = Producing(plan)
    for decision in plan.decisions.values():
        if decision.output and not decision.nullable and decision.form != "parameter" and _may_be_none(decision, plan, producing):
            yield Finding.warning(
                "may-be-none",
                f"`{decision.name}` may be none, but is not declared `nullable`",
                decision.span,
                "say what it is then, such as `if x = null then 0 else …` or `coalesce(…, 0)`, or declare it `nullable: true`",
            )
    for owner, part in _nots(plan, producing):
        what = name_of(part) or next((name for name in names_read(part, plan) if _is_nullable(name, plan)), "")
        yield Finding.warning(
            "not-of-none",
            f"`not` in `{owner.name}` holds where {f'`{what}`' if what else 'its condition'} is none, too",
            owner.span,
            f"write `{what} = false`, or `{what} != null and not(…)`; if it is meant, `{what} = null or not(…)`" if what else "",
        )


def _may_be_none(decision: Decision, plan: Plan, producing: Producing) -> bool:
    """Say whether a decision may be none by itself: what it takes over from a decision that is shown is told there."""
    node = decision.node
    reference = decision_of(node)
    read = None if reference is None else plan.decisions.get(reference.name)
    return (read is None or not read.output) and producing.can_be_none(node)


def _is_nullable(name: str, plan: Plan) -> bool:
    return name in plan.facts and plan.facts[name].can_be_none


def _nots(plan: Plan, producing: Producing) -> Iterator[tuple[Decision | Table, Node]]:
    """Yield what stands under a `not` and may be none there, with the decision or table in which it does."""
    for decision in plan.decisions.values():
        yield from ((decision, part) for part in _under_not(decision.node, producing))
    for table in plan.tables.values():
        for rule in table.rules:
            tests = [test for test in rule.tests if test is not None]
            yield from ((table, part) for part in _under_not(Logic("and", (*tests, *rule.outputs)), producing))


def _under_not(node: Node, producing: Producing) -> Iterator[Node]:
    if all(negated_in(part) is None for part in walk(node)):
        return  # most have none: it is quicker to look than to say what is sure of each part
    for part, sure in guarded(node):
        negated = negated_in(part)
        if negated is not None and producing.can_be_none(negated, sure):
            yield negated
