"""Grades a database for its intervals and plans the visits of its subjects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from tierwise.core.errors import DataError
from tierwise.core.finding import Finding
from tierwise.core.language.suggest import suggest
from tierwise.plugins.engine import DEFAULT_ENGINE
from tierwise.plugins.policy import LoadedPolicy
from tierwise.plugins.run import bound_database, choose_engine
from tierwise.plugins.subject_columns import only_columns, with_columns
from tierwise.plugins.visits.visit_plan import VisitPlan, cadences_of, planned, shown_intervals

__all__ = ["visits_of"]


def visits_of(
    loaded: LoadedPolicy,
    database: str,
    binding: str | None,
    as_of: date,
    between: tuple[date, date],
    owner: str | None = None,
    capacity: int | None = None,
) -> tuple[VisitPlan, Sequence[Finding]]:
    """Plan the visits of a database's subjects.

    Args:
        loaded: A policy with a cadence.
        database: Where the subjects are.
        binding: How the facts come from it; else the policy's own.
        as_of: The date of the run.
        between: The first and the last day of the plan.
        owner: A fact, or a column of the subjects' table, with whose a subject is.
        capacity: How many visits one owner has time for in a week.

    Returns:
        The plan, and why the policy's own binding was not used, where it was not.

    Raises:
        PolicyError: The policy asks for no visits.
        DataError: The database cannot be read, or there is nothing of the owner's name.
    """
    cadences = cadences_of(loaded)
    wanted = () if owner is None else (owner,)
    plan = shown_intervals(with_columns(loaded.plan, only_columns(loaded.plan, wanted)), cadences)
    engine = choose_engine(loaded, DEFAULT_ENGINE)
    with bound_database(replace(loaded, plan=plan), database, binding, as_of) as bound:
        if owner is not None and owner not in bound.facts.facts:
            help = suggest(owner, loaded.plan.facts) or "name a fact, or a column of the customers' table"
            raise DataError(f"nothing in `{database}` is called `{owner}`", help)
        grading = engine.grade(plan, loaded.environment, bound.facts, as_of)
        # Both go by the order of keys.
        pairs = zip(bound.facts.subjects(), grading.rows(), strict=True)
        return planned(pairs, cadences, between, owner, capacity), bound.findings
