"""A ranked policy over a few subjects, graded by the engine."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

from tests.differential.comparing import ENVIRONMENT, fact_table
from tests.plans import GRADES, SAFE, SIZE, USAGE, compare, decision, declared, grade, grade_table, is_in, plan_of
from tierwise.core.outcome import Reason
from tierwise.core.plan import Conditional, Constant, Cut, CutBy, DecisionRef, Node, Plan, RankCut, Ranking, Undecided
from tierwise.core.types import TextType
from tierwise.plugins.builtin.engine_duckdb import grade as grade_by_duckdb
from tierwise.plugins.builtin.engine_duckdb.duckdb_engine import DuckGrading

OPEN = Undecided(Reason.LOST, (), GRADES)


def ranked(among: Node | None = SAFE, by: CutBy = "top", partition: Node | None = None) -> Plan:
    """Return a plan that ranks by usage: the first is A, the others are B; ``shown`` leaves little usage open."""
    cells = grade_table([SIZE], [(is_in(SIZE, "large"), "A"), (is_in(SIZE, "small"), "B")])
    limit = Decimal("0.8") if by == "pareto" else Decimal(1)
    cut = RankCut("r", None, None, by, (Cut("A", limit), Cut("B", None)), Constant("floor", TextType()), grade("C"), GRADES)
    shown = Conditional(compare(USAGE, ">", 10), DecisionRef("place", GRADES), OPEN, GRADES)
    made = plan_of(
        cells,
        facts=[declared(ref) for ref in (USAGE, SIZE, SAFE)],
        decisions=[decision("place", GRADES, cut, form="ranking"), decision("shown", GRADES, shown)],
    )
    return replace(made, rankings={"r": Ranking("r", USAGE, True, partition, among)})


def subject(usage: int | str | None, safe: bool | None = True, size: str | None = "large") -> dict[str, Any]:
    """Return the facts of a subject; ``None`` is missing."""
    facts = {"usage": None if usage is None else Decimal(usage), "safe": safe, "size": size}
    return {name: value for name, value in facts.items() if value is not None}


def graded(plan: Plan, subjects: Sequence[Mapping[str, Any]]) -> DuckGrading:
    """Grade by the engine; nothing is left to the reference as a whole."""
    grading = grade_by_duckdb(plan, ENVIRONMENT, fact_table(plan, subjects), None)
    assert isinstance(grading, DuckGrading)
    return grading
