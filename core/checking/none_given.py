"""Finds decisions that may be none though they are not declared so, and `not` over what may be none: it would hold where nothing is known."""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce

from tierwise.core.checking.guards import NOTHING, Sure, sure_where
from tierwise.core.checking.producing import Producing
from tierwise.core.checking.reading import names_read
from tierwise.core.finding import Finding
from tierwise.core.plan import Conditional, Decision, DecisionRef, Logic, Node, Not, Plan, Table, name_of

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
    read = plan.decisions.get(node.name) if isinstance(node, DecisionRef) else None
    return (read is None or not read.output) and producing.can_be_none(node)


def _is_nullable(name: str, plan: Plan) -> bool:
    return name in plan.facts and plan.facts[name].can_be_none


def _nots(plan: Plan, producing: Producing) -> Iterator[tuple[Decision | Table, Node]]:
    """Yield what stands under a `not` and may be none there, with the decision or table in which it does."""
    for decision in plan.decisions.values():
        yield from ((decision, part) for part in _under_not(decision.node, NOTHING, producing))
    for table in plan.tables.values():
        for rule in table.rules:
            tests = [test for test in rule.tests if test is not None]
            yield from ((table, part) for part in _under_not(Logic("and", (*tests, *rule.outputs)), NOTHING, producing))


def _under_not(node: Node, sure: Sure, producing: Producing) -> Iterator[Node]:
    if isinstance(node, Not) and producing.can_be_none(node.part, sure):
        yield node.part
    if isinstance(node, Logic):
        for part in node.parts:
            beside = (sure_where(other, node.op == "and") for other in node.parts if other is not part)
            yield from _under_not(part, reduce(Sure.__or__, beside, sure), producing)
    elif isinstance(node, Conditional):
        yield from _under_not(node.condition, sure, producing)
        for branch, is_met in ((node.yes, True), (node.no, False)):
            yield from _under_not(branch, sure | sure_where(node.condition, is_met), producing)
    else:
        for child in node.children:
            yield from _under_not(child, sure, producing)
