"""Every node type in one union: what an engine has to give a meaning to."""

from __future__ import annotations

from tierwise.core.plan.arithmetic import Arithmetic, Call, Quotient, Round
from tierwise.core.plan.cadence import Overdue
from tierwise.core.plan.classes import Agree, Collected, Labels, Prefer
from tierwise.core.plan.lists import Filter, Project, Quantified, Sorted
from tierwise.core.plan.rankings import RankCut
from tierwise.core.plan.references import Constant, DecisionRef, FactRef, FieldRef, ItemRef, ReadingRef, Undecided
from tierwise.core.plan.tables import Pick
from tierwise.core.plan.tests import Compare, Conditional, InSet, Logic, Not, Within

__all__ = ["Node"]

Node = (
    Constant
    | Undecided
    | FactRef
    | DecisionRef
    | ReadingRef
    | ItemRef
    | FieldRef
    | Compare
    | Within
    | InSet
    | Logic
    | Not
    | Conditional
    | Arithmetic
    | Quotient
    | Round
    | Call
    | Filter
    | Project
    | Quantified
    | Sorted
    | Pick
    | Labels
    | Agree
    | Collected
    | Prefer
    | Overdue
    | RankCut
)
