"""Finds conditions of formulas and labels that are the same for every subject: always met, or never."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.core.finding import Finding
from tierwise.core.plan import Decision, Node, Plan, conditions_in, constant_of, walk
from tierwise.core.types import BooleanType
from tierwise.plugins.builtin.checks.names_read import names_read
from tierwise.plugins.geometry.producing import Producing
from tierwise.plugins.geometry.space import lay_out

__all__ = ["find_constant_conditions"]


def find_constant_conditions(plan: Plan) -> Iterator[Finding]:
    """Yield a warning for each condition that is true, or false, whatever the subject."""
    producing = Producing(plan)
    settled = {reading.name for reading in plan.readings.values() if reading.settled is not None}
    for decision in plan.decisions.values():
        for name, condition in _conditions(decision):
            if settled & set(names_read(condition, plan)):
                continue  # that a company has settled a reading decides it on purpose
            verdict = _verdict(condition, producing)
            if verdict is not None:
                state = "always" if verdict else "never"
                yield Finding.warning(f"always-{str(verdict).lower()}", f"{name} {state} holds, whatever the subject", decision.span)


def _conditions(decision: Decision) -> Iterator[tuple[str, Node]]:
    if isinstance(decision.type, BooleanType) and decision.form == "formula":
        yield f"the formula of `{decision.name}`", decision.node
    for node in walk(decision.node):
        for word, test in conditions_in(node):
            if word:
                yield f"the condition of `{word}` in `{decision.name}`", test
            elif decision.form == "formula":
                yield f"an `if` of `{decision.name}`", test


def _verdict(condition: Node, producing: Producing) -> bool | None:
    """Return what a condition surely is, or ``None``; a bare ``true`` is meant and says nothing."""
    if constant_of(condition) is not None:
        return None
    space = lay_out(producing, (), [(condition,)])
    row = space.rows[0]
    if not all(row.may):
        return False
    return True if row.must == space.everything and any(d.quantities for d in space.dimensions) else None
