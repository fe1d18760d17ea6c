"""Finds facts, readings and hidden decisions that nothing reads."""

from __future__ import annotations

from collections.abc import Iterator

from tierwise.core.finding import Finding
from tierwise.core.plan import AS_OF, POPULATION, Plan
from tierwise.plugins.builtin.checks.names_read import names_read

__all__ = ["find_unused"]

ALWAYS_THERE = (AS_OF, POPULATION)


def find_unused(plan: Plan, read_elsewhere: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Yield a warning for each name that is declared and never read.

    It is a note while a local table that may read it is still to be filled, and for a fact whose author has remarked on it: a source
    may name a fact that none of its rules uses.
    """
    read = _read(plan) | read_elsewhere
    report = Finding.note if plan.lost else Finding.warning
    yet = " yet" if plan.lost else ""
    later = "a part that every company fills in itself may read it" if plan.lost else "remove it, or use it"
    for fact in plan.facts.values():
        if fact.name not in read and fact.name not in ALWAYS_THERE:
            remark = fact.note.get("en", "") if fact.note else ""
            yield (Finding.note if remark else report)(
                "unused-fact", f"nothing reads the fact `{fact.name}`{yet}", fact.span, remark or later
            )
    for reading in plan.readings.values():
        if reading.name not in read and reading.settled is None:
            yield report("unused-reading", f"nothing hangs on the reading `{reading.name}`", reading.span, later)
    for decision in plan.decisions.values():
        if not decision.output and decision.name not in read and decision.form != "parameter":
            help = later if plan.lost else "remove it, or show it"
            yield report("unused-decision", f"nothing reads the hidden decision `{decision.name}`{yet}", decision.span, help)


def _read(plan: Plan) -> frozenset[str]:
    return frozenset(name for decision in plan.decisions.values() for name in names_read(decision.node, plan))
